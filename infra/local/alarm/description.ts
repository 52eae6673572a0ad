import { alarmArn, type DescribedAlarm } from '../aws/cloudwatch.ts';
import type { Alarm, AlarmStatus } from './model.ts';

/** An alarm as DescribeAlarms tells it. */
export function describeAlarm(alarm: Alarm, { state, reason, since }: AlarmStatus): DescribedAlarm {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(alarm.name),
    AlarmDescription: alarm.description,
    ActionsEnabled: true,
    OKActions: alarm.actions.OK,
    AlarmActions: alarm.actions.ALARM,
    InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
    StateValue: state,
    StateReason: reason,
    StateUpdatedTimestamp: new Date(since),
    ...watchedBy(alarm),
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missingData,
  };
}

function watchedBy({ source, periodSeconds }: Alarm): { readonly [member: string]: unknown } {
  if (source.kind === 'math') return { Metrics: source.queries };
  const { metric, statistic } = source;
  return {
    MetricName: metric.name,
    Namespace: metric.namespace,
    ...(statistic.startsWith('p') ? { ExtendedStatistic: statistic } : { Statistic: statistic }),
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: periodSeconds,
  };
}
