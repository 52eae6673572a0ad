import fc from 'fast-check';
import {
  renderBreakingPoint,
  type Search,
  type StepResult,
  startSearch,
  stepLoad,
  stepSearch,
} from '../../../shared/burst/breaking-point.ts';
import type { BreakingPoint } from '../../../shared/burst/model.ts';
import { evaluateThresholds, parseThreshold } from '../../../shared/burst/threshold.ts';
import type { BreakingPointLoad, Threshold } from '../../../shared/config/model.ts';

const load: BreakingPointLoad = {
  ...{ model: 'breakingPoint', fromPerSecond: 50, toPerSecond: 2_000 },
  ...{ holdMs: 5_000, factor: 2, precisionPpm: 50_000 },
};
const threshold = parseThreshold('p99 < 300ms') as Threshold;
const forEver = 1e9;

/** A step whose p99 was this. */
function step(p99: number, changes: Partial<StepResult['summary']> = {}, rest: Partial<StepResult> = {}): StepResult {
  const latencyMs = { p50: p99 / 3, p75: p99, p90: p99, p95: p99, p99, p999: p99, max: p99, mean: p99 };
  const others = { errorRatio: 0, throughput: 1, requests: 100, failures: 0, dropped: 0 };
  const thresholds = evaluateThresholds([threshold], { ...latencyMs, ...others });
  const summary = {
    throughputPerSecond: 1,
    errorRatio: 0,
    latencyMs,
    dropped: 0,
    generatorSaturated: false,
    thresholds,
  };
  return { summary: { ...summary, ...changes }, isStopped: false, leftMs: forEver, ...rest };
}

/** Runs a search against a target; gives the answer and the rates that it took. */
function search(
  target: (ratePerSecond: number, index: number) => StepResult,
  of: BreakingPointLoad = load,
): { readonly answer: BreakingPoint; readonly rates: readonly number[] } {
  let at: Search = startSearch(of);
  for (let index = 0; index < 1_000; index += 1) {
    const move = stepSearch(at, target(at.ratePerSecond, index));
    if (move.state === 'ended') {
      const rates = move.breakingPoint.curve.map(({ ratePerSecond }) => ratePerSecond);
      return { answer: move.breakingPoint, rates };
    }
    at = move.search;
  }
  throw new Error('the search does not end');
}

