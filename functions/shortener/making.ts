import type { LinkReader } from './cache.ts';
import { generateCode } from './code.ts';
import type { Making } from './idempotency.ts';
import type { Link, NewLink } from './link.ts';
import type { Dependencies } from './ports.ts';
import type { Problem } from './problem.ts';

/** Draws of a code before giving up; even with a billion links a second draw is needed once in 200,000 times. */
const mostDraws = 5;

/** Makes the `item`-th link of a request, or says why not. Rejects with a `StoreError`: then it may have been made. */
export async function makeLink(
  { code, ...rest }: NewLink,
  item: number,
  making: Making,
  { store, now, links }: Pick<Dependencies, 'store' | 'now'> & { readonly links: LinkReader },
  signal: AbortSignal,
): Promise<Link | Problem> {
  const randomBytes = making.randomBytes(item);
  for (let draw = 1; draw <= (code === undefined ? mostDraws : 1); draw++) {
    const fresh = { code: code ?? generateCode(randomBytes), createdAt: making.at, isDisabled: false, clicks: 0 };
    const link: Link = { ...rest, ...fresh };
    const made = await store
      .createLink(link, `${making.writer}/${item}`, now(), signal)
      .finally(() => links.forget(link.code));
    if (made === 'created') return link;
  }
  if (code !== undefined) return { problem: 'code-taken', detail: `${code} is taken: choose another code, or none` };
  return { problem: 'no-free-code', detail: 'try again' };
}
