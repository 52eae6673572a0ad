import type { BreakingPoint, BurstSummary, ComparedQuantity, ShardReport, ThresholdResult } from './model.ts';
import { kindOf, nameOf, renderQuantity } from './quantity.ts';
import { parseThreshold, renderActual, renderLimit } from './threshold.ts';

/**
 * Everything in a run that did not hold, each in one plain line, the gravest first: `p99 412 ms, wanted < 300 ms`. Of a search
 * for the breaking point no threshold has to hold at every rate, but at its lowest.
 */
export function reasonsOf(summary: BurstSummary): readonly string[] {
  const { aborted, comparison, shards, breakingPoint } = summary;
  return [
    ...(aborted === undefined ? [] : [`ended early: ${aborted}`]),
    ...(breakingPoint === undefined ? missedOf(summary) : brokenOf(breakingPoint)),
    ...(comparison?.verdict === 'worse' ? comparison.quantities.flatMap(worseOf) : []),
    ...(shards === undefined ? [] : missingOf(shards)),
  ];
}

/** Where nothing was sent, that says it all. */
function missedOf({ requests, thresholds }: BurstSummary): readonly string[] {
  const missed = thresholds.filter(({ passed }) => !passed);
  return missed.length > 0 && requests === 0 ? ['no request was sent'] : missed.map(missedText);
}

function missedText({ threshold: text, actual }: ThresholdResult): string {
  const threshold = parseThreshold(text);
  if ('message' in threshold) return `${text} did not hold`;
  const { metric, op } = threshold;
  const name = metric === 'errorRatio' ? 'error ratio' : nameOf(metric);
  return `${name} ${renderActual(threshold, actual)}, wanted ${opWords[op]}${renderLimit(threshold)}`;
}

const opWords = { lt: '< ', lte: '<= ', gt: '> ', gte: '>= ', equals: '', notEquals: 'other than ' } as const;

function brokenOf({ sustainedPerSecond, brokenPerSecond, broken, end }: BreakingPoint): readonly string[] {
  if (sustainedPerSecond > 0 || end === 'aborted') return [];
  if (end === 'generator') return ['not even the lowest rate could be sent: it is too much for what sends it'];
  const rate = brokenPerSecond === undefined ? 'the lowest rate' : renderQuantity('rate', brokenPerSecond);
  return [`not even ${rate} held${broken === undefined ? '' : `: ${missedText(broken)}`}`];
}

function worseOf({ quantity, baseline, actual, changeRatio, verdict }: ComparedQuantity): readonly string[] {
  if (verdict !== 'worse') return [];
  const kind = quantity === 'sustained' ? 'rate' : kindOf(quantity);
  const name = quantity === 'sustained' ? 'sustains' : quantity === 'errorRatio' ? 'error ratio' : nameOf(quantity);
  const change = changeRatio === 0 ? '' : `${Math.round(Math.abs(changeRatio) * 100)} % `;
  const side = quantity === 'sustained' ? 'below' : 'above';
  return [
    `${name} ${renderQuantity(kind, actual)}, ${change}${side} its baseline of ${renderQuantity(kind, baseline)}`,
  ];
}

function missingOf({ expected, merged, missing }: ShardReport): readonly string[] {
  if (merged >= expected) return [];
  return [`only ${merged} of ${expected} shards have sent${missing[0] === undefined ? '' : `: ${missing[0]}`}`];
}
