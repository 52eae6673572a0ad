import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Tally } from '../../../shared/burst/model.ts';
import { runLoad } from '../../../shared/burst/run.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { BurnwatchError, type ErrorType } from '../../../shared/config/model.ts';
import { openLoadClient } from '../../../shared/http/load-client.ts';
import type { LoadClient, LoadRequest, LoadSlot } from '../../../shared/http/load-model.ts';
import type { HttpAttempt } from '../../../shared/http/model.ts';
import { AttemptError } from '../../../shared/net/error.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';
import { startProgress } from '../burst/progress.ts';
import type { Io } from '../command.ts';
import type { ShortenerDoor } from '../shortener-door.ts';
import { type Asked, type Callers, callersOf, createCallers, hotLinks } from './callers.ts';
import { peakOf, type TrafficKind, type TrafficRequest, waveStages } from './model.ts';

/** What is asked for: within the bounds of `readTraffic`. */
export type TrafficPlan = {
  readonly perSecond: number;
  readonly durationMs: number;
  /** A day of the wave; undefined for none. */
  readonly dayMs: number | undefined;
  readonly thinkMs: number;
};

/** Of one kind of request, or of all together. */
export type TrafficCount = { requests: number; readonly statuses: Record<string, number>; readonly latency: Histogram };
export type TrafficResult = {
  readonly tally: Tally;
  readonly byKind: ReadonlyMap<TrafficKind, TrafficCount>;
  readonly callers: number;
  /** Links that were made for the run and could not be deleted. */
  readonly leftLinks: number;
};

const timeoutMs = 10_000;
/** A link ends by itself so long after the run, should nobody clean up. */
const linkOutlivesMs = 3_600_000;
/** Requests under way at once: with 2 s of delay at the highest rate there are as many. */
const mostUnderWay = 800;

/**
 * Sends traffic to a shortener until its time is over or Ctrl-C ends it, and deletes the links that it made. Throws a
 * BurnwatchError where there is no shortener, or it lets nobody make links; nothing was sent then.
 */
export async function sendTraffic(plan: TrafficPlan, door: ShortenerDoor, io: Io): Promise<TrafficResult> {
  await requireShortener(door);
  const run = `t${randomBytes(4).toString('hex')}`;
  const expiresAt = new Date(Date.now() + plan.durationMs + linkOutlivesMs).toISOString();
  const hot = await makeHotLinks(door, run, expiresAt);
  const count = callersOf(plan.perSecond, plan.thinkMs);
  const callers = createCallers({ run, callers: count, hot, expiresAt, random: Math.random });
  const byKind = new Map<TrafficKind, TrafficCount>();
  try {
    const tally = await send(plan, door, callers, byKind, io);
    return { tally, byKind, callers: count, leftLinks: await cleanUp(door, callers.left()) };
  } catch (error) {
    await cleanUp(door, callers.left());
    throw error;
  }
}

/** Load goes to nobody who is not one of ours. */
async function requireShortener(door: ShortenerDoor): Promise<void> {
  const { status, body } = await door.ask('GET', '/openapi.json');
  const info = typeof body === 'object' && body !== null && 'info' in body ? (body.info as { title?: unknown }) : {};
  if (status === 200 && info.title === 'Burnwatch shortener') return;
  if (status >= 500)
    throw refused(`${door.origin} answers ${status}: it is starting, or a drill is on. Try again after it`);
  throw refused(`${door.origin} is no shortener of Burnwatch: its /openapi.json does not say so (${status})`);
}

async function makeHotLinks(door: ShortenerDoor, run: string, expiresAt: string): Promise<readonly string[]> {
  const codes = Array.from({ length: hotLinks }, (_, index) => `${run}h${index}`);
  const links = codes.map((code) => ({ url: `https://example.com/traffic/${code}`, code, expiresAt }));
  const { status } = await door.ask('POST', '/links/bulk', { links });
  if (status === 200) return codes;
  throw refused(`${door.origin} made no links to follow: it answered ${status}`);
}

const refused = (message: string): BurnwatchError => new BurnwatchError('BURN_TRAFFIC_REFUSED', message);

