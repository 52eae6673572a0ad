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
 * What a run takes at most, and how many requests it sends at most; undefined where its load does not say. `pauses`: how often
 * it waits for its last requests before it goes on.
 */
export type Need = {
  readonly requests: number | undefined;
  readonly durationMs: number | undefined;
  readonly pauses?: number;
};

/** What is too large, or nothing, and a sentence without its subject. `rate` and `to`: the highest one of the load. */
export type Excess = { readonly of: 'rate' | 'to' | 'time' | 'count' | 'concurrency'; readonly message: string };

export function needOf(load: Load): Need {
  switch (load.model) {
    case 'open': {
      const { total, durationMs } = createSchedule(load.stages);
      return { requests: total, durationMs };
    }
    case 'closed':
      return { requests: load.requests, durationMs: load.forMs };
    case 'breakingPoint':
      return searchNeed(load);
    default:
      return load satisfies never;
  }
}

/** Of a search that ends at its highest rate, and closes in from there: the longest that there is. */
function searchNeed({ fromPerSecond, toPerSecond, holdMs, factor, precisionPpm }: BreakingPointLoad): Need {
  const rates: number[] = [];
  for (let rate = fromPerSecond; rate < toPerSecond; rate *= factor) rates.push(rate);
  const closing = Math.max(0, Math.ceil(Math.log2(((factor - 1) * 1_000_000) / precisionPpm)));
  rates.push(toPerSecond, ...Array.from({ length: closing }, () => toPerSecond));
  const requests = rates.reduce((sum, rate) => sum + Math.ceil((rate * holdMs) / second), 0);
  return { requests, durationMs: rates.length * holdMs, pauses: rates.length };
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
