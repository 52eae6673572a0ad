import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prometheusDashboard } from '../../infra/grafana/prometheus.ts';
import { promtoolVersion } from './promtool.ts';

type Dashboard = { readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[] };

const version = promtoolVersion();
if (version === undefined)
  console.warn('NOT RUN: there is no promtool (2.42 or newer, Debian: prometheus) to read the queries for Grafana');

(version === undefined ? describe.skip : describe)('promtool', () => {
  it('takes every query of the dashboard for Grafana', () => {
    const { panels } = prometheusDashboard('shop', 'prod', true) as unknown as Dashboard;
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
    const folder = mkdtempSync(join(tmpdir(), 'burn-grafana-'));
    try {
      writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'grafana', rules }] }));
      const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', timeout: 60_000 } as const;
      const answer = execFileSync(process.env['PROMTOOL'] ?? 'promtool', ['check', 'rules', 'rules.yml'], options);
      expect(answer).toContain(`SUCCESS: ${queries.length} rules found`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
