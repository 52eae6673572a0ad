import { burnRateOf, thresholdOf } from '../slo/burn.ts';
import { formatCount, formatDuration, formatInstant, formatPercent, formatRate, formatWindow } from './format.ts';
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
  const { facts } = item.transition;
  if (facts.kind !== 'burn') return [];
  const { rule, slo } = item;
  const window = (ms: number, bad: number, expected: number) =>
    `    last ${formatWindow(ms)}: ${formatRate(burnRateOf(slo, bad, expected))}, ${formatCount(bad)} bad of ${expectedText(slo, expected)}`;
  return [
    ...wrap(
      `${nameOf(item)}: the ${rule.severity} fires above ${formatRate(thresholdOf(slo, rule))} in both windows`,
      '  ',
    ),
    window(rule.longMs, facts.longBad, facts.longExpected),
    window(rule.shortMs, facts.shortBad, facts.shortExpected),
  ];
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

/** Until when it lasts at this pace; empty where nothing burns, or nothing is left. */
export function goneText({ exhaustedAt }: SloStanding, at: number): string {
  if (exhaustedAt === undefined || exhaustedAt <= at) return '';
  const when = `${formatDuration(exhaustedAt - at)}, at ${formatInstant(exhaustedAt)}`;
  return `at the pace of the last hour it is gone in ${when}`;
}

/** Every SLO that the items speak of, once. */
export function uniqueStandings(items: readonly NoticeItem[]): SloStanding[] {
  const all = items.flatMap((item) =>
    item.kind === 'burn' ? (item.standing ?? []) : item.kind === 'monitor' ? item.slos : [],
  );
  return [...new Map(all.map((standing) => [standing.sloId, standing])).values()];
}
