import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { boundedClient } from '../../shared/aws/client.ts';
import { allPages, attempt } from './look.ts';
import type { AlarmSeen, Look, RunsSeen } from './model.ts';
import type { Asked } from './read.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const latelyMs = 10 * minuteMs;

/** Every alarm of the stack, by the beginning of its name. */
export async function readAlarms({ settings, prefix }: Asked): Promise<Look<readonly AlarmSeen[]>> {
  const { DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  return withCloudWatch(settings, 'cloudwatch:DescribeAlarms', async (client) => {
    const all = await allPages(async (next) => {
      const NextToken = next === undefined ? {} : { NextToken: next };
      const answer = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${prefix}-`, ...NextToken }));
      return { entries: answer.MetricAlarms ?? [], next: answer.NextToken };
    });
    return all.map(({ AlarmName = '', StateValue = '', ActionsEnabled, AlarmActions = [] }) => ({
      name: AlarmName,
      state: StateValue,
      isTelling: ActionsEnabled !== false && AlarmActions.length > 0,
    }));
  });
}

const counted = ['Invocations', 'Errors', 'Throttles'] as const;

/** What each function did in the last hour, as `AWS/Lambda` tells it. */
export async function readRuns(names: readonly string[], { settings, now }: Asked): Promise<Look<readonly RunsSeen[]>> {
  const { GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
  return withCloudWatch(settings, 'cloudwatch:GetMetricData', async (client) => {
    const span = { StartTime: new Date(now - hourMs), EndTime: new Date(now + minuteMs) };
    const MetricDataQueries = names.flatMap((name, index) => counted.map((metric) => queryOf(name, metric, index)));
    const all = await allPages(async (next) => {
      const NextToken = next === undefined ? {} : { NextToken: next };
      const answer = await client.send(new GetMetricDataCommand({ ...span, MetricDataQueries, ...NextToken }));
      return { entries: answer.MetricDataResults ?? [], next: answer.NextToken };
    });
    const sum = (index: number, metric: string, fromAt = 0) =>
      all
        .filter(({ Id }) => Id === idOf(index, metric))
        .flatMap(({ Values = [], Timestamps = [] }) =>
          Values.filter((_, at) => (Timestamps[at]?.getTime() ?? 0) >= fromAt),
        )
        .reduce((total, value) => total + value, 0);
    return names.map((name, index) => ({
      name,
      invocations: sum(index, 'Invocations'),
      errors: sum(index, 'Errors'),
      throttles: sum(index, 'Throttles'),
      lately: sum(index, 'Invocations', now - latelyMs),
    }));
  });
}

const idOf = (index: number, metric: string): string => `${metric.toLowerCase()}${index}`;

function queryOf(name: string, metric: string, index: number): MetricDataQuery {
  const Dimensions = [{ Name: 'FunctionName', Value: name }];
  const Metric = { Namespace: 'AWS/Lambda', MetricName: metric, Dimensions };
  return { Id: idOf(index, metric), MetricStat: { Metric, Period: minuteMs / 1_000, Stat: 'Sum' } };
}

async function withCloudWatch<Value>(
  settings: Asked['settings'],
  right: string,
  read: (client: CloudWatchClient) => Promise<Value>,
): Promise<Look<Value>> {
  const { CloudWatchClient } = await import('@aws-sdk/client-cloudwatch');
  const client = new CloudWatchClient({ ...boundedClient, ...settings });
  try {
    return await attempt(right, () => read(client));
  } finally {
    client.destroy();
  }
}
