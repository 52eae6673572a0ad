import type { BurstRequest } from '../../shared/app/burst/event.ts';
import { parseBurstEvent } from '../../shared/app/burst/event.ts';
import type { BurstSummary } from '../../shared/burst/model.ts';
import { isObject } from './aws/read.ts';
import { type BurstLine, readBurstLines } from './burst-lines.ts';
import type { LiveEnd, LivePoint, LiveRun } from './console/state.ts';
import type { InvocationWatch } from './function/functions.ts';
import type { InvocationResult } from './function/host.ts';
import { scheduledTime } from './ticks.ts';

/** Follows every run of a burst by what its function is asked, writes and answers: nothing is read from anywhere. */
export type BurstWatch = InvocationWatch & {
  /** What the burst function wrote. */
  wrote(text: string): void;
  /** Those under way, and of each burst the one that ended last; the newest first. */
  runs(): readonly LiveRun[];
  /** The run of this burst that is under way. */
  underWay(burst: string): LiveRun | undefined;
  /** Calls back when a run begins, with each new point of it, and when it has ended; with its newest point alone. */
  listen(onRun: (run: LiveRun) => void): void;
};

export const burstFunction = 'burst';

/** Longer runs than any burst may take are none. */
const mostPoints = 1_000;
/** Names that nobody knows are refused, but remembered: not without end. */
const mostRuns = 200;

type Run = Omit<LiveRun, 'points' | 'end'> & {
  /** Invocations that have not ended: one for each shard. */
  readonly open: Set<string>;
  readonly newest: Map<number, LivePoint>;
  points: LivePoint[];
  code?: string;
  end?: LiveEnd;
};

export function createBurstWatch(now: () => number): BurstWatch {
  const runs = new Map<string, Run>();
  const byInvocation = new Map<string, Run>();
  const listeners: ((run: LiveRun) => void)[] = [];
  const tell = (run: Run): void => {
    for (const listener of listeners) listener(viewOf(run, run.points.slice(-1)));
  };

  const begin = (requestId: string, event: string): void => {
    const request = parseEvent(event, now());
    if (request === undefined) return;
    const fresh = runOf(request, requestId, now());
    const known = runs.get(fresh.id);
    const run = known === undefined || known.end !== undefined ? fresh : known;
    run.open.add(requestId);
    byInvocation.set(requestId, run);
    runs.delete(run.id);
    runs.set(run.id, run);
    if (run === fresh) tell(run);
  };
  const take = (line: BurstLine): void => {
    const run = byInvocation.get(line.invocationId);
    if (run === undefined) return;
    if (line.kind === 'failure') run.code = line.code;
    else {
      addPoint(run, line.shard, line.point);
      tell(run);
    }
  };
  const end = (result: InvocationResult): void => {
    const run = byInvocation.get(result.requestId);
    byInvocation.delete(result.requestId);
    run?.open.delete(result.requestId);
    if (run === undefined || run.open.size > 0) return;
    run.end = endOf(run, result, now());
    forgetOlder(runs, run, isNothing(result));
    tell(run);
  };

  return {
    began: (name, requestId, event) => {
      if (name === burstFunction) begin(requestId, event);
    },
    ended: (name, result) => {
      if (name === burstFunction) end(result);
    },
    wrote: (text) => {
      for (const line of readBurstLines(text)) take(line);
    },
    runs: () => [...runs.values()].map((run) => viewOf(run, run.points)).reverse(),
    underWay: (burst) => {
      const run = [...runs.values()].findLast((each) => each.burst === burst && each.end === undefined);
      return run && viewOf(run, run.points);
    },
    listen: (onRun) => {
      listeners.push(onRun);
    },
  };
}

/** What the function itself would take; what it refuses is no run. */
function parseEvent(event: string, at: number): BurstRequest | undefined {
  try {
    return parseBurstEvent(JSON.parse(event), at);
  } catch {
    // It answers so itself.
    return undefined;
  }
}

/** The shards of one scheduled run are one run. */
function runOf(request: BurstRequest, requestId: string, beganAt: number): Run {
  const isManual = request.kind === 'manual';
  return {
    id: isManual ? requestId : `${request.burst}@${scheduledTime(request.at)}`,
    burst: request.burst,
    trigger: isManual ? 'hand' : 'schedule',
    isRecorded: isManual ? request.isRecorded : true,
    beganAt,
    open: new Set(),
    newest: new Map(),
    points: [],
  };
}

function viewOf({ open: _, newest: __, code: ___, ...run }: Run, points: readonly LivePoint[]): LiveRun {
  return { ...run, points: [...points] };
}

function addPoint(run: Run, shard: number, point: LivePoint): void {
  run.newest.set(shard, point);
  const together = [...run.newest.values()].reduce(mergePoints);
  const isSame = run.points.at(-1)?.second === together.second;
  run.points = [...(isSame ? run.points.slice(0, -1) : run.points), together].slice(-mostPoints);
}

/** As the seconds of several tallies are merged: counts add up, and p99 is that of the slowest shard. */
function mergePoints(one: LivePoint, other: LivePoint): LivePoint {
  const perSecond = one.perSecond + other.perSecond;
  const p50Ms = perSecond === 0 ? 0 : (one.p50Ms * one.perSecond + other.p50Ms * other.perSecond) / perSecond;
  const scheduled = (one.scheduled ?? 0) + (other.scheduled ?? 0);
  return {
    second: Math.max(one.second, other.second),
    elapsedMs: Math.max(one.elapsedMs, other.elapsedMs),
    ...(scheduled === 0 ? {} : { scheduled }),
    requests: one.requests + other.requests,
    failures: one.failures + other.failures,
    underWay: one.underWay + other.underWay,
    waiting: one.waiting + other.waiting,
    perSecond,
    p50Ms,
    p99Ms: Math.max(one.p99Ms, other.p99Ms),
  };
}

function endOf(run: Run, { isError, payload }: InvocationResult, at: number): LiveEnd {
  const answer: unknown = JSON.parse(payload);
  const fields = isObject(answer) ? answer : {};
  if (isError) {
    const outcome = run.code === 'BURN_BURST_REFUSED' ? 'refused' : 'failed';
    return { at, outcome, message: String(fields['errorMessage']).slice(0, 500) };
  }
  const isUnsent = fields['outcome'] === 'refused' || fields['outcome'] === 'void';
  // The function answers a run by hand with its summary; of a run that is kept the ledger tells.
  const summary = run.isRecorded ? {} : { summary: answer as BurstSummary };
  return { at, outcome: isUnsent ? 'refused' : 'sent', ...summary };
}

/** Another invocation has done it, or nobody knows the burst any more: there was no run. */
function isNothing({ isError, payload }: InvocationResult): boolean {
  return !isError && /^\{"outcome":"(duplicate|gone)"\}$/.test(payload);
}

function forgetOlder(runs: Map<string, Run>, ended: Run, isNone: boolean): void {
  for (const [id, run] of runs)
    if (run.end !== undefined && run.burst === ended.burst && (run !== ended || isNone)) runs.delete(id);
  for (const [id, run] of runs) if (runs.size > mostRuns && run.end !== undefined) runs.delete(id);
}
