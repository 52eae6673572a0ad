import type { Datum } from './model.ts';

/**
 * How much of the application's telemetry becomes custom metrics, each of which costs $0.30 a month: `logs` none of it, `lean`
 * what the free metrics of AWS cannot say of the hottest route, `full` everything for every route and function. The log
 * holds all of it, whichever is chosen.
 */
export const profiles = ['logs', 'lean', 'full'] as const;
export type Profile = (typeof profiles)[number];
export const defaultProfile: Profile = 'lean';

/**
 * Where a metric lives at the default.
 * - `vended`: AWS publishes it by itself, free of charge.
 * - `put`: our functions put it; each series costs $0.30 a month.
 * - `emf`: a log line carries it as an embedded metric; each series costs $0.30 a month.
 * - `log`: a field of a log line, found by Logs Insights; no price but that of the line.
 * - `exposition`: computed when `/metrics` is read.
 */
export type Home = 'vended' | 'put' | 'emf' | 'log' | 'exposition';

/** The question that it helps to answer: is the target up, is the app well, is its process well, is what AWS runs well. */
export type Concern = 'monitoring' | 'application' | 'runtime' | 'infrastructure';

/** A series of CloudWatch. */
export type CloudWatchName = {
  readonly namespace: string;
  readonly name: string;
  readonly unit: Datum['unit'] | 'Bytes';
  /** The names of its dimensions, in the order in which CloudWatch shows them. */
  readonly dimensions: readonly string[];
  /** Those that follow where several locations send it. */
  readonly severally?: readonly string[];
  /** The statistics that mean something. */
  readonly statistics: readonly string[];
  /** Sent only when there is something to say; graphs fill the gaps. */
  readonly isSparse?: true;
  /** When it is sent, where that is not plain: a sentence, which is no part of the help, since `/metrics` always has it. */
  readonly sent?: string;
  /** AWS publishes it, and local mode, which plays AWS, does not. */
  readonly isOnlyOnAws?: true;
};

export type PrometheusName = {
  /** Base units: seconds, bytes, ratios. As blackbox_exporter calls it, where it has it. */
  readonly name: string;
  readonly type: 'gauge' | 'summary';
  readonly labels: readonly string[];
};

/** Everything that is said of one metric, once for dashboards, alarms, `/metrics`, Grafana and the documentation. */
export type Entry = {
  readonly concern: Concern;
  readonly home: Home;
  /** One sentence, or two, for people: what it is, and how to read it. */
  readonly help: string;
  readonly cloudwatch?: CloudWatchName;
  /** The least profile in which it is a custom metric. */
  readonly profile?: Profile;
  /** The key that holds it in a log line, in OpenTelemetry's units (seconds, bytes). */
  readonly logKey?: string;
  /** OpenTelemetry's name of the metric: https://opentelemetry.io/docs/specs/semconv/ */
  readonly openTelemetry?: string;
  readonly prometheus?: PrometheusName;
};

/** A metric of the exposition: a summary where it has quantiles, a label that Prometheus knows of summaries alone; else a gauge. */
export function exposedAs(name: string, ...labels: readonly string[]): PrometheusName {
  return { name, type: labels.includes('quantile') ? 'summary' : 'gauge', labels };
}
