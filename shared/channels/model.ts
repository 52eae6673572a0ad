import type { Clock } from '../clock/clock.ts';
import type { HttpRequest, SentChannel, Text } from '../config/model.ts';
import type { HttpAttempt, HttpResponse, RunHttpAttempt } from '../http/model.ts';
import type { MachineMessage } from '../message/machine.ts';

/** What came of one message on one channel. Sentences are for people, and hold no secret and no URL. */
export type Delivery = Outcome & { readonly attempts: number };
export type Outcome =
  | { readonly outcome: 'delivered'; readonly statusCode: number; readonly answer: string }
  /** The service has no word for it, and needs none. */
  | { readonly outcome: 'skipped'; readonly reason: string }
  | Failure;
export type Failure = {
  readonly outcome: 'failed';
  /** Sending it again changes nothing. */
  readonly isFinal: boolean;
  /** What happened: `Slack answered 404: no_service`. */
  readonly problem: string;
  /** What may mend it. */
  readonly mend: string;
  readonly statusCode?: number;
};

/** What the answer of a service means. `retryAfterMs`: as long as it asks to be left alone. */
export type Verdict =
  | { readonly isTaken: true }
  | { readonly isTaken: false; readonly isFinal: boolean; readonly mend: string; readonly retryAfterMs?: number };

/** What is put together for a channel: the request, or why there is none. */
export type Composed =
  | { readonly request: HttpRequest; readonly secrets: readonly string[] }
  | { readonly skipped: string };

/** A text with its references resolved; `isFinal`: reading once more changes nothing. */
export type ReadSecret = (
  text: Text,
) => Promise<{ readonly value: string } | { readonly unresolved: string; readonly isFinal: boolean }>;

/** One service: what it is called, what it is sent, and what its answers mean. */
export type Service<Channel extends SentChannel> = {
  readonly name: string;
  /** `now` is the moment of sending, epoch ms. Throws an UnsentError where nothing can be sent. */
  compose(channel: Channel, message: MachineMessage, context: ComposeContext): Composed | Promise<Composed>;
  judge(response: HttpResponse): Verdict;
};
export type ComposeContext = { readonly now: number; readonly readSecret: ReadSecret };

/** Nothing left this machine. */
export class UnsentError extends Error {
  readonly isFinal: boolean;
  constructor(message: string, isFinal: boolean) {
    super(message);
    this.name = 'UnsentError';
    this.isFinal = isFinal;
  }
}

/** A request whose references are resolved, with all values that must not be shown; or why there is none. */
export type PreparedRequest =
  | { readonly value: HttpAttempt; readonly secrets: readonly string[] }
  | { readonly unsent: string; readonly isFinal: boolean };

export type SendDeps = {
  readonly clock: Clock;
  readonly runHttp: RunHttpAttempt;
  readonly prepare: (
    request: HttpRequest,
    limits: { readonly timeoutMs: number; readonly maxBodyBytes: number },
    signal: AbortSignal,
  ) => Promise<PreparedRequest>;
  readonly readSecret: ReadSecret;
  /** `host:port` of the Lambda runtime's own address, where there is one: never allowed. */
  readonly runtimeApi?: string;
};
