import ipaddr from 'ipaddr.js';
import type { Problem } from './problem.ts';

/** How many callers are remembered; the one that was heard of longest ago goes first, and starts afresh. */
const mostCallers = 10_000;
/** A bucket holds what refills it in so many seconds: a page that loads is no flood. */
const burstSeconds = 5;

export type Throttle = {
  /** Takes one request of a caller's; milliseconds until there would be one, where there is none now. */
  take(caller: string): number;
  /** The same without taking it. */
  waitMs(caller: string): number;
};

type Bucket = { readonly tokens: number; readonly at: number };

/**
 * A token bucket for each caller, in the memory of one sandbox: a caller gets `perSecond` from each sandbox that serves
 * it, and five seconds of that at once, so the bound of the whole is that times the sandboxes. An IPv6 caller is its /64,
 * which is what one customer has (RFC 6177). A clock that was put back refills nothing. 0 a second is no bound.
 */
export function createThrottle(perSecond: number, now: () => number): Throttle {
  if (perSecond === 0) return { take: () => 0, waitMs: () => 0 };
  const most = Math.max(1, perSecond * burstSeconds);
  const buckets = new Map<string, Bucket>();
  const fill = (name: string, at: number): number => {
    const bucket = buckets.get(name);
    if (!bucket) return most;
    return Math.min(most, bucket.tokens + (Math.max(0, at - bucket.at) / 1_000) * perSecond);
  };
  const missing = (tokens: number) => (tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000));

  return {
    waitMs: (caller) => missing(fill(bucketOf(caller), now())),
    take: (caller) => {
      const [name, at] = [bucketOf(caller), now()];
      const tokens = fill(name, at);
      const wait = missing(tokens);
      buckets.delete(name);
      buckets.set(name, { tokens: wait === 0 ? tokens - 1 : tokens, at });
      for (const oldest of buckets.keys()) {
        if (buckets.size <= mostCallers) break;
        buckets.delete(oldest);
      }
      return wait;
    },
  };
}

/** The refusal for a caller that has to wait. */
export function tooMany(waitMs: number): Problem {
  const seconds = Math.ceil(waitMs / 1_000);
  return {
    problem: 'too-many-requests',
    detail: `wait ${seconds} s, then go on more slowly`,
    headers: { 'retry-after': String(seconds) },
  };
}

function bucketOf(caller: string): string {
  if (!caller.includes(':') || !ipaddr.IPv6.isValid(caller)) return caller.slice(0, 64);
  return ipaddr.IPv6.parse(caller).parts.slice(0, 4).join(':');
}
