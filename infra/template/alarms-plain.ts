import {
  type Alarm,
  BurnwatchError,
  type Config,
  type Dimensions,
  isOwn,
  type Json,
  type Watched,
} from '../../shared/config/model.ts';
import { alarmNameOf, describeAlarm } from '../../shared/message/alarm-text.ts';
import { topicFor } from './alarm-topics.ts';
import { digest, functions, functionsOf, nameOf, type Resource, type Resources, ref, type Stack } from './model.ts';
import { alarmUsers, outputVariables, templateText } from './references.ts';

/**
 * The alarms of the configuration, as plain alarms of CloudWatch: on one metric, or by metric math on one or two. Throws
 * BURN_ALARM_WITHOUT_FUNCTION for those that watch a function which this stack does not have: they would never ring.
 */
export function plainAlarms(stack: Stack, config: Pick<Config, 'channels' | 'alarms'>): Resources {
  refuseMissing(stack, config.alarms ?? []);
  const variables = outputVariables(alarmUsers(config), stack);
  const dimensionsOf = (dimensions: Dimensions): Json =>
    Object.entries(dimensions).map(([Name, value]) => ({
      Name,
      Value: isOwn(value) ? nameOf(stack, value.own) : templateText(value, variables),
    }));
  const build = (alarm: Alarm) => plainAlarm(stack, alarm, topicFor(alarm, config.channels).id, dimensionsOf);
  return Object.fromEntries((config.alarms ?? []).map((alarm) => [`PlainAlarm${digest(alarm.id)}`, build(alarm)]));
}

function refuseMissing(stack: Stack, alarms: readonly Alarm[]): void {
  const has: readonly string[] = functionsOf(stack);
  const missing = Object.keys(functions).filter((name) => !has.includes(name));
  const lines = alarms.flatMap(({ id, watches }) => {
    const own = Object.values(watches.dimensions).find((value) => isOwn(value) && missing.includes(value.own));
    return own && isOwn(own) ? [`alarms.${id}: the stack has no function ${own.own}; it has ${has.join(', ')}`] : [];
  });
  if (lines.length === 0) return;
  const hint = '(status comes with a heartbeat, acknowledge: link or --param metrics=on)';
  throw new BurnwatchError('BURN_ALARM_WITHOUT_FUNCTION', `${lines.join('\n')} ${hint}`);
}

type Render = (dimensions: Dimensions) => Json;

function plainAlarm(stack: Stack, alarm: Alarm, topic: string, render: Render): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: alarmNameOf(alarm, stack.service, stack.stage),
      AlarmDescription: describeAlarm(alarm),
      ...watchedBy(alarm, render),
      ComparisonOperator: alarm.comparison === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: alarm.threshold,
      EvaluationPeriods: alarm.of,
      DatapointsToAlarm: alarm.datapoints,
      TreatMissingData: alarm.missing,
      AlarmActions: [ref(topic)],
      OKActions: [ref(topic)],
    },
  };
}

function watchedBy({ watches, periodMs }: Alarm, render: Render): { readonly [name: string]: Json } {
  const Period = periodMs / 1_000;
  const { namespace: Namespace } = watches;
  const stat = (Id: string, MetricName: string): Json => ({
    Id,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: render(watches.dimensions) },
      Period,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  switch (watches.kind) {
    case 'metric':
      return {
        Namespace,
        MetricName: watches.name,
        Dimensions: render(watches.dimensions),
        ...statisticOf(watches),
        Period,
      };
    case 'rate':
      return { Metrics: [math('rate', 'count / PERIOD(count)'), stat('count', watches.name)] };
    case 'ratio':
      return { Metrics: [math('ratio', ratio), stat('bad', watches.bad), stat('total', watches.total)] };
    default:
      return watches satisfies never;
  }
}

/** Of a total that was counted, what was not said to be bad is not; without any there is no ratio, and so no data. */
const ratio = 'IF(total > 0, FILL(bad, 0) / total)';
const math = (Id: string, Expression: string): Json => ({ Id, Expression, ReturnData: true });

function statisticOf({ stat }: Extract<Watched, { kind: 'metric' }>): { readonly [name: string]: Json } {
  return stat.startsWith('p') ? { ExtendedStatistic: stat } : { Statistic: stat };
}
