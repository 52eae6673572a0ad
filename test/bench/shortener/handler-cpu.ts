import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import type { Context } from 'aws-lambda';
import { toEvent } from '../../../infra/local/gateway/event.ts';
import { knownCode } from './servers.ts';

const context = { awsRequestId: 'bench', functionName: 'shortener', getRemainingTimeInMillis: () => 29_000 } as Context;

/** What is asked for, how often, and the status that it must have. */
const cases = [
  { what: 'the built-in link', pathOf: () => '/demo', times: 40_000, status: 302 },
  { what: 'a link', pathOf: () => `/${knownCode}`, times: 40_000, status: 302 },
  { what: 'a code without one', pathOf: () => '/nobody1', times: 40_000, status: 404 },
  { what: 'codes never asked for', pathOf: (turn: number) => `/nobody${turn}x`, times: 4_000, status: 404 },
];

/**
 * CPU that the shortener's handler takes per request, in µs, in this thread: without the HTTP before it and with the SDK behind
 * it. `database` is the address of one that answers.
 */
export async function runHandlerCpu(database: string): Promise<void> {
  Object.assign(process.env, {
    LINKS_TABLE: 'links',
    THROTTLE_MISSES_PER_SECOND: '0', // it asks for more missing codes than a caller may
    AWS_ENDPOINT_URL: database,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
  const { handler } = await import('../../../functions/shortener/index.ts');
  console.log('CPU of the handler            µs/request   requests');
  for (const { what, pathOf, times, status } of cases) {
    const ask = async (turn: number): Promise<void> => {
      const { statusCode } = await handler(eventOf(pathOf(turn)), context);
      if (statusCode !== status) throw new Error(`${what}: ${statusCode}, not ${status}`);
    };
    const { user, system } = await unseen(async () => {
      for (let turn = 0; turn < times / 10; turn++) await ask(-turn - 1);
      const before = process.threadCpuUsage();
      for (let turn = 0; turn < times; turn++) await ask(turn);
      return process.threadCpuUsage(before);
    });
    console.log(`${what.padEnd(30)}${((user + system) / times).toFixed(1).padStart(10)}${String(times).padStart(11)}`);
  }
}

/** To write the log is part of the work that is measured; here it is written where it hides no result. */
async function unseen<T>(work: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  const nowhere = createWriteStream(devNull);
  process.stdout.write = nowhere.write.bind(nowhere) as typeof write;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
    nowhere.end();
  }
}

function eventOf(path: string): unknown {
  const rawHeaders = ['Host', '127.0.0.1:4001', 'User-Agent', 'bench', 'Accept', '*/*'];
  const socket = { remoteAddress: '127.0.0.1', localPort: 4001 };
  const request = { method: 'GET', url: path, httpVersion: '1.1', rawHeaders, socket };
  return toEvent(request, Buffer.alloc(0), { requestId: 'bench', apiId: 'local', at: Date.now() });
}
