import type { BurnRule, Monitor, Slo } from '../config/model.ts';
import { resolveDelayOf } from '../slo/burn.ts';
import { monitorsOf } from '../slo/indicator.ts';
import { minuteEnd } from '../slo/series.ts';
import { countedTrouble, eventsIn, type Trouble, type TroubledSeries, troubleSeries } from '../slo/trouble.ts';
import { type Replayed, replay } from './replay.ts';

/** What would happen to an SLO in trouble. */
export type Simulated = {
  /** Events while it lasts, and how many of them are bad. */
  readonly events: number;
  readonly bad: number;
  /** How many slices of time that makes bad, where the SLO counts those. */
  readonly badSlices?: number;
  readonly rules: readonly SimulatedRule[];
  /** The part of the whole window's budget that it takes; above 1 it is more than all. */
  readonly budgetSpentRatio: number;
};

/** Minutes since the trouble began, the first one being 1; undefined for what does not happen. */
export type SimulatedRule = {
  readonly rule: BurnRule;
  readonly firedMinute: number | undefined;
  /** Later than it fired where a page was open then; undefined where that was open until it was over. */
  readonly toldMinute: number | undefined;
  readonly resolvedMinute: number | undefined;
};

const minuteMs = 60_000;

/** Takes an SLO that is well through trouble and out of it again, as `evaluate` would see it. */
export function simulate(slo: Slo, monitors: readonly Monitor[], trouble: Trouble): Simulated {
  const troubled = troubleSeries(slo, monitors, trouble, afterMinutes(slo));
  const during = troubled.series.slice(troubled.calmMinutes, troubled.calmMinutes + trouble.minutes);
  const bad = during.reduce((sum, minute) => sum + (minute?.bad ?? 0), 0);
  const all = replay(slo, monitors, troubled.series);
  const counted = badCounted(slo, troubled);
  return {
    events: during.reduce((sum, minute) => sum + (minute?.good ?? 0), bad),
    bad,
    ...(slo.slices === undefined ? {} : { badSlices: counted }),
    rules: slo.alerts.map((rule) => simulatedRule(slo, rule, monitors, troubled, all)),
    budgetSpentRatio: spentRatio(slo, monitors, counted),
  };
}

/** Each rule is replayed for itself too: together, a ticket waits for pages. */
function simulatedRule(
  slo: Slo,
  rule: BurnRule,
  monitors: readonly Monitor[],
  { series, calmMinutes }: TroubledSeries,
  all: Replayed,
): SimulatedRule {
  const alone = replay({ ...slo, alerts: [rule] }, monitors, series);
  const minuteOf = ({ transitions }: Replayed, kind: 'fired' | 'resolved') => {
    const mine = transitions.filter((each) => each.rule.id === rule.id && each.kind === kind);
    const found = kind === 'fired' ? mine[0] : mine.at(-1);
    return found && found.minute - calmMinutes;
  };
  return {
    rule,
    firedMinute: minuteOf(alone, 'fired'),
    toldMinute: minuteOf(all, 'fired'),
    resolvedMinute: minuteOf(alone, 'resolved'),
  };
}

/** What the budget is of: single events or slices. */
function badCounted(slo: Slo, troubled: TroubledSeries): number {
  const { series, calmMinutes } = troubled;
  return countedTrouble(slo, troubled).between(minuteEnd(calmMinutes), minuteEnd(series.length)).bad;
}

function spentRatio(slo: Slo, monitors: readonly Monitor[], bad: number): number {
  const expected = eventsIn(slo, monitorsOf(slo, monitors), slo.windowMs);
  return (bad * 1_000_000) / (expected * (1_000_000 - slo.objectivePpm));
}

/** Until everything has resolved: every window that could still hold something bad is over, and every delay. */
function afterMinutes(slo: Slo): number {
  const spans = slo.alerts.map((rule) => rule.shortMs + resolveDelayOf(rule));
  return Math.ceil((Math.max(0, ...spans) + (slo.slices?.sliceMs ?? 0)) / minuteMs) + 1;
}
