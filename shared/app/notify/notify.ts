import { BurnwatchError, type SentChannel } from '../../config/model.ts';
import { parseAlarmChange } from '../../message/alarm-change.ts';
import { type MachineMessage, parseMachine } from '../../message/machine.ts';
import { renderUndelivered } from '../../message/undelivered.ts';
import { readAlarm } from './alarm.ts';
import type { NotifyDeps, NotifyStore, NotifySummary, Refusal, Remembered, Told } from './model.ts';

/** Lambda invokes once, and twice more a minute and two minutes later: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const mostInvocations = 3;

/**
 * Sends what SNS delivers to the channels that it is for, all of them at the same time. Throws BURN_NOT_DELIVERED when a channel
 * could not be told, so that Lambda asks again and at last puts the message into the queue; channels that have it by then are left
 * alone. What is final, or was tried for the last time, is reported on the channel's fallback. Throws BURN_MESSAGE_INVALID for what
 * is no message of ours.
 */
export async function notify(event: unknown, deps: NotifyDeps): Promise<NotifySummary> {
  const read = await Promise.all(textsIn(event).map((text) => readMessage(text, deps)));
  const messages = read.filter((message) => message !== undefined);
  const done = await Promise.all(messages.map((message) => notifyOf(message, deps)));
  const told = done.flatMap(({ results }) => results);
  const problems = told.flatMap(({ channel, delivery }) =>
    delivery.outcome === 'failed' ? [`${channel.id}: ${delivery.problem}`] : [],
  );
  if (problems.length > 0) throw new BurnwatchError('BURN_NOT_DELIVERED', problems.join('; '));
  const count = (outcome: string) => told.filter(({ delivery }) => delivery.outcome === outcome).length;
  const known = done.reduce((sum, each) => sum + each.known, 0);
  return { delivered: count('delivered'), skipped: count('skipped'), known };
}

