import type { Clock } from '../clock/clock.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { ResolveHost } from '../net/resolve.ts';
import type { LoadSlot } from './load-slot.ts';
import type { HttpAttempt } from './model.ts';

export type { LoadSlot } from './load-slot.ts';

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
