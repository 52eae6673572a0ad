import {
  type AlarmSpan,
  alarmMessage,
  isOfStack,
  type KnownAlarms,
  packageAlarms,
  stepSpan,
} from '../../../shared/app/notify/alarm.ts';
import { parseAlarmChange } from '../../../shared/message/alarm-change.ts';
import type { MachineMessage } from '../../../shared/message/machine.ts';
import { account, region } from '../aws/service.ts';
import { apiId, environment, type LocalStack } from '../stack.ts';

/**
 * Reads what CloudWatch publishes as the function of the channels does, for the inbox: the message that it makes of an alarm of
 * this stack, or undefined. It remembers by itself since when alarms ring, as long as it lives.
 */
export function createAlarmReader(known: () => KnownAlarms): (text: string) => MachineMessage | undefined {
  const spans = new Map<string, AlarmSpan>();
  return (text) => {
    const change = parseAlarmChange(text);
    if (change === undefined || !isOfStack(change, known())) return undefined;
    const span = stepSpan(spans.get(change.name), change);
    if (span === undefined) return undefined;
    if (span !== 'unknown') spans.set(change.name, span);
    return alarmMessage(change, span, known());
  };
}

/** What the function of the channels knows of the alarms of this stack, with `console` in place of the dashboard. */
export function knownAlarms({ config }: Pick<LocalStack, 'config'>, console: string): KnownAlarms {
  return {
    alarms: packageAlarms(config),
    scope: { service: config.service, environment, outputs: { ApiId: apiId } },
    neighbourArn: `arn:aws:sns:${region}:${account}:`,
    links: [{ label: 'Dashboard', url: console }],
  };
}
