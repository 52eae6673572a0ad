import type { BurstLimits, ClosedLoad } from '../config/model.ts';
import type { Engine, Starter } from './engine.ts';
import type { Schedule } from './model.ts';

/** So long before a start the timer rings that waits for it: timers of Node are late by up to this. */
const timerSlackMs = 1.5;
/** Starts that are taken up before answers get their turn. */
const mostAtOnce = 64;

/**
 * Sends each start when the schedule says so. One that finds the cap reached waits, first come, first served, until the stages
 * end; those that still wait then are never sent. Those that were due before the end, and that this generator only takes up
 * after it, are sent where there is room. With `canSpin` the last moments before a start are waited for on this core.
 */
export function createOpenStarter(engine: Engine, schedule: Schedule, limits: BurstLimits, canSpin: boolean): Starter {
  const most = Math.min(schedule.total, limits.requests);
  const isCut = limits.durationMs < schedule.durationMs;
  const endMs = Math.min(schedule.durationMs, limits.durationMs);
  let taken = 0;
  let next = 0;
  let dueMs = dueAt(0);

  /** When a start is due; never, where it is beyond the limits. */
  function dueAt(start: number): number {
    const atMs = start < most ? schedule.startMs(start) : Number.POSITIVE_INFINITY;
    return isCut && atMs >= endMs ? Number.POSITIVE_INFINITY : atMs;
  }

  function turn(): void {
    let nowMs = engine.nowMs();
    if (nowMs >= endMs) next = taken;
    for (let count = 0; count < mostAtOnce && nowMs >= dueMs && !engine.isOver; count += 1) {
      takeUp(nowMs);
      nowMs = engine.nowMs();
    }
    wake(nowMs);
  }

  function takeUp(nowMs: number): void {
    const start = taken;
    const intendedMs = dueMs;
    engine.recorder.takeUp(intendedMs, nowMs - intendedMs);
    taken += 1;
    dueMs = dueAt(taken);
    const hasRoom = next === start && engine.underWay < engine.concurrency;
    if (!hasRoom) return;
    next = taken;
    engine.send(start, intendedMs, nowMs);
  }

  /** Comes back for the next start; once there is none, for the end, where some still wait. */
  function wake(nowMs: number): void {
    const isLast = dueMs === Number.POSITIVE_INFINITY;
    if (isLast && next === taken) return;
    const leftMs = (isLast ? endMs : dueMs) - nowMs;
    if (leftMs <= 0 || (canSpin && leftMs < timerSlackMs + 1)) engine.soon(turn);
    else engine.after(canSpin ? leftMs - timerSlackMs : Math.max(1, leftMs - 1), turn);
  }

  return {
    begin: turn,
    onRoom: (nowMs) => {
      while (next < taken && nowMs < endMs && engine.underWay < engine.concurrency && !engine.isOver) {
        next += 1;
        engine.send(next - 1, schedule.startMs(next - 1), nowMs);
      }
    },
    waiting: () => taken - next,
    isDone: () => dueMs === Number.POSITIVE_INFINITY && next === taken,
    unsent: () => schedule.total - engine.begun,
  };
}

/** Sends a request whenever one has ended, so that `concurrency` are under way, until there were enough or the time is over. */
export function createClosedStarter(engine: Engine, load: ClosedLoad, limits: BurstLimits): Starter {
  const { requests, forMs = Number.POSITIVE_INFINITY } = load;
  const most = Math.min(requests ?? Number.POSITIVE_INFINITY, limits.requests);
  const endMs = Math.min(forMs, limits.durationMs);
  const mayStart = (nowMs: number): boolean => !engine.isOver && engine.begun < most && nowMs < endMs;
  let isFilling = false;

  /** As many as there is room for; more than that only after the events have had their turn. */
  function fill(): void {
    isFilling = false;
    let nowMs = engine.nowMs();
    for (let room = engine.concurrency - engine.underWay; room > 0 && mayStart(nowMs); room -= 1) {
      send(nowMs);
      nowMs = engine.nowMs();
    }
    fillLater(nowMs);
  }

  function send(nowMs: number): void {
    engine.recorder.takeUp(nowMs, 0);
    engine.send(engine.begun, nowMs, nowMs);
  }

  /** Where sending came to nothing at once, there is room again: not right now, or nobody else would get a turn. */
  function fillLater(nowMs: number): void {
    if (isFilling || engine.underWay >= engine.concurrency || !mayStart(nowMs)) return;
    isFilling = true;
    engine.soon(fill);
  }

  return {
    begin: fill,
    onRoom: (nowMs) => {
      if (!mayStart(nowMs)) return;
      send(nowMs);
      fillLater(nowMs);
    },
    waiting: () => 0,
    isDone: () => !mayStart(engine.nowMs()),
    unsent: () => (requests === undefined || engine.nowMs() >= forMs ? 0 : requests - engine.begun),
  };
}
