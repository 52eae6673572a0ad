import { getMetricData } from '../aws/cloudwatch-query.ts';
import { parseStatistic, readPoints } from '../aws/cloudwatch-statistics.ts';
import type { CloudWatchStore, Span } from '../aws/cloudwatch-store.ts';
import type { Alarm, AlarmSource } from './model.ts';
import { type Datapoint, extraPeriods } from './step.ts';

/** The values of the newest closed periods, oldest first, and when the last of them began (epoch ms). */
export type ClosedPeriods = { readonly values: readonly Datapoint[]; readonly newestAt: number };

/** A period is looked at this long after its end, so that what belongs to it has arrived. */
const settleMs = 2_000;

/** What an alarm looks at; undefined while too few of its periods began after `since`. Instants in epoch ms. */
export function readDatapoints(
  store: CloudWatchStore,
  { source, periodSeconds, evaluationPeriods }: Alarm,
  since: number,
  now: number,
): ClosedPeriods | undefined {
  const toSeconds = Math.floor((now - settleMs) / 1_000 / periodSeconds) * periodSeconds;
  if ((toSeconds - evaluationPeriods * periodSeconds) * 1_000 < since) return undefined;
  const count = evaluationPeriods + extraPeriods;
  const span = { fromSeconds: toSeconds - count * periodSeconds, toSeconds, periodSeconds };
  const known = valuesOf(store, source, span);
  const values = Array.from({ length: count }, (_, index) => known.get(span.fromSeconds + index * periodSeconds));
  return { values, newestAt: (toSeconds - periodSeconds) * 1_000 };
}

/** By the second at which each period begins. */
function valuesOf(store: CloudWatchStore, source: AlarmSource, span: Span): ReadonlyMap<number, number> {
  if (source.kind === 'metric') {
    const points = readPoints(store, source.metric, parseStatistic(source.statistic), span, source.unit);
    return new Map(points.map(({ atSeconds, value }) => [atSeconds, value]));
  }
  const { fromSeconds: StartTime, toSeconds: EndTime } = span;
  const { MetricDataResults } = getMetricData(store, { MetricDataQueries: source.queries, StartTime, EndTime });
  const [result] = MetricDataResults as readonly {
    readonly Timestamps: readonly Date[];
    readonly Values: readonly number[];
  }[];
  const times = result?.Timestamps ?? [];
  return new Map(times.map((at, index) => [at.getTime() / 1_000, result?.Values[index] ?? Number.NaN]));
}
