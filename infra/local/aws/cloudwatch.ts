import { parsePutMetricData } from './cloudwatch-put.ts';
import { getMetricData } from './cloudwatch-query.ts';
import { getMetricStatistics, listMetrics } from './cloudwatch-read.ts';
import type { CloudWatchStore } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';
import { readText, readTexts, requireText } from './read.ts';
import type { Input, Output, Service } from './service.ts';
import { account, region } from './service.ts';

/** An alarm as DescribeAlarms tells it, in CloudWatch's own words. */
export type DescribedAlarm = {
  readonly AlarmName: string;
  readonly StateValue: string;
  readonly [member: string]: unknown;
};
export type Dashboard = { readonly name: string; readonly body: string };

/** What the stack holds besides metrics. Asked at each call, because a reload may change it. */
export type CloudWatchResources = {
  alarms(): readonly DescribedAlarm[];
  dashboards(): readonly Dashboard[];
};

/** CloudWatch's actions over the store. `now` in epoch ms. */
export function createCloudWatch(store: CloudWatchStore, resources: CloudWatchResources, now: () => number): Service {
  return {
    PutMetricData: (input) => {
      store.put(parsePutMetricData(input, now()));
      return {};
    },
    GetMetricData: (input) => getMetricData(store, input),
    GetMetricStatistics: (input) => getMetricStatistics(store, input),
    ListMetrics: (input) => listMetrics(store, input, now()),
    DescribeAlarms: (input) => describeAlarms(resources.alarms(), input),
    GetDashboard: (input) => getDashboard(resources.dashboards(), input),
    ListDashboards: (input) => listDashboards(resources.dashboards(), input),
  };
}

function describeAlarms(alarms: readonly DescribedAlarm[], input: Input): Output {
  const names = readTexts(input, 'AlarmNames');
  const prefix = readText(input, 'AlarmNamePrefix') ?? '';
  const state = readText(input, 'StateValue');
  if (names.length > 0 && prefix !== '')
    throw new AwsError('InvalidParameterCombination', 'AlarmNames and AlarmNamePrefix are mutually exclusive.');
  return {
    CompositeAlarms: [],
    MetricAlarms: alarms
      .filter(({ AlarmName }) => names.length === 0 || names.includes(AlarmName))
      .filter(({ AlarmName }) => AlarmName.startsWith(prefix))
      .filter(({ StateValue }) => state === undefined || StateValue === state),
  };
}

const arnOf = (name: string) => `arn:aws:cloudwatch::${account}:dashboard/${name}`;

function getDashboard(dashboards: readonly Dashboard[], input: Input): Output {
  const name = requireText(input, 'DashboardName');
  const found = dashboards.find((dashboard) => dashboard.name === name);
  if (!found) throw new AwsError('ResourceNotFound', `Dashboard ${name.slice(0, 255)} does not exist`, 404);
  return { DashboardArn: arnOf(name), DashboardBody: found.body, DashboardName: name };
}

function listDashboards(dashboards: readonly Dashboard[], input: Input): Output {
  const prefix = readText(input, 'DashboardNamePrefix') ?? '';
  return {
    DashboardEntries: dashboards
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, body }) => ({ DashboardName: name, DashboardArn: arnOf(name), Size: Buffer.byteLength(body) })),
  };
}

/** The address of an alarm. */
export const alarmArn = (name: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
