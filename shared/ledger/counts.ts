import { type Counts, noCounts, type TickOutcome } from './model.ts';

/** The sum of two counts, kind by kind. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    degraded: a.degraded + b.degraded,
    failed: a.failed + b.failed,
    unjudged: a.unjudged + b.unjudged,
    maintenance: a.maintenance + b.maintenance,
  };
}

/** One outcome as counts: a repeat is nothing, then maintenance before everything else; unknown and blocked are unjudged. */
export function countOf(outcome: TickOutcome): Counts {
  if (outcome.isRepeat) return noCounts;
  return single[outcome.isMaintenance ? 'maintenance' : kinds[outcome.outcome]];
}

/** Whether anything was counted. */
export function isEmpty(counts: Counts): boolean {
  return counts.passed + counts.degraded + counts.failed + counts.unjudged + counts.maintenance === 0;
}

/** Whether a probe came to a judgement; under maintenance it is not known of which kind, and counts as one. */
export function isJudged(counts: Counts): boolean {
  return counts.passed + counts.degraded + counts.failed + counts.maintenance > 0;
}

const kinds = {
  passed: 'passed',
  degraded: 'degraded',
  failed: 'failed',
  unknown: 'unjudged',
  blocked: 'unjudged',
} as const;

const single = {
  passed: { ...noCounts, passed: 1 },
  degraded: { ...noCounts, degraded: 1 },
  failed: { ...noCounts, failed: 1 },
  unjudged: { ...noCounts, unjudged: 1 },
  maintenance: { ...noCounts, maintenance: 1 },
} as const;
