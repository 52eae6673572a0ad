import type { Clock } from '../clock/clock.ts';
import type { ErrorType } from '../config/model.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { ResolveHost } from '../net/resolve.ts';
import type { HttpAttempt } from './model.ts';

/**
 * One request under way. Whoever sends it calls `begin` right before anything leaves this machine (a connection that has
 * to be opened belongs to it), and `done` exactly once, inside a socket's or timer's own callback and never before `send`
 * has returned. `done` without `begin` is a request that was never sent, through our own fault or our policy. `done` may send
 * the next request before it returns: whatever this one held, its connection above all, is free before it is called. A slot
 * is used again: nobody touches it after `done`.
 */
export type LoadSlot = {
  begin(): void;
  /**
   * `status` of the last answer whose head came, 0 where none did; `errorType` says why there is none, or why it does not
   * count: that of a redirect stands beside what kept the next hop from answering, and `protocol` beside bytes that came after
   * an answer. A flow has no status of its own: with 0 and without an error type it went well, and is in no count of statuses.
   */
  done(status: number, errorType?: ErrorType): void;
};

export type LoadOptions = {
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  /** Whether requests, those after a redirect included, may go to this host; the others are refused as `blocked`. */
  readonly isAllowed: (url: URL) => boolean;
  /** Bounds each request: connecting, redirects and the body included. */
  readonly timeoutMs: number;
  /** A connection for each request. */
  readonly freshConnections: boolean;
  /** Sockets at once, all origins together. The caller never has more requests under way. */
  readonly mostConnections: number;
  readonly resolve?: ResolveHost;
};

/** A request that is ready to be sent as often as one likes: opaque to the rooms that get it. */
export type LoadRequest = { readonly url: URL };

/** Many requests over few connections: HTTP/1.1, one request under way on each, nothing read but what counts. */
export type LoadClient = {
  /**
   * Makes a request ready: its bytes, and the addresses of its host, which are looked up once for the run and checked.
   * It is signed here, once: AWS takes a signature for five minutes. Rejects with an AttemptError (`resolve`, `blocked`,
   * `monitor`) or with the signal's reason; sends nothing.
   */
  prepare(attempt: HttpAttempt, signal: AbortSignal): Promise<LoadRequest>;
  send(request: LoadRequest, slot: LoadSlot): void;
  /** Destroys every connection. Slots that are under way hear nothing any more. */
  close(): void;
};

export type OpenLoadClient = (options: LoadOptions) => LoadClient;