/** The messages in an event of SNS; anything may call a function. */
function textsIn(event: unknown): readonly string[] {
  const records = field(event, 'Records');
  const texts = Array.isArray(records) ? records.map((record) => field(field(record, 'Sns'), 'Message')) : [];
  if (texts.length > 0 && texts.every((text) => typeof text === 'string')) return texts as readonly string[];
  throw invalid('it is no event of SNS');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** An alarm of CloudWatch, or a message of ours; undefined where an alarm is none that is told here. */
async function readMessage(text: string, deps: NotifyDeps): Promise<MachineMessage | undefined> {
  const { alarms, onWarning } = deps;
  const change = alarms && parseAlarmChange(text);
  if (change) return readAlarm(change, { ...alarms, onWarning });
  const parsed = parseMachine(text);
  if ('problem' in parsed) throw invalid(parsed.problem);
  return parsed.message;
}

const invalid = (problem: string): BurnwatchError =>
  new BurnwatchError('BURN_MESSAGE_INVALID', `what came is no message of Burnwatch: ${problem}`);

type Done = { readonly results: readonly Told[]; readonly known: number };

async function notifyOf(message: MachineMessage, deps: NotifyDeps): Promise<Done> {
  const meant = deps.channels.filter(({ id }) => message.channels.includes(id));
  const known = meant.length === 0 ? nothing : await load(message, deps);
  const open = meant.filter(({ id }) => known.get(id)?.isTold !== true);
  const results = await Promise.all(
    open.map((channel) => {
      const refusal = refusalOf(known.get(channel.id), deps);
      return refusal === undefined ? tell(channel, message, deps) : failAgain({ channel, message }, refusal, deps);
    }),
  );
  return { results, known: meant.length - open.length };
}

const nothing: ReadonlyMap<string, Remembered> = new Map();

function refusalOf(known: Remembered | undefined, { invocationId }: NotifyDeps): Refusal | undefined {
  const refusal = known?.isTold === false ? known.refusal : undefined;
  return refusal?.invocationId === invocationId ? refusal : undefined;
}

/** What was refused for good is not sent again when Lambda asks again: it only fails, so that the queue gets it in the end. */
async function failAgain(of: Omit<Told, 'delivery'>, { problem, mend }: Refusal, deps: NotifyDeps): Promise<Told> {
  const delivery: Failed = { outcome: 'failed', isFinal: true, problem, mend, attempts: 0 };
  const told = { ...of, delivery };
  await settleFailure(told, delivery, deps);
  return told;
}

/** Rather twice than never: what cannot be read is not known. */
async function load({ id }: MachineMessage, deps: NotifyDeps): Promise<ReadonlyMap<string, Remembered>> {
  try {
    return await (await deps.loadStore()).load(id);
  } catch (cause) {
    deps.onWarning('nobody knows which channels have been told: they may be told twice', cause);
    return nothing;
  }
}

async function tell(channel: SentChannel, message: MachineMessage, deps: NotifyDeps): Promise<Told> {
  const told: Told = { message, channel, delivery: await deps.send(channel, message) };
  deps.onDelivery(told);
  const { delivery } = told;
  if (delivery.outcome !== 'failed' || delivery.isFinal) await remember(told, deps);
  if (delivery.outcome === 'failed') await settleFailure(told, delivery, deps);
  return told;
}

async function remember({ channel, message, delivery }: Told, deps: NotifyDeps): Promise<void> {
  try {
    const store = await deps.loadStore();
    if (delivery.outcome !== 'failed') return await store.saveTold(message.id, channel.id);
    const { problem, mend } = delivery;
    await store.saveRefused(message.id, channel.id, { invocationId: deps.invocationId, problem, mend });
  } catch (cause) {
    deps.onWarning('it is not remembered what this channel was told: it may be told twice', cause);
  }
}

type Failed = Extract<Told['delivery'], { outcome: 'failed' }>;

async function settleFailure(told: Told, failed: Failed, deps: NotifyDeps): Promise<void> {
  const { channel, message } = told;
  if (!failed.isFinal && (await countFailures(told, failed, deps)) < mostInvocations) return;
  const { fallback } = channel;
  if (fallback === undefined || fallback === channel.id) {
    deps.onWarning(`there is no channel on which it could be told that ${channel.id} was not told`, undefined);
    return;
  }
  const { problem, mend } = failed;
  const queue = deps.queue === undefined ? {} : { queue: deps.queue };
  const report = renderUndelivered({ message, channel, problem, mend, fallback, ...queue });
  await reportOnce(told, () => deps.publish(report), deps);
}

/** When nobody counts, each time may be the last. */
async function countFailures({ channel, message }: Told, { problem }: Failed, deps: NotifyDeps): Promise<number> {
  try {
    return await (await deps.loadStore()).countFailure(message.id, channel.id, problem);
  } catch (cause) {
    deps.onWarning('nobody counts how often this channel was not told: it is reported now', cause);
    return mostInvocations;
  }
}

/** One report an hour and channel; without the ledger, rather one too many. */
async function reportOnce(
  { channel, message }: Told,
  publish: () => Promise<unknown>,
  deps: NotifyDeps,
): Promise<void> {
  try {
    const store = await openStore(deps);
    const isMine = (await store?.claimReport(channel.id, message.id, deps.now()).catch(onTrouble(deps))) ?? true;
    if (!isMine) return;
    await publish();
    await store?.saveReport(channel.id, message.id, deps.now()).catch(onTrouble(deps));
  } catch (cause) {
    deps.onWarning(`it could not be reported that ${channel.id} was not told`, cause);
  }
}

function openStore(deps: NotifyDeps): Promise<NotifyStore | undefined> {
  return deps.loadStore().catch(onTrouble(deps));
}

const onTrouble =
  ({ onWarning }: NotifyDeps) =>
  (cause: unknown): undefined => {
    onWarning('the reports of this hour cannot be counted: there may be one too many', cause);
    return undefined;
  };
