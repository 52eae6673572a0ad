import type { Json } from '../../shared/config/model.ts';
import type { MetricName } from './aws/cloudwatch-store.ts';

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

/** A CloudWatch alarm over one metric. */
export type Alarm = {
  readonly name: string;
  readonly description: string;
  readonly metric: MetricName;
  /** `Average`, `Sum`, …, or `p99`. */
  readonly statistic: string;
  readonly unit: string;
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

/** An `AWS::CloudWatch::Alarm` whose references are resolved; undefined for one over metric math. */
export function alarmOf(properties: Properties): Alarm | undefined {
  const { MetricName, Namespace, ComparisonOperator, Period, EvaluationPeriods, Threshold } = properties;
  const comparison = comparisonNames.find((name) => name === ComparisonOperator);
  if (typeof MetricName !== 'string' || typeof Namespace !== 'string' || !comparison) return undefined;
  const evaluationPeriods = Number(EvaluationPeriods ?? 1);
  const areActionsOn = properties['ActionsEnabled'] !== false;
  const actions = (name: string) => (areActionsOn ? texts(properties[name]) : []);
  return {
    name: String(properties['AlarmName']),
    description: String(properties['AlarmDescription'] ?? ''),
    metric: { namespace: Namespace, name: MetricName, dimensions: readDimensions(properties['Dimensions']) },
    statistic: String(properties['ExtendedStatistic'] ?? properties['Statistic'] ?? 'Average'),
    unit: String(properties['Unit'] ?? ''),
    periodSeconds: Number(Period ?? 60),
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

const comparisonNames = Object.keys(comparisons) as Comparison[];

function texts(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.map(String) : [];
}

function readDimensions(list: Json | undefined): Readonly<Record<string, string>> {
  const entries = Array.isArray(list) ? (list as readonly Properties[]) : [];
  return Object.fromEntries(entries.map(({ Name, Value }) => [String(Name), String(Value)]));
}
