import type { MonitorType } from '../config/model.ts';
import { brokenLines, burstCauseLines, burstEndLines, repeatLines } from './burst-text.ts';
import { cleanCommand, cleanText } from './clean.ts';
import { pathAdvice, pathEnding, pathLines } from './drill-text.ts';
import { formatDuration, formatInstant, formatWindow, plural } from './format.ts';
import { badNoun, whoKnows } from './indicator-text.ts';
import { bounded, mostDetailed, wrap } from './layout.ts';
import { meanwhileText, seenText, silentAdvice, silentEnding, silentText } from './location-text.ts';
import type { Notice, NoticeItem, SeenFrom } from './model.ts';
import { errorTypeOf, longCause, monitorOf, nameOf } from './words.ts';

const mostCommands = 3;
/** Of a target or a runbook; a link may be as long as consoles make them. */
const longestUrl = 512;
const longestLink = 2_048;
const longestCommand = 4_096;

/** What is hurt, and since when. */
export function hurtLines(fired: readonly NoticeItem[], { incident }: Notice): string[] {
  const first = fired[0];
  if (!first) return [];
  const { at, firedAt } = first.transition;
  const openMs = at - incident.openedAt;
  const since = `part of an incident since ${formatInstant(incident.openedAt)} (${formatDuration(openMs)})`;
  return [...bounded(uniqueParagraphs(fired.map(hurt))), ...(firedAt > incident.openedAt ? wrap(since, '  ') : [])];
}

function hurt(item: NoticeItem): string[] {
  const { facts, at } = item.transition;
  const name = labelOf(item);
  if (item.kind === 'withdrawn') return wrap(`${name}: it fired, and its rule has left the configuration since`, '  ');
  if (item.kind === 'monitor' && facts.kind === 'monitor') {
    const sinceAt = item.failingSinceAt ?? facts.firstFailureAt;
    const since = `since ${formatInstant(sinceAt)} (${formatDuration(at - sinceAt)})`;
    const told =
      item.monitor.type === 'heartbeat' ? lateWords(item) : `${facts.failures} of the last ${facts.of} probes failed`;
    const lines = [...wrap(`${name}: ${told}`, '  '), target(item), ...seenLines(item.seen)];
    return [...lines, ...(sinceAt > 0 ? [`    ${since}`] : []), ...heldLines(item), ...stateLines(item)];
  }
  if (item.kind === 'burn' && facts.kind === 'burn') {
    const newest = facts.lastFailureAt > 0 ? `, the newest at ${formatInstant(facts.lastFailureAt)}` : '';
    const counted = badNoun(item.slo, monitorOf(item)?.type === 'heartbeat');
    const bad = `${plural(facts.longBad, counted)} in the last ${item.rule.longMs === 3_600_000 ? 'hour' : formatWindow(item.rule.longMs)}${newest}`;
    return [
      ...wrap(`${name}: ${bad}`, '  '),
      ...(item.counts === undefined ? [] : wrap(cleanText(item.counts, longestUrl), '    ')),
      ...stateLines(item),
      ...alsoTexts(item).flatMap((also) => wrap(also, '    ')),
    ];
  }
  if (item.kind === 'burst') return [...brokenLines(item), ...stateLines(item)];
  if (item.kind === 'path') return [...pathLines(item)];
  if (item.kind === 'location') {
    const silent = `nothing has come from this location since ${silentText(item)}; ${meanwhileText}`;
    return [...wrap(`${name}: ${silent}`, '  '), ...stateLines(item)];
  }
  if (item.kind !== 'coverage' || facts.kind !== 'coverage') return [];
  const since =
    facts.lastJudgedAt > 0
      ? `since ${formatInstant(facts.lastJudgedAt)} (${formatDuration(at - facts.lastJudgedAt)})`
      : 'yet';
  const blind = `no probe could be judged ${since}; nobody knows whether it works`;
  return [...wrap(`${name}: ${blind}`, '  '), target(item), ...stateLines(item)];
}

const seenLines = (seen: SeenFrom | undefined): string[] => {
  const text = seenText(seen);
  return text === '' ? [] : wrap(text, '    ');
};

const stateLines = (item: NoticeItem): string[] => (stateText(item) === '' ? [] : wrap(stateText(item), '    '));

/** Why it is told again, or to others, or only now; empty of what has just fired. */
export function stateText({ transition: { kind, at, firedAt, heldBack, n = 1 } }: NoticeItem): string {
  const fires = `firing since ${formatInstant(firedAt)} (${formatDuration(at - firedAt)})`;
  if (kind === 'reminded') return `${fires}; this is reminder ${n}`;
  if (kind === 'escalated') return `${fires}, and nobody has acknowledged it`;
  if (heldBack === undefined) return '';
  return `${fires}; held back until now by ${heldBack === 'page' ? 'a page of the same SLO' : 'a silence'}`;
}

