import { DatabaseSync } from 'node:sqlite';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Sample } from '../../infra/local/aws/cloudwatch-store.ts';
import { createVendedMetrics } from '../../infra/local/vended-metrics.ts';
import { isExpression, type MetricRow } from '../../infra/template/dashboards/model.ts';
import type { CloudWatchName } from '../../shared/metrics/entry.ts';

/** A series of CloudWatch: whose it is, as one text to be compared and shown: `AWS/Lambda Errors FunctionName=a`. */
export type Series = string;

type Dimensions = readonly (readonly [name: string, value: string])[];

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);

export function seriesOf(namespace: string, name: string, dimensions: Dimensions): Series {
  return [namespace, name, ...dimensions.toSorted(byName).map((pair) => pair.join('='))].join(' ');
}

/** What a row of a widget draws; nothing of an expression, whose metrics are rows of their own. */
export function drawnBy(row: MetricRow): readonly Series[] {
  if (isExpression(row)) return [];
  const [namespace, name, ...pairs] = row.slice(0, -1) as [string, string, ...string[]];
  return [
    seriesOf(
      namespace,
      name,
      Array.from({ length: pairs.length / 2 }, (_, at) => [pairs[2 * at] ?? '', pairs[2 * at + 1] ?? '']),
    ),
  ];
}

/** `AWS/Lambda Errors`, of an entry of the catalogue or of a series. */
export const metricOf = ({ namespace, name }: Pick<CloudWatchName, 'namespace' | 'name'>): string =>
  `${namespace} ${name}`;

/** A series, and its shape: the same without the values of its dimensions, and with its unit. */
export type Published = { readonly series: Series; readonly shape: string };

type Shape = Pick<CloudWatchName, 'namespace' | 'name' | 'dimensions'> & { readonly unit: string };

export const shapeOf = ({ namespace, name, dimensions, unit }: Shape): string =>
  `${[namespace, name, ...dimensions.toSorted()].join(' ')} in ${unit}`;

/** Every series of which a local CloudWatch has a datum, once for each unit in which there is one. */
export function readPublished(database: string): readonly Published[] {
  const file = new DatabaseSync(database, { readOnly: true, timeout: 2_000 });
  const rows = file
    .prepare('SELECT DISTINCT namespace, name, dimensions, unit FROM metric JOIN sample ON metric.id = sample.metric')
    .all();
  file.close();
  return rows.map((row) => {
    const dimensions = Object.fromEntries(JSON.parse(String(row['dimensions'])) as Dimensions);
    const metric = { namespace: String(row['namespace']), name: String(row['name']), dimensions };
    return publishedAs({ metric, unit: String(row['unit']) });
  });
}

function publishedAs({ metric, unit }: Pick<Sample, 'metric' | 'unit'>): Published {
  const { namespace, name, dimensions } = metric;
  return {
    series: seriesOf(namespace, name, Object.entries(dimensions)),
    shape: shapeOf({ namespace, name, dimensions: Object.keys(dimensions), unit }),
  };
}

/** What an alarm looks at, by metric math or without. */
export function watchedBy({ MetricName, Namespace, Dimensions, Metrics = [] }: MetricAlarm): readonly Series[] {
  const metrics = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return [...(MetricName === undefined ? [] : [{ MetricName, Namespace, Dimensions }]), ...metrics].map((metric) =>
    seriesOf(
      metric.Namespace ?? '',
      metric.MetricName ?? '',
      (metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value]),
    ),
  );
}

/** Why local mode publishes nothing of what the catalogue says to be only on AWS. */
export const onlyOnAws: Readonly<Record<string, string>> = {
  'AWS/ApiGateway DataProcessed': 'nobody pays for bytes on loopback',
  'AWS/DynamoDB ConsumedReadCapacityUnits': 'the local DynamoDB publishes no metrics',
  'AWS/DynamoDB ConsumedWriteCapacityUnits': 'the local DynamoDB publishes no metrics',
  'AWS/DynamoDB ReadThrottleEvents': 'the local DynamoDB refuses nobody',
  'AWS/DynamoDB SuccessfulRequestLatency': 'the local DynamoDB publishes no metrics',
  'AWS/DynamoDB SystemErrors': 'the local DynamoDB publishes no metrics',
  'AWS/DynamoDB ThrottledRequests': 'the local DynamoDB refuses nobody',
  'AWS/DynamoDB WriteThrottleEvents': 'the local DynamoDB refuses nobody',
  'AWS/Lambda AsyncEventsDropped': 'no run waits in a queue of Lambda, where it would become too old',
  'AWS/SNS NumberOfMessagesPublished': 'the local SNS publishes no metrics: what it sent lies in the inbox',
  'AWS/SNS NumberOfNotificationsFailed': 'the local SNS publishes no metrics: what it sent lies in the inbox',
};

/** What lies in the queue is given up after three minutes, longer than this run: what would be told of it then, now. */
export function toldLater(): readonly Published[] {
  const told: Published[] = [];
  const vended = createVendedMetrics({ put: (samples) => told.push(...samples.map(publishedAs)) });
  vended.onQueue('shop-local-undelivered', 1);
  vended.flush();
  return told;
}

export const isOnlyOnAws = (series: Series): boolean => series.split(' ').slice(0, 2).join(' ') in onlyOnAws;
