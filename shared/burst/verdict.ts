import type { BurstSummary, ComparedQuantity, ThresholdResult } from './model.ts';

/**
 * What one run came to, small: what alerts are decided by and messages tell. `refused`: it was not sent, since an SLO had too
 * little budget left; that says nothing of the target.
 */
export type BurstVerdict = {
  readonly burst: string;
  /** The run's own instant, epoch ms: two verdicts with the same one are of the same run. */
  readonly runAt: number;
  readonly outcome: 'passed' | 'failed' | 'refused';
  /** What did not hold, the gravest first, or why it was refused: at most `mostReasons` plain facts of one line. None where it passed. */
  readonly reasons: readonly string[];
  /** So many further reasons were left out. */
  readonly more: number;
  /** Absent where nothing was sent. */
  readonly figures?: RunFigures;
};

/** A run in few numbers, to be compared with the runs before it by a person's eyes. Latencies from the intended start. */
export type RunFigures = {
  readonly requests: number;
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

/** The verdict of a run that was not sent, and why in one sentence. */
export function refusalOf(burst: string, runAt: number, sentence: string): BurstVerdict {
  return { burst, runAt, outcome: 'refused', reasons: [oneLine(sentence)], more: 0 };
}

/**
 * The verdicts of one burst with one more, newest first: at most five. The same run said twice counts once, as it was said last; an
 * older run takes its place behind the newer ones.
 */
export function withVerdict(kept: readonly BurstVerdict[], verdict: BurstVerdict): readonly BurstVerdict[] {
  const others = kept.filter(({ runAt }) => runAt !== verdict.runAt);
  return [...others, verdict].sort((a, b) => b.runAt - a.runAt).slice(0, mostKept);
}

/** Of verdicts in any order, and of any bursts, the newest of this one that says something of the target. */
export function newestJudged(verdicts: readonly BurstVerdict[], burst: string): BurstVerdict | undefined {
  return verdicts
    .filter((each) => each.burst === burst && each.outcome !== 'refused')
    .sort((a, b) => b.runAt - a.runAt)[0];
}

/** Everything that did not hold. Of a search for the breaking point no threshold has to hold at every rate, but at the lowest. */
function reasonsOf(summary: BurstSummary): readonly string[] {
  const { aborted, thresholds, comparison, shards, breakingPoint, model } = summary;
  const missed = thresholds.filter(({ passed }) => !passed).map(missedWords);
  const worse = (comparison?.quantities ?? []).filter(({ verdict }) => verdict === 'worse').map(worseWords);
  return [
    ...(aborted === undefined ? [] : [`ended early: ${aborted}`]),
    ...(model === 'breakingPoint' ? [] : missed),
    ...(breakingPoint?.sustainedPerSecond === 0 && aborted === undefined ? [brokenWords(breakingPoint)] : []),
    ...(comparison?.verdict === 'worse' ? worse : []),
    ...(shards !== undefined && shards.merged < shards.expected ? [missingWords(shards)] : []),
  ];
}

function figuresOf(summary: BurstSummary): RunFigures {
  const { requests, errorRatio, throughputPerSecond, latencyMs, breakingPoint, generatorSaturated } = summary;
  return {
    requests,
    errorRatio: rounded(errorRatio, 6),
    throughputPerSecond: rounded(throughputPerSecond, 1),
    p50Ms: rounded(latencyMs.p50, 2),
    p99Ms: rounded(latencyMs.p99, 2),
    ...(breakingPoint === undefined ? {} : { sustainedPerSecond: rounded(breakingPoint.sustainedPerSecond, 2) }),
    ...(generatorSaturated ? { isGeneratorSaturated: true } : {}),
  };
}

/** `p99 412 ms, wanted < 300ms`: the threshold's own text, with what came beside it. */
function missedWords({ threshold, actual }: ThresholdResult): string {
  const [, metric = '', wanted = ''] = /^\s*(\w+)\s*(.*?)\s*$/.exec(threshold) ?? [];
  return `${metric} ${amount(metric, actual)}, wanted ${wanted}`;
}

function worseWords({ quantity, actual, baseline, changeRatio }: ComparedQuantity): string {
  const change = changeRatio === 0 ? '' : `${Math.round(Math.abs(changeRatio) * 100)} % `;
  const direction = quantity === 'sustained' ? 'below' : 'above';
  return `${quantity} ${amount(quantity, actual)}, ${change}${direction} its baseline of ${amount(quantity, baseline)}`;
}

function brokenWords({ brokenPerSecond, broken }: NonNullable<BurstSummary['breakingPoint']>): string {
  const rate = brokenPerSecond === undefined ? 'the lowest rate' : `${plain(brokenPerSecond)}/s`;
  return `not even ${rate} held${broken === undefined ? '' : `: ${missedWords(broken)}`}`;
}

function missingWords({ expected, merged, missing }: NonNullable<BurstSummary['shards']>): string {
  const why = missing[0] === undefined ? '' : `: ${missing[0]}`;
  return `only ${merged} of ${expected} shards have sent${why}`;
}

/** A number in the unit of what it measures. */
function amount(quantity: string, value: number): string {
  switch (quantity) {
    case 'errorRatio':
      return `${plain(value * 100)} %`;
    case 'throughput':
    case 'sustained':
      return `${plain(value)}/s`;
    case 'requests':
    case 'failures':
    case 'dropped':
      return plain(value);
    default:
      return `${plain(value)} ms`;
  }
}

/** With so many digits that a limit and what missed it closely read differently. */
function plain(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 1_000 ? 2 : 1 });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= longestReason ? line : `${line.slice(0, longestReason - 3)}...`;
}
