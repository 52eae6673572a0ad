import type { Json } from '../../../shared/config/model.ts';
import type { MetricName } from '../aws/cloudwatch-store.ts';

export const alarmStates = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof alarmStates)[number];

const comparisons = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;
export type Comparison = keyof typeof comparisons;

const treatments = ['breaching', 'notBreaching', 'ignore', 'missing'] as const;
export type MissingData = (typeof treatments)[number];

/** What an alarm looks at: one metric under a statistic (`Average`, `Sum`, …, or `p99`), or metric math over several. */
export type AlarmSource =
  | { readonly kind: 'metric'; readonly metric: MetricName; readonly statistic: string; readonly unit: string }
  /** Queries as GetMetricData takes them; the one that returns data is what is compared. */
  | { readonly kind: 'math'; readonly queries: readonly MathQuery[] };
export type MathQuery = { readonly [name: string]: Json };

/** An alarm of CloudWatch. */
export type Alarm = {
  readonly name: string;
  readonly description: string;
  readonly source: AlarmSource;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly missingData: MissingData;
  /** ARNs of topics, by the state that is entered. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
};

export function isBreaching(alarm: Pick<Alarm, 'comparison' | 'threshold'>, value: number): boolean {
  return comparisons[alarm.comparison](value, alarm.threshold);
}

type Properties = { readonly [name: string]: Json };

/** An `AWS::CloudWatch::Alarm` whose references are resolved; undefined for one that looks at something else. */
export function alarmOf(properties: Properties): Alarm | undefined {
  const { ComparisonOperator, EvaluationPeriods, Threshold } = properties;
  const comparison = comparisonNames.find((name) => name === ComparisonOperator);
  const source = sourceOf(properties);
  if (source === undefined || !comparison) return undefined;
  const evaluationPeriods = Number(EvaluationPeriods ?? 1);
  const areActionsOn = properties['ActionsEnabled'] !== false;
  const actions = (name: string) => (areActionsOn ? texts(properties[name]) : []);
  return {
    name: String(properties['AlarmName']),
    description: String(properties['AlarmDescription'] ?? ''),
    source,
    periodSeconds: periodOf(properties, source),
    evaluationPeriods,
    datapointsToAlarm: Number(properties['DatapointsToAlarm'] ?? evaluationPeriods),
    threshold: Number(Threshold ?? 0),
    comparison,
    missingData: treatments.find((name) => name === properties['TreatMissingData']) ?? 'missing',
    actions: {
      ALARM: actions('AlarmActions'),
      OK: actions('OKActions'),
      INSUFFICIENT_DATA: actions('InsufficientDataActions'),
    },
  };
}

function sourceOf(properties: Properties): AlarmSource | undefined {
  const { MetricName: name, Namespace: namespace, Metrics } = properties;
  if (typeof name === 'string' && typeof namespace === 'string') {
    const metric = { namespace, name, dimensions: readDimensions(properties['Dimensions']) };
    const statistic = String(properties['ExtendedStatistic'] ?? properties['Statistic'] ?? 'Average');
    return { kind: 'metric', metric, statistic, unit: String(properties['Unit'] ?? '') };
  }
  const queries = Array.isArray(Metrics) ? (Metrics as readonly MathQuery[]) : [];
  return queries.length === 0 ? undefined : { kind: 'math', queries };
}

/** Of metric math that of its metrics, the longest one. */
function periodOf({ Period }: Properties, source: AlarmSource): number {
  if (source.kind === 'metric') return Number(Period ?? 60);
  const periods = source.queries.flatMap(({ MetricStat: stat }) =>
    Number((stat as Properties | undefined)?.['Period'] ?? 0),
  );
  return Math.max(...periods) || 60;
}

const comparisonNames = Object.keys(comparisons) as Comparison[];

function texts(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

function readDimensions(list: Json | undefined): Readonly<Record<string, string>> {
  const entries = Array.isArray(list) ? (list as readonly Properties[]) : [];
  return Object.fromEntries(entries.map(({ Name, Value }) => [String(Name), String(Value)]));
}

export type AlarmStatus = {
  readonly name: string;
  readonly state: AlarmState;
  readonly reason: string;
  readonly since: number;
};
