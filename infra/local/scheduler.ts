/** Runs one tick; `at` is its time in epoch ms, a multiple of the pace. Never rejects. */
export type RunTick = (at: number) => Promise<void>;

export type Scheduler = {
  /** Ticks at this pace from now on, and once at once, for the newest multiple. */
  setPace(paceMs: number): void;
  readonly paceMs: number;
  /** Epoch ms of the next tick. */
  readonly nextAt: number;
  /** Resolves when no tick runs, or after `graceMs`. */
  settle(graceMs: number): Promise<void>;
  stop(): void;
};

export type SchedulerClock = {
  now(): number;
  monotonicMs(): number;
};

/** More than this behind, or after a jump of the clock, ticks are left out: the machine slept. */
const longestLagMs = 60_000;
const jumpMs = 2_000;

/**
 * Ticks at the multiples of the pace, by the wall clock. Ticks may overlap, and a busy moment skips none; those that a
 * sleeping machine missed are gone.
 */
export function createScheduler(paceMs: number, runTick: RunTick, clock: SchedulerClock): Scheduler {
  const running = new Set<Promise<void>>();
  let pace = paceMs;
  let nextAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let armed = { now: 0, monotonicMs: 0 };

  const run = (at: number): void => {
    const tick = runTick(at).finally(() => running.delete(tick));
    running.add(tick);
  };
  const arm = (): void => {
    armed = { now: clock.now(), monotonicMs: clock.monotonicMs() };
    timer = setTimeout(wake, Math.max(1, nextAt - clock.now()));
  };
  const wake = (): void => {
    // One reading for both: a timer may fire a moment early, and between two readings the tick would be lost.
    const now = clock.now();
    for (const at of dueTicks(nextAt, pace, now, hasJumped(armed, clock))) run(at);
    nextAt = nextMultiple(now, pace);
    arm();
  };
  const setPace = (ms: number): void => {
    clearTimeout(timer);
    pace = ms;
    nextAt = nextMultiple(clock.now(), pace);
    run(nextAt - pace);
    arm();
  };

  setPace(paceMs);
  return {
    setPace,
    get paceMs() {
      return pace;
    },
    get nextAt() {
      return nextAt;
    },
    settle: async (graceMs) => {
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([Promise.allSettled([...running]), grace]);
    },
    stop: () => clearTimeout(timer),
  };
}

const nextMultiple = (now: number, pace: number): number => (Math.floor(now / pace) + 1) * pace;

function hasJumped(armed: { now: number; monotonicMs: number }, clock: SchedulerClock): boolean {
  const wallMs = clock.now() - armed.now;
  return Math.abs(wallMs - (clock.monotonicMs() - armed.monotonicMs)) > jumpMs;
}

/** The ticks to run now, oldest first: all that became due since `firstAt`; after a sleep or a long lag, the newest. */
export function dueTicks(firstAt: number, paceMs: number, now: number, hasClockJumped: boolean): readonly number[] {
  if (now < firstAt) return [];
  const newest = Math.floor(now / paceMs) * paceMs;
  if (hasClockJumped || now - firstAt > longestLagMs) return [newest];
  return Array.from({ length: (newest - firstAt) / paceMs + 1 }, (_, index) => firstAt + index * paceMs);
}

const longestPaceMs = 60_000;

/**
 * How often to tick, so that every interval is met: their greatest common divisor, or what it shares with a minute
 * where it is longer than one. Without intervals, a minute.
 */
export function paceOf(intervalsMs: readonly number[]): number {
  const common = intervalsMs.reduce(greatestCommonDivisor, 0);
  return common > 0 && common <= longestPaceMs ? common : greatestCommonDivisor(common, longestPaceMs);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
