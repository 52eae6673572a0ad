/** What one HTTP request came to. Of who asked, and for what, nothing. */
export type Served = {
  /** The path of the route with its variables, never the path that was asked for. */
  readonly route: string;
  /** As HTTP knows it, else `_OTHER`. */
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  /** Whether a cache in the process knew what was asked for, where one was asked. */
  readonly cache?: { readonly name: string; readonly isHit: boolean };
  /** A stable name from a short list, of whatever was no success. */
  readonly errorType?: string;
};

/** Requests that are alike, of a moment. Spans in ms. */
export type RequestGroup = Pick<Served, 'route' | 'method' | 'status' | 'errorType'> & {
  count: number;
  totalMs: number;
  /** Of the slowest. */
  slowestMs: number;
  invocationId: string;
  traceId: string | undefined;
  /** Where latencies become a metric: all of them. */
  readonly latenciesMs: number[];
};

export type CacheCount = { hits: number; misses: number };

/** What was served since the last lines were written. */
export type RequestGroups = {
  add(served: Served, invocationId: string, traceId: () => string | undefined, keepsLatency: boolean): void;
  readonly size: number;
  /** All of it, and starts afresh. */
  take(): { readonly groups: readonly RequestGroup[]; readonly caches: ReadonlyMap<string, CacheCount> };
};

/** More kinds of requests than an app has: further ones are put together. */
const mostGroups = 200;

export function createRequestGroups(): RequestGroups {
  let groups = new Map<string, RequestGroup>();
  let caches = new Map<string, CacheCount>();

  const groupOf = (served: Served): RequestGroup => {
    const isRoom = groups.size < mostGroups;
    const [route, errorType] = isRoom ? [served.route, served.errorType] : ['_OTHER', undefined];
    const key = `${served.method} ${route} ${served.status} ${errorType}`;
    const known = groups.get(key);
    if (known) return known;
    const { method, status } = served;
    const group: RequestGroup = {
      ...{ route, method, status, count: 0, totalMs: 0, slowestMs: -1 },
      ...(errorType !== undefined && { errorType }),
      ...{ invocationId: '', traceId: undefined, latenciesMs: [] },
    };
    groups.set(key, group);
    return group;
  };

  return {
    add: (served, invocationId, traceId, keepsLatency) => {
      const group = groupOf(served);
      group.count += 1;
      group.totalMs += served.durationMs;
      if (served.durationMs > group.slowestMs) {
        group.slowestMs = served.durationMs;
        group.invocationId = invocationId;
        group.traceId = traceId();
      }
      if (keepsLatency) group.latenciesMs.push(served.durationMs);
      if (served.cache) count(caches, served.cache);
    },
    get size() {
      return groups.size;
    },
    take: () => {
      const taken = { groups: [...groups.values()], caches };
      groups = new Map();
      caches = new Map();
      return taken;
    },
  };
}

function count(caches: Map<string, CacheCount>, { name, isHit }: NonNullable<Served['cache']>): void {
  const known = caches.get(name) ?? { hits: 0, misses: 0 };
  if (isHit) known.hits += 1;
  else known.misses += 1;
  caches.set(name, known);
}
