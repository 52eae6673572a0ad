import type { Severity } from '../config/model.ts';

/** One burn rule held against the ledger at one instant. Counts are integers; the rates are for people and charts only. */
export type BurnReading = {
  readonly sloId: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly longMs: number;
  readonly shortMs: number;
  readonly longBad: number;
  /** Scheduled events of the full window less those under maintenance. */
  readonly longExpected: number;
  readonly shortBad: number;
  readonly shortExpected: number;
  /** As in an alert's observation: decided by integers. `unknown` when nothing in the short window could be judged. */
  readonly condition: 'met' | 'clear' | 'holding' | 'unknown';
  /** budget × SLO window ÷ long. */
  readonly threshold: number;
  readonly longBurnRate: number;
  readonly shortBurnRate: number;
  /** How long a firing alert of this rule must stay clear: the longer of five minutes and the short window. */
  readonly resolveDelayMs: number;
};

/** The error budget of one SLO over its window that ends now, or over the calendar's span that holds now. */
export type BudgetReading = {
  readonly sloId: string;
  /** Expected events of the whole window, from its first day on. */
  readonly expected: number;
  readonly good: number;
  readonly bad: number;
  readonly unjudged: number;
  readonly maintenance: number;
  /** (1 − objective) × expected, in events; a fraction where it does not come out even. */
  readonly budget: number;
  /** Parts per million of the budget that are left; negative once it is overspent, never clamped. */
  readonly leftPpm: number;
  /** Judged ÷ expected since the first event of the window; 1 where nothing was expected yet. */
  readonly coverageRatio: number;
  /** The history is shorter than the window. */
  readonly isWarmingUp: boolean;
  /** Of a calendar's budget: when the next one begins, epoch ms. */
  readonly endsAt?: number;
};
