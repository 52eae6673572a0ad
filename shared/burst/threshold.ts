import { type Threshold, type ThresholdMetric, thresholdMetrics } from '../config/model.ts';
import { didYouMean } from '../config/suggest.ts';
import type { ThresholdReading, ThresholdResult } from './model.ts';
import { kindOf, nameOf, type QuantityKind, renderBeside, renderQuantity } from './quantity.ts';

type Op = Threshold['op'];
/** A sentence without its subject that says what is wrong. */
type Refusal = { readonly message: string };

const ops: Readonly<Record<string, Op>> = {
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
  '==': 'equals',
  '!=': 'notEquals',
};
const longestText = 200;

/**
 * Reads a predicate on the summary of a burst: `p99 < 300ms`, `p99.9 <= 2s`, `errorRatio < 0.1%`, `throughput > 190/s`,
 * `dropped == 0`. Anything else is one sentence without its subject. Latencies and rates are hardly ever equal to anything,
 * so that they can only be compared. Never throws.
 */
export function parseThreshold(text: string): Threshold | Refusal {
  const line = tidy(text.slice(0, longestText));
  const [, name, symbol, typed] = /^([\w.]+) ?([=!<>~]+) ?(\S.*)$/.exec(line) ?? [];
  if (text.length > longestText || name === undefined || symbol === undefined || typed === undefined) {
    return refuse(`must look like "p99 < 300ms" or "errorRatio < 0.1%", got ${quote(text)}`);
  }
  const metric = readMetric(name);
  if (metric === undefined) {
    const names = thresholdMetrics.map(nameOf);
    return refuse(`must begin with one of ${names.join(', ')}, got ${quote(name)}${didYouMean(name, names)}`);
  }
  const kind = kindOf(metric);
  const op = Object.hasOwn(ops, symbol) ? ops[symbol] : undefined;
  const allowed = allowedOps(kind);
  if (op === undefined || !allowed.includes(symbol)) {
    return refuse(`must be one of ${allowed.join(', ')} after ${nameOf(metric)}, got ${quote(symbol)}`);
  }
  const value = readers[kind](typed);
  if (typeof value !== 'number')
    return refuse(`${value.message} after ${nameOf(metric)} ${symbol}, got ${quote(typed)}`);
  const never = neverHolds(kind, op, value);
  return never === undefined ? { text: line, metric, op, value } : refuse(never);
}

/**
 * Whether each threshold holds, in the order given. Without a single request neither latencies nor the error ratio say
 * anything, and nothing that is asked of them holds: no data is not good.
 */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  reading: ThresholdReading,
): readonly ThresholdResult[] {
  return thresholds.map(({ text, metric, op, value }) => {
    const actual = reading[metric];
    const isKnown = reading.requests > 0 || !needsRequests(metric);
    return { threshold: text, passed: isKnown && holds(actual, op, value), actual };
  });
}

/** What was found, beside the limit and in its unit, for people: `412 ms`, `0.25 %`, `187/s`, `3`. */
export function renderActual({ metric, value }: Pick<Threshold, 'metric' | 'value'>, actual: number): string {
  return renderBeside(kindOf(metric), actual, value);
}

/** The limit of a threshold in the same form: `300 ms` of `p99 < 0.3s`. */
export function renderLimit({ metric, value }: Pick<Threshold, 'metric' | 'value'>): string {
  return renderQuantity(kindOf(metric), value, 6);
}

function readMetric(name: string): ThresholdMetric | undefined {
  return thresholdMetrics.find((metric) => metric === name || nameOf(metric) === name);
}

function allowedOps(kind: QuantityKind): readonly string[] {
  const symbols = Object.keys(ops);
  return kind === 'span' || kind === 'rate' ? symbols.filter((symbol) => !/^[=!]/.test(symbol)) : symbols;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };
const unitsPerSecond: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

const readers: Readonly<Record<QuantityKind, (typed: string) => number | Refusal>> = {
  span: (typed) => {
    const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)\s?(ms|s|m)$/.exec(typed) ?? [];
    if (number === undefined) return refuse('must have a span with its unit, such as 300ms or 1.5s,');
    return tidyNumber(Number(number) * (unitsMs[unit] ?? 1));
  },
  ratio: (typed) => {
    const [, number, unit] = /^(\d{1,3}(?:\.\d{1,9})?)\s?(%?)$/.exec(typed) ?? [];
    const isBareNumber = unit === '' && Number(number) !== 0;
    if (number === undefined || isBareNumber || Number(number) > 100) {
      return refuse('must have a percentage from 0% to 100%, such as 0.1%,');
    }
    return tidyNumber(Number(number) / 100);
  },
  rate: (typed) => {
    const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)\s?\/\s?(s|m|h)$/.exec(typed) ?? [];
    if (number === undefined) return refuse('must have a rate such as 190/s or 30/m');
    return Number(number) / (unitsPerSecond[unit] ?? 1);
  },
  count: (typed) => (/^\d{1,9}$/.test(typed) ? Number(typed) : refuse('must have a whole number')),
};

/** 0.7 % is 0.007, and not 0.006999999999999999. */
const tidyNumber = (value: number): number => Number(value.toPrecision(15));

function neverHolds(kind: QuantityKind, op: Op, value: number): string | undefined {
  if (op === 'lt' && value === 0) return 'can never hold: nothing is below 0';
  return kind === 'ratio' && op === 'gt' && value === 1 ? 'can never hold: nothing is above 100%' : undefined;
}

const needsRequests = (metric: ThresholdMetric): boolean => kindOf(metric) === 'span' || kindOf(metric) === 'ratio';

function holds(actual: number, op: Op, value: number): boolean {
  switch (op) {
    case 'lt':
      return actual < value;
    case 'lte':
      return actual <= value;
    case 'gt':
      return actual > value;
    case 'gte':
      return actual >= value;
    case 'equals':
      return actual === value;
    case 'notEquals':
      return actual !== value;
    default:
      return op satisfies never;
  }
}

const refuse = (message: string): Refusal => ({ message });
const tidy = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

/** What was found, as JSON, short enough for one line. */
function quote(found: string): string {
  return JSON.stringify(found.length > 80 ? `${found.slice(0, 77)}...` : found);
}
