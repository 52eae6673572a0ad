import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumptions } from '../../infra/cost/assumptions.ts';
import { costOf } from '../../infra/cost/index.ts';
import { metrics } from '../../shared/metrics/catalogue.ts';
import { costExample, costOptions } from '../support/cost-example.ts';
import { configOf } from '../support/monitored.ts';
import { copyProject, type Run, readTemplate, removeProject, serverless } from '../support/package.ts';

import.meta.jest.setTimeout(180_000);

const minutes = 30 * 24 * 60;
const million = 1e6;
/** More than the example has of each kind: an alarm by metric math, one that looks closely, all dashboards. */
const more = `
dashboards: all
alarms:
  ratio: { ratio: { namespace: Shop, bad: Lost, total: Sold }, above: 1%, for: { datapoints: 3, of: 5 }, notify: [oncall], reason: Why. }
  close: { metric: { namespace: Shop, name: Lost, stat: sum }, above: 1, for: { datapoints: 1 }, period: 10s, notify: [oncall], reason: Why. }
drill: { schedule: cron(0 9 ? * MON *), notify: [oncall] }
`;
type Properties = {
  readonly ScheduleExpression: string;
  readonly Target: { readonly Arn: { readonly 'Fn::GetAtt': readonly [string] }; readonly Input: string };
  readonly MemorySize: number;
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Period: number } }[];
  readonly Period: number;
  readonly DashboardBody: unknown;
};
let root = '';
let run: Run;
const text = costExample() + more;

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'cost.yml'), text);
  run = await serverless(root, ['package', '--param', 'config=cost.yml', '--param', 'shortener=off']);
});
afterAll(() => removeProject(root));

const ofType = (type: string) =>
  Object.entries(readTemplate(root).Resources).flatMap(([id, resource]) =>
    resource.Type === type ? [{ id, properties: resource['Properties'] as Properties }] : [],
  );
/** How often an expression comes in thirty days from the first of November 2026, a Sunday, on. */
const runs: Readonly<Record<string, number>> = {
  'cron(* * * * ? *)': minutes,
  'cron(0 * * * ? *)': 720,
  'cron(0 9 ? * MON *)': 5,
};

/** The bill once more by its categories, from what was packaged, with prices written down once more. */
function pricesOfTemplate(): Readonly<Record<string, number>> {
  const memory = new Map(ofType('AWS::Lambda::Function').map(({ id, properties }) => [id, properties.MemorySize]));
  const shards = readdirSync(join(root, 'dist/probe/shards')).map(
    (name) => JSON.parse(readFileSync(join(root, 'dist/probe/shards', name), 'utf8')) as { monitors: unknown[] },
  );
  const { bursts } = JSON.parse(readFileSync(join(root, 'dist/burst/bursts.json'), 'utf8')) as { bursts: unknown[] };
  const { slos } = JSON.parse(readFileSync(join(root, 'dist/evaluate/config.json'), 'utf8')) as { slos: unknown[] };
  const monitors = shards.flatMap((shard) => shard.monitors).length;
  const scheduled = ofType('AWS::Scheduler::Schedule').map(({ properties }) => {
    const id = properties.Target.Arn['Fn::GetAtt'][0];
    const megabytes = memory.get(id) ?? Number.NaN;
    return { id, count: runs[properties.ScheduleExpression] ?? Number.NaN, megabytes };
  });
  const secondsOf: Readonly<Record<string, number>> = {
    ProbeLambdaFunction: 0.05 + 0.35 + (monitors * 0.00145 * 1_769) / 512,
    EvaluateLambdaFunction: 0.15,
    BurstLambdaFunction: 5 + 1.5,
  };
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const regular = Object.values(metrics).filter(({ name, isSparse }) => !isSparse && name !== 'BurstSustained');
  const series = regular.reduce(
    (sum, { of }) => sum + (of === 'Monitor' ? monitors : of === 'Burst' ? bursts.length : 0),
    0,
  );
  const alerting = (10 * 2 * 2) / 720;
  const alarms = ofType('AWS::CloudWatch::Alarm').map(({ properties: { Metrics, Period } }) => {
    const periods = Metrics?.flatMap(({ MetricStat }) => MetricStat?.Period ?? []) ?? [Period];
    return periods.reduce((sum, seconds) => sum + (seconds < 60 ? 0.3 : 0.1), 0);
  });
  const dashboards = ofType('AWS::CloudWatch::Dashboard').length - 3;
  // A run: its claim, its counts, five units of its own, two of the verdicts.
  const writes = minutes + 720 * 9 + 720 + 30 + 15 * 7;
  const reads = minutes * (1 + 1.1 + 1 + 0.5) + 720 * 3;
  const gigabytes = {
    logs: (minutes * (240 + 220 + 2 * 590 + 2 * 320) + 720 * (1_210 + 5 * 460)) / 1e9,
    sent: (monitors * minutes * 1_800 + 720_000 * 300) / 1e9,
  };
  return {
    schedules: sum(scheduled.map(({ count }) => count / million)),
    lambda: sum(
      scheduled.map(({ id, count, megabytes }) => {
        const seconds = secondsOf[id] ?? Number.NaN;
        return (count * (0.2 + (seconds * megabytes * 13.3334) / 1_024)) / million;
      }),
    ),
    alarms: sum(alarms),
    metrics: (series + slos.length / 24 + alerting) * 0.3,
    calls: ((minutes + 720 + 30) * 10) / million,
    dashboards: dashboards * 3,
    // Of storage: 400 days of a run an hour, of 5.4 kB.
    dynamodb: (writes * 0.625 + reads * 0.125) / million + (400 * 24 * 5_420 * 0.25) / 1e9,
    logs: gigabytes.logs * 0.5,
    transfer: gigabytes.sent * 0.09,
  };
}

describe('the price of what is packaged', () => {
  it('is that of the configuration, within 2 % in each of its categories', () => {
    expect(run).toMatchObject({ code: 0 });
    const lines = costOf(configOf(text), costOptions).lines.filter(({ whose }) => whose === 'ours');
    const given = (category: string) =>
      lines.filter((line) => line.category === category).reduce((all, { list }) => all + list, 0);
    const again = pricesOfTemplate();
    const off = Object.entries(again).map(([category, dollars]) => [category, Math.abs(given(category) / dollars - 1)]);
    expect(off.filter(([, ratio]) => !(Number(ratio) < 0.02))).toEqual([]);
    const rest = lines.filter(({ category }) => again[category] === undefined).reduce((all, { list }) => all + list, 0);
    expect(rest).toBeLessThan(0.01);
  });

  it('is that of functions with the memory that they have', () => {
    const memory = Object.fromEntries(
      ofType('AWS::Lambda::Function').map(({ id, properties }) => [id, properties.MemorySize]),
    );
    expect(memory).toEqual({ ProbeLambdaFunction: 512, EvaluateLambdaFunction: 512, BurstLambdaFunction: 1_024 });
    expect(assumptions.probe.waitSeconds).toBe(0.35);
  });
});
