import type { Json } from '../../../shared/config/model.ts';

/** What PutDashboard takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export type DashboardBody = {
  /** How far it looks back until a reader chooses another span. */
  readonly start: string;
  /** `inherit`: each graph keeps its own period, however far one looks back. */
  readonly periodOverride: 'inherit';
  readonly widgets: readonly Widget[];
};

export type Place = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Widget = Place & Content;

export type Content =
  | { readonly type: 'text'; readonly properties: TextProperties }
  | { readonly type: 'metric'; readonly properties: MetricProperties }
  | { readonly type: 'alarm'; readonly properties: AlarmProperties }
  | { readonly type: 'log'; readonly properties: LogProperties };

export type TextProperties = { readonly markdown: string; readonly background: 'transparent' };

export type MetricProperties = {
  readonly title: string;
  readonly region: string;
  readonly view: 'timeSeries' | 'singleValue' | 'gauge' | 'bar';
  readonly stacked?: boolean;
  readonly metrics: readonly MetricRow[];
  readonly stat?: string;
  /** Seconds. */
  readonly period: number;
  readonly yAxis?: { readonly left?: YAxis; readonly right?: YAxis };
  readonly annotations?: { readonly horizontal: readonly HorizontalAnnotation[] };
  readonly legend?: { readonly position: 'bottom' | 'right' | 'hidden' };
  readonly sparkline?: boolean;
  readonly setPeriodToTimeRange?: boolean;
  readonly singleValueFullPrecision?: boolean;
  /** A span of its own, as `-P28D`, with its end. */
  readonly start?: string;
  readonly end?: string;
};

export type YAxis = {
  readonly min?: number;
  readonly max?: number;
  readonly label?: string;
  readonly showUnits?: boolean;
};
export type HorizontalAnnotation = {
  readonly value: number;
  readonly label: string;
  readonly color?: string;
  readonly fill?: 'above' | 'below';
};

/** Namespace, name, then each dimension and its value, and how it is drawn; or an expression alone. */
export type MetricRow = readonly [MetricExpression] | readonly [string, string, ...string[], MetricOptions];
export type MetricExpression = {
  readonly expression: string;
  readonly id: string;
  readonly label: string;
  readonly yAxis?: 'left' | 'right';
  readonly visible?: boolean;
  readonly color?: string;
};
export type MetricOptions = {
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly visible?: boolean;
  readonly yAxis?: 'left' | 'right';
  readonly color?: string;
};

export type AlarmProperties = {
  readonly title: string;
  readonly alarms: readonly string[];
  readonly sortBy: 'stateUpdatedTimestamp';
};

export type LogProperties = {
  readonly title: string;
  readonly region: string;
  readonly view: 'table' | 'timeSeries' | 'bar';
  readonly stacked?: boolean;
  /** In Logs Insights' language, with the log groups that it reads as `SOURCE '…'` in front. */
  readonly query: string;
};

export function isExpression(row: MetricRow): row is readonly [MetricExpression] {
  return row.length === 1;
}

/** A body is JSON: this says so to those who take any. */
export const asJson = (body: DashboardBody): Json => body as unknown as Json;
