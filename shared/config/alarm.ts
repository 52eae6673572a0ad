import type { Severity, Text } from './model.ts';

export const missingTreatments = ['notBreaching', 'breaching', 'ignore', 'missing'] as const;
/** What CloudWatch makes of a period without data: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
export type MissingTreatment = (typeof missingTreatments)[number];

/** A plain alarm of CloudWatch: a limit that a metric must not cross. An entry of monitors.yml may make several of them. */
export type Alarm = {
  /** Unique in a Config: that of its entry, and what tells it from others of the entry. In AWS it is `<service>-<environment>-<id>`. */
  readonly id: string;
  readonly watches: Watched;
  readonly comparison: 'above' | 'below';
  /** In its unit; the limit itself is fine. */
  readonly threshold: number;
  readonly unit: AlarmUnit;
  /** 10, 20 or 30 s, or whole minutes. */
  readonly periodMs: number;
  /** Rings when so many of the last `of` periods cross the limit. */
  readonly datapoints: number;
  readonly of: number;
  readonly missing: MissingTreatment;
  readonly severity: Severity;
  /** Ids of channels. */
  readonly notify: readonly string[];
  /** Why it matters, one line. */
  readonly reason: string;
  readonly runbook: string;
};

/** A `ratio` is 0..1; `none` is whatever the metric counts. */
export type AlarmUnit = 'ratio' | 'perSecond' | 'milliseconds' | 'none';

/** One metric under a statistic of CloudWatch's, the sum of one by the second, or the share that one has of another. */
export type Watched = { readonly namespace: string; readonly dimensions: Dimensions } & (
  | { readonly kind: 'metric'; readonly name: string; readonly stat: string }
  | { readonly kind: 'rate'; readonly name: string }
  | { readonly kind: 'ratio'; readonly bad: string; readonly total: string }
);
export type Dimensions = Readonly<Record<string, DimensionValue>>;
/** `own` names a thing of this very stack: `shortener` is `<service>-<environment>-shortener`. */
export type DimensionValue = Text | { readonly own: string };

/** Whether it names a thing of this stack. */
export function isOwn(value: DimensionValue): value is { readonly own: string } {
  return typeof value === 'object' && 'own' in value;
}
