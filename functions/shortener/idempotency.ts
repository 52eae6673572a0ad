import { createHash, createHmac } from 'node:crypto';
import type { Call, World } from './endpoint.ts';
import type { Answer, Request } from './http.ts';
import type { KeyRecord } from './ports.ts';
import { type Problem, problemAnswer, type Reply } from './problem.ts';

/** By what a link is made: its own chance, clock and mark, which a repetition of the request has again. */
export type Making = {
  /** Unique to what is made: the link keeps it. */
  readonly writer: string;
  /** Epoch ms. */
  readonly at: number;
  /** The chance for the item with this number. */
  readonly randomBytes: (item: number) => (size: number) => Uint8Array;
};

const keptMs = 24 * 3_600_000;
/** Longer than a request can live: API Gateway ends it after 30 s. */
const lockedMs = 31_000;

const invalidKey: Problem = {
  problem: 'invalid-idempotency-key',
  detail: 'Idempotency-Key must be 1 to 255 printable ASCII characters, in quotes or without spaces and commas',
};
const reused: Problem = {
  problem: 'idempotency-key-reused',
  detail: 'it was used for another body or path: draw a key for each thing that you make',
};
const inUse = (waitMs: number): Problem => ({
  problem: 'idempotency-key-in-use',
  detail: 'wait for the answer to the first one, or send it again later',
  headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
});

/**
 * Does what a request asks for once for each `Idempotency-Key` in a day, as
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ has it: who repeats it gets the first
 * answer; another request with the same key is refused, and so is one while the first is under way. Whoever takes over
 * from a request that died makes the very links that it made or would have made, so a crash between any two writes
 * neither loses nor doubles one. An answer that is not final (`isFinal`) is not kept. Without the header it is just done.
 */
export async function once(
  call: Call,
  { dependencies, kept }: World,
  make: (making: Making) => Promise<Reply>,
  isFinal: (answer: Answer) => boolean = ({ statusCode }) => statusCode < 500,
): Promise<Reply> {
  const { request, requestId, signal } = call;
  const { store, now, randomBytes } = dependencies;
  const header = request.headers['idempotency-key'];
  if (header === undefined) return make({ writer: requestId, at: now(), randomBytes: () => randomBytes });
  const key = parseKey(header);
  if (key === undefined) return invalidKey;
  const seed = Buffer.from(randomBytes(18)).toString('base64url');
  const mine = recordOf(key, seed, request, now());
  const record = await claim(mine, dependencies, now(), signal);
  if (!('seed' in record)) return record;
  const unlock = () =>
    store.unlockKey(record, signal).catch((error) => kept.tell('a key could not be unlocked', error));
  let reply: Reply;
  try {
    reply = await make(makingOf(record));
  } catch (error) {
    await unlock();
    throw error;
  }
  const answer = 'problem' in reply ? problemAnswer(reply, requestId) : reply;
  if (!isFinal(answer)) await unlock();
  else await store.finishKey(record, answer, signal).catch((error) => kept.tell('an answer could not be kept', error));
  return reply;
}

async function claim(
  mine: KeyRecord,
  { store }: World['dependencies'],
  now: number,
  signal: AbortSignal,
): Promise<KeyRecord | Reply> {
  const there = await store.putKey(mine, now, signal);
  if (!there || there.holder === mine.holder) return mine;
  if (there.fingerprint !== mine.fingerprint) return reused;
  if (there.answer) return { ...there.answer, headers: { ...there.answer.headers, 'idempotency-replayed': 'true' } };
  if (there.lockedUntil > now) return inUse(there.lockedUntil - now);
  const taken = { ...there, holder: mine.holder, lockedUntil: mine.lockedUntil };
  return (await store.takeKey(taken, there.holder, signal)) ? taken : inUse(lockedMs);
}

function recordOf(key: string, seed: string, request: Request, now: number): KeyRecord {
  const { method, path, body = '', isBase64 } = request;
  return {
    key: digest(key),
    fingerprint: digest(JSON.stringify([method, path, isBase64, body])),
    holder: seed,
    lockedUntil: now + lockedMs,
    seed,
    claimedAt: now,
    expiresAt: now + keptMs,
  };
}

function makingOf({ seed, claimedAt }: KeyRecord): Making {
  return {
    writer: `key:${digest(seed)}`,
    at: claimedAt,
    randomBytes: (item) => {
      let turn = 0;
      return (size) => createHmac('sha256', seed).update(`${item}.${turn++}`).digest().subarray(0, size);
    },
  };
}

/** A String of Structured Fields (RFC 9651 §3.3.3), or the bare text that many send. */
function parseKey(header: string): string | undefined {
  const quoted = /^\s*"((?:[ !#-[\]-~]|\\["\\]){1,255})"\s*$/.exec(header)?.[1];
  return quoted ?? /^\s*([!#-+\--~]{1,255})\s*$/.exec(header)?.[1];
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
