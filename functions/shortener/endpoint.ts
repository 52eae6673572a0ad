import type { LinkReader } from './cache.ts';
import type { Clicks } from './clicks.ts';
import type { Drill } from './drill.ts';
import type { Answer, Request } from './http.ts';
import type { Dependencies } from './ports.ts';
import type { Problem, Reply } from './problem.ts';
import type { Throttle } from './throttle.ts';
import type { Trace } from './trace.ts';

/** One request on its way through an endpoint. */
export type Call = {
  readonly request: Request;
  /** The code in the path, empty where the path has none. */
  readonly code: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly trace: Trace;
};

export type Endpoint = (call: Call) => Promise<Reply>;

/** What a sandbox keeps between requests, and the endpoints share. */
export type Kept = {
  readonly drill: Drill;
  readonly links: LinkReader;
  readonly clicks: Clicks;
  readonly misses: Throttle;
  readonly checkReadiness: (signal: AbortSignal) => Promise<Answer>;
  /** Says in the log what went wrong and does not change the answer. */
  readonly tell: (what: string, error: unknown) => void;
};

/** What makes endpoints: dependencies, and what the sandbox keeps. */
export type World = { readonly dependencies: Dependencies; readonly kept: Kept };

export const unknownLink: Problem = {
  problem: 'unknown-link',
  detail: 'it never existed, has expired or was deleted',
};

export const disabledLink: Problem = { problem: 'link-disabled', detail: 'whoever made it has switched it off' };
