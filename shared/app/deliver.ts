import { drillOf } from '../alert/drill.ts';
import type { OutboxEntry, Transition } from '../alert/model.ts';
import type { Message } from '../message/model.ts';
import type { AlertStore, Notify } from './ports.ts';
import { together } from './together.ts';

export type DeliverDeps = {
  readonly alerts: Pick<AlertStore, 'acknowledge' | 'saveIncident'>;
  readonly notify: Notify;
  /** Renders what one batch says of one incident: a message for each distinct set of channels. */
  readonly render: (transitions: readonly Transition[]) => readonly Message[] | Promise<readonly Message[]>;
  /** Whether there is time for one more group. */
  readonly hasTime: () => boolean;
  /**
   * Ids of incidents of which something earlier is undelivered: what comes later of them waits behind it, or a receiver would hear
   * of an end before its beginning. What is not delivered here is added.
   */
  readonly waiting: Set<string>;
};

export type Delivery = {
  /** Messages sent. */
  readonly sent: number;
  /** Entries delivered and acknowledged. */
  readonly sentEntries: number;
  readonly errors: readonly unknown[];
};

/**
 * Delivers an outbox: sends, then acknowledges, so that twice is possible and never is not. What was decided together and
 * belongs to one incident is one message a channel; an incident that is over goes to the archive with what tells of its end. A group
 * that cannot be delivered stays for the next round and keeps back what comes later of its incident, and nothing else; its error comes
 * back. When time runs out, the rest stays, too; one group is always tried.
 */
export async function deliver(outbox: readonly OutboxEntry[], deps: DeliverDeps): Promise<Delivery> {
  const errors: unknown[] = [];
  let sent = 0;
  let sentEntries = 0;
  for (const [index, group] of groupEntries(outbox).entries()) {
    const incidentId = incidentOf(group);
    if (index > 0 && !deps.hasTime()) {
      deps.waiting.add(incidentId);
      continue;
    }
    try {
      // First, since a channel that hangs must not keep what is over out of everyone's sight.
      for (const entry of group) if (entry.kind === 'incident') await deps.alerts.saveIncident(entry.incident);
      if (deps.waiting.has(incidentId)) continue;
      sent += await sendGroup(group, deps);
      sentEntries += group.length;
    } catch (error) {
      errors.push(error);
      deps.waiting.add(incidentId);
    }
  }
  return { sent, sentEntries, errors };
}

/** Batches in the order in which they were decided, drills behind all that is real; within one, an incident's transitions together. */
function groupEntries(outbox: readonly OutboxEntry[]): readonly (readonly OutboxEntry[])[] {
  const keyOf = ({ batch, incidentId }: Transition): string => `${batch}/${incidentId}`;
  const ends = new Map(
    outbox.flatMap((entry) =>
      entry.kind === 'transition' && entry.transition.kind === 'closed'
        ? [[entry.transition.incidentId, keyOf(entry.transition)]]
        : [],
    ),
  );
  const groups = Map.groupBy(outbox, (entry) =>
    entry.kind === 'transition' ? keyOf(entry.transition) : (ends.get(entry.id) ?? `archive/${entry.id}`),
  );
  return [...groups.values()].sort((a, b) => Number(isDrill(a)) - Number(isDrill(b)) || batchOf(a) - batchOf(b));
}

/** A drill has an incident of its own. */
function isDrill(group: readonly OutboxEntry[]): boolean {
  return group.some((entry) => entry.kind === 'transition' && drillOf(entry.transition.alertId) !== undefined);
}

const batchOf = (group: readonly OutboxEntry[]): number =>
  Math.min(...group.map((entry) => (entry.kind === 'transition' ? entry.transition.batch : Number.MAX_SAFE_INTEGER)));

/** The incident that an entry belongs to. */
export function incidentIdOf(entry: OutboxEntry): string {
  return entry.kind === 'transition' ? entry.transition.incidentId : entry.id;
}

/** All of a group belong to the same. */
function incidentOf([first]: readonly OutboxEntry[]): string {
  return first === undefined ? '' : incidentIdOf(first);
}

async function sendGroup(group: readonly OutboxEntry[], deps: DeliverDeps): Promise<number> {
  const transitions = group.flatMap((entry) => (entry.kind === 'transition' ? [entry.transition] : []));
  const messages = transitions.length === 0 ? [] : await deps.render(transitions);
  await notifyAll(messages, deps.notify);
  await deps.alerts.acknowledge(group.map((entry) => entry.id));
  return messages.length;
}

/** Of thousands of transitions there may be hundreds of messages for machines; those for people come first, one after the other. */
const mostInTurn = 10;

async function notifyAll(messages: readonly Message[], notify: Notify): Promise<void> {
  for (const message of messages.slice(0, mostInTurn)) await notify(message);
  for (let from = mostInTurn; from < messages.length; from += mostInTurn)
    await together(messages.slice(from, from + mostInTurn).map(notify));
}