describe('the search for the breaking point', () => {
  it('grows until a rate does not hold twice, then halves the gap', () => {
    const { answer, rates } = search((rate) => step(rate <= 434 ? 120 : 412));
    expect(rates).toEqual([50, 100, 200, 400, 800, 800, 600, 600, 500, 500, 450, 450, 430]);
    expect(answer).toMatchObject({
      ...{ sustainedPerSecond: 430, brokenPerSecond: 450, end: 'found' },
      broken: { threshold: 'p99 < 300ms', passed: false, actual: 412 },
    });
    expect(renderBreakingPoint(answer)).toBe('sustains 430/s, at 450/s p99 leaves 300 ms (412 ms)');
  });

  it('is not decided by one bad moment', () => {
    const { answer, rates } = search((rate, index) => step(index === 1 || index === 5 || rate > 2_000 ? 412 : 120));
    expect(rates).toEqual([50, 100, 100, 200, 400, 800, 800, 1_600, 2_000]);
    expect(answer).toMatchObject({ sustainedPerSecond: 2_000, end: 'highest' });
  });

  it('holds each rate as an open load', () => {
    expect(stepLoad(startSearch(load))).toEqual({
      model: 'open',
      stages: [{ fromPerSecond: 50, toPerSecond: 50, durationMs: 5_000 }],
    });
  });

  it('ends with the highest rate where nothing breaks', () => {
    const { answer, rates } = search(() => step(120));
    expect(rates).toEqual([50, 100, 200, 400, 800, 1_600, 2_000]);
    expect(answer).toEqual({ sustainedPerSecond: 2_000, end: 'highest', curve: answer.curve });
    expect(renderBreakingPoint(answer)).toBe('sustains 2,000/s, the highest rate of the search');
  });

  it('ends with nothing where the lowest rate breaks', () => {
    const { answer, rates } = search(() => step(412));
    expect(rates).toEqual([50, 50]);
    expect(answer).toMatchObject({ sustainedPerSecond: 0, brokenPerSecond: 50, end: 'lowest' });
    expect(renderBreakingPoint(answer)).toBe('does not sustain 50/s: p99 leaves 300 ms (412 ms)');
  });

  it('ends where its own generator is saturated twice, whatever the thresholds say', () => {
    const { answer, rates } = search((rate) => step(120, { generatorSaturated: rate > 300 }));
    expect(rates).toEqual([50, 100, 200, 400, 400]);
    expect(answer).toMatchObject({ sustainedPerSecond: 200, end: 'generator' });
    expect(answer.brokenPerSecond).toBeUndefined();
    expect(renderBreakingPoint(answer)).toBe(
      'sustains at least 200/s: at 400/s this generator, not the target, was the limit',
    );
    const once = search((rate, index) => step(120, { generatorSaturated: index === 2 && rate > 0 }));
    expect(once.answer.end).toBe('highest');
  });

  it('ends when it is stopped from outside', () => {
    const { answer } = search((rate) => step(120, {}, { isStopped: rate > 300 }));
    expect(answer).toMatchObject({ sustainedPerSecond: 200, end: 'aborted' });
    expect(renderBreakingPoint(answer)).toBe('sustains at least 200/s; the search was stopped');
  });

  it('takes a rate that abortIf ended as one that broke, and does not repeat it', () => {
    const { answer, rates } = search((rate) => step(120, rate > 434 ? { aborted: 'error ratio 50 %' } : {}));
    expect(rates.slice(0, 7)).toEqual([50, 100, 200, 400, 800, 600, 500]);
    expect(answer).toMatchObject({ sustainedPerSecond: 430, brokenPerSecond: 450, end: 'found' });
    expect(renderBreakingPoint(answer)).toBe('sustains 430/s, at 450/s the run was ended early');
  });

  it('ends when there is no time to hold one more rate', () => {
    let leftMs = 40_000;
    const { answer, rates } = search((rate) => {
      leftMs -= 5_000;
      return step(rate <= 434 ? 120 : 412, {}, { leftMs });
    });
    expect(rates).toHaveLength(8);
    expect(answer).toMatchObject({ sustainedPerSecond: 400, brokenPerSecond: 600, end: 'time' });
    expect(renderBreakingPoint(answer)).toBe(
      'sustains at least 400/s, at 600/s p99 leaves 300 ms (412 ms); there was no time to search on',
    );
    expect(renderBreakingPoint(search(() => step(412, {}, { leftMs: 0 })).answer)).toBe(
      'no rate is known to be sustained; there was no time to search on',
    );
  });

  it('holds one rate only where it begins at its end', () => {
    const { rates } = search(() => step(120), { ...load, toPerSecond: 50 });
    expect(rates).toEqual([50]);
  });

  it('says of each rate what was measured there', () => {
    const { answer } = search((rate) => step(rate, { throughputPerSecond: rate - 1, errorRatio: 0.01, dropped: 3 }));
    expect(answer.curve[0]).toEqual({
      ...{ ratePerSecond: 50, throughputPerSecond: 49, errorRatio: 0.01, p50Ms: 50 / 3, p99Ms: 50, dropped: 3 },
      ...{ generatorSaturated: false, passed: true },
    });
    expect(answer.curve.at(-1)?.passed).toBe(answer.sustainedPerSecond === answer.curve.at(-1)?.ratePerSecond);
  });

  it('finds the true limit to its precision, through noise and bad moments', () => {
    const anyLoad = fc.record({
      fromPerSecond: fc.integer({ min: 1, max: 200 }),
      spread: fc.integer({ min: 1, max: 200 }),
      factor: fc.double({ min: 1.2, max: 10, noNaN: true }),
      precisionPpm: fc.integer({ min: 10_000, max: 300_000 }),
    });
    const noise = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { minLength: 1, maxLength: 20 });
    const limitShare = fc.double({ min: 0.001, max: 1.2, noNaN: true });
    const badEvery = fc.integer({ min: 2, max: 9 });
    fc.assert(
      fc.property(anyLoad, noise, limitShare, badEvery, ({ fromPerSecond, spread, ...rest }, parts, share, every) => {
        const toPerSecond = fromPerSecond * spread;
        const limit = fromPerSecond * 0.9 + toPerSecond * share;
        const of: BreakingPointLoad = { ...load, fromPerSecond, toPerSecond, ...rest };
        const { answer, rates } = search((rate, index) => {
          const seen = limit * (1 + (parts[index % parts.length] ?? 0));
          const isBadMoment = index % every === every - 1;
          return step(rate > seen || (isBadMoment && rate <= limit * 0.97) ? 412 : 120);
        }, of);
        checkAnswer(answer, of, limit);
        expect(Math.max(...rates)).toBeLessThanOrEqual(toPerSecond);
        expect(rates.length).toBeLessThanOrEqual(2 * (Math.log(spread) / Math.log(rest.factor) + 30));
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Between 2 % of noise on either side of the limit anything may come out; beyond it nothing but the truth. */
function checkAnswer(
  answer: BreakingPoint,
  { precisionPpm, fromPerSecond, toPerSecond }: BreakingPointLoad,
  limit: number,
) {
  const { sustainedPerSecond, brokenPerSecond, end } = answer;
  expect(sustainedPerSecond).toBeLessThanOrEqual(limit * 1.021);
  if (brokenPerSecond !== undefined) expect(brokenPerSecond).toBeGreaterThanOrEqual(limit * 0.979);
  switch (end) {
    case 'found':
      return expect((brokenPerSecond ?? 0) - sustainedPerSecond).toBeLessThanOrEqual(
        (precisionPpm / 1e6) * sustainedPerSecond + 1e-9,
      );
    case 'highest':
      return expect(sustainedPerSecond).toBe(toPerSecond);
    case 'lowest':
      return expect(brokenPerSecond).toBe(fromPerSecond);
    default:
      throw new Error(`ended by ${end}`);
  }
}

describe('the sentence about a breaking point', () => {
  const found = { sustainedPerSecond: 430, brokenPerSecond: 450, end: 'found', curve: [] } as const;

  it.each([
    ['errorRatio < 0.1%', 0.032, 'sustains 430/s, at 450/s error ratio leaves 0.1 % (3.2 %)'],
    ['p99.9 <= 2s', 2_400, 'sustains 430/s, at 450/s p99.9 leaves 2 s (2.4 s)'],
    ['throughput > 190/s', 150.04, 'sustains 430/s, at 450/s throughput leaves 190/s (150/s)'],
    ['dropped == 0', 12, 'sustains 430/s, at 450/s dropped == 0 does not hold (12)'],
    ['of another kind', 12, 'sustains 430/s, at 450/s of another kind does not hold'],
  ])('names what broke: %s', (text, actual, sentence) => {
    expect(renderBreakingPoint({ ...found, broken: { threshold: text, passed: false, actual } })).toBe(sentence);
  });
});
