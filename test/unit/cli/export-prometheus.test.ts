import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse as parseYaml } from 'yaml';
import { run } from '../../../infra/cli/main.ts';
import { decimalOf } from '../../../infra/prometheus/decimal.ts';
import type { Rule, RuleFile } from '../../../infra/prometheus/rules.ts';
import { createIo } from './io.ts';

const monitors = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: "https://a.example/?q=1" } }
  api: { type: http, request: { url: https://b.example/ } }
slos:
  both:
    indicator: { monitors: [web, api] }
    objective: 99.9%
    window: 30d
    alerts:
      - { severity: page, budget: 2%, long: 1h, notify: [oncall], runbook: docs/a.md }
      - { severity: ticket, budget: 10.0001%, long: 3d, minBadEvents: 1, notify: [oncall] }
  fast: { indicator: { monitors: [web], good: latency < 300ms }, objective: 95%, window: 28d, notify: [oncall] }
  sliced:
    indicator: { monitors: [web] }
    objective: 99%
    window: 7d
    budgetingMethod: Timeslices
    timeSliceTarget: 95%
    timeSliceWindow: 5m
    alerts: [{ severity: page, budget: 8%, long: 1h, notify: [oncall] }]
`;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-prometheus-'));
  writeFileSync(join(folder, 'monitors.yml'), monitors);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function call(...argv: string[]) {
  const { io, written } = createIo({ cwd: folder });
  return { code: await run(['export', 'prometheus', ...argv], io), ...written };
}
async function rulesOf(...argv: string[]): Promise<readonly Rule[]> {
  const { stdout } = await call(...argv);
  return (parseYaml(stdout) as RuleFile).groups.flatMap(({ rules }) => rules);
}
const recorded = (rules: readonly Rule[], slo: string, record: string) =>
  rules.find((rule) => 'record' in rule && rule.record === record && rule.labels['slo'] === slo)?.expr;

describe('burnwatch export prometheus', () => {
  it('has a group for each SLO, in which alerts come after what they look at', async () => {
    const { code, stdout, stderr } = await call();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^# Made by npx burnwatch export prometheus from monitors\.yml\.\n/);
    const { groups } = parseYaml(stdout) as RuleFile;
    expect(groups.map(({ name }) => name)).toEqual(['both', 'fast', 'sliced'].map((slo) => `burnwatch-slo-${slo}`));
    const kinds = groups.map(({ rules }) => rules.map((rule) => ('alert' in rule ? 'a' : 'r')).join(''));
    expect(kinds).toEqual(kinds.map((text) => text.replace(/[ra]*/, (all) => [...all].sort().reverse().join(''))));
  });

  it('divides counts by counts, of the period too, and has no ratio where nothing came', async () => {
    const rules = await rulesOf();
    const at = '{slo="both", service="shop"}';
    expect(recorded(rules, 'both', 'slo:sli_bad:increase1h')).toBe(
      'sum(increase(burnwatch_bad_events_total{slo="both"}[3600s]))',
    );
    expect(recorded(rules, 'both', 'slo:sli_error:ratio_rate30d')).toBe(
      `slo:sli_bad:increase30d${at} / (slo:sli_total:increase30d${at} > 0)`,
    );
    expect(recorded(rules, 'both', 'slo:error_budget:ratio')).toBe('vector(0.001)');
    expect(recorded(rules, 'both', 'slo:period_error_budget_remaining:ratio')).toBe(
      `1 - slo:period_burn_rate:ratio${at}`,
    );
  });

  it('has an alert a rule, with limits that are exact, and one for events that stay away', async () => {
    const alerts = (await rulesOf()).filter((rule) => 'alert' in rule && rule.labels['slo'] === 'both');
    const at = '{slo="both", service="shop"}';
    expect(alerts.map(({ expr }) => expr)).toEqual([
      `slo:sli_error:ratio_rate5m${at} > 0.0144\nand\nslo:sli_error:ratio_rate1h${at} > 0.0144\nand\nround(slo:sli_bad:increase1h${at}) >= 3`,
      `slo:sli_error:ratio_rate6h${at} > 0.00100001\nand\nslo:sli_error:ratio_rate3d${at} > 0.00100001`,
      'absent(burnwatch_events_total{slo="both"})',
    ]);
    expect(alerts[0]).toMatchObject({
      keep_firing_for: '5m',
      labels: { severity: 'page', rule: 'page-1h', long_window: '1h', short_window: '5m' },
      annotations: { summary: 'both burns its error budget faster than 14.4x', runbook: 'docs/a.md' },
    });
  });

  it('counts slices once each, and adds those up', async () => {
    const rules = await rulesOf();
    expect(recorded(rules, 'sliced', 'slo:slice_bad:bool')).toContain('[300s])) > 0)) > bool 0.05');
    expect(recorded(rules, 'sliced', 'slo:sli_bad:increase1h')).toBe(
      'sum(sum_over_time(slo:slice_bad:bool{slo="sliced", service="shop"}[3599s:5m]))',
    );
  });

  it('counts probes by a gauge, of every monitor of an SLO, and leaves out what that cannot tell', async () => {
    const { code, stderr } = await call('--probe', 'probe_success{instance=~"{target}",job="{slo}"}');
    expect([code, stderr]).toEqual([1, 'fast is left out: whether a probe passed says nothing of what it counts\n']);
    const rules = await rulesOf('--probe', 'probe_success{instance=~"{target}",job="{slo}"}');
    const probe = 'probe_success{instance=~"https://a\\\\.example/\\\\?q=1|https://b\\\\.example/",job="both"}';
    expect(recorded(rules, 'both', 'slo:sli_total:increase1h')).toBe(`sum(count_over_time(${probe}[3599s]))`);
    expect(recorded(rules, 'both', 'slo:sli_bad:increase1h')).toBe(
      `(sum(count_over_time(${probe}[3599s])) - sum(sum_over_time(${probe}[3599s])))`,
    );
  });

  it.each([
    'up',
    'up{}',
    'up{code=~"[45]..",}',
    `up {job='we"b', path!~\`a\\b\`}`,
    '{__name__="up"}',
    'up_{slo}_total',
  ])('takes the selector %s', async (selector) => {
    expect((await call('--bad', selector, '--total', selector)).code).toBe(0);
  });

  it.each([
    [['--bad', 'up'], '--bad and --total go together'],
    [['--probe', 'up', '--bad', 'up'], '--probe stands in place of --bad and --total'],
    [['--probe', 'up[5m]'], 'a selector is a name and labels, such as probe_success{job="web"}, got "up[5m]"'],
    ...['5xx', 'up{job="web"', 'up{job=web}', 'up{job="web"}}', 'up{job="we"b"}', 'sum(up)', '{}', ''].map(
      (selector): [string[], string] => [
        ['--bad', selector, '--total', 'all'],
        `a selector is a name and labels, such as probe_success{job="web"}, got ${JSON.stringify(selector)}`,
      ],
    ),
  ])('%j is bad usage', async (argv, message) => {
    expect(await call(...argv)).toEqual({ code: 2, stdout: '', stderr: `burnwatch export prometheus: ${message}\n` });
  });
});

describe('a fraction as Prometheus reads it', () => {
  it.each([
    [144n, 10_000n, '0.0144'],
    [1n, 1n, '1'],
    [2_592_000n, 86_400n, '30'],
    [1n, 1_000_000n, '0.000001'],
    [28n, 3_000n, '(7 / 750)'],
  ])('of %p ÷ %p', (numerator, denominator, text) => {
    expect(decimalOf(numerator, denominator)).toBe(text);
  });

  it('is the nearest number to what it stands for', () => {
    const positive = fc.integer({ min: 1, max: 1_000_000_000 });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const text = decimalOf(BigInt(a), BigInt(b));
        const [, top, bottom] = /^\((\d+) \/ (\d+)\)$/.exec(text) ?? [];
        expect(top === undefined ? Number(text) : Number(top) / Number(bottom)).toBe(a / b);
      }),
    );
  });
});
