/**
 * When plain burn rules fire, according to Prometheus: `node test/support/promtool-golden.ts` asks promtool (Debian:
 * `apt-get install prometheus`) and writes test/fixtures/promtool-burn.json, which a unit test compares with our own
 * evaluation; `npx biome format --write test/fixtures` afterwards. Only the rule is compared: no minBadEvents, no
 * hysteresis, nothing missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bad events of each minute from the start of the incident on, as runs of [minutes, bad events a minute]. */
export type Scenario = {
  readonly name: string;
  readonly perMinute: number;
  readonly watchedMinutes: number;
  readonly bad: readonly (readonly [minutes: number, bad: number])[];
};

export const scenarios: readonly Scenario[] = [
  { name: 'a single failed probe', perMinute: 1, watchedMinutes: 60, bad: [[1, 1]] },
  { name: 'a total outage of ten minutes', perMinute: 1, watchedMinutes: 400, bad: [[10, 1]] },
  { name: 'five per cent of errors for an hour', perMinute: 20, watchedMinutes: 120, bad: [[60, 1]] },
  {
    name: 'down one minute in ten for an hour',
    perMinute: 1,
    watchedMinutes: 450,
    bad: Array.from({ length: 12 }, (_, half) => (half % 2 === 0 ? [1, 1] : [9, 0]) as [number, number]),
  },
];

/** Thresholds of 99.9 % over 30 days, windows in minutes. */
const rules = [
  { name: 'page-1h', threshold: 14.4, long: 60, short: 5 },
  { name: 'page-6h', threshold: 6, long: 360, short: 30 },
  { name: 'ticket-3d', threshold: 1, long: 4320, short: 360 },
] as const;

/** The program that is asked. */
const promtool = process.env['PROMTOOL'] ?? 'promtool';

/** Good minutes before the incident, so that every window is full. */
const leadMinutes = 4320;

export type Golden = {
  readonly generatedBy: string;
  /** By scenario and rule: the minutes, from 1 on, in which the rule fires, as spans with both ends included. */
  readonly firing: Readonly<Record<string, Readonly<Record<string, readonly (readonly [number, number])[]>>>>;
};

/** Turns minutes in rising order into spans. */
export function spansOf(minutes: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (const minute of minutes) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === minute - 1) last[1] = minute;
    else spans.push([minute, minute]);
  }
  return spans;
}

/** Prometheus 2 counts both ends of a range: a second less leaves the sample at its start out. */
function ruleFile(): string {
  const ratio = (minutes: number) => {
    const range = `[${minutes * 60 - 1}s]`;
    return `(sum_over_time(bad${range}) / sum_over_time(total${range}))`;
  };
  const alert = ({ name, threshold, long, short }: (typeof rules)[number]) => ({
    alert: name,
    expr: `${ratio(long)} > ${threshold} * 0.001 and ${ratio(short)} > ${threshold} * 0.001`,
  });
  return JSON.stringify({ groups: [{ name: 'burn', rules: rules.map(alert) }] });
}

function testFile({ perMinute, watchedMinutes, bad }: Scenario): string {
  const all = leadMinutes + watchedMinutes;
  const runs = bad.map(([minutes, count]) => `${count}x${minutes - 1}`).join(' ');
  const minutes = bad.reduce((sum, [length]) => sum + length, 0);
  const rest = watchedMinutes > minutes ? ` 0x${watchedMinutes - minutes - 1}` : '';
  return JSON.stringify({
    rule_files: ['rules.yml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          { series: 'total', values: `${perMinute}x${all - 1}` },
          { series: 'bad', values: `0x${leadMinutes - 1} ${runs}${rest}` },
        ],
        // Nothing is expected, so that promtool reports whatever fires.
        promql_expr_test: Array.from({ length: watchedMinutes }, (_, minute) => ({
          expr: 'ALERTS{alertstate="firing"}',
          eval_time: `${leadMinutes + minute}m`,
          exp_samples: [],
        })),
      },
    ],
  });
}

/** The minutes, from 1 on, in which each rule fires. */
function askPromtool(folder: string, scenario: Scenario): Golden['firing'][string] {
  writeFileSync(join(folder, 'rules.yml'), ruleFile());
  writeFileSync(join(folder, 'test.yml'), testFile(scenario));
  const { stdout, stderr } = spawnSync(promtool, ['test', 'rules', 'test.yml'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const found = new Map<string, number[]>(rules.map(({ name }) => [name, []]));
  for (const [, time = '', samples = ''] of `${stdout}${stderr}`.matchAll(/time: (\w+),\s*exp:\s*nil\s*got:(.*)/g)) {
    for (const [, name = ''] of samples.matchAll(/alertname=\\?"([\w-]+)\\?"/g)) {
      found.get(name)?.push(minutesOf(time) - leadMinutes + 1);
    }
  }
  return Object.fromEntries([...found].map(([name, minutes]) => [name, spansOf(minutes)]));
}

function minutesOf(time: string): number {
  const size = { w: 10_080, d: 1440, h: 60, m: 1, s: 0 };
  return [...time.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * size[unit as keyof typeof size],
    0,
  );
}

function generate(): void {
  const version = spawnSync(promtool, ['--version'], { encoding: 'utf8' });
  if (version.error !== undefined) throw new Error('promtool is not installed', { cause: version.error });
  const folder = mkdtempSync(join(tmpdir(), 'burn-'));
  try {
    const golden: Golden = {
      generatedBy: `${version.stdout}${version.stderr}`.split(' (')[0] ?? '',
      firing: Object.fromEntries(scenarios.map((scenario) => [scenario.name, askPromtool(folder, scenario)])),
    };
    writeFileSync(new URL('../fixtures/promtool-burn.json', import.meta.url), `${JSON.stringify(golden, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) generate();
