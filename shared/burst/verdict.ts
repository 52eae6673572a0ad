import type { BurstSummary } from './model.ts';
import { reasonsOf } from './reasons.ts';

/**
 * What one run came to, small: what alerts are decided by and messages tell. Where nothing was sent, through our own fault
 * (`void`) or policy (`refused`, an SLO with too little budget left, say), it says nothing of the target.
 */
export type BurstVerdict = {
  readonly burst: string;
  /** The run's own instant, epoch ms: two verdicts with the same one are of the same run. */
  readonly runAt: number;
  readonly outcome: 'passed' | 'failed' | 'void' | 'refused';
  /** What did not hold, the gravest first, or why nothing was sent: at most `mostReasons` plain facts of one line. None where it passed. */
  readonly reasons: readonly string[];
  /** So many further reasons were left out. */
  readonly more: number;
  /** Absent where nothing was sent. */
  readonly figures?: RunFigures;
};

/** A run in few numbers, to be compared with the runs before it by a person's eyes. Latencies from the intended start. */
export type RunFigures = {
  readonly requests: number;
  readonly failures: number;
  /** What failed most, at most three of it: how many answers had a status, or how many requests ended in an error. */
  readonly failed: Readonly<Record<string, number>>;
  readonly errorRatio: number;
  readonly throughputPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** What the search for the breaking point found. */
  readonly sustainedPerSecond?: number;
  /** The generator was the bottleneck, and the latencies are partly its own. */
  readonly isGeneratorSaturated?: true;
};

const mostReasons = 3;
const longestReason = 120;
const mostFailed = 3;
/** Verdicts of a burst that are kept for its alerts and messages. */
const mostKept = 5;

/** The verdict of a run that was sent. `runAt` is what the run is kept under, epoch ms. */
export function verdictOf(summary: BurstSummary, runAt: number): BurstVerdict {
  const reasons = reasonsOf(summary).map(oneLine);
  return {
    burst: summary.burst,
    runAt,
    outcome: reasons.length === 0 ? 'passed' : 'failed',
    reasons: reasons.slice(0, mostReasons),
    more: Math.max(0, reasons.length - mostReasons),
    figures: figuresOf(summary),
  };
}

/** The verdict of a run of which nothing was sent, and why in one sentence. */
export function unsentOf(burst: string, runAt: number, outcome: 'void' | 'refused', sentence: string): BurstVerdict {
  return { burst, runAt, outcome, reasons: [oneLine(sentence)], more: 0 };
}

/**
 * The verdicts of one burst with one more, newest first: at most five. The same run said twice counts once, as it was said last; an
 * older run takes its place behind the newer ones.
 */
export function withVerdict(kept: readonly BurstVerdict[], verdict: BurstVerdict): readonly BurstVerdict[] {
  const others = kept.filter(({ runAt }) => runAt !== verdict.runAt);
  return [...others, verdict].sort((a, b) => b.runAt - a.runAt).slice(0, mostKept);
}

/** Whether it says something of the target. */
export function isJudged({ outcome }: BurstVerdict): boolean {
  return outcome === 'passed' || outcome === 'failed';
}

/** Of verdicts in any order, and of any bursts, the newest of this one that says something of the target. */
export function newestJudged(verdicts: readonly BurstVerdict[], burst: string): BurstVerdict | undefined {
  return verdicts.filter((each) => each.burst === burst && isJudged(each)).sort((a, b) => b.runAt - a.runAt)[0];
}

function figuresOf(summary: BurstSummary): RunFigures {
  const { requests, failures, errorRatio, throughputPerSecond, latencyMs, breakingPoint, generatorSaturated } = summary;
  return {
    requests,
    failures,
    failed: failedOf(summary),
    errorRatio: rounded(errorRatio, 6),
    throughputPerSecond: rounded(throughputPerSecond, 1),
    p50Ms: rounded(latencyMs.p50, 2),
    p99Ms: rounded(latencyMs.p99, 2),
    ...(breakingPoint === undefined ? {} : { sustainedPerSecond: rounded(breakingPoint.sustainedPerSecond, 2) }),
    ...(generatorSaturated ? { isGeneratorSaturated: true } : {}),
  };
}

/** Which statuses were failures is the burst's own rule; those from 400 on are shown where they are just as many. */
function failedOf({ statusCodes, errors, failures }: BurstSummary): RunFigures['failed'] {
  const broken = Object.entries(errors);
  const refused = Object.entries(statusCodes).filter(([status]) => Number(status) >= 400);
  const all = [...broken, ...refused];
  const shown = all.reduce((sum, [, count]) => sum + count, 0) === failures ? all : broken;
  return Object.fromEntries(shown.toSorted((a, b) => b[1] - a[1]).slice(0, mostFailed));
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 3)}...`;
}
