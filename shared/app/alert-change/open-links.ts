import { within } from '../../clock/deadline.ts';
import type { RenderContext } from '../render.ts';
import { acknowledgeUrl } from './acknowledge-link.ts';
import { readSigningKey } from './signing-key.ts';

export type LinksDeps = {
  /** Where the stack answers, and the name of the SSM parameter that holds the key; undefined where no link is wanted. */
  readonly statusUrl: string | undefined;
  readonly keyParameter: string | undefined;
  readonly readParameter: (path: string) => Promise<string | undefined>;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** An alert does not wait longer for its link. */
const patienceMs = 1_000;

/**
 * What makes the links by which incidents are acknowledged; undefined where there are none. Never rejects: a key that cannot be
 * read is a warning, and the message goes without a link.
 */
export async function openLinks({
  statusUrl,
  keyParameter,
  readParameter,
  onWarning,
}: LinksDeps): Promise<RenderContext['acknowledgeUrl']> {
  if (statusUrl === undefined || keyParameter === undefined) return undefined;
  try {
    const value = await within(patienceMs, new AbortController().signal, () => readParameter(keyParameter));
    const found = readSigningKey(value, keyParameter, 'acknowledgements');
    if ('problem' in found) throw new Error(found.problem);
    return (incidentId, at) => acknowledgeUrl(statusUrl, found.key, incidentId, at);
  } catch (cause) {
    onWarning('messages go without a link to acknowledge them', cause);
    return undefined;
  }
}
