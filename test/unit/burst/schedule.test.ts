import fc from 'fast-check';
import { createSchedule, shardOf } from '../../../shared/burst/schedule.ts';
import type { Stage } from '../../../shared/config/model.ts';

const hold = (perSecond: number, durationMs: number): Stage => ramp(perSecond, perSecond, durationMs);
const ramp = (fromPerSecond: number, toPerSecond: number, durationMs: number): Stage => ({
  fromPerSecond,
  toPerSecond,
  durationMs,
});
const startsOf = (stages: readonly Stage[]): readonly number[] => {
  const { total, startMs } = createSchedule(stages);
  return Array.from({ length: total }, (_, k) => startMs(k));
};

describe('the starts of a schedule', () => {
  it('are a held rate apart, the first at once, none at the end', () => {
    expect(startsOf([hold(4, 1_000)])).toEqual([0, 250, 500, 750]);
  });

  it('go on where the stage before them ended', () => {
    expect(startsOf([hold(2, 1_000), hold(4, 500)])).toEqual([0, 500, 1_000, 1_250]);
  });

  it('of a ramp from nothing are at the roots of its parabola', () => {
    expect(startsOf([ramp(0, 8, 1_000)])).toEqual([0, 500, Math.SQRT1_2 * 1_000, Math.sqrt(0.75) * 1_000]);
  });

  it('of a ramp to nothing are those of a ramp from nothing, backwards', () => {
    const up = startsOf([ramp(0, 8, 1_000)]);
    const down = startsOf([ramp(8, 0, 1_000)]);
    expect(down[0]).toBe(0);
    for (let k = 1; k < 4; k += 1) expect(down[k]).toBeCloseTo(1_000 - (up[4 - k] ?? 0), 9);
  });

  it('carry a part of a start over from stage to stage', () => {
    expect(startsOf([hold(0.5, 1_000), hold(1, 1_000), hold(0.5, 1_000)])).toEqual([0, 1_500]);
  });

  it('leave a pause where the rate is nothing', () => {
    expect(startsOf([hold(1, 1_000), hold(0, 5_000), hold(1, 1_000)])).toEqual([0, 6_000]);
  });

  it.each<[string, readonly Stage[], number]>([
    ['200/s for 10 s', [hold(200, 10_000)], 2_000],
    ['to 200/s over 5 s, then 200/s for 10 s', [ramp(0, 200, 5_000), hold(200, 10_000)], 2_500],
    ['100/h for 1 h', [hold(100 / 3_600, 3_600_000)], 100],
    ['7/m for 3 min', [hold(7 / 60, 180_000)], 21],
    ['0.1/s for 30 s', [hold(0.1, 30_000)], 3],
    ['0.1/s for 30.001 s', [hold(0.1, 30_001)], 4],
    ['1/s for 1 ms', [hold(1, 1)], 1],
    ['to 200/s over 5 s and down again', [ramp(0, 200, 5_000), ramp(200, 0, 5_000)], 1_000],
    ['nothing', [], 0],
    ['0/s for 10 s', [hold(0, 10_000)], 0],
    ['no time', [hold(200, 0)], 0],
    ['thirds in three stages', Array.from({ length: 3 }, () => hold(1 / 3, 1_000)), 1],
    ['sevenths in seventy stages', Array.from({ length: 70 }, () => hold(1 / 7, 1_000)), 10],
  ])('of %s are counted exactly', (_, stages, total) => {
    expect(createSchedule(stages).total).toBe(total);
  });

  it('do not drift: the millionth is where it belongs, to less than a nanosecond', () => {
    const { total, startMs } = createSchedule([hold(1_300, 800_000)]);
    expect(total).toBe(1_040_000);
    for (let k = 0; k < total; k += 9_999) expect(startMs(k)).toBeCloseTo((k * 10) / 13, 6);
  });
});

