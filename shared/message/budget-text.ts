import { burnRateOf, thresholdOf } from '../slo/burn.ts';
import {
  formatCount,
  formatDuration,
  formatMinute,
  formatPercent,
  formatRate,
  formatRateBeside,
  formatWindow,
} from './format.ts';
import { expectedText } from './indicator-text.ts';
import { bounded, wrap } from './layout.ts';
import type { NoticeItem, SloStanding } from './model.ts';
import { nameOf } from './words.ts';

/** How fast budgets go: both windows of the rules that fired, then the last hour of other SLOs over failing monitors. */
export function paceLines(fired: readonly NoticeItem[]): string[] {
  const burning = fired.filter((item) => item.kind === 'burn');
  const told = new Set(burning.map((item) => item.slo.id));
  const others = uniqueStandings(fired).filter(({ sloId, burnRate }) => !told.has(sloId) && burnRate > 0);
  return bounded([...burning.map(burnLines), ...others.map(paceOf)]);
}

function burnLines(item: Extract<NoticeItem, { kind: 'burn' }>): string[] {
  const texts = paceTexts(item);
  if (texts === undefined) return [];
  return [...wrap(`${nameOf(item)}: ${texts.limit}`, '  '), `    ${texts.long}`, `    ${texts.short}`];
}

/** Above what a rule fires, and how fast each of its windows burns; undefined where that is not what is told. */
export function paceTexts({ transition: { facts }, rule, slo }: Extract<NoticeItem, { kind: 'burn' }>) {
  if (facts.kind !== 'burn') return undefined;
  const limit = thresholdOf(slo, rule);
  const window = (ms: number, bad: number, expected: number) => {
    const rate = formatRateBeside(burnRateOf(slo, bad, expected), limit);
    return `last ${formatWindow(ms)}: ${rate}, ${formatCount(bad)} bad of ${expectedText(slo, expected)}`;
  };
  return {
    limit: `the ${rule.severity} fires above ${formatRate(limit)} in both windows`,
    long: window(rule.longMs, facts.longBad, facts.longExpected),
    short: window(rule.shortMs, facts.shortBad, facts.shortExpected),
  };
}

function paceOf({ sloId, burnRate, windowMs, calendar }: SloStanding): string[] {
  const even = `at 1x the budget lasts the whole ${calendar ?? formatWindow(windowMs)}`;
  return wrap(`${sloId}: ${formatRate(burnRate)} over the last hour (${even})`, '  ');
}

/** What is left of the budget of every SLO that is spoken of, and, while something fires, until when. */
export function leftLines(items: readonly NoticeItem[]): string[] {
  const at = Math.max(...items.map(({ transition }) => transition.at));
  const isBurning = items.some(({ transition }) => transition.kind !== 'resolved');
  return bounded(
    uniqueStandings(items).map((standing) => {
      const gone = isBurning ? goneText(standing, at) : '';
      return [...wrap(leftText(standing), '  '), ...(gone === '' ? [] : wrap(gone, '    '))];
    }),
  );
}

/** What is left of a budget: `api (99.9% over 30 d): 12 % of the budget (38 bad of 43.2 allowed)`. */
export function leftText({ sloId, objective, windowMs, calendar, ...budget }: SloStanding): string {
  const { budgetLeftPpm, budgetEvents, badEvents } = budget;
  const slo = `${sloId} (${objective} ${calendar ? `this ${calendar}` : `over ${formatWindow(windowMs)}`})`;
  const events = `${formatCount(badEvents)} bad of ${formatCount(budgetEvents)} allowed`;
  const left =
    budgetLeftPpm < 0
      ? `nothing; overspent by ${formatPercent(-budgetLeftPpm)}`
      : `${formatPercent(budgetLeftPpm)} of the budget`;
  return `${slo}: ${left} (${events})`;
}

/** When it is gone if things go on as they do, with the band of nine times out of ten; empty where that is not in sight. */
export function goneText(standing: SloStanding, at: number): string {
  const { exhaustedAt, exhaustedEarliestAt: earliestAt, exhaustedLatestAt: latestAt } = standing;
  if (exhaustedAt === undefined) return rareText(earliestAt, at);
  if (exhaustedAt <= at) return '';
  const likely = `${formatMinute(exhaustedAt, at)} UTC (in ${formatDuration(exhaustedAt - at)})`;
  if (earliestAt === undefined) return `at this pace gone at ${likely}`;
  const from = formatMinute(earliestAt, at);
  if (latestAt === undefined) return `at this pace gone after ${from} UTC, most likely at ${likely}`;
  return `at this pace gone between ${from} and ${formatMinute(latestAt, at)} UTC, most likely at ${likely}`;
}

/** It rather lasts, and need not. */
function rareText(earliestAt: number | undefined, at: number): string {
  if (earliestAt === undefined || earliestAt <= at) return '';
  return `at this pace it rather lasts, and may be gone at ${formatMinute(earliestAt, at)} UTC`;
}

/** Every SLO that the items speak of, once. */
export function uniqueStandings(items: readonly NoticeItem[]): SloStanding[] {
  const all = items.flatMap((item) =>
    item.kind === 'burn' ? (item.standing ?? []) : item.kind === 'monitor' ? item.slos : [],
  );
  return [...new Map(all.map((standing) => [standing.sloId, standing])).values()];
}
