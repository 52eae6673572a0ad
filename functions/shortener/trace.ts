import type { Request } from './http.ts';
import type { Answered, CacheUse } from './ports.ts';
import type { Reply } from './problem.ts';

/** What a request leaves behind on its way, for whoever hears of its answer. */
export type Trace = { route: string; cache: CacheUse | undefined };

const methods: ReadonlySet<string> = new Set('CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE'.split(' '));

export function createTrace(): Trace {
  return { route: 'unmatched', cache: undefined };
}

/** What is told of an answer: of few values each, so that it can be a dimension. */
export function answeredOf(
  request: Request | undefined,
  { route, cache }: Trace,
  reply: Reply,
  status: number,
  durationMs: number,
): Answered {
  const method = request?.method ?? '';
  return {
    route,
    method: methods.has(method) ? method : '_OTHER',
    status,
    durationMs,
    ...(cache !== undefined && { cache }),
    ...('problem' in reply && { errorType: reply.problem }),
  };
}
