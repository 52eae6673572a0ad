import fc from 'fast-check';
import { createSchedule } from '../../../shared/burst/schedule.ts';
import { shareOf } from '../../../shared/burst/share.ts';
import type { ClosedLoad, OpenLoad } from '../../../shared/config/model.ts';

const limits = { concurrency: 100, requests: 14_000, durationMs: 60_000 };
const sharesOf = (load: OpenLoad | ClosedLoad, count: number, own = limits) =>
  Array.from({ length: count }, (_, index) => shareOf(load, own, { index, count }));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('the shares of several invocations', () => {
  it('are together the whole of a closed load and of every limit', () => {
    const few = { min: 20, max: 800 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(few), fc.nat(100_000), (count, concurrency, requests) => {
        const shares = sharesOf({ model: 'closed', concurrency, requests }, count, {
          ...limits,
          concurrency,
          requests,
        });
        const loads = shares.map(({ load }) => load as ClosedLoad);
        expect(sum(loads.map((load) => load.concurrency))).toBe(concurrency);
        expect(sum(loads.map((load) => load.requests ?? 0))).toBe(requests);
        expect(sum(shares.map((share) => share.limits.concurrency))).toBe(concurrency);
        expect(sum(shares.map((share) => share.limits.requests))).toBe(requests);
        expect(Math.min(...loads.map((load) => load.concurrency))).toBeGreaterThan(0);
      }),
    );
  });

  it('are together every start of an open load, none of which a limit of its own cuts off', () => {
    const stages = [{ fromPerSecond: 0, toPerSecond: 77, durationMs: 1_300 }];
    const whole = createSchedule(stages);
    const shares = sharesOf({ model: 'open', stages }, 3, { ...limits, requests: whole.total });
    const starts = shares.flatMap(({ schedule }) =>
      Array.from({ length: schedule?.total ?? 0 }, (_, start) => schedule?.startMs(start) ?? 0),
    );
    expect(starts.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: whole.total }, (_, start) => whole.startMs(start)),
    );
    for (const share of shares) expect(share.limits.requests).toBe(share.schedule?.total);
  });

  it('take as long as the whole', () => {
    for (const { load, limits: own } of sharesOf({ model: 'closed', concurrency: 4, forMs: 9_000 }, 2))
      expect([load, own.durationMs]).toEqual([{ model: 'closed', concurrency: 2, forMs: 9_000 }, 60_000]);
  });
});
