import { cleanText, wrap } from './clean.ts';
import {
  formatCount,
  formatDuration,
  formatInstant,
  formatPercent,
  formatRate,
  formatWindow,
  plural,
} from './format.ts';
import type { Notice, NoticeItem, SloStanding } from './model.ts';
import { renderSubject } from './subject.ts';
import { burnRate, errorTypeOf, firedOf, longCause, nameOf, resolvedOf } from './words.ts';

/** A message lists at most so many alerts, and of each further kind of detail at most so many. */
export const mostListed = 50;
const mostDetailed = 5;
const mostCommands = 3;
const longestUrl = 2_048;
const longestCommand = 4_096;

type Kind<K extends NoticeItem['kind']> = Extract<NoticeItem, { kind: K }>;

/**
 * The mail: what is hurt and since when, how fast the budget goes, what is left, what to look at first, how to see it
 * for oneself, when it will end. Sections stand apart by a blank line; own words keep to 78 columns, while addresses
 * and commands stay whole. Everything from outside is one clean line of bounded length.
 */
export function renderText(notice: Notice): string {
  const fired = firedOf(notice);
  const resolved = resolvedOf(notice);
  const sections = [
    [renderSubject(notice)],
    section(`${plural(notice.items.length, 'alert')} in this message, the worst first`, listed(notice.items)),
    section('WHAT IS HURT', bounded(fired.flatMap((item) => [hurt(item)]))),
    section('HOW FAST THE BUDGET GOES', paceLines(fired)),
    section('WHAT IS OVER', bounded(resolved.map(over))),
    section('WHAT IS LEFT', leftLines(notice)),
    section('LOOK AT FIRST', lookLines(fired, notice)),
    section('SEE FOR YOURSELF', commands(fired)),
    section('WHEN IT ENDS', bounded(fired.map(ending))),
    section('WHAT NOW', nowLines(notice, fired, resolved)),
    footer(notice),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The commands of a notice that reproduce its failures, each once. */
export function commands(items: readonly NoticeItem[]): string[] {
  const all = items.flatMap((item) =>
    item.kind === 'monitor' ? [item.curl] : item.kind === 'burn' && item.failure ? [item.failure.curl] : [],
  );
  return [...new Set(all)]
    .filter((command) => command !== '' && command.length <= longestCommand)
    .slice(0, mostCommands)
    .map((command) => cleanText(command, longestCommand));
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** Paragraphs of the first few, and how many were left out. */
function bounded(paragraphs: readonly (readonly string[])[]): string[] {
  const shown = paragraphs.filter((lines) => lines.length > 0);
  const rest = shown.length - mostDetailed;
  return [...shown.slice(0, mostDetailed).flat(), ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : [])];
}

function listed(items: readonly NoticeItem[]): string[] {
  if (items.length === 1) return [];
  const lines = items.slice(0, mostListed).map((item) => {
    const { kind, severity } = item.transition;
    return `  ${kind.padEnd(8)}  ${severity.padEnd(6)}  ${summary(item)}`;
  });
  return items.length > mostListed ? [...lines, `  and ${formatCount(items.length - mostListed)} more`] : lines;
}

function summary(item: NoticeItem): string {
  const name = nameOf(item);
  switch (item.kind) {
    case 'monitor':
      return `${name} (monitor)`;
    case 'burn':
      return `${name} (budget burn, ${formatWindow(item.rule.longMs)})`;
    case 'coverage':
      return `${name} (coverage)`;
    case 'withdrawn':
      return `${name} (no longer configured)`;
    default:
      return item satisfies never;
  }
}

function hurt(item: NoticeItem): string[] {
  const { facts, at } = item.transition;
  const name = nameOf(item);
  if (item.kind === 'withdrawn')
    return wrap(`${name}: the alert fired, and its rule has left the configuration since.`, '  ');
  if (item.kind === 'monitor' && facts.kind === 'monitor') {
    const since =
      facts.firstFailureAt > 0
        ? [`  since ${formatInstant(facts.firstFailureAt)} (${formatDuration(at - facts.firstFailureAt)})`]
        : [];
    return [
      ...wrap(`${name}: ${facts.failures} of the last ${facts.of} probes failed`, '  '),
      target(item),
      ...since.map((line) => `  ${line}`),
    ];
  }
  if (item.kind === 'burn' && facts.kind === 'burn') {
    const newest = facts.lastFailureAt > 0 ? `, the newest at ${formatInstant(facts.lastFailureAt)}` : '';
    return wrap(
      `${name}: ${plural(facts.longBad, 'bad probe')} in the last ${formatWindow(item.rule.longMs)}${newest}`,
      '  ',
    );
  }
  if (item.kind !== 'coverage' || facts.kind !== 'coverage') return [];
  const since =
    facts.lastJudgedAt > 0
      ? `since ${formatInstant(facts.lastJudgedAt)} (${formatDuration(at - facts.lastJudgedAt)})`
      : 'so far';
  return [...wrap(`${name}: no probe could be judged ${since}; nobody knows whether it works`, '  '), target(item)];
}

function target({ monitor, url }: Kind<'monitor' | 'coverage'>): string {
  return `    ${monitor.request.method} ${cleanText(url, longestUrl)}`;
}

/** The burn of the rules that fired, in both windows; of SLOs over failing monitors, that of the last hour. */
function paceLines(fired: readonly NoticeItem[]): string[] {
  const burning = fired.filter((item) => item.kind === 'burn');
  const told = new Set(burning.map((item) => item.slo.id));
  const others = uniqueStandings(fired).filter(({ sloId, burnRate: rate }) => !told.has(sloId) && rate > 0);
  return bounded([...burning.map(burnLines), ...others.map(paceOf)]);
}

function burnLines(item: Kind<'burn'>): string[] {
  const { facts } = item.transition;
  if (facts.kind !== 'burn') return [];
  const { rule, slo } = item;
  const threshold = (rule.budgetPpm / 1_000_000) * (slo.windowMs / rule.longMs);
  const window = (ms: number, bad: number, expected: number) =>
    `    last ${formatWindow(ms)}: ${formatRate(burnRate(bad, expected, slo.objectivePpm))}, ${formatCount(bad)} bad of ${formatCount(expected)} expected`;
  return [
    ...wrap(`${slo.id}: the ${rule.severity} fires above ${formatRate(threshold)} in both windows`, '  '),
    window(rule.longMs, facts.longBad, facts.longExpected),
    window(rule.shortMs, facts.shortBad, facts.shortExpected),
  ];
}

function paceOf(standing: SloStanding): string[] {
  const even = `1x would last the whole ${formatWindow(standing.windowMs)}`;
  return wrap(`${standing.sloId}: ${formatRate(standing.burnRate)} over the last hour (${even})`, '  ');
}

function leftLines(notice: Notice): string[] {
  const at = Math.max(...notice.items.map(({ transition }) => transition.at));
  const isBurning = firedOf(notice).length > 0;
  return bounded(uniqueStandings(notice.items).map((standing) => leftOf(standing, at, isBurning)));
}

function leftOf(standing: SloStanding, at: number, isBurning: boolean): string[] {
  const { sloId, objective, windowMs, budgetLeftPpm, budgetEvents, badEvents, exhaustedAt } = standing;
  const slo = `${sloId} (${objective} over ${formatWindow(windowMs)})`;
  const events = `${formatCount(badEvents)} bad of ${formatCount(budgetEvents)} allowed`;
  if (budgetLeftPpm < 0)
    return wrap(`${slo}: nothing; overspent by ${formatPercent(-budgetLeftPpm)} (${events})`, '  ');
  const gone =
    isBurning && exhaustedAt !== undefined && exhaustedAt > at
      ? wrap(
          `at the pace of the last hour it is gone in ${formatDuration(exhaustedAt - at)}, at ${formatInstant(exhaustedAt)}`,
          '    ',
        )
      : [];
  return [...wrap(`${slo}: ${formatPercent(budgetLeftPpm)} of the budget (${events})`, '  '), ...gone];
}

/** Every SLO that an item speaks of, once. */
export function uniqueStandings(items: readonly NoticeItem[]): SloStanding[] {
  const all = items.flatMap((item) =>
    item.kind === 'burn' ? [item.standing] : item.kind === 'monitor' ? item.slos : [],
  );
  return [...new Map(all.map((standing) => [standing.sloId, standing])).values()];
}

function lookLines(fired: readonly NoticeItem[], notice: Notice): string[] {
  if (fired.length === 0) return [];
  const causes = fired.map((item) => causeLines(item));
  const runbooks = fired.flatMap((item) =>
    'runbook' in item && item.runbook ? [`  runbook: ${cleanText(item.runbook, longestUrl)}`] : [],
  );
  const links = notice.links.map(({ label, url }) => `  ${cleanText(label, 40)}: ${cleanText(url, longestUrl)}`);
  return [
    ...bounded(uniqueParagraphs(causes)),
    ...[...new Set(runbooks)].slice(0, mostDetailed),
    ...links.slice(0, mostDetailed),
  ];
}

function causeLines(item: NoticeItem): string[] {
  if (item.kind === 'coverage')
    return wrap(`${item.monitor.id}: is the probe function running? Look at its log and at the dead-man alarms.`, '  ');
  if (item.kind !== 'monitor' && item.kind !== 'burn') return [];
  const name = item.kind === 'monitor' ? item.monitor.id : item.failure?.monitor;
  const [first, ...rest] = longCause(errorTypeOf(item), item.failure);
  if (first === undefined || name === undefined) return [];
  return [...wrap(`${name}: ${first}`, '  '), ...rest.flatMap((line) => wrap(line, '    '))];
}

/** A monitor's cause is told once, by the item that knows most of it, which comes first. */
function uniqueParagraphs(paragraphs: readonly string[][]): string[][] {
  const seen = new Set<string>();
  return paragraphs.filter(([first = '']) => first !== '' && !seen.has(first) && seen.add(first));
}

function ending(item: NoticeItem): string[] {
  if (item.kind === 'monitor') {
    const { recoverSuccesses } = item.monitor.alerts.find(({ id }) => id === item.transition.alertId) ?? {
      recoverSuccesses: 1,
    };
    return wrap(
      `${item.monitor.id}: resolves after ${plural(recoverSuccesses, 'good probe')} in a row, one every ${formatWindow(item.monitor.intervalMs)}`,
      '  ',
    );
  }
  if (item.kind === 'coverage')
    return wrap(`${item.monitor.id}: resolves with the next probe that can be judged`, '  ');
  if (item.kind !== 'burn' || item.resolvesAt === undefined) return [];
  const wait = formatDuration(item.resolvesAt - item.transition.at);
  return wrap(
    `${item.slo.id}: resolves at ${formatInstant(item.resolvesAt)} at the earliest (in ${wait}), if nothing more fails`,
    '  ',
  );
}

function over(item: NoticeItem): string[] {
  const { at, firedAt } = item.transition;
  const span = [
    `    from ${formatInstant(firedAt)}`,
    `    to   ${formatInstant(at)} (${formatDuration(at - firedAt)})`,
  ];
  return [...wrap(`${nameOf(item)}: ${overWords(item)}`, '  '), ...span];
}

function overWords(item: NoticeItem): string {
  switch (item.kind) {
    case 'monitor':
      return 'answers as it should again';
    case 'burn':
      return `its budget no longer burns too fast (${item.rule.severity}, ${formatWindow(item.rule.longMs)})`;
    case 'coverage':
      return 'its probes can be judged again';
    case 'withdrawn':
      return 'the alert has left the configuration; nobody has seen it recover';
    default:
      return item satisfies never;
  }
}

function nowLines(notice: Notice, fired: readonly NoticeItem[], resolved: readonly NoticeItem[]): string[] {
  if (fired.length > 0 || resolved.length === 0) return [];
  if (notice.incident.closedAt !== undefined) return ['  The incident is over: nothing of it fires any more.'];
  return wrap(
    'The incident goes on: other alerts of it still fire, and each will tell you when it has resolved.',
    '  ',
  );
}

function footer({ id, incident, service, environment }: Notice): string[] {
  const scope = cleanText(`${service} ${environment}`, 80);
  const closed = incident.closedAt === undefined ? '' : `, closed ${formatInstant(incident.closedAt)}`;
  return [
    '--',
    ...wrap(`${scope}, incident ${incident.id}, opened ${formatInstant(incident.openedAt)}${closed}`, ''),
    `Message ${id}. The same message may come twice; its id stays the same.`,
  ];
}
