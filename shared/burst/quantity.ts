import type { ThresholdMetric } from '../config/model.ts';

/** What the numbers of a threshold are: ms, a ratio from 0 to 1, requests a second, a count. */
export type QuantityKind = 'span' | 'ratio' | 'rate' | 'count';

const kinds: Readonly<Record<ThresholdMetric, QuantityKind>> = {
  p50: 'span',
  p75: 'span',
  p90: 'span',
  p95: 'span',
  p99: 'span',
  p999: 'span',
  max: 'span',
  mean: 'span',
  errorRatio: 'ratio',
  throughput: 'rate',
  requests: 'count',
  failures: 'count',
  dropped: 'count',
};

export const kindOf = (metric: ThresholdMetric): QuantityKind => kinds[metric];

/** A metric's name as people write it: `p99.9` for p999. */
export const nameOf = (metric: ThresholdMetric): string => (metric === 'p999' ? 'p99.9' : metric);

/**
 * A quantity as people read it, to so many significant digits: `412 ms`, `1.23 s` from a second on, `0.25 %`, `187/s`, and a
 * count as it is, `14,000`. What is no number reads `unknown`.
 */
export function renderQuantity(kind: QuantityKind, value: number, digits = 3): string {
  if (!Number.isFinite(value)) return 'unknown';
  switch (kind) {
    case 'span':
      return isSeconds(value, digits) ? `${plain(value / 1_000, digits)} s` : `${plain(value, digits)} ms`;
    case 'ratio':
      return `${plain(value * 100, digits)} %`;
    case 'rate':
      return `${plain(value, digits)}/s`;
    case 'count':
      return grouped(String(value));
    default:
      return kind satisfies never;
  }
}

/** An actual value beside the limit that it missed: with as many digits as it takes to tell them apart, six at most. */
export function renderBeside(kind: QuantityKind, actual: number, limit: number): string {
  for (let digits = 3; digits < 6; digits += 1) {
    const text = renderQuantity(kind, actual, digits);
    if (actual === limit || text !== renderQuantity(kind, limit, digits)) return text;
  }
  return renderQuantity(kind, actual, 6);
}

/** 999.96 ms is a second once it is rounded. */
const isSeconds = (ms: number, digits: number): boolean => Number(ms.toPrecision(digits)) >= 1_000;

/** Significant digits, but whole numbers whole; no exponent and no zeros at the end. */
function plain(value: number, digits: number): string {
  const size = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  const decimals = Math.min(12, Math.max(0, digits - 1 - size));
  const text = value.toFixed(decimals);
  return grouped(text.includes('.') ? text.replace(/\.?0+$/, '') : text);
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const commas = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? commas : `${commas}.${fraction}`;
}
