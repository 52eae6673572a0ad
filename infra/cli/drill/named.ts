import { setTimeout as pause } from 'node:timers/promises';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { parseDuration, parsePercent } from '../../../shared/config/parse/index.ts';
import type { Io } from '../command.ts';
import type { ShortenerDoor } from '../shortener-door.ts';
import {
  type AskedDrill,
  type DrillEnd,
  type DrillName,
  drillNamed,
  errorsDrill,
  expectedOf,
  standardErrorRatio,
} from './named-drills.ts';
import { namedDrillJson, namedDrillText, startCountdown } from './named-text.ts';

const usage = (message: string): BurnwatchError => new BurnwatchError('BURN_USAGE', message);

const standardMs = 600_000;
const [shortestMs, longestMs] = [1_000, 86_400_000];

/** A drill by its name, with how many errors (`5%`) of the drill `errors` and how long (`2m`). Throws BURN_USAGE. */
export function readDrill(name: DrillName, share: string | undefined, lasts: string | undefined): AskedDrill {
  const drill = drillNamed(name);
  if (share !== undefined && name !== 'errors')
    throw usage(`${name} takes nothing behind it, got ${JSON.stringify(share)}`);
  const lastsMs = readSpan(lasts);
  if (name !== 'errors') return { name, drill, fault: drill.fault, lastsMs };
  const errorRatio = readShare(share);
  return { name, drill: errorsDrill(errorRatio), fault: { errorRatio }, lastsMs };
}

function readShare(text: string | undefined): number {
  if (text === undefined) return standardErrorRatio;
  const read = parsePercent(text);
  if (read.ok && read.value > 0) return read.value / 1_000_000;
  throw usage(`errors takes a share of the requests, such as 5%, got ${JSON.stringify(text.slice(0, 80))}`);
}

function readSpan(text: string | undefined): number {
  if (text === undefined) return standardMs;
  const read = parseDuration(text);
  if (!read.ok) throw usage(`--for ${read.message}, got ${JSON.stringify(text)}`);
  if (read.value >= shortestMs && read.value <= longestMs) return read.value;
  throw usage(`--for must be between 1s and 24h, got ${text}`);
}

/** How often one looks whether it is still on. */
const lookEveryMs = 2_000;
/** A shortener sees an end within two seconds. */
const graceMs = 5_000;

/**
 * Starts a drill and looks on until its end, which the shortener keeps by itself. Ctrl-C mends at once. Answers the exit code: 0
 * once it is over, 1 where the shortener did not take it, or did not say that it is over.
 */
export async function runNamedDrill(asked: AskedDrill, door: ShortenerDoor, json: boolean, io: Io): Promise<number> {
  const startedAt = Date.now();
  const taken = await door.ask('PUT', '/faults', { ...asked.fault, for: `${asked.lastsMs}ms` });
  const untilAt = readUntil(taken.body);
  if (taken.status !== 200 || untilAt === undefined) return refuse(taken.status, door, io);
  const expected = expectedOf(asked.drill, door.intervalMs);
  const countdown = startCountdown(asked, expected, startedAt, io);
  const watched = { door, startedAt, untilAt, lastsMs: asked.lastsMs };
  const end = await lookOn(watched, io.signal, countdown.show).finally(countdown.end);
  if (end === undefined) {
    io.stderr(`burnwatch drill: ${door.origin} does not say that the drill is over; its own clock ends it\n`);
    return 1;
  }
  const told = { asked, expected, end, origin: door.origin, startedAt };
  io.stdout(json ? `${JSON.stringify(namedDrillJson(told))}\n` : namedDrillText(told, io));
  return 0;
}

function refuse(status: number, { origin }: ShortenerDoor, io: Io): number {
  const why =
    status === 404
      ? `it takes no drills: deploy it with --param faults=on`
      : status === 401
        ? 'it does not know this write token'
        : `it answered ${status}`;
  io.stderr(`burnwatch drill: ${origin} was not broken: ${why}\n`);
  return 1;
}

/** `untilAt` is of the shortener's clock: it tells one drill from another, and no more. */
type WatchedDrill = {
  readonly door: ShortenerDoor;
  readonly startedAt: number;
  readonly untilAt: number;
  readonly lastsMs: number;
};

async function lookOn(
  { door, startedAt, untilAt, lastsMs }: WatchedDrill,
  signal: AbortSignal,
  show: (now: number) => void,
): Promise<DrillEnd | undefined> {
  for (;;) {
    const now = Date.now();
    show(now);
    if (signal.aborted) {
      const isMended = await mend(door);
      return isMended ? { outcome: 'stopped', afterMs: Date.now() - startedAt } : undefined;
    }
    // Errors of a shortener that is broken on purpose are no news: its switch is spared, and is asked again.
    const until = await door.ask('GET', '/faults').then(
      ({ status, body }) => (status === 200 ? (readUntil(body) ?? 'none') : untilAt),
      () => untilAt,
    );
    if (until !== untilAt) {
      const afterMs = Date.now() - startedAt;
      return { outcome: until === 'none' && afterMs >= lastsMs ? 'ended' : 'mended', afterMs };
    }
    const leftMs = startedAt + lastsMs - Date.now();
    if (leftMs < -graceMs) return undefined;
    await pause(Math.min(lookEveryMs, leftMs > 0 ? leftMs + 20 : 500), undefined, { signal }).catch(() => {});
  }
}

const mendTries = 5;
const mendAgainMs = 500;

/** Whether the shortener took the end. One that is broken on purpose may refuse it at first. */
async function mend(door: ShortenerDoor): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const status = await door.ask('DELETE', '/faults').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 204) return true;
    if (tries === mendTries) return false;
    await pause(mendAgainMs);
  }
}

/** When the drill ends that is on, epoch ms; undefined where none is. */
function readUntil(body: unknown): number | undefined {
  if (typeof body !== 'object' || body === null || !('until' in body)) return undefined;
  const at = Date.parse(String(body.until));
  return Number.isFinite(at) ? at : undefined;
}
