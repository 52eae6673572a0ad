import { type Alarm, type Config, isSent } from '../../config/model.ts';
import type { AlarmChange } from '../../message/alarm-change.ts';
import { type AlarmNews, renderAlarm } from '../../message/alarm-message.ts';
import { alarmNameOf } from '../../message/alarm-text.ts';
import { type MachineMessage, parseMachine } from '../../message/machine.ts';

/** The alarms of this stack that are told on channels to which `notify` sends; those on addresses alone are mailed by SNS. */
export function packageAlarms({ alarms = [], channels }: Config): readonly Alarm[] {
  const sent = new Set(channels.filter(isSent).map(({ id }) => id));
  return alarms.filter(({ notify }) => notify.some((id) => sent.has(id)));
}

/** What is known of the alarms of this stack where messages of CloudWatch come in. */
export type KnownAlarms = Pick<AlarmNews, 'links'> & {
  readonly scope: AlarmNews['scope'];
  readonly alarms: readonly Alarm[];
  /** An ARN of this account, region and partition, of any service, with which that of an alarm begins but for the service. */
  readonly neighbourArn?: string;
};

/** From when to when an alarm rang, epoch ms; it still rings where there is no end. */
export type AlarmSpan = { readonly firedAt: number; readonly resolvedAt?: number };

/** Remembers when alarms began to ring, by their names in AWS: what says that one is over does not say since when it rang. */
export type AlarmMemory = {
  load(name: string): Promise<AlarmSpan | undefined>;
  save(name: string, span: AlarmSpan): Promise<void>;
};

/** Whether an alarm is of this very stack: by its name, and by the account and region of its ARN. */
export function isOfStack({ name, arn }: Pick<AlarmChange, 'name' | 'arn'>, known: KnownAlarms): boolean {
  const { scope, neighbourArn } = known;
  if (!name.startsWith(alarmNameOf({ id: '' }, scope.service, scope.environment))) return false;
  if (neighbourArn === undefined) return true;
  const [, partition, , region, account] = neighbourArn.split(':');
  return arn === `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** What a change makes of what is remembered; undefined where it is no news: a new alarm is OK, and one without data is quiet. */
export function stepSpan(
  span: AlarmSpan | undefined,
  { from, to, at }: AlarmChange,
): AlarmSpan | 'unknown' | undefined {
  if (to === 'INSUFFICIENT_DATA') return undefined;
  // SNS may bring what is old once more, and leave the order: what came since stands.
  if (span !== undefined && at < span.firedAt) return 'unknown';
  const isOpen = span !== undefined && span.resolvedAt === undefined;
  if (to === 'ALARM') {
    if (span?.firedAt === at) return span;
    return isOpen && from !== 'OK' ? span : { firedAt: at };
  }
  if (span !== undefined && (isOpen || span.resolvedAt === at)) return { ...span, resolvedAt: at };
  return from === 'ALARM' ? 'unknown' : undefined;
}

/** The message for the channels of an alarm; undefined where nobody is told by it. */
export function alarmMessage(
  change: AlarmChange,
  span: AlarmSpan | 'unknown',
  known: KnownAlarms,
): MachineMessage | undefined {
  const { alarms, scope, links } = known;
  const alarm = alarms.find((each) => alarmNameOf(each, scope.service, scope.environment) === change.name);
  const { to } = change;
  if (alarm === undefined || to === 'INSUFFICIENT_DATA') return undefined;
  const firedAt = span === 'unknown' ? {} : { firedAt: span.firedAt };
  const json = renderAlarm({ alarm, change: { ...change, to }, ...firedAt, channels: alarm.notify, scope, links });
  const parsed = parseMachine(JSON.stringify(json));
  return 'message' in parsed ? parsed.message : undefined;
}

export type AlarmDeps = {
  readonly known: KnownAlarms;
  readonly loadMemory: () => Promise<AlarmMemory>;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** The same with what is remembered of it. An alarm of somebody else is refused, and the log says so; it may come from anywhere. */
export async function readAlarm(change: AlarmChange, deps: AlarmDeps): Promise<MachineMessage | undefined> {
  const { known, onWarning } = deps;
  if (!isOfStack(change, known)) {
    onWarning('an alarm that is none of this stack was refused', undefined);
    return undefined;
  }
  const before = await load(change, deps);
  const span = stepSpan(before, change);
  if (span === undefined) return undefined;
  const message = alarmMessage(change, span, known);
  if (message !== undefined && span !== 'unknown' && span !== before) await save(change, span, deps);
  return message;
}

/** Rather without its duration than not at all. */
async function load({ name }: AlarmChange, { loadMemory, onWarning }: AlarmDeps): Promise<AlarmSpan | undefined> {
  try {
    return await (await loadMemory()).load(name);
  } catch (cause) {
    onWarning('nobody knows since when this alarm rings', cause);
    return undefined;
  }
}

async function save({ name }: AlarmChange, span: AlarmSpan, { loadMemory, onWarning }: AlarmDeps): Promise<void> {
  try {
    await (await loadMemory()).save(name, span);
  } catch (cause) {
    onWarning('it is not remembered since when this alarm rings', cause);
  }
}
