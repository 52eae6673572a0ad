import { startWatch } from '../../../shared/probe/watch.ts';

/** A process whose clock and CPU are told; `pass` lets time go by, with the heart beating unless it is held up. */
function setUp() {
  const at = { monotonicMs: 1_000, activeMs: 50, cpuMs: 40 };
  const watch = startWatch({
    monotonicMs: () => at.monotonicMs,
    activeMs: () => at.activeMs,
    cpuMs: () => at.cpuMs,
  });
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 1) {
      at.monotonicMs += 1;
      import.meta.jest.advanceTimersByTime(1);
    }
  };
  const standStill = (ms: number) => {
    at.monotonicMs += ms;
  };
  const work = ({ activeMs, cpuMs }: { activeMs: number; cpuMs: number }) => {
    at.activeMs += activeMs;
    at.cpuMs += cpuMs;
  };
  return { watch, pass, standStill, work };
}

beforeEach(() => import.meta.jest.useFakeTimers({ doNotFake: ['performance'] }));
afterEach(() => import.meta.jest.useRealTimers());

describe('a sample', () => {
  it('of a calm process is clean', () => {
    const { watch, pass } = setUp();
    const end = watch.begin();
    pass(200);
    expect(end()).toEqual({ isContaminated: false, heldUpMs: 0 });
  });

  it('is marked when the heartbeat comes late, with how long it was held up', () => {
    const { watch, pass, standStill } = setUp();
    const end = watch.begin();
    pass(20);
    standStill(60);
    pass(50);
    const strain = end();
    expect(strain.isContaminated).toBe(true);
    expect(strain.heldUpMs).toBeGreaterThanOrEqual(56);
    expect(strain.heldUpMs).toBeLessThanOrEqual(65);
  });

  it('is marked when the heartbeat is late as it ends, although it has not beaten yet', () => {
    const { watch, pass, standStill } = setUp();
    const end = watch.begin();
    pass(20);
    standStill(30);
    expect(end()).toEqual({ isContaminated: true, heldUpMs: 25 });
  });

  it('is clean after a beat that is 5 ms late, the most that is allowed', () => {
    const { watch, pass, standStill } = setUp();
    const end = watch.begin();
    pass(20);
    standStill(10);
    expect(end()).toEqual({ isContaminated: false, heldUpMs: 5 });
  });

  it('is not charged with what was held up before it began', () => {
    const { watch, pass, standStill } = setUp();
    const other = watch.begin();
    pass(20);
    standStill(40);
    const end = watch.begin();
    pass(100);
    expect(end().isContaminated).toBe(false);
    expect(other()).toMatchObject({ isContaminated: true });
  });

  it('is not charged with the rest between two samples', () => {
    const { watch, pass, standStill } = setUp();
    watch.begin()();
    standStill(10_000);
    const end = watch.begin();
    pass(50);
    expect(end()).toEqual({ isContaminated: false, heldUpMs: 0 });
  });

  it.each([
    ['a process that had next to all the CPU that it wanted', 100, { activeMs: 60, cpuMs: 51 }, false],
    ['one that lacked it for more than 10 ms in all', 100, { activeMs: 60, cpuMs: 49 }, true],
    ['one that lacked it for less than 2 % of a long sample', 5_000, { activeMs: 900, cpuMs: 801 }, false],
    ['one that lacked it for more than 2 % of a long sample', 5_000, { activeMs: 900, cpuMs: 799 }, true],
    ['one whose helpers used CPU too', 100, { activeMs: 10, cpuMs: 30 }, false],
  ])('of %s: %i ms, %j: marked %s', (_, ms, times, isContaminated) => {
    const { watch, pass, work } = setUp();
    const end = watch.begin();
    work(times);
    pass(ms);
    expect(end().isContaminated).toBe(isContaminated);
  });
});

describe('the heart', () => {
  it('beats only while samples are taken', () => {
    const { watch } = setUp();
    expect(import.meta.jest.getTimerCount()).toBe(0);
    const [first, second] = [watch.begin(), watch.begin()];
    expect(import.meta.jest.getTimerCount()).toBe(1);
    first();
    expect(import.meta.jest.getTimerCount()).toBe(1);
    second();
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });

  it('stops with the watch, also under a sample that never ends', () => {
    const { watch } = setUp();
    watch.begin();
    watch.stop();
    expect(import.meta.jest.getTimerCount()).toBe(0);
  });
});

describe('the real clock', () => {
  it('marks a sample in which this process stood still, and says for how long', async () => {
    import.meta.jest.useRealTimers();
    const watch = startWatch();
    const end = watch.begin();
    await new Promise((resolve) => setTimeout(resolve, 12));
    const until = performance.now() + 40;
    while (performance.now() < until);
    const { isContaminated, heldUpMs } = end();
    watch.stop();
    expect(isContaminated).toBe(true);
    expect(heldUpMs).toBeGreaterThan(25);
  });
});
