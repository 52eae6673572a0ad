import type { KnownLink } from '../cache.ts';
import { type Call, disabledLink, type Endpoint, type Kept, unknownLink, type World } from '../endpoint.ts';
import { redirectAnswer } from '../http.ts';
import type { Problem } from '../problem.ts';
import { tooMany } from '../throttle.ts';

/** Where `/demo` leads: a page that IANA keeps for examples (RFC 2606 §3). */
const demoUrl = 'https://example.com/';

/** A redirect, counted in memory; a HEAD is no visit. It is not for its count to fail it. */
export function followLink({ kept }: World): Endpoint {
  return async (call) => {
    const link = await findLink(call, kept);
    if (!('problem' in link) && call.request.method !== 'HEAD') kept.clicks.add(link);
    await kept.clicks.writeWhenDue(call.signal);
    return 'problem' in link ? link : redirectAnswer(link.url);
  };
}

export const followDemo: Endpoint = async () => redirectAnswer(demoUrl);

/**
 * The link that somebody without a token asks for. Who guesses codes is held back: a code that the sandbox does not know
 * is not looked up any more, while links that it knows go on for everybody.
 */
export async function findLink(
  { code, request, signal, trace }: Call,
  { links, misses }: Kept,
): Promise<KnownLink | Problem> {
  const known = links.recall(code);
  trace.cache = known === undefined ? 'miss' : 'hit';
  if (typeof known === 'object') return known.isDisabled ? disabledLink : known;
  const waitMs = misses.waitMs(request.caller);
  if (waitMs > 0) return tooMany(waitMs);
  const link = known === 'none' ? undefined : await links.find(code, signal);
  if (link) return link.isDisabled ? disabledLink : link;
  misses.take(request.caller);
  return unknownLink;
}