const mostAlso = 3;

/** Tickets of the same SLO that say nothing of their own while this page is open. */
export function alsoTexts(item: NoticeItem): readonly string[] {
  if (item.kind !== 'burn') return [];
  return item.also.slice(0, mostAlso).map(({ rule, firedAt }) => {
    const since = `firing since ${formatInstant(firedAt)}`;
    return `also: its ${rule.severity} over ${formatWindow(rule.longMs)}, ${since}, waits until this page is over`;
  });
}

/** Two rules of one SLO are told apart by their severity and long window. */
function labelOf(item: NoticeItem): string {
  if (item.kind !== 'burn') return nameOf(item);
  return `${nameOf(item)} (${item.rule.severity}, ${formatWindow(item.rule.longMs)})`;
}

const target = (item: Extract<NoticeItem, { kind: 'monitor' | 'coverage' }>): string => `    ${targetText(item)}`;

/** What is asked, or of a heartbeat, how often it is to be called. */
export function targetText({ monitor, target: asked }: Extract<NoticeItem, { kind: 'monitor' | 'coverage' }>): string {
  if (monitor.type !== 'heartbeat') return `${asked.verb} ${cleanText(asked.target, longestUrl)}`;
  return `heartbeat, expected every ${formatWindow(monitor.periodMs)}, ${formatWindow(monitor.graceMs)} of grace`;
}

/** Of a heartbeat there is no probe to count: what is told is who did not call, or what the call said. */
export function lateWords({ failure, transition }: Extract<NoticeItem, { kind: 'monitor' }>): string {
  const said = cleanText(failure?.message ?? '', 256);
  if (said !== '') return said;
  const { facts } = transition;
  return facts.kind === 'monitor' && facts.errorType === 'assertion'
    ? 'it said that it failed'
    : 'nobody has called it in time';
}

function heldLines(item: Extract<NoticeItem, { kind: 'monitor' }>): readonly string[] {
  const text = heldText(item);
  return text === '' ? [] : wrap(text, '    ');
}

/** Why it is told only now; empty where nothing held it. */
export function heldText({ dependency, monitor: { id } }: Extract<NoticeItem, { kind: 'monitor' }>): string {
  if (!dependency) return '';
  const { monitor, downAt, upAt } = dependency;
  const span = `${formatDuration(upAt - downAt)}, until ${formatInstant(upAt)}`;
  return `${monitor}, which it depends on, was down for ${span}; ${id} still fails`;
}

/** What is over, and how long it took. */
export function overLines(resolved: readonly NoticeItem[]): string[] {
  return bounded(uniqueParagraphs(resolved.map(over)));
}

function over(item: NoticeItem): string[] {
  const { at, firedAt } = item.transition;
  const end = `    to   ${formatInstant(at)} (${formatDuration(at - firedAt)})`;
  return [...wrap(`${labelOf(item)}: ${overWords(item)}`, '  '), `    from ${formatInstant(firedAt)}`, end];
}

const againWords: Readonly<Record<MonitorType, string>> = {
  http: 'answers as it should again',
  tcp: 'answers as it should again',
  tls: 'answers as it should again',
  dns: 'answers as it should again',
  flow: 'works from its first step to its last again',
  heartbeat: 'is called in time again',
};

/** Why it is over. */
export function overWords(item: NoticeItem): string {
  switch (item.kind) {
    case 'monitor':
      return againWords[item.monitor.type];
    case 'burn':
      return 'the budget no longer burns too fast';
    case 'coverage':
      return 'its probes can be judged again';
    case 'location':
      return 'its ticks come again';
    case 'burst':
      return 'its newest run held everything that is asked of it';
    case 'drill':
      return 'it was a drill';
    case 'path':
      return 'a drill came through to every channel that it was for';
    case 'withdrawn':
      return 'the alert has left the configuration while it fired; nobody has seen it recover';
    default:
      return item satisfies never;
  }
}

/** What to look at first: what the probe said and means, the runbook, the links. Each thing once. */
export function lookLines(fired: readonly NoticeItem[], notice: Notice): string[] {
  if (fired.length === 0) return [];
  const runbooks = fired.flatMap((item) =>
    'runbook' in item && item.runbook ? [`  runbook: ${cleanText(item.runbook, longestUrl)}`] : [],
  );
  const links = notice.links.map(({ label, url }) => `  ${cleanText(label, 40)}: ${cleanText(url, longestLink)}`);
  return [
    ...bounded(uniqueParagraphs(fired.map(causeLines))),
    ...[...new Set(runbooks)].slice(0, mostDetailed),
    ...links.slice(0, mostDetailed),
  ];
}

