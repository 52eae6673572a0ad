import { redactShort } from '../assertion/redact.ts';
import { startDeadline, untilAborted } from '../clock/deadline.ts';
import type { Text, TlsSettings } from '../config/model.ts';
import { AttemptError } from '../net/error.ts';
import { prepareTls } from '../net/tls.ts';
import type { ResolvedTls } from '../net/tls-model.ts';
import type { ProbeDeps } from './prober.ts';
import type { Vars } from './resolve-text.ts';

/** What can be sent, with all values that must not be shown; or why nothing can: one sentence without secrets. */
export type Prepared<T> = { readonly value: T; readonly secrets: readonly string[] } | { readonly unsent: string };

/** The value of a text. Rejects with an AttemptError where one of its references does not resolve. */
export type ReadText = (text: Text) => Promise<string>;

/**
 * Puts together what is to be sent; what `prepare` reads and adds to `secrets` must not be shown. Takes at most `timeoutMs`,
 * so that a parameter store that hangs does not hold the probe up; the attempt itself has that much again.
 */
export async function prepareWithin<T>(
  timeoutMs: number,
  { resolveText, signal }: Pick<ProbeDeps, 'resolveText' | 'signal'>,
  prepare: (read: ReadText, secrets: string[]) => Promise<T>,
  vars?: Vars,
): Promise<Prepared<T>> {
  const secrets: string[] = [];
  const read: ReadText = async (text) => {
    const resolved = await resolveText(text, vars);
    if ('unresolved' in resolved) throw new AttemptError('monitor', resolved.unresolved);
    secrets.push(...resolved.secrets);
    return resolved.value;
  };
  const deadline = startDeadline(timeoutMs, signal);
  try {
    const value = await untilAborted<T>(deadline.signal, (resolve, reject) => {
      prepare(read, secrets).then(resolve, reject);
      return () => {};
    });
    return { value, secrets };
  } catch (error) {
    if (error instanceof AttemptError) return { unsent: redactShort(error.message, secrets) };
    if (deadline.isExpired()) return { unsent: `its references were not resolved within ${timeoutMs} ms` };
    if (signal.aborted) return { unsent: 'the probe was stopped before it was sent' };
    throw error;
  } finally {
    deadline.end();
  }
}

/** TLS settings with their references resolved; what TLS needs of this process is made ready. Rejects with an AttemptError. */
export async function readTls({ ca, cert, key, ...settings }: TlsSettings, read: ReadText): Promise<ResolvedTls> {
  const resolved = {
    ...settings,
    ...(ca === undefined ? {} : { ca: await read(ca) }),
    ...(cert === undefined ? {} : { cert: await read(cert) }),
    ...(key === undefined ? {} : { key: await read(key) }),
  };
  prepareTls(resolved);
  return resolved;
}
