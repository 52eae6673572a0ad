import type { BurnRule, Monitor, Slo } from '../config/model.ts';
import { comparePace, resolveDelayOf, thresholdOf } from './burn.ts';
import { monitorsOf } from './indicator.ts';
import { type Finding, lintSlo } from './lint.ts';
import { detectionMinutes, eventsIn } from './trouble.ts';
import { seenByText } from './words.ts';

/** The error ratios that the table of detection times shows, in parts per million. */
export const previewedPpm = [1_000_000, 500_000, 100_000, 50_000, 20_000, 10_000] as const;

/** What an SLO and its rules would do, before anything has run. */
export type SloPreview = {
  readonly slo: Slo;
  /** Events of its window, and how many of them may be bad; undefined where nothing is scheduled. */
  readonly expected: number | undefined;
  readonly budget: number | undefined;
  /** By whom a failure must be seen, where several locations judge; a tick of theirs is one event however many they are. */
  readonly seenBy: string | undefined;
  readonly rules: readonly RulePreview[];
  readonly findings: readonly Finding[];
};

export type RulePreview = {
  readonly rule: BurnRule;
  readonly threshold: number;
  /**
   * How many bad events in the long window it takes, `minBadEvents` included; undefined where nothing is scheduled, or not even
   * all of them are enough.
   */
  readonly badEvents: number | undefined;
  /** Events of the long window. */
  readonly expected: number | undefined;
  /** Minutes until it fires, for each of `previewedPpm`; undefined for never. */
  readonly detection: readonly (number | undefined)[];
  /** After the last bad event of an outage of which the short window is full. */
  readonly resolvesAfterMs: number;
};

/** Tells of an SLO how soon each rule fires, how many bad events trip it, and what is wrong with it. Maintenance is left aside. */
export function previewSlo(slo: Slo, monitors: readonly Monitor[]): SloPreview {
  const mine = monitorsOf(slo, monitors);
  const expected = mine.length === 0 ? undefined : eventsIn(slo, mine, slo.windowMs);
  return {
    slo,
    expected,
    budget: expected === undefined ? undefined : (expected * (1_000_000 - slo.objectivePpm)) / 1_000_000,
    seenBy: seenByText(mine),
    rules: slo.alerts.map((rule) => previewRule(slo, rule, mine)),
    findings: lintSlo(slo, monitors),
  };
}

function previewRule(slo: Slo, rule: BurnRule, monitors: readonly Monitor[]): RulePreview {
  const expected = monitors.length === 0 ? undefined : eventsIn(slo, monitors, rule.longMs);
  return {
    rule,
    threshold: thresholdOf(slo, rule),
    badEvents: expected === undefined ? undefined : badEventsToFire(slo, rule, expected),
    expected,
    detection: previewedPpm.map((errorPpm) => detectionMinutes(slo, rule, monitors, errorPpm)),
    resolvesAfterMs: rule.shortMs + resolveDelayOf(rule),
  };
}

/** The fewest bad events in a long window of so many that are above the threshold, `minBadEvents` at least; undefined where all are too few. */
export function badEventsToFire(slo: Slo, rule: BurnRule, expected: number): number | undefined {
  let [enough, tooFew] = [expected + 1, 0];
  while (enough - tooFew > 1) {
    const bad = Math.floor((enough + tooFew) / 2);
    if (comparePace(slo, rule, bad, expected) === 'above') enough = bad;
    else tooFew = bad;
  }
  const wanted = Math.max(enough, rule.minBadEvents);
  return wanted <= expected ? wanted : undefined;
}
