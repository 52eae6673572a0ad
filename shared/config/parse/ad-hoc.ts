import {
  type Burst,
  type BurstLimits,
  type HttpRequest,
  type Load,
  mostConcurrency,
  type Threshold,
} from '../model.ts';
import { shortestStageMs } from './burst-values.ts';
import { longestBurstTimeoutMs, second } from './limits.ts';
import { boundsOf, checkRates, checkSize, checkSockets, type Excess, needOf } from './load-size.ts';
import { renderDuration } from './units.ts';

/** A burst as the flags of a command line describe it, each of them read for itself. */
export type AdHoc = {
  /** Names it in what is said of it. */
  readonly id: string;
  readonly request: HttpRequest;
  readonly load: Load;
  /** 5 s where absent. */
  readonly timeoutMs?: number;
  /** Requests under way at once: 800 where absent, of a closed load its own. */
  readonly concurrency?: number;
  readonly thresholds?: readonly Threshold[];
  readonly freshConnections?: boolean;
};
export type AdHocResult =
  | { readonly ok: true; readonly burst: Burst }
  | { readonly ok: false; readonly message: string };

const standardTimeoutMs = 5 * second;

/**
 * A burst that is in no file, by the same rules as those that are: no more requests, sockets, time or requests a second than
 * they may have, and a threshold for a search. What is wrong is one sentence whose subject is a flag: `--rate must be …`. Who
 * types a URL means it, so private addresses are allowed.
 */
export function buildAdHocBurst(asked: AdHoc): AdHocResult {
  const { id, request, load, timeoutMs = standardTimeoutMs, thresholds = [], freshConnections = false } = asked;
  const message = faultOf(asked, timeoutMs);
  if (message !== undefined) return { ok: false, message };
  const burst: Burst = {
    id,
    mix: [{ weight: 1, request }],
    data: [],
    load,
    timeoutMs,
    allowPrivate: true,
    freshConnections,
    limits: limitsOf(asked, timeoutMs),
    failureStatuses: [{ from: 400, to: 599 }],
    thresholds,
    shards: 1,
    alerts: [],
  };
  return { ok: true, burst };
}

function faultOf({ load, concurrency, thresholds = [] }: AdHoc, timeoutMs: number): string | undefined {
  if (load.model === 'breakingPoint' && thresholds.length === 0) {
    return `--breaking-point needs a threshold that breaks, such as --threshold 'p99 < 300ms'`;
  }
  const [shortest, longest] = [renderDuration(shortestStageMs), renderDuration(longestBurstTimeoutMs)];
  if (timeoutMs < shortestStageMs || timeoutMs > longestBurstTimeoutMs) {
    return `--timeout must be between ${shortest} and ${longest}, got ${renderDuration(timeoutMs)}`;
  }
  const short = shortSpanOf(load);
  if (short !== undefined) return `${short.flag} must be at least ${renderDuration(short.leastMs)}`;
  const callers = load.model === 'closed' ? load.concurrency : undefined;
  const found = [
    checkRates(load),
    checkRates(load) === undefined ? checkSize(needOf(load, timeoutMs)) : undefined,
    callers === undefined ? undefined : checkSockets(callers, 1),
  ].find((excess) => excess !== undefined);
  if (found !== undefined) return `${flagOf(found, load)} ${found.message}`;
  const most = concurrency === undefined ? undefined : checkSockets(concurrency, 1);
  return most === undefined ? undefined : `--limit-concurrency ${most.message}`;
}

type ShortSpan = { readonly flag: string; readonly leastMs: number };

/** The first time that is too short to measure anything in, if any. */
function shortSpanOf(load: Load): ShortSpan | undefined {
  if (load.model === 'breakingPoint') return load.holdMs < second ? { flag: '--hold', leastMs: second } : undefined;
  const spans = load.model === 'open' ? load.stages.map(({ durationMs }) => durationMs) : [load.forMs];
  const index = spans.findIndex((span) => span !== undefined && span < shortestStageMs);
  if (index === -1) return undefined;
  return { flag: index < spans.length - 1 ? '--ramp' : '--for', leastMs: shortestStageMs };
}

const flags = {
  open: { rate: '--rate', to: '--rate', time: '--for', count: '--rate', concurrency: '--limit-concurrency' },
  closed: { rate: '', to: '', time: '--for', count: '--requests', concurrency: '--concurrency' },
  breakingPoint: { rate: '--to', to: '--to', time: '--hold', count: '--to', concurrency: '--limit-concurrency' },
} as const satisfies Readonly<Record<Load['model'], Readonly<Record<Excess['of'], string>>>>;

const flagOf = ({ of }: Excess, { model }: Load): string => flags[model][of];

function limitsOf({ load, concurrency }: AdHoc, timeoutMs: number): BurstLimits {
  const most = concurrency ?? (load.model === 'closed' ? load.concurrency : mostConcurrency);
  return { concurrency: most, ...boundsOf(needOf(load, timeoutMs)) };
}
