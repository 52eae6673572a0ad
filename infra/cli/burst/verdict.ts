import type {
  BreakingPoint,
  BreakingPointStep,
  BurstErrorType,
  BurstSummary,
  ThresholdResult,
} from '../../../shared/burst/model.ts';
import { kindOf, nameOf, type QuantityKind } from '../../../shared/burst/quantity.ts';
import { reasonsOf } from '../../../shared/burst/reasons.ts';
import { parseThreshold, renderActual, renderLimit } from '../../../shared/burst/threshold.ts';
import type { Burst } from '../../../shared/config/model.ts';
import { countOf, countText, percentText, rateText, spanText } from '../numbers.ts';

export type Verdict = {
  /** `unjudged`: requests failed, and nothing says how many may. */
  readonly outcome: 'passed' | 'failed' | 'aborted' | 'unjudged';
  /** Sentences without a full stop, the gravest first; at least one. */
  readonly reasons: readonly string[];
};

/** What a run came to, and why, in plain lines. A search for the breaking point fails only where no rate held. */
export function judge(summary: BurstSummary): Verdict {
  const { aborted, breakingPoint } = summary;
  if (aborted !== undefined) return { outcome: 'aborted', reasons: [aborted] };
  const reasons = reasonsOf(summary);
  if (reasons.length > 0) return { outcome: 'failed', reasons };
  if (breakingPoint) return { outcome: 'passed', reasons: [breakingPointText(breakingPoint)] };
  const isUnjudged = summary.thresholds.length === 0 && summary.failures > 0;
  return isUnjudged
    ? { outcome: 'unjudged', reasons: [unjudgedText(summary)] }
    : { outcome: 'passed', reasons: [passedText(summary)] };
}

function unjudgedText({ failures, requests }: BurstSummary): string {
  return `${countText(failures)} of ${countOf(requests, 'request')} failed, and no threshold says how many may`;
}

function passedText({ thresholds }: BurstSummary): string {
  if (thresholds.length === 1) return 'its threshold held';
  if (thresholds.length > 1) return `${thresholds.length === 2 ? 'both' : `all ${thresholds.length}`} thresholds held`;
  return 'no request failed';
}

/** What came of a threshold's metric, in its unit, with as many digits as tell it apart from the limit. */
export function actualText({ threshold, actual }: Pick<ThresholdResult, 'threshold' | 'actual'>): string {
  const parsed = parseThreshold(threshold);
  if ('message' in parsed) return countText(actual);
  const text = quantityText(kindOf(parsed.metric), actual);
  const isTooClose = actual !== parsed.value && text === quantityText(kindOf(parsed.metric), parsed.value);
  return isTooClose ? renderActual(parsed, actual) : text;
}

function quantityText(kind: QuantityKind, value: number): string {
  switch (kind) {
    case 'span':
      return spanText(value);
    case 'ratio':
      return percentText(value);
    case 'rate':
      return rateText(value);
    case 'count':
      return countText(value);
    default:
      return kind satisfies never;
  }
}

/** `sustains 430/s, at 450/s p99 leaves 300 ms` */
export function breakingPointText(found: BreakingPoint): string {
  const { sustainedPerSecond, brokenPerSecond, broken } = found;
  const sustained =
    sustainedPerSecond > 0 ? `sustains ${rateText(sustainedPerSecond)}` : 'sustains no rate that was tried';
  if (brokenPerSecond === undefined || broken === undefined) return `${sustained}: ${endText(found)}`;
  return `${sustained}, at ${rateText(brokenPerSecond)} ${leavesText(broken)}`;
}

/** What became of a rate: it held, it broke, or this machine could not send it, which says nothing of the target. */
export function stepWord({ passed, generatorSaturated }: BreakingPointStep): 'held' | 'broke' | 'saturated' {
  if (passed) return 'held';
  return generatorSaturated ? 'saturated' : 'broke';
}

function endText({ end }: BreakingPoint): string {
  switch (end) {
    case 'found':
      return 'above that a threshold broke';
    case 'highest':
      return 'the highest rate of the search, which broke nothing';
    case 'generator':
      return 'this machine could not send more, the target may well take more';
    case 'lowest':
      return 'a threshold broke at the lowest rate';
    case 'aborted':
      return 'the search was ended early';
    case 'time':
      return 'then the time of the search was over';
    default:
      return end satisfies never;
  }
}

/** What a threshold that broke did: `p99 leaves 300 ms`, `throughput falls below 190/s`. */
function leavesText({ threshold }: ThresholdResult): string {
  const parsed = parseThreshold(threshold);
  if ('message' in parsed) return `${threshold} breaks`;
  const { metric, op } = parsed;
  const [name, limit] = [metric === 'errorRatio' ? 'the error ratio' : nameOf(metric), renderLimit(parsed)];
  if (op === 'lt' || op === 'lte') return `${name} leaves ${limit}`;
  return op === 'gt' || op === 'gte' ? `${name} falls below ${limit}` : `${threshold} breaks`;
}

/** Loud, with what to do; undefined where the generator kept up. */
export function saturationText({ generatorSaturated, startLagMs }: BurstSummary): string | undefined {
  if (!generatorSaturated) return undefined;
  return (
    `this machine, not the target, was the bottleneck: 1 % of the requests left more than ${spanText(startLagMs.p99)} late. ` +
    'Do not trust these latencies: ask for a lower rate, close what else runs here, or send from a larger machine or from several.'
  );
}

/** Why the latency of a closed run is not what its users feel. */
export const closedText =
  'Closed model: each caller waits for its answer before it sends again, so latency is service time here, and a target ' +
  'that stalls is asked less. --rate measures what users feel who do not wait.';

/** What kept a request from an answer that counts, for people. */
export function errorText(type: BurstErrorType, { timeoutMs }: Pick<Burst, 'timeoutMs'>): string {
  switch (type) {
    case 'resolve':
      return 'the name did not resolve';
    case 'connect':
      return 'no connection';
    case 'tls':
      return 'TLS failed';
    case 'timeout':
      return `no whole answer within ${spanText(timeoutMs).replace('.00', '')}`;
    case 'protocol':
      return 'the connection broke, or the answer was no HTTP';
    case 'redirect':
      return 'the redirects went wrong';
    case 'body':
      return 'the body could not be read';
    case 'assertion':
      return 'an assertion did not hold';
    case 'blocked':
      return 'policy refused to send';
    case 'monitor':
      return "this machine's own fault";
    case 'aborted':
      return 'under way when the run was ended';
    default:
      return type satisfies never;
  }
}
