import { createKinds, createPopularity, type TrafficKind, type TrafficRequest } from './model.ts';

/** So many links are made beforehand; most of what is followed are a few of them. */
export const hotLinks = 50;
/** Links of callers that may exist at once: nobody makes one more. */
const mostOwnLinks = 500;

/** What is asked next, and the links that there are: those that were made, and not deleted, are to be cleaned up. */
export type Callers = {
  /** Of start `k`, 0 and up. */
  next(start: number): Asked;
  /** What came of a request: 0 where there was no answer. */
  ended(asked: Asked, status: number): void;
  /** Codes that may still have a link. */
  left(): readonly string[];
};
export type Asked = { readonly kind: TrafficKind; readonly request: TrafficRequest; readonly about?: OwnLink };
/** A link that is made or deleted, by one of the callers. */
type OwnLink = { readonly code: string; readonly caller: number };

export type CallersInput = {
  /** Letters and digits that no other run has: codes begin with them. */
  readonly run: string;
  /** Callers who take turns: see `callersOf`. */
  readonly callers: number;
  /** Codes of links that exist, the hottest first. */
  readonly hot: readonly string[];
  /** When links end by themselves, should nobody clean up. ISO 8601. */
  readonly expiresAt: string;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
};

/**
 * How many callers ask `perSecond` when each of them thinks for `thinkMs` between two requests. No divisor in common with the
 * hundred turns of the mix, so that each caller gets to do everything.
 */
export function callersOf(perSecond: number, thinkMs: number): number {
  const wanted = Math.max(1, Math.round((perSecond * thinkMs) / 1_000));
  for (let count = wanted; ; count += 1) if (count % 2 !== 0 && count % 5 !== 0) return count;
}

/**
 * Callers who take turns, each with a few links of its own that it makes, looks at and deletes; all of them follow the hot ones.
 * A link is deleted by nobody but the one who made it, once it is known that it was made.
 */
export function createCallers({ run, callers, hot, expiresAt, random }: CallersInput): Callers {
  const kindOf = createKinds();
  const popularity = createPopularity(hot.length);
  const made = Array.from({ length: callers }, (): string[] => []);
  const open = new Set<string>(hot);
  const hotCode = (): string => hot[popularity(random())] ?? 'demo';

  const make = (start: number, caller: number): Asked => {
    if (open.size >= hot.length + mostOwnLinks) return list;
    const code = `${run}n${start}`;
    open.add(code);
    const body = JSON.stringify({ url: `https://example.com/traffic/${start}`, code, expiresAt });
    return { kind: 'create', request: { method: 'POST', path: '/links', body }, about: { code, caller } };
  };
  const remove = (caller: number): Asked => {
    const code = made[caller]?.shift();
    if (code === undefined) return list;
    return { kind: 'delete', request: { method: 'DELETE', path: `/links/${code}` }, about: { code, caller } };
  };

  return {
    next: (start) => {
      const caller = start % callers;
      const kind = kindOf(start);
      switch (kind) {
        case 'create':
          return make(start, caller);
        case 'delete':
          return remove(caller);
        case 'list':
          return list;
        case 'read':
          return { kind, request: { method: 'GET', path: `/links/${made[caller]?.at(-1) ?? hotCode()}` } };
        case 'miss':
          return { kind, request: { method: 'GET', path: `/${run}x${start}` } };
        case 'preview':
          return { kind, request: { method: 'GET', path: `/${hotCode()}+` } };
        case 'wrong':
          return { kind, request: wrongs[Math.floor(start / 25) % wrongs.length] ?? wrongs[0] };
        case 'follow':
          return { kind, request: { method: 'GET', path: `/${hotCode()}` } };
        default:
          return kind satisfies never;
      }
    },
    ended: ({ kind, about }, status) => {
      if (about === undefined) return;
      const isGone = kind === 'delete' ? status === 204 || status === 404 : status >= 400 && status < 500;
      const isThere = kind === 'create' && status === 201;
      if (isGone) open.delete(about.code);
      else if (isThere || kind === 'delete') made[about.caller]?.push(about.code);
    },
    left: () => [...open],
  };
}

const list: Asked = { kind: 'list', request: { method: 'GET', path: '/links?limit=20' } };

/** A body that is no JSON, a private address, a method and a path that are not there, a parameter that is none. */
const wrongs = [
  { method: 'POST', path: '/links', body: '{"url":' },
  { method: 'POST', path: '/links', body: '{"url":"http://127.0.0.1/"}' },
  { method: 'DELETE', path: '/demo' },
  { method: 'GET', path: '/no/such/path' },
  { method: 'GET', path: '/links?limit=0' },
] as const satisfies readonly [TrafficRequest, ...TrafficRequest[]];
