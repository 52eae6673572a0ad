import type { TransitionKind } from '../alert/model.ts';
import { leftLines, paceLines } from './budget-text.ts';
import { runLines } from './burst-text.ts';
import { cleanText } from './clean.ts';
import { drillSections } from './drill-text.ts';
import { formatCount, formatInstant, plural } from './format.ts';
import { acknowledgeLines, takenLines, wholeLines } from './incident-text.ts';
import { columns, section, wrap } from './layout.ts';
import type { IncidentItem, Notice, NoticeItem } from './model.ts';
import { commandLines, endLines, hurtLines, lookLines, overLines } from './sections.ts';
import { renderLine, renderSubject } from './subject.ts';
import { firingOf, resolvedOf } from './words.ts';

/** A message lists at most so many alerts. */
const mostListed = 50;

/**
 * The mail: what is hurt and since when, how fast the budget goes, what is left, what to look at first, how to see it
 * for oneself, when it can end. Sections stand apart by a blank line; own words keep to 78 columns, while addresses and
 * commands stay whole. Everything from outside is one clean line of bounded length. Of many alerts all are listed, up to
 * 50, and the worst few told in detail.
 */
export function renderText(notice: Notice): string {
  const sections = notice.drill === undefined ? sectionsOf(notice) : drillSections(notice);
  const told = [[renderSubject(notice)], ...sections, footer(notice)].filter((lines) => lines.length > 0);
  return `${told.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function sectionsOf(notice: Notice): readonly (readonly string[])[] {
  const fired = firingOf(notice);
  const resolved = resolvedOf(notice);
  return [
    notice.isTest ? ['This is a test: nothing is wrong, and there is nothing to do.'] : [],
    listed(notice.items),
    section('WHAT IS HURT', hurtLines(fired, notice)),
    section('HOW FAST THE BUDGET GOES', paceLines(fired)),
    section('WHAT IS OVER', overLines(resolved)),
    section('WHO IS AT IT', takenLines(wholeOf(notice, 'acknowledged'))),
    section('THE INCIDENT', wholeLines(wholeOf(notice, 'closed'))),
    section('THE LAST RUNS', runLines(notice.items)),
    section('WHAT IS LEFT', leftLines(notice.items)),
    section('LOOK AT FIRST', lookLines(fired, notice)),
    section('SEE FOR YOURSELF', commandLines(fired)),
    section('WHEN IT ENDS', endLines(fired)),
    section('ACKNOWLEDGE', acknowledgeLines(notice)),
    section('WHAT NOW', fired.length > 0 ? [] : nowLines(notice, resolved)),
  ];
}

function wholeOf({ whole }: Notice, kind: TransitionKind): readonly IncidentItem[] {
  return whole.filter(({ transition }) => transition.kind === kind);
}

function listed(items: readonly NoticeItem[]): readonly string[] {
  if (items.length <= 1) return [];
  const widest = Math.max(8, ...items.map(({ transition }) => transition.kind.length));
  const lines = items.slice(0, mostListed).map((item) => {
    const lead = `  ${item.transition.kind.padEnd(widest)}  ${item.transition.severity.padEnd(6)}  `;
    return lead + renderLine(item, columns - lead.length);
  });
  const rest = items.length - mostListed;
  const title = `${plural(items.length, 'alert')} in this message, the worst first`;
  return section(title, rest > 0 ? [...lines, `  and ${formatCount(rest)} more`] : lines);
}

function nowLines({ incident }: Notice, resolved: readonly NoticeItem[]): readonly string[] {
  const isWithdrawn = resolved.some(({ kind }) => kind === 'withdrawn');
  const look = isWithdrawn
    ? wrap('Look once more yourself at what was withdrawn: nothing watches it here any more.', '  ')
    : [];
  const isOver = incident.closedAt !== undefined;
  if (isOver && look.length === 0)
    return wrap('Nothing to do: the incident is over, and nothing of it fires any more.', '  ');
  if (isOver) return [...look, '  The incident is over: nothing of it fires any more.'];
  if (resolved.length === 0) {
    const quiet = 'Reminders and escalation stop until something new joins; each alert tells when it has resolved.';
    return wrap(quiet, '  ');
  }
  const goesOn = 'The incident goes on: other alerts of it still fire, and each will tell when it has resolved.';
  return [...look, ...wrap(goesOn, '  ')];
}

function footer({ id, incident, service, environment }: Notice): readonly string[] {
  const scope = cleanText(`${service} ${environment}`, 80);
  const closed = incident.closedAt === undefined ? '' : `, closed ${formatInstant(incident.closedAt)}`;
  return [
    '--',
    ...wrap(`${scope}, incident ${incident.id}, opened ${formatInstant(incident.openedAt)}${closed}`, ''),
    `Message ${id}`,
    'The same message may come twice; its id stays the same.',
  ];
}
