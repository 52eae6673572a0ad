import { systemClock } from '../../shared/clock/clock.ts';
import { openLoadClient } from '../../shared/http/load-client.ts';
import type { LoadClient, LoadOptions, LoadRequest } from '../../shared/http/load-model.ts';
import type { HttpAttempt } from '../../shared/http/model.ts';

/** A client that allows loopback and every host, on the real clock; at most ten connections. */
export function loadClient(changes: Partial<LoadOptions> = {}): LoadClient {
  return openLoadClient({
    clock: systemClock,
    policy: { allowPrivate: true, allowOrigins: [] },
    isAllowed: () => true,
    timeoutMs: 2_000,
    freshConnections: false,
    mostConnections: 10,
    ...changes,
  });
}

/** A GET that follows no redirects, unless told otherwise. */
export function loadAttempt(changes: Partial<HttpAttempt> & { url: string }): HttpAttempt {
  return {
    method: 'GET',
    headers: {},
    httpVersion: '1.1',
    followRedirects: false,
    maxRedirects: 5,
    maxBodyBytes: 0,
    timeoutMs: 2_000,
    ...changes,
  };
}

export function prepared(client: LoadClient, changes: Partial<HttpAttempt> & { url: string }): Promise<LoadRequest> {
  return client.prepare(loadAttempt(changes), new AbortController().signal);
}

/** How a request ended: `200`, or with its error `200 body`; 0 where there is no status. */
export type Ending = string;

/** One request: how it ended, and after how many ms. Throws where the client breaks what it promises about `begin` and `done`. */
export function sendOne(client: LoadClient, request: LoadRequest): Promise<{ ending: Ending; tookMs: number }> {
  return new Promise((resolve) => {
    let [begun, ended, isSending] = [0, 0, true];
    const startedAt = performance.now();
    client.send(request, {
      begin: () => {
        begun += 1;
        if (!isSending || begun > 1 || ended > 0) throw new Error('it begins while it is sent, once');
      },
      done: (status, errorType) => {
        ended += 1;
        if (isSending || ended > 1) throw new Error('it ends after it was sent, once');
        const ending = errorType === undefined ? String(status) : `${status} ${errorType}`;
        resolve({ ending, tookMs: performance.now() - startedAt });
      },
    });
    isSending = false;
  });
}

/** `count` requests, `concurrency` at once: how many of them ended how. */
export async function sendMany(
  client: LoadClient,
  requests: LoadRequest | readonly LoadRequest[],
  { count, concurrency = 10 }: { readonly count: number; readonly concurrency?: number },
): Promise<Readonly<Record<Ending, number>>> {
  const endings: Record<Ending, number> = {};
  let next = 0;
  const call = async () => {
    while (next < count) {
      const request = Array.isArray(requests) ? requests[next % requests.length] : requests;
      next += 1;
      const { ending } = await sendOne(client, request as LoadRequest);
      endings[ending] = (endings[ending] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, call));
  return endings;
}

/** What keeps this process alive, by kind. */
export const openResources = (): readonly string[] => process.getActiveResourcesInfo();

/** What keeps this process alive beside what did before. A socket closes in a later turn of the loop, so it is given some. */
export async function leftBehind(before: readonly string[]): Promise<readonly string[]> {
  for (let turn = 0; ; turn += 1) {
    const known = [...before];
    const more = openResources().filter((kind) => {
      const at = known.indexOf(kind);
      if (at >= 0) known.splice(at, 1);
      return at < 0;
    });
    if (more.length === 0 || turn === 60) return more;
    await new Promise<void>((done) => setTimeout(done, 5));
  }
}
