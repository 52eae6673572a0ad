import { createHash } from 'node:crypto';
import type { Transition } from '../alert/model.ts';
import type { IncidentItem, Notice, NoticeItem } from './model.ts';
import type { NoticeContext } from './notice-context.ts';
import { drillIdOf, itemOf } from './notice-item.ts';

export type { Failure, NoticeContext } from './notice-context.ts';

/**
 * Makes transitions into notices: one for each batch, incident and set of channels that see the same of it, so that
 * what fires together is one message. The id is drawn from the transitions and the channels: it stays the same as long
 * as a batch is sent, and acknowledged, as a whole. Transitions without channels bring no notice.
 */
export function buildNotices(transitions: readonly Transition[], context: NoticeContext): Notice[] {
  const notices = new Map<string, { channels: string[]; seen: readonly Transition[] }>();
  for (const group of Map.groupBy(transitions, ({ batch, incidentId }) => `${batch} ${incidentId}`).values()) {
    for (const channel of [...new Set(group.flatMap((each) => each.notify))].sort()) {
      const seen = group.filter((each) => each.notify.includes(channel));
      const key = seen.map((each) => each.id).join(' ');
      const notice = notices.get(key);
      if (notice) notice.channels.push(channel);
      else notices.set(key, { channels: [channel], seen });
    }
  }
  const whole = [...notices.values()].map(({ channels, seen }) => noticeOf(seen, channels, context));
  return [...whole, ...whole.flatMap((notice) => restOf(notice, context))];
}

/** As many transitions as one message carries for machines; with text and JSON together SNS takes 256 KB. */
export const mostTransitions = 50;

/**
 * What one message has no room for, in further ones, for channels that keep account of every alert. People, and what pages them, are
 * told how many more there are.
 */
function restOf(notice: Notice, { config }: NoticeContext): readonly Notice[] {
  const isAccount = (id: string) =>
    config.channels.some(
      (channel) => channel.id === id && (channel.type === 'webhook' || channel.type === 'alertmanager'),
    );
  const channels = notice.channels.filter(isAccount);
  const rest = channels.length === 0 ? [] : notice.items.slice(mostTransitions);
  return Array.from({ length: Math.ceil(rest.length / mostTransitions) }, (_, index) => {
    const items = rest.slice(index * mostTransitions, (index + 1) * mostTransitions);
    const id = idOf([...items.map(({ transition }) => transition.id).sort(), ...channels]);
    return { ...notice, id, channels, items, whole: [] };
  });
}

/** The worst of some transitions first, as far as they tell by themselves: in about the order of a notice. */
export function worstTransitions(transitions: readonly Transition[], most: number): readonly Transition[] {
  const kinds = ['monitor', 'burn', 'burst', 'coverage', 'location', 'path', 'drill', 'incident'];
  if (transitions.length <= most) return transitions;
  return transitions
    .toSorted(
      (a, b) =>
        transitionOrder.indexOf(a.kind) - transitionOrder.indexOf(b.kind) ||
        rank(a.severity) - rank(b.severity) ||
        kinds.indexOf(a.facts.kind) - kinds.indexOf(b.facts.kind) ||
        (a.alertId < b.alertId ? -1 : 1),
    )
    .slice(0, most);
}

function noticeOf(seen: readonly Transition[], channels: readonly string[], context: NoticeContext): Notice {
  const unique = [...new Map(seen.map((each) => [each.id, each])).values()];
  const items = unique.filter((each) => !isWhole(each)).map((each) => itemOf(each, context));
  // It has an incident of its own, which ends with it.
  const drill = unique.map(drillIdOf).find((id) => id !== undefined);
  return {
    id: idOf([...unique.map((each) => each.id).sort(), ...channels]),
    ...((context.isTest || drill !== undefined) && { isTest: true }),
    ...(drill !== undefined && { drill }),
    service: context.config.service,
    environment: context.environment,
    channels,
    incident: incidentOf(unique, context),
    items: items.sort(worstFirst),
    whole: unique.filter(isWhole).map((each) => wholeOf(each, context)),
    ...(drill === undefined && acknowledgeUrlOf(unique, context)),
    links: context.links,
  };
}

const isWhole = ({ facts }: Transition): boolean => facts.kind === 'incident';

/** The same each time that the same is sent: it holds for so long after what it is told with. */
function acknowledgeUrlOf(
  seen: readonly Transition[],
  { acknowledgeUrl }: NoticeContext,
): Pick<Notice, 'acknowledgeUrl'> {
  const firing = seen.filter(({ kind }) => kind === 'fired' || kind === 'reminded' || kind === 'escalated');
  const [first] = firing;
  const url = first && acknowledgeUrl?.(first.incidentId, Math.max(...firing.map(({ at }) => at)));
  return url === undefined ? {} : { acknowledgeUrl: url };
}

function wholeOf(transition: Transition, { incidents, spent }: NoticeContext): IncidentItem {
  const { incidentId, kind } = transition;
  const { alerts: members = [], omittedAlerts: omittedMembers = 0 } = incidents[incidentId] ?? {};
  return { transition, members, omittedMembers, spent: (kind === 'closed' && spent?.get(incidentId)) || [] };
}

function incidentOf(seen: readonly Transition[], context: NoticeContext): Notice['incident'] {
  const id = seen[0]?.incidentId ?? '';
  const known = context.incidents[id];
  if (known) return { id, openedAt: known.openedAt, ...(known.closedAt !== undefined && { closedAt: known.closedAt }) };
  const openedAt = Math.min(...seen.map((each) => each.firedAt));
  const isOver = seen.every(({ kind }) => kind === 'resolved' || kind === 'closed');
  return { id, openedAt, ...(isOver && { closedAt: Math.max(...seen.map((each) => each.at)) }) };
}

const kindOrder: readonly NoticeItem['kind'][] = [
  'monitor',
  'burn',
  'burst',
  'coverage',
  'location',
  'path',
  'withdrawn',
  'drill',
];

const transitionOrder: readonly Transition['kind'][] = ['fired', 'escalated', 'reminded', 'resolved'];

/** What fired before what goes on and what resolved, pages before tickets, what fails before what burns and what broke under load, the fastest rule first. */
function worstFirst(a: NoticeItem, b: NoticeItem): number {
  return (
    transitionOrder.indexOf(a.transition.kind) - transitionOrder.indexOf(b.transition.kind) ||
    rank(a.transition.severity) - rank(b.transition.severity) ||
    kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) ||
    longOf(a) - longOf(b) ||
    (a.transition.alertId < b.transition.alertId ? -1 : 1)
  );
}

function rank(severity: Transition['severity']): number {
  return severity === 'page' ? 0 : 1;
}

function longOf(item: NoticeItem): number {
  return item.kind === 'burn' ? item.rule.longMs : 0;
}

function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
