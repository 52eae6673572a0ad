import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Faults } from './console/state.ts';
import type { Functions } from './function/functions.ts';
import { fromAnswer, type GatewayAnswer, toEvent } from './gateway/event.ts';
import { apiId } from './stack.ts';

/** The shortener's own drills, asked as its API would ask. */
export type Drill = {
  /** What it is told to do wrong, or what it said last while it does not answer; null when it is left alone. */
  read(): Promise<Faults | null>;
  /** PUT /faults with this JSON. */
  start(body: string): Promise<GatewayAnswer>;
  /** DELETE /faults. */
  end(): Promise<GatewayAnswer>;
};

export function createDrill(functions: Functions, origin: string): Drill {
  const call = async (method: string, body: string): Promise<GatewayAnswer> => {
    const host = new URL(origin).host;
    const rawHeaders = ['host', host, 'content-type', 'application/json', 'user-agent', 'burnwatch-console'];
    const request = { method, url: '/faults', rawHeaders, httpVersion: '1.1', socket: localSocket };
    const event = toEvent(request, Buffer.from(body), { requestId: randomUUID(), apiId, at: Date.now() });
    const result = await functions.invoke('shortener', JSON.stringify(event));
    const answer = result.isError ? undefined : fromAnswer(result.payload);
    return answer ?? { statusCode: 502, headers: {}, cookies: [], body: Buffer.from('') };
  };
  let known: Faults | null = null;
  const read = async (): Promise<void> => {
    known = parseFaults(await call('GET', ''));
  };
  return {
    read: async () => {
      await Promise.race([read(), pause(patienceMs, undefined, { ref: false })]);
      return known;
    },
    start: (body) => call('PUT', body),
    end: () => call('DELETE', ''),
  };
}

/** The state is not kept waiting for a shortener that is stuck. */
const patienceMs = 2_000;
const localSocket = { remoteAddress: '127.0.0.1', localPort: 0 };

function parseFaults({ statusCode, body }: GatewayAnswer): Faults | null {
  if (statusCode !== 200) return null;
  const said = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  if (said['active'] !== true) return null;
  return {
    errorRatio: Number(said['errorRatio']),
    latencyMs: Number(said['latencyMs']),
    databaseDown: said['databaseDown'] === true,
    cacheCold: said['cacheCold'] === true,
    cpuMs: Number(said['cpuMs']),
    until: Date.parse(String(said['until'])),
  };
}
