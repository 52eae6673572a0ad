import { titleOf } from './alert-title.ts';
import { cleanText, cutMiddle } from './clean.ts';
import { formatCount, formatDuration, formatInstant, formatPercent, plural } from './format.ts';
import { wrap } from './layout.ts';
import type { IncidentItem, IncidentMember, Notice, SpentBudget } from './model.ts';
import { quoteLightly } from './shell.ts';

/** What a person says of themselves, and why; as the JSON Schema of messages has it. */
export const longestBy = 64;
export const longestNote = 200;
const mostMembers = 8;
const mostSpent = 5;
/** Of a name in a subject. */
const shortBy = 24;

/** `Acknowledged by ann: api failing +1 more`, for a subject, in as much detail as asked for: 2, 1 or 0. */
export function acknowledgedWords(item: IncidentItem, detail: number, longestName: number): string {
  const firing = item.members.filter(({ resolvedAt }) => resolvedAt === undefined);
  const by = detail === 0 ? '' : ` by ${cleanText(byOf(item), shortBy)}`;
  return `Acknowledged${by}: ${membersWords(item, firing, longestName)}`;
}

/** `Closed: the incident of api failing +2 more after 67 min`. */
export function closedWords(item: IncidentItem, detail: number, longestName: number): string {
  const { at, firedAt } = item.transition;
  const after = detail === 0 ? '' : ` after ${formatDuration(at - firedAt)}`;
  return `Closed: the incident of ${membersWords(item, item.members, longestName)}${after}`;
}

function membersWords(
  { transition, omittedMembers }: IncidentItem,
  members: readonly IncidentMember[],
  longestName: number,
): string {
  const titles = [...new Set(members.map(({ alertId }) => titleOf(alertId)))];
  const [first = transition.incidentId] = titles;
  const others = titles.length - 1 + omittedMembers;
  const more = others > 0 ? ` +${others} more` : '';
  return `${cutMiddle(first, longestName)}${more}`;
}

/** Who is at it, since when, and what fires meanwhile. */
export function takenLines(items: readonly IncidentItem[]): string[] {
  return items.flatMap((item) => {
    const { at, firedAt, facts } = item.transition;
    const note = facts.kind === 'incident' ? cleanText(facts.note ?? '', longestNote) : '';
    const firing = item.members.filter(({ resolvedAt }) => resolvedAt === undefined);
    return [
      ...wrap(`${byOf(item)}, since ${formatInstant(at)}, ${formatDuration(at - firedAt)} after it began`, '  '),
      ...(note === '' ? [] : wrap(note, '    ')),
      ...firing.slice(0, mostMembers).flatMap((member) => memberLines(member, at)),
      ...moreLines(firing.length - mostMembers),
    ];
  });
}

/** How long the incident was, what fired in it, and what it cost. */
export function wholeLines(items: readonly IncidentItem[]): string[] {
  return items.flatMap((item) => {
    const { at, firedAt } = item.transition;
    const { members, spent } = item;
    const several = members.length > 1 ? members : [];
    return [
      ...wrap(
        `it lasted ${formatDuration(at - firedAt)}, from ${formatInstant(firedAt)} to ${formatInstant(at)}`,
        '  ',
      ),
      ...several.slice(0, mostMembers).flatMap((member) => memberLines(member, at)),
      ...moreLines(several.length - mostMembers + item.omittedMembers),
      ...spent.slice(0, mostSpent).flatMap((each) => wrap(spentText(each), '  ')),
    ];
  });
}

function memberLines({ alertId, firedAt, resolvedAt, heldBack }: IncidentMember, at: number): string[] {
  const span = formatDuration((resolvedAt ?? at) - firedAt);
  const quiet = heldBack === undefined ? '' : `, ${quietWords[heldBack]}`;
  return wrap(`${titleOf(alertId)}: ${span} from ${formatInstant(firedAt)}${quiet}`, '    ');
}

const quietWords = { page: 'held back by a page', silence: 'silenced' } as const;

const moreLines = (rest: number): string[] => (rest > 0 ? [`    and ${formatCount(rest)} more`] : []);

function spentText({ sloId, badEvents, spentPpm }: SpentBudget): string {
  return `it spent ${formatPercent(spentPpm)} of the budget of ${sloId} (${plural(badEvents, 'bad event')})`;
}

function byOf({ transition: { facts } }: IncidentItem): string {
  return cleanText((facts.kind === 'incident' && facts.by) || 'somebody', longestBy);
}

/** What a message for chat programs says of an incident, under labels. */
export function incidentRows(item: IncidentItem): readonly (readonly [label: string, lines: readonly string[]])[] {
  const { transition, members, spent } = item;
  const { kind, at, firedAt, facts } = transition;
  if (kind !== 'closed')
    return [
      ['By', [byOf(item)]],
      ['Note', facts.kind === 'incident' ? [facts.note ?? ''] : []],
      ['Since', [formatInstant(at)]],
    ];
  return [
    ['Lasted', [`${formatDuration(at - firedAt)}, from ${formatInstant(firedAt)}`]],
    ['What fired', members.map(({ alertId }) => titleOf(alertId))],
    ['Budget spent', spent.map(spentText)],
  ];
}

/** How to say that one is at it: by the link where there is one, and by the command where it matters most. */
export function acknowledgeLines(notice: Notice): string[] {
  const { acknowledgeUrl: url, incident, environment, items } = notice;
  const isUrgent = items.some(({ transition: { kind } }) => kind === 'reminded' || kind === 'escalated');
  if (url === undefined && !isUrgent) return [];
  const stage = environment === 'local' ? '' : ` --stage ${quoteLightly([environment])}`;
  const effect =
    'It ends reminders and escalation until something new joins the incident, and tells everyone who was told.';
  return [
    ...(url === undefined ? [] : [`  ${url}`]),
    `    npx burnwatch ack ${incident.id}${stage}`,
    ...wrap(url === undefined ? effect : `${effect} Whoever has the link can do so, for a week.`, '  '),
  ];
}
