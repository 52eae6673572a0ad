import type { Clock } from '../clock/clock.ts';
import type { AbortIf, BurstLimits, ClosedLoad, OpenLoad, StatusRange } from '../config/model.ts';
import { Engine, type Starter } from './engine.ts';
import type { Progress, Schedule, Send, Tally } from './model.ts';
import { createSchedule } from './schedule.ts';
import { createClosedStarter, createOpenStarter } from './starters.ts';

/** What is sent in one run, and what ends it. */
export type RunLoadInput = {
  readonly load: OpenLoad | ClosedLoad;
  /** Of an open load: that of its stages where absent; a part of it for one of several invocations. */
  readonly schedule?: Schedule;
  /** Enforced whatever was scheduled: what is beyond them is dropped. */
  readonly limits: BurstLimits;
  /** What `send` takes at most to end a request, ms. */
  readonly timeoutMs: number;
  readonly failureStatuses: readonly StatusRange[];
  readonly abortIf?: AbortIf;
};

export type RunLoadDeps = {
  readonly clock: Clock;
  readonly send: Send;
  /** Whether this process has a core of its own, so that waiting for a start may keep it busy: a start is then late by µs, else by 1 or 2 ms. */
  readonly canSpin: boolean;
  /** Told about once a second. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the run at once. Its reason, where it is a text, is what the tally says of it. */
  readonly signal: AbortSignal;
};

/**
 * Runs a load and counts what came of it. A target that fails, in whatever way, is a count; it rejects only where a sleep of the
 * clock or `onProgress` throws.
 *
 * Open: starts are sent when they are due, at most `limits.concurrency` under way; others wait, first come, first served, and are
 * dropped where they still wait when the stages end. Closed: `concurrency` requests under way all the time.
 *
 * It is over `timeoutMs` after the last start, as `send` ends every request within that time. Should a request not end for another
 * second, it counts as our own fault (an error `monitor`), and so does one whose `send` threw. When `abortIf` or the signal ends the
 * run, the requests under way count as errors `aborted`, and the promise resolves at once: whoever holds their connections destroys
 * them. What is said of a request after its end is ignored.
 */
export function runLoad(input: RunLoadInput, deps: RunLoadDeps): Promise<Tally> {
  return input.load.model === 'open' ? runOpen(input.load, input, deps) : runClosed(input.load, input, deps);
}

function runOpen(load: OpenLoad, input: RunLoadInput, deps: RunLoadDeps): Promise<Tally> {
  const { limits, schedule = createSchedule(load.stages) } = input;
  const engine = new Engine({ ...input, concurrency: limits.concurrency, latencyFrom: 'intended' }, deps);
  const starter = createOpenStarter(engine, schedule, limits, deps.canSpin);
  const plan = { durationMs: schedule.durationMs, scheduled: schedule.total };
  return engine.run(starter, reporter(engine, starter, plan, deps.onProgress));
}

function runClosed(load: ClosedLoad, input: RunLoadInput, deps: RunLoadDeps): Promise<Tally> {
  const { limits } = input;
  const concurrency = Math.min(load.concurrency, limits.concurrency);
  const engine = new Engine({ ...input, concurrency, latencyFrom: 'send' }, deps);
  const starter = createClosedStarter(engine, load, limits);
  const plan = {
    ...(load.forMs === undefined ? {} : { durationMs: load.forMs }),
    ...(load.requests === undefined ? {} : { scheduled: load.requests }),
  };
  return engine.run(starter, reporter(engine, starter, plan, deps.onProgress));
}

type Plan = Pick<Progress, 'durationMs' | 'scheduled'>;

/** Tells of each second that is over, of the newest only where several are. */
function reporter(
  engine: Engine,
  starter: Starter,
  plan: Plan,
  onProgress: RunLoadDeps['onProgress'],
): (nowMs: number) => void {
  let told = 0;
  return (nowMs) => {
    const second = Math.floor(nowMs / 1_000);
    if (second <= told) return;
    told = second;
    onProgress?.({
      elapsedMs: nowMs,
      ...plan,
      requests: engine.begun,
      failures: engine.recorder.failures,
      underWay: engine.underWay,
      waiting: starter.waiting(),
      lastSecond: engine.recorder.lastSecond(nowMs),
    });
  };
}
