import type { Alarm, AlarmState } from './alarm-model.ts';
import { alarmArn } from './aws/cloudwatch.ts';
import { account } from './aws/service.ts';
import type { Publication } from './aws/sns-message.ts';

export type AlarmChange = {
  readonly alarm: Alarm;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
  /** Epoch ms. */
  readonly at: number;
};

const regionName = 'US East (N. Virginia)';
const longestSubject = 99;

/** The mail that AWS makes of an alarm's notification. It carries no attributes, so a filter drops it. */
export function renderAlarmMail(change: AlarmChange): Publication {
  const { alarm, to } = change;
  const subject = `${to}: "${alarm.name}" in ${regionName}`;
  return { subject: subject.slice(0, longestSubject), text: renderText(change), attributes: {} };
}

function renderText({ alarm, from, to, reason, at }: AlarmChange): string {
  const when = new Date(at).toUTCString().replace('GMT', 'UTC');
  const dimensions = Object.entries(alarm.metric.dimensions).map(([name, value]) => `[${name} = ${value}]`);
  return `You are receiving this email because your Amazon CloudWatch Alarm "${alarm.name}" in the ${regionName} region has entered the ${to} state, because "${reason}" at "${when}".

(Local mode plays CloudWatch here: nothing of this is in AWS.)

Alarm Details:
- Name:                       ${alarm.name}
- Description:                ${alarm.description}
- State Change:               ${from} -> ${to}
- Reason for State Change:    ${reason}
- Timestamp:                  ${when}
- AWS Account:                ${account}
- Alarm Arn:                  ${alarmArn(alarm.name)}

Threshold:
- The alarm is in the ALARM state when the metric is ${alarm.comparison} ${alarm.threshold.toFixed(1)} for at least ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} period(s) of ${alarm.periodSeconds} seconds.

Monitored Metric:
- MetricNamespace:            ${alarm.metric.namespace}
- MetricName:                 ${alarm.metric.name}
- Dimensions:                 ${dimensions.join(' ')}
- Period:                     ${alarm.periodSeconds} seconds
- Statistic:                  ${alarm.statistic}
- Unit:                       ${alarm.unit === '' ? 'not specified' : alarm.unit}
- TreatMissingData:           ${alarm.missingData}

State Change Actions:
- OK: ${list(alarm.actions.OK)}
- ALARM: ${list(alarm.actions.ALARM)}
- INSUFFICIENT_DATA: ${list(alarm.actions.INSUFFICIENT_DATA)}
`;
}

const list = (arns: readonly string[]) => (arns.length === 0 ? '' : `[${arns.join(', ')}]`);
