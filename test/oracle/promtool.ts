import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bounds, type PromRule } from './rule-files.ts';
import type { Scenario } from './scenarios.ts';
import { spansOf, type Timelines, tableOf } from './timeline.ts';
import { ruleName, tiers } from './variants.ts';

/** The program that is asked: Debian has it in its package `prometheus`. */
const promtool = process.env['PROMTOOL'] ?? 'promtool';

/** Its version, or undefined where it is not installed, or older than 2.42, which cannot keep an alert firing. */
export function promtoolVersion(): string | undefined {
  try {
    const text = execFileSync(promtool, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    const [, version, major, minor] = /version ((\d+)\.(\d+)\.\d+)/.exec(text) ?? [];
    return Number(major) * 1_000 + Number(minor) >= 2_042 ? version : undefined;
  } catch {
    // Not installed: the caller says so.
    return undefined;
  }
}

/** So many minutes are told by one number, a bit each; a query of them all loads fewer than the 10,000 samples that it may. */
const chunk = 15;

/**
 * The minutes in which Prometheus has each rule fire. It has no way to print them: it is asked for what it does not
 * expect, and says what it got instead.
 */
export async function askPromtool(rules: readonly PromRule[], scenarios: readonly Scenario[]): Promise<Timelines> {
  const folder = mkdtempSync(join(tmpdir(), 'burn-oracle-'));
  try {
    writeFileSync(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'burn', rules }] }));
    writeFileSync(join(folder, 'tests.yml'), JSON.stringify(testFile(scenarios)));
    return readAnswer(await run(folder), scenarios);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function testFile(scenarios: readonly Scenario[]) {
  // Those of about one length are told apart by a label and run together, since what costs is a rule a minute.
  const groups = Map.groupBy(scenarios, ({ series }) => (series.length > 2_200 ? 2 : series.length > 800 ? 1 : 0));
  return { rule_files: ['rules.yml'], evaluation_interval: '1m', tests: [...groups.values()].map(testOf) };
}

function testOf(scenarios: readonly Scenario[]) {
  const minutes = Math.max(...scenarios.map(({ series }) => series.length));
  const bits = `ALERTS{alertstate="firing",alertname!~"held .*"} * 2 ^ ((time() / 60) % ${chunk})`;
  return {
    interval: '1m',
    input_series: scenarios.flatMap(({ name, series, intervalMinutes }) => [
      { series: `bad{scenario="${name}"}`, values: runs(series.map((minute) => minute?.bad)) },
      { series: `total{scenario="${name}"}`, values: runs(series.map((minute) => minute && minute.good + minute.bad)) },
      { series: `interval_minutes{scenario="${name}"}`, values: `${intervalMinutes}x${minutes}` },
      ...bounds.map((bound) => ({
        series: `${bound.name}{scenario="${name}",${bound.labels}}`,
        values: `${bound.value}x${minutes}`,
      })),
    ]),
    promql_expr_test: Array.from({ length: Math.ceil(minutes / chunk) }, (_, index) => ({
      expr: `sum_over_time((${bits})[${chunk * 60 - 30}s:1m])`,
      eval_time: `${(index + 1) * chunk - 1}m`,
      exp_samples: [],
    })),
  };
}

/** Values in runs: `1x9` is ten times 1, `_x9` nine times nothing. */
function runs(values: readonly (number | null | undefined)[]): string {
  const found: { value: number | undefined; count: number }[] = [];
  for (const each of values) {
    const value = each ?? undefined;
    const last = found.at(-1);
    if (last && last.value === value) last.count += 1;
    else found.push({ value, count: 1 });
  }
  return found.map(({ value, count }) => (value === undefined ? `_x${count}` : `${value}x${count - 1}`)).join(' ');
}

function run(folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // Memory is there, and tidying it up takes a good part of the time.
    const env = { ...process.env, GOGC: '400' };
    const options = { cwd: folder, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, timeout: 300_000 } as const;
    execFile(promtool, ['test', 'rules', 'tests.yml'], options, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`;
      // It answers 1, since nothing is what we expected; anything else is trouble.
      if (error && error.code === 1 && said.includes('got:') && !/ err(or)?: /.test(said)) resolve(said);
      else reject(new Error(`promtool ended with ${error?.code ?? 0}: ${said.trim().slice(0, 2_000)}`));
    });
  });
}

function readAnswer(said: string, scenarios: readonly Scenario[]): Timelines {
  const firing = new Map<string, number[]>();
  for (const [, time = '', samples = ''] of said.matchAll(/time: (\w+),\s*exp:\s*nil\s*got:(.*)/g)) {
    const first = spanMinutes(time) - chunk + 2;
    for (const [, labels = '', value] of samples.matchAll(/\{(.*?)\} ([\d.E+-]+)/g)) {
      const minutes = bitsOf(Number(value)).map((bit) => first + bit);
      // `page-1h of 99.9% of 30d`, or `page-1h` with the rest as a label.
      const [rule = '', slo = label(labels, 'slo')] = label(labels, 'alertname').split(/ of (.*)/);
      const key = keyOf([label(labels, 'scenario'), slo, rule]);
      firing.set(key, [...(firing.get(key) ?? []), ...minutes]);
    }
  }
  return tableOf(scenarios, ({ name, series }, variant) => {
    const minutes = (rule: string) => firing.get(keyOf([name, variant.name, rule])) ?? [];
    // What ended goes on a while in the windows of Prometheus; only its own minutes count.
    const spans = (rule: string) => spansOf(minutes(rule).filter((minute) => minute <= series.length));
    return Object.fromEntries(tiers.map(ruleName).map((rule) => [rule, spans(rule)]));
  });
}

function bitsOf(value: number): readonly number[] {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** chunk)
    throw new Error(`promtool: ${value} is not minutes`);
  return Array.from({ length: chunk }, (_, bit) => bit).filter((bit) => (value >> bit) & 1);
}

const keyOf = (parts: readonly string[]): string => parts.join('\n');
const label = (labels: string, name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

const unitMinutes = { w: 10_080, d: 1_440, h: 60, m: 1, s: 0 } as const;

/** Minutes of a span as Prometheus prints it: `3d1h19m`. */
function spanMinutes(text: string): number {
  return [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitMinutes[unit as keyof typeof unitMinutes],
    0,
  );
}
