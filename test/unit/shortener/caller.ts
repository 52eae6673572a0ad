import { webcrypto } from 'node:crypto';
import type { Answer } from '../../../functions/shortener/http.ts';
import type { Answered, Dependencies } from '../../../functions/shortener/ports.ts';
import type { Settings } from '../../../functions/shortener/settings.ts';
import { createShortener } from '../../../functions/shortener/shortener.ts';
import { nameAnswer } from './contract.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';

export const token = 'correct-horse-battery-staple';
export const ownHost = 'links.example.org';
export const startAt = Date.UTC(2030, 0, 1);
export const requestId = '00000000-0000-4000-8000-000000000001';

export type Ask = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly query?: string;
  readonly isBase64?: boolean;
  readonly host?: string;
  /** The address that it comes from. */
  readonly from?: string;
};

/** An HTTP API event, payload 2.0, as far as the shortener looks at it. */
export function eventOf(method: string, path: string, ask: Ask = {}): unknown {
  const { headers = {}, body, query = '', isBase64 = false, host = ownHost, from = '198.51.100.7' } = ask;
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { host, 'x-forwarded-proto': 'https', ...headers },
    requestContext: {
      domainName: host,
      stage: '$default',
      requestId: 'gateway',
      http: { method, path, sourceIp: from },
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: isBase64,
  };
}

export const authorized = { authorization: `Bearer ${token}` };
export const json = { ...authorized, 'content-type': 'application/json' };

/** Drills may be on, and nobody is held back. */
export const quietSettings: Settings = {
  table: 'links',
  writes: 'token',
  tokenParameter: '/burnwatch/write-token',
  areFaultsOn: true,
  corsOrigins: [],
  apiPerSecond: 0,
  missesPerSecond: 0,
};

/** What tests turn: time, chance, and what is broken. */
export type Bench = {
  readonly store: MemoryStore;
  readonly logged: string[];
  readonly slept: number[];
  /** What was told of the answers. */
  readonly answered: Answered[];
  now: number;
  random: number;
  parameter: string | undefined | Error;
  parameterReads: number;
  randomBytes: (size: number) => Uint8Array;
  /** Rejects where the OpenAPI document does not promise the answer. */
  call(method: string, path: string, ask?: Ask): Promise<Answer>;
  send(event: unknown): Promise<Answer>;
  /** POST /links with a token. */
  shorten(input: unknown): Promise<Answer>;
};

/** A shortener over a store in memory, its clock at `startAt`; over one of another bench's it is another sandbox. */
export function createBench(settings: Partial<Settings> = {}, store: MemoryStore = createMemoryStore()): Bench {
  const bench: Bench = {
    store,
    logged: [],
    slept: [],
    answered: [],
    now: startAt,
    random: 0.5,
    parameter: token,
    parameterReads: 0,
    randomBytes: (size) => webcrypto.getRandomValues(new Uint8Array(size)),
    call: async (method, path, ask) => {
      const answer = await bench.send(eventOf(method, path, ask));
      nameAnswer(method, path, answer);
      return answer;
    },
    send: (event) =>
      shortener(event, {
        id: requestId,
        log: (level, message, attributes) => bench.logged.push(JSON.stringify({ level, message, ...attributes })),
        deadline: new AbortController().signal,
      }),
    shorten: (input) => bench.call('POST', '/links', { headers: json, body: JSON.stringify(input) }),
  };
  const dependencies: Dependencies = {
    store,
    readParameter: async () => {
      bench.parameterReads += 1;
      if (bench.parameter instanceof Error) throw bench.parameter;
      return bench.parameter;
    },
    now: () => bench.now,
    sleep: async (ms) => {
      bench.slept.push(ms);
    },
    random: () => bench.random,
    randomBytes: (size) => bench.randomBytes(size),
    readAsset: async (name) => `the file ${name}`,
    onAnswered: (answered) => void bench.answered.push(answered),
  };
  const shortener = createShortener({ ...quietSettings, ...settings }, dependencies);
  return bench;
}

export function bodyOf(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.body);
}
