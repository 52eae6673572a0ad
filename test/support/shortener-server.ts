import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { Settings } from '../../functions/shortener/settings.ts';
import { createShortener } from '../../functions/shortener/shortener.ts';
import { bundlePage } from '../../infra/build.ts';
import { toEvent } from '../../infra/local/gateway/event.ts';
import { quietSettings, token } from '../unit/shortener/caller.ts';
import { createMemoryStore } from '../unit/shortener/memory-store.ts';

export type ShortenerServer = {
  readonly origin: string;
  readonly token: string;
  /** Makes a link through the API. */
  shorten(url: string, code: string): Promise<void>;
  readonly close: () => Promise<void>;
};

/** The shortener behind HTTP on loopback, over a store in memory, with the page as it is built. */
export async function startShortener(settings: Partial<Settings> = {}): Promise<ShortenerServer> {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-page-'));
  await bundlePage(join(import.meta.dirname, '../../functions/shortener/page'), folder);
  const shortener = createShortener(
    { ...quietSettings, writes: 'open', ...settings },
    {
      store: createMemoryStore(),
      readParameter: async () => token,
      now: Date.now,
      sleep: (ms, signal) => delay(ms, undefined, { signal }),
      random: Math.random,
      randomBytes,
      readAsset: (name) => readFile(join(folder, name), 'utf8'),
    },
  );
  const server = createServer(async (request, response) => {
    const id = randomBytes(8).toString('hex');
    const event = toEvent(request, await buffer(request), { requestId: id, apiId: 'test', at: Date.now() });
    const { statusCode, headers, body } = await shortener(event, {
      id,
      log: () => {},
      deadline: AbortSignal.timeout(20_000),
    });
    response.writeHead(statusCode, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    token,
    shorten: async (url, code) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const answer = await fetch(`${origin}/links`, { method: 'POST', headers, body: JSON.stringify({ url, code }) });
      if (answer.status !== 201) throw new Error(await answer.text());
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
