import type { BurnRule, Severity, Slo } from '../model.ts';
import { buildFollowUp } from './assemble-alert.ts';
import type { SloEntry } from './assemble-slo.ts';
import { day, minute } from './limits.ts';
import type { Fault, Path } from './problem.ts';
import { renderDuration } from './units.ts';

type RuleEntry = NonNullable<SloEntry['alerts']>[number];
/** What a short window must hold at least, and why: a sentence says `its short window of 15m, <why>`. */
export type LeastShort = { readonly ms: number; readonly why: string };

const minBadEvents = { page: 3, ticket: 5 } as const;
const hour = 60 * minute;
const longestLong = 30 * day;

/**
 * What alerts who says no more than whom to tell: the four tiers of the SRE Workbook for a month, and for a week those that Sloth
 * ships, whose shares are larger since a week's budget is smaller.
 * https://sre.google/workbook/alerting-on-slos/, https://github.com/slok/sloth/blob/main/examples/windows/7d.yaml
 */
const usual: Readonly<Record<'month' | 'week', readonly (readonly [Severity, number, number])[]>> = {
  month: [
    ['page', 20_000, hour],
    ['page', 50_000, 6 * hour],
    ['ticket', 100_000, day],
    ['ticket', 100_000, 3 * day],
  ],
  week: [
    ['page', 80_000, hour],
    ['page', 125_000, 6 * hour],
    ['ticket', 200_000, day],
    ['ticket', 420_000, 3 * day],
  ],
};

/** A rule as it was typed: the short window is a twelfth of the long one, but never less than what one must hold. */
export function buildRule(slo: string, rule: RuleEntry, least: LeastShort): BurnRule {
  return {
    ...ruleOf(slo, rule.severity, rule.budget, { ...rule.long, least }),
    minBadEvents: rule.minBadEvents ?? minBadEvents[rule.severity],
    notify: rule.notify,
    ...buildFollowUp(rule),
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
  };
}

/**
 * The usual rules of an SLO window. Those of 30 days are those of 28; between and beyond the known windows the long windows grow or
 * shrink with the SLO window, and so the thresholds stay. Long windows are whole hours, below two of them whole minutes.
 */
export function usualRules(slo: string, windowMs: number, notify: readonly string[], least: LeastShort): BurnRule[] {
  const isMonth = windowMs >= 28 * day;
  const scale = isMonth ? Math.max(1, windowMs / (30 * day)) : windowMs / (7 * day);
  const rules = usual[isMonth ? 'month' : 'week'].map(([severity, budgetPpm, ms]): BurnRule => {
    const longMs = Math.min(longestLong, rounded(ms * scale));
    const long = { text: renderDuration(longMs), value: longMs, least };
    return { ...ruleOf(slo, severity, budgetPpm, long), minBadEvents: minBadEvents[severity], notify };
  });
  const isFirst = (rule: BurnRule) => rules.find(({ id }) => id === rule.id) === rule;
  return rules.filter((rule) => rule.longMs > rule.shortMs && isFirst(rule));
}

const rounded = (ms: number): number => {
  const step = ms >= 2 * hour ? hour : minute;
  return Math.floor(ms / step) * step;
};

type Long = { readonly text: string; readonly value: number; readonly least: LeastShort };

function ruleOf(slo: string, severity: Severity, budgetPpm: number, { text, value, least }: Long) {
  const shortMs = Math.ceil(Math.max(value / 12, least.ms) / minute) * minute;
  return { id: `slo/${slo}/${severity}-${text}`, severity, budgetPpm, longMs: value, shortMs };
}

/** What is wrong with rules as they were typed. */
export function checkRules({ windowMs, alerts }: Slo, least: LeastShort, path: Path): Fault[] {
  const longs = alerts.flatMap((rule, index) => checkLong(rule, windowMs, least, [...path, index, 'long']));
  return [...longs, ...checkRepeats(alerts, path)];
}

function checkLong({ longMs, shortMs }: BurnRule, windowMs: number, { why }: LeastShort, path: Path): Fault[] {
  const code = 'BURN_CONFIG_LONG_WINDOW';
  const long = renderDuration(longMs);
  if (longMs > windowMs) {
    const message = `must not be longer than the window of the SLO, ${renderDuration(windowMs)}, got ${long}`;
    return [{ code, path, message }];
  }
  if (longMs > shortMs) return [];
  const short = `its short window of ${renderDuration(shortMs)}, ${why}`;
  return [{ code, path, message: `must be longer than ${short}, got ${long}` }];
}

function checkRepeats(alerts: readonly BurnRule[], path: Path): Fault[] {
  return alerts.flatMap((rule, index) => {
    const first = alerts.findIndex((other) => other.severity === rule.severity && other.longMs === rule.longMs);
    if (first === index) return [];
    const message = `is a second ${rule.severity} rule over the same long window as alerts[${first}]: change one of them`;
    return [{ code: 'BURN_CONFIG_REPEATED_RULE' as const, path: [...path, index], message }];
  });
}
