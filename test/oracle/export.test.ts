import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { toPrometheus } from '../../infra/prometheus/rules.ts';
import { defaultSeries, type Series } from '../../infra/prometheus/series.ts';
import type { Slo } from '../../shared/config/model.ts';
import { aConfig, anSlo, aRule } from '../support/config.ts';
import { promtoolVersion } from './promtool.ts';

const hourMs = 3_600_000;
const event: Slo = anSlo({
  alerts: [
    aRule(),
    aRule({
      id: 'slo/availability/ticket-6h',
      severity: 'ticket',
      budgetPpm: 50_000,
      longMs: 6 * hourMs,
      shortMs: hourMs / 2,
      minBadEvents: 1,
    }),
  ],
});
const sliced: Slo = anSlo({
  id: 'sliced',
  objective: '99%',
  objectivePpm: 990_000,
  windowMs: 7 * 24 * hourMs,
  slices: { sliceMs: 300_000, targetPpm: 950_000 },
  alerts: [aRule({ id: 'slo/sliced/page-1h', budgetPpm: 80_000, shortMs: 900_000, minBadEvents: 2 })],
});
const config = aConfig({ slos: [event, sliced] });
const firing = (rule: string) =>
  `count(ALERTS{alertname="BurnwatchErrorBudgetBurn",alertstate="firing",slo="availability",rule="${rule}"})`;
const value = (record: string, slo = 'availability') => `${record}{slo="${slo}"}`;

/** 120 good minutes, 10 bad ones, 110 good ones; then nothing. */
const inputs: readonly (readonly [string, Series, readonly { readonly series: string; readonly values: string }[]])[] =
  [
    [
      'counters',
      defaultSeries,
      ['availability', 'sliced'].flatMap((slo) => [
        { series: `burnwatch_bad_events_total{slo="${slo}"}`, values: '0x120 1+1x9 10x110 _x60' },
        { series: `burnwatch_events_total{slo="${slo}"}`, values: '0+1x240 _x60' },
      ]),
    ],
    [
      'a gauge of probes',
      { kind: 'probes', probe: 'probe_success{instance=~"{target}"}' },
      [{ series: 'probe_success{instance="https://example.com/health"}', values: '1x120 0x9 1x110 _x60' }],
    ],
  ];

/** At which minute what is how much; null where there is nothing. */
const expected: readonly (readonly [expr: string, minute: number, value: number | null])[] = [
  [firing('page-1h'), 122, null],
  [firing('page-1h'), 123, 1],
  [firing('page-1h'), 130, 1],
  // The short window is empty after five minutes, and it goes on for five more.
  [firing('page-1h'), 139, 1],
  [firing('page-1h'), 141, null],
  [firing('ticket-6h'), 121, 1],
  [value('slo:sli_error:ratio_rate1h'), 123, 0.05],
  [value('slo:sli_bad:increase1h'), 130, 10],
  [value('slo:sli_total:increase1h'), 130, 60],
  [value('slo:sli_bad:increase1h'), 200, 0],
  [value('slo:objective:ratio'), 200, 0.999],
  [value('slo:sli_error:ratio_rate5m'), 260, null],
  ['count(ALERTS{alertname="BurnwatchNoEvents",alertstate="firing",slo="availability"})', 230, null],
  ['count(ALERTS{alertname="BurnwatchNoEvents",alertstate="firing",slo="availability"})', 270, 1],
  // Ten bad minutes are two bad slices of twelve.
  [value('slo:sli_bad:increase1h', 'sliced'), 140, 2],
  [value('slo:sli_total:increase1h', 'sliced'), 140, 12],
];

function promtool(folder: string, ...argv: string[]): string {
  const options = { cwd: folder, encoding: 'utf8', stdio: 'pipe', timeout: 120_000 } as const;
  return execFileSync(process.env['PROMTOOL'] ?? 'promtool', argv, options);
}

const version = promtoolVersion();
const run = version === undefined ? describe.skip : describe;
if (version === undefined)
  console.warn(
    'NOT RUN: there is no promtool (2.42 or newer, Debian: prometheus) to check the rules that are exported',
  );

run('promtool takes the rules that are exported', () => {
  it.each(inputs)('over %s, and has them do what they should', (_, series, input) => {
    const folder = mkdtempSync(join(tmpdir(), 'burn-export-'));
    try {
      writeFileSync(join(folder, 'rules.yml'), stringify(toPrometheus(config, series), { lineWidth: 0 }));
      const checks = expected.map(([expr, minute, number]) => ({
        expr: `sum(${expr})`,
        eval_time: `${minute}m`,
        exp_samples: number === null ? [] : [{ labels: '{}', value: number }],
      }));
      const tests = [{ interval: '1m', input_series: input, promql_expr_test: checks }];
      writeFileSync(
        join(folder, 'tests.yml'),
        JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }),
      );
      expect(promtool(folder, 'check', 'rules', 'rules.yml')).toContain('SUCCESS');
      expect(promtool(folder, 'test', 'rules', 'tests.yml')).toContain('SUCCESS');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
