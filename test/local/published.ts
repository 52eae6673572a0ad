import { DatabaseSync } from 'node:sqlite';
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

export const shapeOf = ({
  namespace,
  name,
  dimensions,
  unit,
}: Pick<CloudWatchName, 'namespace' | 'name' | 'dimensions' | 'unit'>): string =>
  `${[namespace, name, ...dimensions.toSorted()].join(' ')} in ${unit}`;

/** Every series of which a local CloudWatch has a datum, once for each unit in which there is one. */
export function readPublished(database: string): readonly Published[] {
  const file = new DatabaseSync(database, { readOnly: true, timeout: 2_000 });
  const rows = file
    .prepare('SELECT DISTINCT namespace, name, dimensions, unit FROM metric JOIN sample ON metric.id = sample.metric')
    .all();
  file.close();
  return rows.map((row) => {
    const [namespace, name] = [String(row['namespace']), String(row['name'])];
    const dimensions = JSON.parse(String(row['dimensions'])) as Dimensions;
    const unit = String(row['unit']) as CloudWatchName['unit'];
    return {
      series: seriesOf(namespace, name, dimensions),
      shape: shapeOf({ namespace, name, unit, dimensions: dimensions.map(([key]) => key) }),
    };
  });
}
