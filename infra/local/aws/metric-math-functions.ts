import { AwsError } from './error.ts';
import {
  type CallContext,
  isSeries,
  type MathFunction,
  type MathValue,
  type Points,
  type Series,
} from './metric-math-model.ts';
import type { Expression } from './metric-math-syntax.ts';

type Values = readonly number[];

/** The functions that are known, in CloudWatch's own names: one that reads whole series and those that go point by point. */
export const mathFunctions = {
  ABS: eachPoint(Math.abs),
  // What one of several series lacks is 0 to their average.
  AVG: reduced((values, count) => sum(values) / count),
  CEIL: eachPoint(Math.ceil),
  DATAPOINT_COUNT: reduced((values) => values.length),
  DIFF: eachSeries((points) => changes(points, (value, before) => value - before)),
  FILL: fill,
  FIRST: (args, context) => pick(args, context, 0),
  FLOOR: eachPoint(Math.floor),
  IF: choose,
  LAST: (args, context) => pick(args, context, -1),
  MAX: reduced((values) => values.reduce((most, value) => Math.max(most, value))),
  METRICS: metricsOf,
  METRIC_COUNT: (args, context) => listOf(one(args, context)).length,
  MIN: reduced((values) => values.reduce((least, value) => Math.min(least, value))),
  PERIOD: (_, { periodSeconds }) => periodSeconds,
  RATE: eachSeries((points) => changes(points, (value, before, seconds) => (value - before) / seconds)),
  RUNNING_SUM: eachSeries(runningSum),
  SUM: reduced((values) => sum(values)),
  TIME_SERIES: timeSeries,
} as const satisfies Record<string, MathFunction>;

function sum(values: Values): number {
  return values.reduce((total, value) => total + value, 0);
}

function one(args: readonly Expression[], context: CallContext): MathValue {
  const [only, ...others] = args;
  if (only === undefined || others.length > 0) throw refuse('a function takes one argument here');
  return context.evaluate(only);
}

/** A list as it is; a series alone as a list of it. */
function listOf(value: MathValue): readonly Series[] {
  if (typeof value === 'number') throw refuse('a function takes a time series, not a number');
  return isSeries(value) ? [value] : value;
}

function eachSeries(change: (points: Points) => Points): MathFunction {
  return (args, context) => {
    const value = one(args, context);
    const changed = listOf(value).map(({ label, points }) => ({ label, points: change(points) }));
    return isSeries(value) ? (changed[0] ?? value) : changed;
  };
}

function eachPoint(change: (value: number) => number): MathFunction {
  return eachSeries((points) => new Map([...points].map(([at, value]) => [at, change(value)])));
}

