import { type Alarm, type AlarmState, isBreaching } from './alarm-model.ts';

/** One period's value; undefined where nothing was published. */
export type Datapoint = number | undefined;

export type Judgement = { readonly state: AlarmState; readonly reason: string };

/** CloudWatch looks at more periods than it needs, so that data which is late is still found. */
export const extraPeriods = 2;

/**
 * Judges an alarm by the newest periods that are over, oldest first: `evaluationPeriods + extraPeriods` of them.
 * As described under "Configuring how CloudWatch alarms treat missing data"
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html): missing periods are
 * filled in only where there are fewer real ones than evaluation periods. `current` is what the alarm keeps.
 */
export function judgeAlarm(alarm: Alarm, points: readonly Datapoint[], current: AlarmState): Judgement {
  const real = points.filter((point) => point !== undefined).slice(-alarm.evaluationPeriods);
  const breaching = real.filter((value) => isBreaching(alarm, value)).length;
  const missing = alarm.evaluationPeriods - real.length;
  const judged = (state: AlarmState): Judgement => ({ state, reason: explain(alarm, real, missing, state) });
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

function explain(alarm: Alarm, real: readonly number[], missing: number, state: AlarmState): string {
  if (state === 'INSUFFICIENT_DATA') return `Insufficient Data: ${missing} datapoint${plural(missing)} were unknown.`;
  const filled =
    missing === 0 ? '' : ` (${missing} missing datapoint${plural(missing)}, treated as [${treated(alarm)}])`;
  const values = real.map((value) => Number(value.toPrecision(6))).join(', ');
  const most = state === 'ALARM' ? 'were' : 'were not';
  const word = words[alarm.comparison];
  return (
    `Threshold Crossed: ${real.length} datapoint${plural(real.length)} [${values}]${filled} ${most} ${word} the threshold ` +
    `(${alarm.threshold.toFixed(1)}); ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} decide.`
  );
}

const plural = (count: number) => (count === 1 ? '' : 's');
const treated = ({ missingData }: Alarm) =>
  ({ breaching: 'Breaching', notBreaching: 'NonBreaching', ignore: 'Ignored', missing: 'Missing' })[missingData];
const words = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;
