import { createSchedule } from '../../burst/schedule.ts';
import {
  type BreakingPointLoad,
  type Load,
  longestRunMs,
  mostConcurrency,
  mostPerSecond,
  mostRequests,
} from '../model.ts';
import { second } from './limits.ts';
import { renderDuration, renderRate } from './units.ts';

/**
 * What a run takes and sends; undefined where its load does not say. Of a search that is the way up to its highest rate alone,
 * and `most` what it comes to when the last rates of it break.
 */
export type Need = Size & { readonly most?: Size };
type Size = { readonly requests: number | undefined; readonly durationMs: number | undefined };

/** What is too large, or nothing, and a sentence without its subject. `rate` and `to`: the highest one of the load. */
export type Excess = { readonly of: 'rate' | 'to' | 'time' | 'count' | 'concurrency'; readonly message: string };

/** `timeoutMs` is what each rate of a search may wait for its last answers. */
export function needOf(load: Load, timeoutMs: number): Need {
  switch (load.model) {
    case 'open': {
      const { total, durationMs } = createSchedule(load.stages);
      return { requests: total, durationMs };
    }
    case 'closed':
      return { requests: load.requests, durationMs: load.forMs };
    case 'breakingPoint':
      return searchNeed(load, timeoutMs);
    default:
      return load satisfies never;
  }
}

/** The target rests so long between two rates, at most. */
const restMs = second;

/**
 * Each rate on the way up is held once, and again where it breaks. From there on a gap is left that is at most three quarters of
 * the one before, until it is as small as it should be.
 */
function searchNeed(load: BreakingPointLoad, timeoutMs: number): Need {
  const { fromPerSecond, toPerSecond, holdMs, factor, precisionPpm } = load;
  const rates: number[] = [];
  for (let rate = fromPerSecond; rate < toPerSecond; rate *= factor) rates.push(rate);
  rates.push(toPerSecond);
  const gaps = Math.ceil(Math.log(((factor - 1) * 1_000_000) / precisionPpm) / Math.log(4 / 3));
  const more = 2 * Math.max(0, gaps) + 2;
  const sentAt = (rate: number) => Math.ceil((rate * holdMs) / second);
  const requests = rates.reduce((sum, rate) => sum + sentAt(rate), 0);
  const most = {
    requests: requests + more * sentAt(toPerSecond),
    durationMs: (rates.length + more) * (holdMs + timeoutMs + restMs),
  };
  return { requests, durationMs: rates.length * holdMs, most };
}

/** What bounds a run of which nothing else is said: all that it may come to, as far as a run may go. */
export function boundsOf(need: Need): { readonly requests: number; readonly durationMs: number } {
  const { requests = mostRequests, durationMs = longestRunMs } = need.most ?? need;
  return { requests: Math.min(requests, mostRequests), durationMs: Math.min(durationMs, longestRunMs) };
}

/** Whether its rates go where they should: above 0, upwards in a search, and not beyond what a burst may send. */
export function checkRates(load: Load): Excess | undefined {
  if (load.model === 'closed') return undefined;
  const [of, highest] =
    load.model === 'open'
      ? (['rate', Math.max(...load.stages.map(({ toPerSecond }) => toPerSecond))] as const)
      : (['to', load.toPerSecond] as const);
  if (highest > mostPerSecond) {
    return { of, message: `must be at most ${count(mostPerSecond)}/s, got ${renderRate(highest)}` };
  }
  if (load.model === 'open' || (load.fromPerSecond > 0 && load.toPerSecond > load.fromPerSecond)) return undefined;
  const [first, last] = [renderRate(load.fromPerSecond), renderRate(load.toPerSecond)];
  return { of, message: `must be above the first rate, ${first}, got ${last}` };
}

/** Whether it is no more than a burst may be, and more than nothing. */
export function checkSize({ requests = 1, durationMs = 0 }: Need): Excess | undefined {
  if (requests === 0) {
    return { of: 'count', message: 'would send nothing: all of its rates are 0, or too low for its time' };
  }
  if (durationMs > longestRunMs) {
    const message = `would take ${renderSpan(durationMs)}: a run takes at most ${renderDuration(longestRunMs)}`;
    return { of: 'time', message };
  }
  if (requests <= mostRequests) return undefined;
  const message = `would send ${count(requests)} requests: a burst sends at most ${count(mostRequests)}`;
  return { of: 'count', message };
}

/** Whether so many sockets fit the shards, and there is one for each of them. */
export function checkSockets(concurrency: number, shards: number): Excess | undefined {
  const of = 'concurrency';
  const most = mostConcurrency * shards;
  const each = shards === 1 ? '' : `, ${mostConcurrency} for each of ${shards} shards`;
  if (concurrency > most) return { of, message: `must be at most ${count(most)}${each}, got ${count(concurrency)}` };
  if (concurrency >= shards) return undefined;
  return { of, message: `must be at least ${shards}, one for each shard, got ${concurrency}` };
}

/** A span that was computed: to the second, where it is no whole number of them. */
export const renderSpan = (ms: number): string =>
  renderDuration(ms < second ? Math.ceil(ms) : Math.ceil(ms / second) * second);
/** A count as people read it: `14,000`. */
export const count = (value: number): string => value.toLocaleString('en-US');
