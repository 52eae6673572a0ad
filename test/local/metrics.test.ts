import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../differential/exporter.ts';
import { type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const prometheus = process.env['PROMETHEUS'] ?? 'prometheus';

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: said below
  }
}

const canCheck = isThere(promtool);
const canScrape = isThere(prometheus);
if (!canCheck || !canScrape)
  console.warn('NOT RUN: there is no promtool or no prometheus (Debian: prometheus) to read /metrics with');

describe('/metrics of local mode', () => {
  const folder = temporaryFolder();
  let local: Running;
  const text = async (accept?: string) => {
    const answer = await fetch(`${local.shortener}/metrics`, { headers: accept === undefined ? {} : { accept } });
    expect(answer.status).toBe(200);
    return answer.text();
  };

  beforeAll(async () => {
    local = await startLocalMode(folder.path, '--interval', '1s');
    await local.until(({ monitors }) => (monitors[0]?.history.length ?? 0) > 2, 30_000);
  }, 60_000);
  afterAll(async () => {
    await local.end();
    folder.remove();
  });

  it('tells how the monitors and the budgets stand', async () => {
    const lines = (await text()).split('\n');
    expect(lines).toContain('probe_success{monitor="shortener-health"} 1');
    expect(lines).toContain('burnwatch_slo_objective_ratio{slo="shortener-availability"} 0.999');
    expect((await text('application/openmetrics-text')).endsWith('\n# EOF\n')).toBe(true);
  });

  it('knows no other method', async () => {
    expect((await fetch(`${local.shortener}/metrics`, { method: 'DELETE' })).status).toBe(405);
  });

  (canCheck ? it : it.skip)('is what promtool takes, without a complaint', async () => {
    const input = await text();
    expect(execFileSync(promtool, ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  });

  (canScrape ? it : it.skip)(
    'is scraped by Prometheus, which answers with what was told',
    async () => {
      const server = await scrapeWith(folder.path, new URL(local.shortener).host);
      try {
        expect(await server.query('probe_success', 30_000)).toEqual([{ monitor: 'shortener-health', value: 1 }]);
        expect(await server.query('up', 30_000)).toEqual([{ value: 1 }]);
        expect(await server.query('burnwatch_slo_budget_left_ratio', 30_000)).toMatchObject([
          { slo: 'shortener-availability' },
        ]);
      } finally {
        await server.end();
      }
    },
    60_000,
  );
});

type Sample = Readonly<Record<string, string | number>>;

/** A Prometheus that scrapes `target` every second, with its data in `folder`. */
async function scrapeWith(folder: string, target: string) {
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s' },
    scrape_configs: [{ job_name: 'burnwatch', metrics_path: '/metrics', static_configs: [{ targets: [target] }] }],
  };
  writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config));
  const child = spawn(
    prometheus,
    [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ask = async (query: string): Promise<readonly Sample[]> => {
    const address = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { data } = await (await fetch(address)).json();
    return data.result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => {
      const { __name__: _, instance: __, job: ___, ...labels } = metric;
      return { ...labels, value: Number(value[1]) };
    });
  };
  return {
    /** The samples of a query, once there are any. */
    query: async (query: string, withinMs: number) => {
      const until = Date.now() + withinMs;
      for (;;) {
        const samples = await ask(query).catch(() => []); // it may not listen yet
        if (samples.length > 0 || Date.now() > until) return samples;
        await pause(200);
      }
    },
    end: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
