import { burnRateOf } from '../slo/burn.ts';
import { asciiText, cutMiddle } from './clean.ts';
import { drillWords, pathWords } from './drill-text.ts';
import { formatDuration, formatPercent, formatRate, formatShortDuration } from './format.ts';
import { acknowledgedWords, closedWords } from './incident-text.ts';
import type { Notice, NoticeItem, SloStanding } from './model.ts';
import { errorTypeOf, firingOf, monitorOf, nameOf, resolvedOf, shortCause } from './words.ts';

/** SNS takes less than 100 characters (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
const longestSubject = 99;
/** In the last resort a name is cut to this, so that two of them and all the fixed words fit. */
const shortestName = 20;

/**
 * The subject alone says whether to get up: severity, what, how bad, where. Printable ASCII, at most 99 characters;
 * where it gets long, details go first, then the service, then the environment, then the middle of a name. Each message
 * that announces a resolution says "Resolved", and whether others of the incident still fire; a test says that it is one
 * before anything else.
 */
export function renderSubject(notice: Notice): string {
  const environment = asciiText(notice.environment, 40);
  const mark = notice.isTest ? '[TEST] ' : '';
  const scopes = [` (${asciiText(notice.service, 40)} ${environment})`, ` (${environment})`];
  for (const detail of [2, 1, 0]) {
    for (const scope of scopes) {
      const subject = asciiText(mark + statement(notice, detail, Number.POSITIVE_INFINITY) + scope, 500);
      if (subject.length <= longestSubject) return subject;
    }
  }
  return asciiText(mark + statement(notice, 0, shortestName), longestSubject);
}

/** What one alert has to say, in as much of a line as there is room for. */
export function renderLine(item: NoticeItem, longest: number): string {
  const words = item.transition.kind === 'resolved' ? resolvedWords : firingWords;
  const lines = [2, 1, 0].map((detail) => words(item, detail, Number.POSITIVE_INFINITY));
  return lines.find((line) => line.length <= longest) ?? cutMiddle(lines[2] ?? '', longest);
}

/** What is said of the worst alert of each kind, in as much detail as asked for: 2, 1 or 0. */
function statement(notice: Notice, detail: number, longestName: number): string {
  const firing = firingOf(notice);
  const resolved = resolvedOf(notice);
  const parts: string[] = [];
  const [drill] = notice.items;
  if (notice.drill !== undefined && drill !== undefined) return drillWords(drill, detail);
  if (firing[0]) {
    const severity = firing.some(({ transition }) => transition.severity === 'page') ? 'PAGE' : 'TICKET';
    const label = firing[0].transition.kind === 'escalated' ? `${severity}, escalated` : severity;
    parts.push(`[${label}] ${firingWords(firing[0], detail, longestName)}${more(firing)}`);
  }
  if (resolved[0]) {
    const words = resolvedWords(resolved[0], firing[0] ? 0 : detail, longestName);
    parts.push(`Resolved: ${words}${more(resolved)}${firing[0] ? '' : restWords(notice)}`);
  }
  if (parts.length > 0) return parts.join('; ');
  return notice.whole
    .map((item) => (item.transition.kind === 'closed' ? closedWords : acknowledgedWords)(item, detail, longestName))
    .join('; ');
}

/** An end that is not that of the incident lets nobody go back to bed. */
const restWords = ({ incident }: Notice): string => (incident.closedAt === undefined ? ', others still fire' : '');

/** Two alerts of one burst say the same thing: it counts once. */
function more(items: readonly NoticeItem[]): string {
  const first = items[0];
  const others = items.filter((item) => item !== first && !(item.kind === 'burst' && item.burst === burstOf(first)));
  return others.length > 0 ? ` +${others.length} more` : '';
}

const burstOf = (item: NoticeItem | undefined) => (item?.kind === 'burst' ? item.burst : undefined);

function firingWords(item: NoticeItem, detail: number, longestName: number): string {
  switch (item.transition.kind) {
    case 'reminded':
      return stillWords(item, detail, longestName);
    case 'escalated':
      return escalatedWords(item, detail, longestName);
    default:
      return firedWords(item, detail, longestName);
  }
}

/** `unacknowledged for 30 min: api failing, status 503`. */
function escalatedWords(item: NoticeItem, detail: number, longestName: number): string {
  const words = firedWords(item, detail, longestName).replace(': ', ', ');
  return detail === 0 ? words : `unacknowledged for ${ageOf(item)}: ${words}`;
}