async function send(
  { perSecond, durationMs, dayMs }: TrafficPlan,
  door: ShortenerDoor,
  callers: Callers,
  byKind: Map<TrafficKind, TrafficCount>,
  io: Io,
): Promise<Tally> {
  const progress = startProgress(io);
  const concurrency = Math.min(mostUnderWay, Math.ceil(peakOf(perSecond, dayMs) * 5) + 20);
  const client = openLoadClient({
    clock: systemClock,
    policy: { allowPrivate: false, allowOrigins: [door.origin] },
    isAllowed: (url) => url.origin === door.origin,
    timeoutMs,
    freshConnections: false,
    mostConnections: concurrency,
  });
  const sender = createSender(client, door, io.signal);
  const stop = new AbortController();
  const interrupt = () => stop.abort('ended by hand');
  if (io.signal.aborted) interrupt();
  io.signal.addEventListener('abort', interrupt, { once: true });
  try {
    const stages = [...waveStages(perSecond, durationMs, dayMs)];
    const requests = Math.ceil((durationMs / 1_000) * peakOf(perSecond, dayMs)) + 1;
    return await runLoad(
      {
        load: { model: 'open', stages },
        limits: { concurrency, requests, durationMs },
        timeoutMs,
        failureStatuses: [{ from: 500, to: 599 }],
      },
      {
        clock: systemClock,
        canSpin: false, // nobody minds a caller who comes a millisecond late
        signal: stop.signal,
        onProgress: progress.show,
        send: (slot, start) => {
          const asked = callers.next(start);
          sender(asked.request, counted(slot, asked, callers, byKind));
        },
      },
    );
  } finally {
    io.signal.removeEventListener('abort', interrupt);
    client.close();
    progress.end();
  }
}

type Sender = (request: TrafficRequest, slot: LoadSlot) => void;

/** Requests without a body come again and again: they are put together once, as many as are kept at once. */
const mostPrepared = 1_000;

function createSender(client: LoadClient, door: ShortenerDoor, signal: AbortSignal): Sender {
  const known = new Map<string, LoadRequest>();
  const prepare = async ({ method, path, body }: TrafficRequest): Promise<LoadRequest> => {
    const content: Readonly<Record<string, string>> = body === undefined ? {} : { 'content-type': 'application/json' };
    const attempt: HttpAttempt = {
      ...{ method, url: `${door.origin}${path}`, headers: { ...door.headers(), ...content } },
      httpVersion: '1.1',
      ...{ followRedirects: false, maxRedirects: 0, maxBodyBytes: 1_000_000, timeoutMs },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    };
    const prepared = await client.prepare(attempt, signal);
    if (body === undefined && known.size < mostPrepared) known.set(`${method} ${path}`, prepared);
    return prepared;
  };
  return (request, slot) => {
    const prepared = known.get(`${request.method} ${request.path}`);
    if (prepared !== undefined && request.body === undefined) client.send(prepared, slot);
    else
      prepare(request).then(
        (ready) => client.send(ready, slot),
        (error) => slot.done(0, error instanceof AttemptError ? error.errorType : 'monitor'),
      );
  };
}

/** The same slot, which also tells its kind and its caller what came of it. */
function counted(slot: LoadSlot, asked: Asked, callers: Callers, byKind: Map<TrafficKind, TrafficCount>): LoadSlot {
  const startedAt = performance.now();
  return {
    get isUnsent() {
      return slot.isUnsent ?? false;
    },
    set isUnsent(isUnsent: boolean) {
      slot.isUnsent = isUnsent;
    },
    begin: () => slot.begin(),
    done: (status: number, errorType?: ErrorType) => {
      const count = byKind.get(asked.kind) ?? { requests: 0, statuses: {}, latency: new Histogram() };
      const said = status === 0 || errorType !== undefined ? (errorType ?? 'monitor') : String(status);
      count.requests += 1;
      count.statuses[said] = (count.statuses[said] ?? 0) + 1;
      count.latency.record(performance.now() - startedAt);
      byKind.set(asked.kind, count);
      callers.ended(asked, status);
      slot.done(status, errorType);
    },
  };
}

const cleanersAtOnce = 8;
const cleanUpMs = 60_000;

/** Deletes links; how many of them may still be there when that takes too long or is refused. */
async function cleanUp(door: ShortenerDoor, codes: readonly string[]): Promise<number> {
  const untilAt = Date.now() + cleanUpMs;
  const rest = codes.values();
  let left = 0;
  const work = async (): Promise<void> => {
    for (const code of rest) if (!(await isDeleted(door, code, untilAt))) left += 1;
  };
  await Promise.all(Array.from({ length: cleanersAtOnce }, work));
  return left;
}

const throttledMs = 1_000;

async function isDeleted(door: ShortenerDoor, code: string, untilAt: number): Promise<boolean> {
  while (Date.now() < untilAt) {
    const answer = await door.ask('DELETE', `/links/${code}`).catch(() => undefined);
    if (answer?.status !== 429) return answer?.status === 204 || answer?.status === 404;
    await pause(throttledMs);
  }
  return false;
}
