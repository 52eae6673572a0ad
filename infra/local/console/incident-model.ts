import type { IncidentDetailView, IncidentView, Moment } from '../../../shared/app/overview/model.ts';
import { minuteText } from './instants.ts';
import type { InboxMessage } from './state.ts';
import { plural, spanText } from './words.ts';

/** One line of a timeline. `href` leads to the message that it is. */
export type TimelineEntry = {
  readonly key: string;
  readonly at: number;
  readonly kind: Moment['kind'] | 'message';
  readonly word: string;
  readonly text: string;
  readonly href: string | null;
};

const kindWords: Readonly<Record<Moment['kind'], string>> = {
  fired: 'Fired',
  joined: 'Joined',
  heldBack: 'Held back',
  reminded: 'Reminded',
  escalated: 'Escalated',
  acknowledged: 'Acknowledged',
  silenced: 'Silenced',
  resolved: 'Resolved',
  closed: 'Closed',
};

/** What happened and what was told of it, the oldest first: messages after what they tell of, each once however many got it. */
export function entriesOf(
  { incident, moments }: IncidentDetailView,
  inbox: readonly InboxMessage[],
  now: number,
): readonly TimelineEntry[] {
  const happened = moments.map((moment): TimelineEntry => {
    const { kind, at, alertId = '' } = moment;
    return {
      key: `${kind} ${at} ${alertId}`,
      at,
      kind,
      word: kindWords[kind],
      text: momentText(moment, now),
      href: null,
    };
  });
  return [...happened, ...messagesOf(incident, inbox)].sort(
    (a, b) => a.at - b.at || Number(a.kind === 'message') - Number(b.kind === 'message'),
  );
}

function messagesOf({ id }: IncidentView, inbox: readonly InboxMessage[]): readonly TimelineEntry[] {
  const mine = inbox.filter(({ about }) => about?.incident === id);
  const groups = Map.groupBy(mine, ({ subject, at }) => `${Math.floor(at / 60_000)} ${subject}`);
  return [...groups.values()].flatMap((group) => {
    const first = group.at(-1);
    if (first === undefined) return [];
    const to = [...new Set(group.map((message) => message.to))];
    const text = `to ${to.length > 3 ? plural(to.length, 'receiver') : to.join(', ')}: ${first.subject}`;
    return [
      { key: `message ${first.id}`, at: first.at, kind: 'message', word: 'Told', text, href: `#message-${first.id}` },
    ];
  });
}

/** What stands after the word, without the instant. */
export function momentText(moment: Moment, now: number): string {
  const { kind, title = '', lastedMs = 0, by = '', note } = moment;
  const why = note === undefined || note === '' ? '' : `: “${note}”`;
  switch (kind) {
    case 'fired':
    case 'joined':
      return title;
    case 'heldBack':
      return `${title}, ${moment.heldBack === 'silence' ? 'silenced' : 'a page says it all'}`;
    case 'reminded':
      return moment.n === undefined ? title : `${title}, reminder ${moment.n}`;
    case 'escalated':
      return `${title}${moment.to === undefined ? '' : ` to ${moment.to.join(', ')}`}: nobody had acknowledged it`;
    case 'acknowledged':
      return `by ${by}, ${spanText(lastedMs)} after it began${why}`;
    case 'silenced':
      return `by ${by} until ${minuteText(moment.untilAt ?? moment.at, now)}${why}`;
    case 'resolved':
      return `${title}, after ${spanText(lastedMs)}`;
    case 'closed':
      return `nothing of it fires any more; it lasted ${spanText(lastedMs)}`;
    default:
      return kind satisfies never;
  }
}

/** What a silence from the page keeps quiet: its monitors, SLOs and bursts. */
export function silenceNames({ monitors, bursts, alerts }: IncidentView): readonly string[] {
  const slos = alerts.flatMap(({ id }) => (id.startsWith('slo/') ? (id.split('/')[1] ?? []) : []));
  return [...new Set([...monitors, ...bursts, ...slos])];
}