/** `still failing after 4 h: api, status 503`. */
function stillWords(item: NoticeItem, detail: number, longestName: number): string {
  const name = cutMiddle(nameOf(item), longestName);
  const still = (verb: string) => `still ${verb}${detail === 0 ? '' : ` after ${ageOf(item)}`}: ${name}`;
  const { facts } = item.transition;
  switch (item.kind) {
    case 'monitor': {
      const cause = causeOf(item);
      const probes = facts.kind === 'monitor' && detail === 2 ? probesOf(item, facts) : '';
      return [still('failing'), probes, detail > 0 ? cause : ''].filter((part) => part !== '').join(', ');
    }
    case 'burn':
      return `${still('burning')}${firedWords(item, detail, longestName).replace(`${name} burns`, '').replace(': ', ', ')}`;
    case 'burst':
      return [still('failing'), ...(detail > 0 && facts.kind === 'burst' ? [facts.reason ?? ''] : [])]
        .filter((part) => part !== '')
        .join(', ');
    case 'coverage':
      return still('unwatched');
    case 'location':
      return `${still('silent').replace(name, 'location ')}${name}`;
    case 'drill':
    case 'path':
    case 'withdrawn':
      return firedWords(item, detail, longestName);
    default:
      return item satisfies never;
  }
}

const ageOf = ({ transition: { at, firedAt } }: NoticeItem): string => formatDuration(at - firedAt);

function firedWords(item: NoticeItem, detail: number, longestName: number): string {
  const name = cutMiddle(nameOf(item), longestName);
  const { facts, at } = item.transition;
  if (item.kind === 'withdrawn') return `${name} fired, then left the configuration`;
  if (item.kind === 'drill') return drillWords(item, detail);
  if (item.kind === 'path') return pathWords(item, detail);
  if (facts.kind === 'location') {
    const silent = `location ${name} silent`;
    return detail === 0 || facts.lastRowAt === 0 ? silent : `${silent} for ${formatDuration(at - facts.lastRowAt)}`;
  }
  if (facts.kind === 'monitor') {
    const [cause, probes] = [causeOf(item), probesOf(item, facts)];
    if (probes === '') return detail === 0 ? `${name} failing` : `${name} failing: ${cause}`;
    const words = [`${name} failing`, `: ${probes}`, cause === '' ? '' : `, ${cause}`];
    return words.slice(0, detail + 1).join('');
  }
  if (facts.kind === 'burn' && item.kind === 'burn') {
    const rate = formatRate(burnRateOf(item.slo, facts.longBad, facts.longExpected));
    const words = [`${name} burns ${rate}`, `: ${budgetWords(facts.budgetLeftPpm)}`, goneWords(item.standing, at)];
    return words.slice(0, detail + 1).join('');
  }
  if (facts.kind === 'burst') {
    if (detail === 0 || facts.reason === undefined) return `${name} burst failed`;
    const rest = detail === 2 && facts.unmet > 1 ? ` +${facts.unmet - 1} more` : '';
    return `${name}: ${facts.reason}${rest}`;
  }
  const since =
    facts.kind === 'coverage' && facts.lastJudgedAt > 0 ? ` for ${formatDuration(at - facts.lastJudgedAt)}` : '';
  return detail === 0 ? `${name} unwatched` : `${name} unwatched: no usable probe${since}`;
}

/** How many probes failed; nothing of a heartbeat, which has none. */
function probesOf(item: NoticeItem, { failures, of }: { readonly failures: number; readonly of: number }): string {
  return monitorOf(item)?.type === 'heartbeat' ? '' : `${failures} of ${of} probes`;
}

function causeOf(item: NoticeItem): string {
  const type = monitorOf(item)?.type;
  const cause = shortCause(errorTypeOf(item), item.kind === 'monitor' ? item.failure : undefined, type);
  return cause === '' && type === 'heartbeat' ? 'not called in time' : cause;
}

function budgetWords(leftPpm: number): string {
  if (leftPpm < 0) return `budget overspent by ${formatPercent(-leftPpm).replace(' ', '')}`;
  return `${formatPercent(leftPpm).replace(' ', '')} of the budget left`;
}

function goneWords(standing: SloStanding | undefined, at: number): string {
  const exhaustedAt = standing?.exhaustedAt;
  return exhaustedAt === undefined || exhaustedAt <= at ? '' : `, gone in ${formatShortDuration(exhaustedAt - at)}`;
}

function resolvedWords(item: NoticeItem, detail: number, longestName: number): string {
  const name = cutMiddle(nameOf(item), longestName);
  const after = detail === 0 ? '' : ` after ${formatDuration(item.transition.at - item.transition.firedAt)}`;
  switch (item.kind) {
    case 'monitor':
      return `${name}${after}`;
    case 'burn':
      return `${name} budget burn${after}`;
    case 'burst':
      return `${name} burst${after}`;
    case 'location':
      return `location ${name} heard again${after}`;
    case 'coverage':
      return `${name} watched again${after}`;
    case 'drill':
      return drillWords(item, detail);
    case 'path':
      return pathWords(item, detail);
    case 'withdrawn':
      return detail === 2 ? `${name} withdrawn${after}, no longer configured` : `${name} withdrawn`;
    default:
      return item satisfies never;
  }
}
