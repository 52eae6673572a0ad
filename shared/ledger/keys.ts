import { BurnwatchError } from '../config/model.ts';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The two keys of an item in the ledger's table. */
export type LedgerKey = { readonly pk: string; readonly sk: string };
/** One query: a partition and its sort keys from one end to the other, both included. */
export type KeyRange = { readonly pk: string; readonly skFrom: string; readonly skTo: string };

const locationPattern = /^[a-z0-9-]{1,64}$/;
const shardPattern = /^[!-~]{1,128}$/;

/** Start of the UTC hour, or day, that holds an instant; epoch ms. */
export const hourStart = (at: number): number => Math.floor(at / hourMs) * hourMs;
export const dayStart = (at: number): number => Math.floor(at / dayMs) * dayMs;

/**
 * Where a tick lies: one partition an hour and location, `<mm:ss>#<shard>` inside it. `at` is floored to whole
 * seconds, which are a tick's identity. Throws BURN_LEDGER_CORRUPT for a location or a shard that would not read back.
 */
export function tickKey(location: string, at: number, shard: string): LedgerKey {
  if (!shardPattern.test(shard)) throw unreadable('shard', shard);
  const stamp = stampOf(location, at);
  return { pk: `tick#${location}#${stamp.slice(0, 13)}`, sk: `${stamp.slice(14, 19)}#${shard}` };
}

/** The inverse of `tickKey`. Throws BURN_LEDGER_CORRUPT for anything that `tickKey` does not make. */
export function parseTickKey(key: LedgerKey): { location: string; at: number; shard: string } {
  const [, location = '', hour = ''] = /^tick#([^#]*)#([^#]*)$/.exec(key.pk) ?? [];
  const [, time = '', shard = ''] = /^(\d\d:\d\d)#(.*)$/s.exec(key.sk) ?? [];
  const at = Date.parse(`${hour}:${time}.000Z`);
  return same(key, () => tickKey(location, at, shard), { location, at, shard });
}

/** Where the counts of one UTC hour lie. `hourAt` may be any instant of the hour. */
export function hourKey(location: string, hourAt: number): LedgerKey {
  const stamp = stampOf(location, hourAt);
  return { pk: `hour#${location}#${stamp.slice(0, 10)}`, sk: stamp.slice(11, 13) };
}

/** The inverse of `hourKey`. Throws BURN_LEDGER_CORRUPT for anything else. */
export function parseHourKey(key: LedgerKey): { location: string; hourAt: number } {
  const [, location = '', day = ''] = /^hour#([^#]*)#([^#]*)$/.exec(key.pk) ?? [];
  const hourAt = Date.parse(`${day}T${key.sk}:00:00.000Z`);
  return same(key, () => hourKey(location, hourAt), { location, hourAt });
}

/** Where the counts of one UTC day lie. `dayAt` may be any instant of the day. */
export function dayKey(location: string, dayAt: number): LedgerKey {
  return { pk: `day#${location}`, sk: stampOf(location, dayAt).slice(0, 10) };
}

/** The inverse of `dayKey`. Throws BURN_LEDGER_CORRUPT for anything else. */
export function parseDayKey(key: LedgerKey): { location: string; dayAt: number } {
  const [, location = ''] = /^day#([^#]*)$/.exec(key.pk) ?? [];
  const dayAt = Date.parse(`${key.sk}T00:00:00.000Z`);
  return same(key, () => dayKey(location, dayAt), { location, dayAt });
}

/** The queries that find every tick from `fromAt` to `toAt`, both included; none when the range is empty. */
export function tickRanges(location: string, fromAt: number, toAt: number): readonly KeyRange[] {
  const from = Math.ceil(fromAt / 1000) * 1000;
  const to = Math.floor(toAt / 1000) * 1000;
  return starts(from, to, hourMs).map((hourAt) => ({
    pk: tickKey(location, hourAt, '-').pk,
    skFrom: `${stampOf(location, Math.max(from, hourAt)).slice(14, 19)}#`,
    // '$' follows '#': after every shard of this second, before the next second.
    skTo: `${stampOf(location, Math.min(to, hourAt + hourMs - 1)).slice(14, 19)}$`,
  }));
}

/** The queries that find every hour that touches the range, both ends included. */
export function hourRanges(location: string, fromAt: number, toAt: number): readonly KeyRange[] {
  return starts(fromAt, toAt, dayMs).map((dayAt) => ({
    pk: hourKey(location, dayAt).pk,
    skFrom: hourKey(location, Math.max(fromAt, dayAt)).sk,
    skTo: hourKey(location, Math.min(toAt, dayAt + dayMs - 1)).sk,
  }));
}

/** The query that finds every day that touches the range, both ends included. */
export function dayRanges(location: string, fromAt: number, toAt: number): readonly KeyRange[] {
  if (!(fromAt <= toAt)) return [];
  const { pk, sk } = dayKey(location, fromAt);
  return [{ pk, skFrom: sk, skTo: dayKey(location, toAt).sk }];
}

function starts(fromAt: number, toAt: number, stepMs: number): number[] {
  const found: number[] = [];
  for (let at = Math.floor(fromAt / stepMs) * stepMs; at <= toAt && fromAt <= toAt; at += stepMs) found.push(at);
  return found;
}

function stampOf(location: string, at: number): string {
  if (!locationPattern.test(location)) throw unreadable('location', location);
  // Four-digit years only: their text sorts as their time does.
  if (!(at >= 0 && at < 253_402_300_800_000)) throw unreadable('instant', String(at));
  return new Date(at).toISOString();
}

function same<Parts>(key: LedgerKey, remake: () => LedgerKey, parts: Parts): Parts {
  const again = remake();
  if (again.pk !== key.pk || again.sk !== key.sk) throw unreadable('key', `${key.pk} ${key.sk}`);
  return parts;
}

const unreadable = (what: string, value: string) =>
  new BurnwatchError('BURN_LEDGER_CORRUPT', `not a ${what} of the ledger: ${JSON.stringify(value.slice(0, 128))}`);
