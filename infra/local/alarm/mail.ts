import { alarmArn } from '../aws/cloudwatch.ts';
import { account } from '../aws/service.ts';
import type { Publication } from '../aws/sns-message.ts';
import { describeAlarm } from './description.ts';
import type { Alarm, AlarmSource, AlarmState } from './model.ts';
import { decimal } from './step.ts';

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

/** What AWS makes of an alarm's notification: a mail for people, JSON for functions. It carries no attributes, so a filter drops it. */
export function renderAlarmMail(change: AlarmChange): Publication {
  const { alarm, to } = change;
  const subject = `${to}: "${alarm.name}" in ${regionName}`;
  return {
    subject: subject.slice(0, longestSubject),
    text: renderText(change),
    machineText: JSON.stringify(renderJson(change)),
    attributes: {},
  };
}

function renderText({ alarm, from, to, reason, at }: AlarmChange): string {
  const when = new Date(at).toUTCString().replace('GMT', 'UTC');
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
- The alarm is in the ALARM state when the metric is ${alarm.comparison} ${decimal(alarm.threshold)} for at least ${alarm.datapointsToAlarm} of the last ${alarm.evaluationPeriods} period(s) of ${alarm.periodSeconds} seconds.

${watchedText(alarm.source)}
- Period:                     ${alarm.periodSeconds} seconds
- TreatMissingData:           ${alarm.missingData}

State Change Actions:
- OK: ${list(alarm.actions.OK)}
- ALARM: ${list(alarm.actions.ALARM)}
- INSUFFICIENT_DATA: ${list(alarm.actions.INSUFFICIENT_DATA)}
`;
}

function watchedText(source: AlarmSource): string {
  if (source.kind === 'math')
    return `Monitored Metrics:\n${source.queries.map((query) => `- ${JSON.stringify(query)}`).join('\n')}`;
  const { metric, statistic, unit } = source;
  const dimensions = Object.entries(metric.dimensions).map(([name, value]) => `[${name} = ${value}]`);
  return `Monitored Metric:
- MetricNamespace:            ${metric.namespace}
- MetricName:                 ${metric.name}
- Dimensions:                 ${dimensions.join(' ')}
- Statistic:                  ${statistic}
- Unit:                       ${unit === '' ? 'not specified' : unit}`;
}

const list = (arns: readonly string[]) => (arns.length === 0 ? '' : `[${arns.join(', ')}]`);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
function renderJson({ alarm, from, to, reason, at }: AlarmChange): object {
  const { AlarmName, AlarmArn, AlarmDescription, OKActions, AlarmActions, InsufficientDataActions, ...trigger } =
    describeAlarm(alarm, { name: alarm.name, state: to, reason, since: at });
  const {
    ActionsEnabled: _on,
    StateValue: _state,
    StateReason: _reason,
    StateUpdatedTimestamp: _at,
    ...Trigger
  } = trigger;
  return {
    AlarmName,
    AlarmDescription,
    AWSAccountId: account,
    NewStateValue: to,
    NewStateReason: reason,
    StateChangeTime: new Date(at).toISOString().replace('Z', '+0000'),
    Region: regionName,
    AlarmArn,
    OldStateValue: from,
    OKActions,
    AlarmActions,
    InsufficientDataActions,
    Trigger,
  };
}
