import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { runHandlerCpu } from './shortener/handler-cpu.ts';
import { runLocalMode } from './shortener/local-mode.ts';
import type { ServerName } from './shortener/servers.ts';

/** What a redirect costs the shortener's handler, and how many local mode answers beside a bare server. Takes about a minute. */
export async function run(): Promise<void> {
  const [bare, database] = [await start('bare'), await start('database')];
  try {
    await runHandlerCpu(database.origin);
    await runLocalMode(bare.origin);
  } finally {
    await Promise.all([bare.end(), database.end()]);
  }
}

async function start(name: ServerName): Promise<{ origin: string; end(): Promise<unknown> }> {
  const worker = new Worker(new URL('./shortener/servers.ts', import.meta.url), { workerData: name });
  const [port] = await once(worker, 'message');
  return { origin: `http://127.0.0.1:${port}`, end: () => worker.terminate() };
}
