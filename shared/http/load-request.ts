import { untilAborted } from '../clock/deadline.ts';
import { AttemptError } from '../net/error.ts';
import { encodeHead } from './exchange.ts';
import { contentOf, settingsFor } from './hops.ts';
import type { LoadRequest } from './load-model.ts';
import type { Origin, Origins } from './load-origin.ts';
import type { HttpAttempt } from './model.ts';
import { type Hop, showUrl } from './redirect.ts';

/** A request as it is sent, and what is needed to follow where its answer leads. */
export class PreparedRequest implements LoadRequest {
  readonly hop: Hop;
  readonly attempt: HttpAttempt;
  /** The URL that is configured: what is meant for its origin is sent nowhere else. */
  readonly own: URL;
  readonly origin: Origin;
  /** Head and body. */
  readonly bytes: Buffer;
  readonly isHead: boolean;

  constructor(hop: Hop, attempt: HttpAttempt, own: URL, origin: Origin, bytes: Buffer) {
    this.hop = hop;
    this.attempt = attempt;
    this.own = own;
    this.origin = origin;
    this.bytes = bytes;
    this.isHead = hop.method === 'HEAD';
  }

  get url(): URL {
    return this.hop.url;
  }
}

export type PrepareDeps = {
  readonly isAllowed: (url: URL) => boolean;
  readonly origins: Origins;
  /** The connection is asked to end with the answer. */
  readonly freshConnections: boolean;
  readonly signal: AbortSignal;
};

/**
 * Makes one hop of an attempt ready to be sent: asks whether it may go there, resolves and checks the host, signs and encodes.
 * Rejects with an AttemptError, or with the signal's reason.
 */
export async function prepareHop(
  attempt: HttpAttempt,
  hop: Hop,
  own: URL,
  { isAllowed, origins, freshConnections, signal }: PrepareDeps,
): Promise<PreparedRequest> {
  if (!isAllowed(hop.url)) {
    throw new AttemptError(
      'blocked',
      `requests may not go to ${showUrl(hop.url)}: no monitor and no allow names its host`,
    );
  }
  const origin = await within(signal, origins.find(hop.url, settingsFor(hop.url, own, attempt.tls), attempt.ipVersion));
  const content = await within(signal, contentOf({ attempt, deadline: { signal } }, hop, own)).catch(explainSigning);
  const head = Buffer.from(encodeHead({ ...hop, ...content }, freshConnections), 'latin1');
  const bytes = content.body ? Buffer.concat([head, content.body]) : head;
  return new PreparedRequest(hop, attempt, own, origin, bytes);
}

function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return untilAborted<T>(signal, (resolve, reject) => {
    promise.then(resolve, reject);
    return () => {};
  });
}

function explainSigning(error: unknown): never {
  if (error instanceof AttemptError) throw error;
  const why = error instanceof Error ? error.message : String(error);
  throw new AttemptError('monitor', `the request could not be signed: ${why}`, { cause: error });
}
