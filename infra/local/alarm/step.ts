import { type Alarm, type AlarmState, isBreaching } from './model.ts';

/** One period's value; undefined where nothing was published. */
export type Datapoint = number | undefined;

export type Judgement = { readonly state: AlarmState; readonly reason: string };

/** CloudWatch looks at more periods than it needs, so that data which is late is still found. */
export const extraPeriods = 2;

/**
 * Judges an alarm by the newest periods that are over, oldest first: `evaluationPeriods + extraPeriods` of them.
 * As described under "Configuring how CloudWatch alarms treat missing data"
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html): missing periods are
 * filled in only where there are fewer real ones than evaluation periods. `current` is what the alarm keeps. `newestAt`: when
 * the last of these periods began, epoch ms.
 */
export function judgeAlarm(
  alarm: Alarm,
  points: readonly Datapoint[],
  current: AlarmState,
  newestAt: number,
): Judgement {
  const found = pointsFound(alarm, points, newestAt).slice(-alarm.evaluationPeriods);
  const real = found.map(({ value }) => value);
  const breaching = real.filter((value) => isBreaching(alarm, value)).length;
  const missing = alarm.evaluationPeriods - real.length;
  const judged = (state: AlarmState): Judgement => ({ state, reason: explain(alarm, found, missing, state) });
  if (missing === 0) return judged(breaching >= alarm.datapointsToAlarm ? 'ALARM' : 'OK');
  switch (alarm.missingData) {
    case 'breaching':
      return judged(breaching + missing >= alarm.datapointsToAlarm ? 'ALARM' : 'OK');
    case 'notBreaching':
      return judged(breaching >= alarm.datapointsToAlarm ? 'ALARM' : 'OK');
    case 'missing':
      if (real.length === 0) return judged('INSUFFICIENT_DATA');
      return judged(breaching >= alarm.datapointsToAlarm || isPremature(alarm, points) ? 'ALARM' : 'OK');
    case 'ignore':
      if (breaching >= alarm.datapointsToAlarm) return judged('ALARM');
      return judged(real.length === 0 || breaching === real.length ? current : 'OK');
    default:
      return alarm.missingData satisfies never;
  }
}

/**
 * "Alarms are designed to always go into ALARM state when the oldest available breaching datapoint during the
 * evaluation periods is at least as old as Datapoints to Alarm, and all other more recent data points are breaching or
 * missing."
 */
function isPremature(alarm: Alarm, points: readonly Datapoint[]): boolean {
  const oldest = points.findIndex((point) => point !== undefined);
  const areAllBreaching = points.every((point) => point === undefined || isBreaching(alarm, point));
  return areAllBreaching && oldest >= 0 && points.length - oldest >= alarm.datapointsToAlarm;
}

type Found = { readonly value: number; readonly at: number };

function pointsFound({ periodSeconds }: Alarm, points: readonly Datapoint[], newestAt: number): readonly Found[] {
  const oldestAt = newestAt - (points.length - 1) * periodSeconds * 1_000;
  return points.flatMap((value, index) =>
    value === undefined ? [] : [{ value, at: oldestAt + index * periodSeconds * 1_000 }],
  );
}

/** In the words of CloudWatch, in which others look for the values that decided and their times. */
function explain(alarm: Alarm, found: readonly Found[], missing: number, state: AlarmState): string {
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${missing} datapoint${plural(missing)} were unknown.`;
  const filled = `${missing} missing datapoint${plural(missing)} were treated as [${treated(alarm)}]`;
  if (found.length === 0)
    return `Threshold Crossed: no datapoints were received for ${missing} period${plural(missing)} and ${filled}.`;
  const isRinging = state === 'ALARM';
  const decided = found.filter(({ value }) => isBreaching(alarm, value) === isRinging).toReversed();
  const values = decided.map(({ value, at }) => `${decimal(value)} (${clock(at)})`).join(', ');
  const all = alarm.evaluationPeriods;
  const many = decided.length === all ? `${all}` : `${decided.length} out of the last ${all}`;
  const verb = `${decided.length === 1 ? 'was' : 'were'}${isRinging ? '' : ' not'}`;
  const least = isRinging ? alarm.datapointsToAlarm : all - alarm.datapointsToAlarm + 1;
  return (
    `Threshold Crossed: ${many} datapoint${plural(all)} [${values}] ${verb} ${words[alarm.comparison]} the threshold ` +
    `(${decimal(alarm.threshold)}) (minimum ${least} datapoint${plural(least)} for ${isRinging ? 'OK -> ALARM' : 'ALARM -> OK'} transition)` +
    `${missing === 0 ? '' : ` and ${filled}`}.`
  );
}

/** A value as CloudWatch writes it, with at least one decimal. */
export const decimal = (value: number): string => {
  const text = String(Number(value.toPrecision(15)));
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace('e', 'E');
};
/** `26/11/26 17:05:00`. */
const clock = (at: number): string => {
  const [date = '', time = ''] = new Date(at).toISOString().slice(2, 19).split('T');
  return `${date.split('-').toReversed().join('/')} ${time}`;
};
const plural = (count: number) => (count === 1 ? '' : 's');
const treated = ({ missingData }: Alarm) =>
  ({ breaching: 'Breaching', notBreaching: 'NonBreaching', ignore: 'Ignored', missing: 'Missing' })[missingData];
const words = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;
