import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Line } from '../../infra/cost/bill.ts';
import type { Category } from '../../infra/cost/usage.ts';
import { metrics } from '../../shared/metrics/catalogue.ts';
import { readTemplate } from './package.ts';

const minutes = 30 * 24 * 60;
const million = 1e6;
type Properties = {
  readonly ScheduleExpression: string;
  readonly Target: { readonly Arn: { readonly 'Fn::GetAtt': readonly [string] }; readonly Input: string };
  readonly MemorySize: number;
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Period: number } }[];
  readonly Period: number;
  readonly DashboardBody: unknown;
};

/** What `serverless package` left behind of one stack, as far as it costs something. */
export type Packaged = {
  readonly resources: readonly { readonly id: string; readonly type: string; readonly properties: Properties }[];
  readonly monitors: number;
  readonly bursts: number;
  readonly slos: number;
};

/** More than the example has of each kind: an alarm by metric math, one that looks closely, all dashboards. */
export const moreToPay = `
dashboards: all
alarms:
  ratio: { ratio: { namespace: Shop, bad: Lost, total: Sold }, above: 1%, for: { datapoints: 3, of: 5 }, notify: [oncall], reason: Why. }
  close: { metric: { namespace: Shop, name: Lost, stat: sum }, above: 1, for: { datapoints: 1 }, period: 10s, notify: [oncall], reason: Why. }
drill: { schedule: cron(0 9 ? * MON *), notify: [oncall] }
`;

export function readPackaged(root: string): Packaged {
  const json = (path: string) => JSON.parse(readFileSync(join(root, 'dist', path), 'utf8'));
  const shards = readdirSync(join(root, 'dist/probe/shards')).map((name) => json(`probe/shards/${name}`));
  const resources = Object.entries(readTemplate(root).Resources).map(([id, resource]) => ({
    ...{ id, type: resource.Type, properties: resource['Properties'] as Properties },
  }));
  return {
    resources,
    monitors: shards.flatMap((shard: { monitors: unknown[] }) => shard.monitors).length,
    bursts: json('burst/bursts.json').bursts.length,
    slos: json('evaluate/config.json').slos.length,
  };
}

/** How often an expression comes in thirty days from the first of November 2026, a Sunday, on. */
const runs: Readonly<Record<string, number>> = {
  'cron(* * * * ? *)': minutes,
  'cron(0 * * * ? *)': 720,
  'cron(0 9 ? * MON *)': 5,
};
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
export const ofType = ({ resources }: Packaged, type: string) => resources.filter((each) => each.type === type);

/**
 * The bill of docs/cost.md's example once more by its categories, from the templates of home and of the other locations, with
 * prices written down once more.
 */
export function pricesOfTemplates(home: Packaged, others: readonly Packaged[] = []): Readonly<Record<string, number>> {
  const all = [home, ...others];
  const places = all.length;
  const scheduled = all.flatMap((one) => {
    const memory = new Map(
      ofType(one, 'AWS::Lambda::Function').map(({ id, properties }) => [id, properties.MemorySize]),
    );
    return ofType(one, 'AWS::Scheduler::Schedule').map(({ properties }) => {
      const id = properties.Target.Arn['Fn::GetAtt'][0];
      return { id, count: runs[properties.ScheduleExpression] ?? Number.NaN, megabytes: memory.get(id) ?? Number.NaN };
    });
  });
  const secondsOf: Readonly<Record<string, number>> = {
    ProbeLambdaFunction: 0.05 + 0.35 + (home.monitors * 0.00145 * 1_769) / 512,
    EvaluateLambdaFunction: 0.15,
    BurstLambdaFunction: 5 + 1.5,
  };
  const regular = Object.values(metrics).filter(({ name, isSparse }) => !isSparse && name !== 'BurstSustained');
  const probed = sum(all.map(({ monitors }) => monitors));
  const series = sum(regular.map(({ of }) => (of === 'Monitor' ? probed : of === 'Burst' ? home.bursts : 0)));
  const alerting = (10 * 2 * (places + 1)) / 720;
  const alarms = all.flatMap((one) =>
    ofType(one, 'AWS::CloudWatch::Alarm').map(({ properties: { Metrics, Period } }) => {
      const periods = Metrics?.flatMap(({ MetricStat }) => MetricStat?.Period ?? []) ?? [Period];
      return sum(periods.map((seconds) => (seconds < 60 ? 0.3 : 0.1)));
    }),
  );
  const dashboards = all.flatMap((one) => ofType(one, 'AWS::CloudWatch::Dashboard')).length - 3;
  // A run: its claim, its counts, five units of its own, two of the verdicts.
  const writes = places * minutes + 720 * 9 + 720 + 30 + 15 * 7;
  // Of several locations each hour's rows are read with those just before them.
  const before = places > 1 ? places : 0;
  const perMinute = 1 + 1 + 0.5 + places * 1.083;
  const reads = minutes * perMinute + 720 * (1 + places * 3 + before) + 360 * (8 + places * 4 + before);
  const gigabytes = {
    logs: (minutes * (places * (240 + 590 + 320) + 220 + 590 + 320) + 720 * (1_210 + 5 * 460)) / 1e9,
    sent: (probed * minutes * 1_800 + 720_000 * 300) / 1e9,
    // A row and metrics a minute, each with the head of its request; the row is base64 on the way.
    crossing: sum(others.map(({ monitors }) => (minutes * (2 * 2_500 + 275 + 200 * monitors)) / 1e9)),
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
    metrics: (series + home.slos / 24 + alerting) * 0.3,
    calls: ((places * minutes + 720 + 30) * 10) / million,
    dashboards: dashboards * 3,
    // Of storage: 400 days of a run an hour, of 5.4 kB, and five of rows, of 300 bytes.
    dynamodb: (writes * 0.625 + reads * 0.125) / million + ((400 * 24 * 5_420 + places * 5 * 1_440 * 300) * 0.25) / 1e9,
    logs: gigabytes.logs * 0.5,
    transfer: gigabytes.sent * 0.09 + gigabytes.crossing * 0.02,
  };
}

/** The categories in which both bills of the monitoring are more than 2 % apart, and what one of them forgets. */
export function unlike(lines: readonly Line[], again: Readonly<Record<string, number>>): readonly string[] {
  const given = Object.groupBy(
    lines.filter(({ whose }) => whose === 'ours'),
    ({ category }) => category,
  );
  const dollars = (category: string) => sum((given[category as Category] ?? []).map(({ list }) => list));
  const apart = Object.keys(again).filter((category) => {
    const [one, other = Number.NaN] = [dollars(category), again[category]];
    return !(one === other || Math.abs(one / other - 1) < 0.02);
  });
  const forgotten = Object.keys(given).filter((category) => again[category] === undefined && dollars(category) > 0.01);
  return [...apart, ...forgotten];
}
