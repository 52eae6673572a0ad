import fc from 'fast-check';
import { createScheduler, dueTicks, paceOf } from '../../../infra/local/scheduler.ts';
import { scheduledTime } from '../../../infra/local/ticks.ts';

describe('the ticks that are due', () => {
  it.each([
    ['none before the first', 10_000, 10_000, 9_999, false, []],
    ['the one whose time has come', 10_000, 10_000, 10_004, false, [10_000]],
    ['every one that a busy moment held up', 10_000, 10_000, 35_000, false, [10_000, 20_000, 30_000]],
    ['only the newest after a sleep', 10_000, 10_000, 35_000, true, [30_000]],
    ['only the newest after a long lag', 10_000, 10_000, 95_000, false, [90_000]],
  ])('are %s', (_, firstAt, paceMs, now, hasJumped, expected) => {
    expect(dueTicks(firstAt, paceMs, now, hasJumped)).toEqual(expected);
  });
});

describe('the pace', () => {
  it.each([
    [[60_000], 60_000],
    [[10_000], 10_000],
    [[45_000], 45_000],
    [[60_000, 300_000], 60_000],
    [[30_000, 60_000], 30_000],
    [[300_000], 60_000],
    [[90_000], 30_000],
    [[], 60_000],
  ])('for intervals of %j ms is %d ms', (intervals, expected) => {
    expect(paceOf(intervals)).toBe(expected);
  });

  it('meets every interval, and is at most a minute', () => {
    const seconds = fc.integer({ min: 1, max: 3_600 }).map((s) => s * 1_000);
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1 }), (intervals) => {
        const pace = paceOf(intervals);
        expect(pace).toBeLessThanOrEqual(60_000);
        expect(intervals.every((interval) => interval % pace === 0)).toBe(true);
      }),
    );
  });
});

describe('the scheduler', () => {
  it('loses no tick to a timer that fires a moment early', async () => {
    const ticks: number[] = [];
    // Each reading of the clock is a millisecond later than the one before: any boundary falls between two readings soon.
    let now = 1_000_000;
    const clock = { now: () => ++now, monotonicMs: () => now };
    const scheduler = createScheduler(10, async (at) => void ticks.push(at), clock);
    for (let wait = 0; wait < 200 && ticks.length < 40; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(ticks.length).toBeGreaterThan(20);
    scheduler.stop();
    expect(ticks.slice(1).map((at, index) => at - (ticks[index] ?? 0))).toEqual(ticks.slice(1).map(() => 10));
  });

  it('ticks at once for the newest multiple, then at every multiple, although ticks overlap', async () => {
    const ticks: number[] = [];
    let release = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    const run = (at: number) => {
      ticks.push(at);
      return ticks.length === 1 ? blocked : Promise.resolve();
    };
    const clock = { now: Date.now, monotonicMs: () => performance.now() };
    const scheduler = createScheduler(100, run, clock);
    await new Promise((resolve) => setTimeout(resolve, 350));
    scheduler.stop();
    release();
    await scheduler.settle(1_000);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.every((at, index) => at % 100 === 0 && (index === 0 || at === (ticks[index - 1] ?? 0) + 100))).toBe(
      true,
    );
  });

  it('gives up waiting for a tick that does not end', async () => {
    const clock = { now: Date.now, monotonicMs: () => performance.now() };
    const scheduler = createScheduler(60_000, () => new Promise(() => {}), clock);
    scheduler.stop();
    const started = performance.now();
    await scheduler.settle(50);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('a scheduled time', () => {
  it('is written as EventBridge writes it', () => {
    expect(scheduledTime(Date.UTC(2026, 10, 21, 1, 13))).toBe('2026-11-21T01:13:00Z');
  });
});