function causeLines(item: NoticeItem): string[] {
  if (item.kind === 'coverage') {
    const question = 'does the probe function still run? If so, its probes end as unknown or blocked';
    return wrap(`${item.monitor.id}: ${question}: its log says why`, '  ');
  }
  if (item.kind === 'location') return wrap(`${item.location}: ${silentAdvice}`, '  ');
  if (item.kind === 'burst') return burstCauseLines(item);
  if (item.kind === 'path') return pathAdvice(item) === '' ? [] : wrap(pathAdvice(item), '  ');
  if (item.kind === 'withdrawn' || item.kind === 'drill') return [];
  const asked = item.kind === 'burn' ? whoKnows(item.slo) : '';
  if (asked !== '') return wrap(asked, '  ');
  const monitor = monitorOf(item);
  // What a heartbeat's judgement said stands above, where others count their probes.
  const failure = item.kind === 'monitor' && monitor?.type === 'heartbeat' ? undefined : item.failure;
  const [first, ...rest] = longCause(errorTypeOf(item), failure, monitor?.type);
  if (first === undefined || monitor === undefined) return [];
  return [
    ...wrap(`${monitor.id}: ${first}`, '  '),
    ...(item.kind === 'burn' ? seenLines(item.failure?.seen) : []),
    ...rest.flatMap((line) => wrap(line, '    ')),
  ];
}

/** What starts with the same line is told once, by the item that comes first and knows most. */
function uniqueParagraphs(paragraphs: readonly string[][]): string[][] {
  const seen = new Set<string>();
  return paragraphs.filter(([first = '']) => first !== '' && !seen.has(first) && seen.add(first));
}

/** Commands that repeat the failing probes, each once, each one line; one too long to type is left out. */
export function commandsOf(fired: readonly NoticeItem[]): string[] {
  const all = fired.map(commandOf);
  const usable = [...new Set(all.filter((command) => command !== undefined))].filter(
    ({ length }) => length <= longestCommand,
  );
  return usable.slice(0, mostCommands).map(cleanCommand);
}

function commandOf(item: NoticeItem): string | undefined {
  if (item.kind === 'burst') return `npx burnwatch burst ${item.burst.id}`;
  if (item.kind === 'burn') return item.failure?.command ?? item.command;
  return item.kind === 'monitor' || item.kind === 'path' ? item.command : undefined;
}

/** The commands, and which variables they want. */
export function commandLines(fired: readonly NoticeItem[]): string[] {
  const commands = commandsOf(fired);
  const variables = new Set(commands.flatMap((command) => [...command.matchAll(/"(\$\w+)"/g)].map(([, name]) => name)));
  const all = [...commands, ...uniqueParagraphs(fired.map(repeatLines)).flat()];
  if (variables.size === 0) return all;
  return [
    ...all,
    ...wrap(`(set ${[...variables].join(' and ')} first: what is secret, or not known here, is left out)`, ''),
  ];
}

/** When each alert can resolve. */
export function endLines(fired: readonly NoticeItem[]): string[] {
  return bounded(uniqueParagraphs(fired.map(end)));
}

function end(item: NoticeItem): string[] {
  if (item.kind === 'burst') return burstEndLines(item);
  return item.kind === 'withdrawn' || item.kind === 'drill' ? [] : wrap(`${labelOf(item)}: ${ending(item)}`, '  ');
}

/** When it can resolve. */
export function ending(item: Exclude<NoticeItem, { kind: 'withdrawn' | 'burst' | 'drill' }>): string {
  if (item.kind === 'path') return pathEnding;
  if (item.kind === 'location') return silentEnding;
  if (item.kind === 'coverage') return 'resolves with the next probe that can be judged';
  if (item.kind === 'monitor') {
    const rule = item.monitor.alerts.find(({ id }) => id === item.transition.alertId);
    const successes = rule?.recoverSuccesses ?? 1;
    if (item.monitor.type === 'heartbeat') {
      const stay = successes > 1 ? ` and all is well for ${plural(successes, 'minute')} in a row` : '';
      return `resolves once it has been called again${stay}`;
    }
    const good = plural(successes, 'good probe');
    return `resolves after ${good} in a row, one every ${formatWindow(item.monitor.intervalMs)}`;
  }
  if (item.resolvesAt === undefined) return 'resolves when either window has calmed down for long enough';
  const wait = formatDuration(item.resolvesAt - item.transition.at);
  return `resolves at ${formatInstant(item.resolvesAt)} at the earliest (in ${wait}), if nothing more fails`;
}