describe('any schedule', () => {
  /** In thousandths of a start a second, so that whole numbers say everything. */
  const rate = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 50_000_000 }), fc.integer({ min: 1, max: 5_000 }));
  const anyStage = fc.record({ from: rate, to: rate, durationMs: fc.integer({ min: 0, max: 20_000 }) });
  const anyStages = fc.array(anyStage, { maxLength: 8 });
  type Exact = { readonly from: number; readonly to: number; readonly durationMs: number };
  const toStage = ({ from, to, durationMs }: Exact): Stage => ramp(from / 1_000, to / 1_000, durationMs);
  /** Twice the starts of a stage in 10⁻⁶: mHz × ms. */
  const twice = ({ from, to, durationMs }: Exact): bigint => BigInt(from + to) * BigInt(durationMs);
  const unit = 2_000_000n;

  it('has as many starts as the integral of its rate says, in whole numbers', () => {
    fc.assert(
      fc.property(anyStages, (stages) => {
        const sum = stages.reduce((sum, stage) => sum + twice(stage), 0n);
        expect(BigInt(createSchedule(stages.map(toStage)).total)).toBe((sum + unit - 1n) / unit);
      }),
    );
  });

  it('puts every start to the µs where the integral of its rate reaches its number', () => {
    fc.assert(
      fc.property(anyStages, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (stages, share) => {
        const { total, startMs } = createSchedule(stages.map(toStage));
        fc.pre(total > 0);
        const k = Math.floor(total * share);
        const ns = BigInt(Math.round(startMs(k) * 1e6));
        expect(isReached(stages, ns + 1_000n, k)).toBe(true);
        expect(k === 0 || !isReached(stages, ns - 1_000n, k)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never goes back, and stays within its stages', () => {
    fc.assert(
      fc.property(anyStages, (stages) => {
        const { total, durationMs, startMs } = createSchedule(stages.map(toStage));
        const step = Math.max(1, Math.floor(total / 2_000));
        for (let k = 0; k + step < total; k += step) {
          if (startMs(k) > startMs(k + 1)) throw new Error(`start ${k + 1} is before start ${k}`);
        }
        if (total > 0) expect(startMs(0)).toBeGreaterThanOrEqual(0);
        expect(total === 0 || startMs(total - 1) <= durationMs).toBe(true);
        expect(startMs(total)).toBe(durationMs);
      }),
    );
  });

  it('is shared out whole: each start belongs to one shard, in order', () => {
    fc.assert(
      fc.property(anyStages, fc.integer({ min: 1, max: 7 }), (stages, count) => {
        const whole = createSchedule(stages.map(toStage));
        const shards = Array.from({ length: count }, (_, index) => shardOf(whole, index, count));
        expect(shards.reduce((sum, { total }) => sum + total, 0)).toBe(whole.total);
        for (const k of [0, 1, 2, 3, 100, whole.total - 1].filter((k) => k >= 0 && k < whole.total)) {
          expect(shards[k % count]?.startMs(Math.floor(k / count))).toBe(whole.startMs(k));
        }
      }),
    );
  });

  /** Whether at `ns` after the begin the integral of the rate is at least `k`: exactly, in whole numbers. */
  function isReached(stages: readonly Exact[], ns: bigint, k: number): boolean {
    let rest = BigInt(k) * unit;
    let restNs = ns;
    for (const stage of stages) {
      const lengthNs = BigInt(stage.durationMs) * 1_000_000n;
      const inside = restNs < lengthNs ? restNs : lengthNs;
      const grown = BigInt(stage.to - stage.from) * inside * inside;
      const held = 2n * BigInt(stage.from) * lengthNs * inside;
      if (lengthNs > 0n && held + grown >= rest * lengthNs * 1_000_000n) return true;
      if (restNs < lengthNs) return false;
      rest -= twice(stage);
      restNs -= lengthNs;
    }
    return rest <= 0n;
  }
});

describe('the rate of a schedule', () => {
  const { ratePerSecond } = createSchedule([ramp(0, 200, 5_000), hold(200, 10_000), ramp(100, 0, 1_000)]);

  it.each([
    [-1, 0],
    [0, 0],
    [2_500, 100],
    [5_000, 200],
    [14_999, 200],
    [15_000, 100],
    [15_500, 50],
    [16_000, 0],
    [16_001, 0],
  ])('after %d ms is %d/s', (atMs, perSecond) => {
    expect(ratePerSecond(atMs)).toBeCloseTo(perSecond, 9);
  });

  it('is shared out, too', () => {
    expect(shardOf(createSchedule([hold(200, 1_000)]), 1, 4).ratePerSecond(500)).toBe(50);
  });
});