/** Of one series a number, 0 of an empty one; of several a series, with a point wherever one of them has one. */
function reduced(reduce: (values: Values, count: number) => number): MathFunction {
  return (args, context) => {
    const value = one(args, context);
    if (typeof value === 'number') return value;
    if (isSeries(value)) return value.points.size === 0 ? 0 : reduce([...value.points.values()], value.points.size);
    const times = [...new Set(value.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);
    const valuesAt = (at: number) => value.flatMap(({ points }) => points.get(at) ?? []);
    return { label: '', points: new Map(times.map((at) => [at, reduce(valuesAt(at), value.length)])) };
  };
}

/** From one point to the next; the first has none before it. */
function changes(points: Points, change: (value: number, before: number, seconds: number) => number): Points {
  const all = [...points];
  return new Map(
    all.slice(1).map(([at, value], index) => {
      const [beforeAt, before] = all[index] ?? [at, value];
      return [at, change(value, before, at - beforeAt)];
    }),
  );
}

function runningSum(points: Points): Points {
  let total = 0;
  return new Map(
    [...points].map(([at, value]) => {
      total += value;
      return [at, total];
    }),
  );
}

function pick(args: readonly Expression[], context: CallContext, index: number): MathValue {
  const picked = listOf(one(args, context)).at(index);
  if (picked === undefined) throw refuse('there is no time series to take the first or last of');
  return picked;
}

/** `METRICS()`: all of them; `METRICS("errors")`: those with that in their ids. */
function metricsOf([part, ...others]: readonly Expression[], { metrics }: CallContext): readonly Series[] {
  if (others.length > 0 || (part !== undefined && part.kind !== 'text'))
    throw refuse('METRICS takes a text, or nothing');
  const wanted = part === undefined ? '' : part.value;
  return [...metrics].filter(([id]) => id.includes(wanted)).map(([, series]) => series);
}

function timeSeries(args: readonly Expression[], context: CallContext): Series {
  const value = one(args, context);
  if (typeof value !== 'number') throw refuse('TIME_SERIES takes a number');
  return { label: '', points: new Map(context.grid.map((at) => [at, value])) };
}

/** `FILL(x, 0)`, `FILL(x, m1)`, `FILL(x, REPEAT)`, `FILL(x, LINEAR)`: a point for every period that has none. */
function fill([target, by, ...others]: readonly Expression[], context: CallContext): MathValue {
  if (target === undefined || by === undefined || others.length > 0) throw refuse('FILL takes two arguments');
  const value = context.evaluate(target);
  const filler = fillerOf(by, context);
  const filled = listOf(value).map(({ label, points }) => ({ label, points: filler(points, context.grid) }));
  return isSeries(value) ? (filled[0] ?? value) : filled;
}

type Filler = (points: Points, grid: readonly number[]) => Points;

function fillerOf(by: Expression, context: CallContext): Filler {
  if (by.kind === 'name' && by.name === 'REPEAT') return repeat;
  if (by.kind === 'name' && by.name === 'LINEAR') return interpolate;
  const value = context.evaluate(by);
  if (typeof value !== 'number' && !isSeries(value))
    throw refuse('FILL takes a number, a time series, REPEAT or LINEAR');
  return (points, grid) => overGrid(grid, (at) => points.get(at) ?? valueAt(value, at));
}

function overGrid(grid: readonly number[], compute: (at: number) => number | undefined): Points {
  const points = new Map<number, number>();
  for (const at of grid) {
    const value = compute(at);
    if (value !== undefined) points.set(at, value);
  }
  return points;
}

const repeat: Filler = (points, grid) => {
  let last: number | undefined;
  return overGrid(grid, (at) => {
    last = points.get(at) ?? last;
    return last;
  });
};

/** A straight line between the points around a gap; nothing before the first and after the last. */
const interpolate: Filler = (points, grid) => {
  const known = [...points];
  let next = 0;
  return overGrid(grid, (at) => {
    while ((known[next]?.[0] ?? Number.POSITIVE_INFINITY) < at) next += 1;
    const [low, high] = [known[next - 1], known[next]];
    if (high?.[0] === at) return high[1];
    if (low === undefined || high === undefined) return undefined;
    return low[1] + ((high[1] - low[1]) * (at - low[0])) / (high[0] - low[0]);
  });
};

/** `IF(condition, yes, no)`; a point without its value is dropped, but 0 where the condition holds and `yes` has none. */
function choose([condition, yes, no, ...others]: readonly Expression[], context: CallContext): MathValue {
  if (condition === undefined || yes === undefined || others.length > 0)
    throw refuse('IF takes two or three arguments');
  const [test, then] = [context.evaluate(condition), context.evaluate(yes)];
  const otherwise = no === undefined ? undefined : context.evaluate(no);
  if (typeof test === 'number') return (test !== 0 ? then : otherwise) ?? { label: '', points: new Map() };
  if (!isSeries(test)) throw refuse('the condition of IF is one time series, or a number');
  const points = [...test.points].flatMap(([at, held]) => {
    const value = held !== 0 ? (valueAt(then, at) ?? 0) : otherwise === undefined ? undefined : valueAt(otherwise, at);
    return value === undefined ? [] : [[at, value] as const];
  });
  return { label: test.label, points: new Map(points) };
}

function valueAt(value: MathValue, at: number): number | undefined {
  if (typeof value === 'number') return value;
  if (isSeries(value)) return value.points.get(at);
  throw refuse('IF takes numbers and single time series');
}

const refuse = (why: string) => new AwsError('ValidationError', `In a metric math expression ${why}.`);
