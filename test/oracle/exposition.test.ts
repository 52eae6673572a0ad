import { execFileSync } from 'node:child_process';
import { entryKeys, entryOf } from '../../shared/metrics/entries.ts';
import { renderExposition } from '../../shared/metrics/exposition.ts';
import { promtoolVersion } from './promtool.ts';

const version = promtoolVersion();
if (version === undefined)
  console.warn('NOT RUN: there is no promtool (2.42 or newer, Debian: prometheus) to read the exposition');

(version === undefined ? describe.skip : describe)('promtool', () => {
  it('takes every metric that the catalogue has for /metrics, without a complaint', () => {
    const values = entryKeys.flatMap((key) => {
      const { prometheus } = entryOf(key);
      if (prometheus === undefined) return [];
      const labels = prometheus.labels.map((label) => [label, label === 'quantile' ? '0.5' : 'a']);
      return [{ key, labels: Object.fromEntries(labels), value: 1 }];
    });
    expect(values.length).toBeGreaterThan(40);
    const options = { input: renderExposition(values, 'prometheus'), encoding: 'utf8', timeout: 60_000 } as const;
    expect(execFileSync(process.env['PROMTOOL'] ?? 'promtool', ['check', 'metrics'], options)).toBe('');
  });
});
