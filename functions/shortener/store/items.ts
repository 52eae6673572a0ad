import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Fault } from '../fault.ts';
import { isExpired, type Link } from '../link.ts';
import type { KeptAnswer, KeyRecord } from '../ports.ts';

/** An item as DynamoDB has it: `pk` and `sk`, and `expiresAt` in epoch seconds for its TTL; the code goes by milliseconds. */
export type Item = Record<string, AttributeValue>;

const linkPrefix = 'link#';
const dayPrefix = 'd';

export const linkKey = (code: string): Item => ({ pk: { S: linkPrefix + code }, sk: { S: 'link' } });
export const faultKey: Item = { pk: { S: 'fault' }, sk: { S: 'fault' } };
export const recordKey = (key: string): Item => ({ pk: { S: `key#${key}` }, sk: { S: 'key' } });
/** The attribute that counts the clicks of a day. */
export const dayName = (day: number): string => dayPrefix + day;

/** An item that a later release wrote says so in its attribute `format`; one without has format 1. */
const knownFormat = 1;

/** Throws for what a later release wrote in a format that this one does not know, after a rollback: it must not be taken for nothing. */
function requireFormat(item: Item | undefined): void {
  const found = Number(item?.['format']?.N ?? 1);
  if (found > knownFormat)
    throw new Error(
      `the item ${item?.['pk']?.S ?? ''} has format ${found}, and this release reads up to ${knownFormat}: a newer one wrote it. ` +
        'Deploy that one again, or a later one; nothing of it was changed (docs/operate.md)',
    );
}

/** The code of a link's item or key; undefined for another one. */
export function codeOf(item: Item | undefined): string | undefined {
  const pk = item?.['pk']?.S;
  return pk?.startsWith(linkPrefix) ? pk.slice(linkPrefix.length) : undefined;
}

/** The link in an item, if it is alive at `now`. */
export function alive(item: Item | undefined, now: number): Link | undefined {
  const link = toLink(item);
  return link && !isExpired(link, now) ? link : undefined;
}

function toLink(item: Item | undefined): Link | undefined {
  requireFormat(item);
  const code = codeOf(item);
  const url = item?.['url']?.S;
  const createdAt = Number(item?.['createdAtMs']?.N);
  if (code === undefined || url === undefined || Number.isNaN(createdAt)) return undefined;
  const expiry = item?.['expiresAtMs']?.N;
  return {
    code,
    url,
    createdAt,
    ...(expiry !== undefined && { expiresAt: Number(expiry) }),
    isDisabled: item?.['isDisabled']?.BOOL === true,
    clicks: Number(item?.['clicks']?.N ?? 0),
  };
}

export function linkItem({ code, url, createdAt, expiresAt, isDisabled, clicks }: Link): Item {
  return {
    ...linkKey(code),
    url: { S: url },
    createdAtMs: number(createdAt),
    clicks: number(clicks),
    ...(isDisabled && { isDisabled: { BOOL: true } }),
    ...(expiresAt !== undefined && { expiresAtMs: number(expiresAt), expiresAt: seconds(expiresAt) }),
  };
}

/** The clicks of each day in a link's item, by the day's number. */
export function clicksByDay(item: Item): ReadonlyMap<number, number> {
  const days = Object.entries(item).filter(([name]) => /^d\d+$/.test(name));
  return new Map(days.map(([name, value]) => [Number(name.slice(dayPrefix.length)), Number(value.N)]));
}

export function toRecord(item: Item | undefined): KeyRecord | undefined {
  requireFormat(item);
  const text = item?.['record']?.S;
  const answer = item?.['answer']?.S;
  if (text === undefined) return undefined;
  return {
    ...(JSON.parse(text) as KeyRecord), // our own words, put by `recordItem`
    holder: item?.['holder']?.S ?? '',
    lockedUntil: Number(item?.['lockedUntilMs']?.N),
    ...(answer !== undefined && { answer: JSON.parse(answer) as KeptAnswer }),
  };
}

export function recordItem({ answer: _, holder, lockedUntil, ...record }: KeyRecord): Item {
  return {
    ...recordKey(record.key),
    record: { S: JSON.stringify(record) },
    holder: { S: holder },
    lockedUntilMs: number(lockedUntil),
    expiresAtMs: number(record.expiresAt),
    expiresAt: seconds(record.expiresAt),
  };
}

/** A fault in a format that is not known here is none: drills end by themselves. */
export function toFault(item: Item | undefined): Fault | undefined {
  if (item?.['format'] !== undefined) return undefined;
  const read = (name: string, otherwise = Number.NaN): number => Number(item?.[name]?.N ?? otherwise);
  const [errorRatio, latencyMs, cpuMs, untilAt] = [
    read('errorRatio'),
    read('latencyMs'),
    read('cpuMs', 0),
    read('untilMs'),
  ];
  if (!Number.isFinite(errorRatio + latencyMs + cpuMs + untilAt)) return undefined;
  const [isDatabaseDown, isCacheCold] = [item?.['databaseDown']?.BOOL === true, item?.['cacheCold']?.BOOL === true];
  return { errorRatio, latencyMs, isDatabaseDown, isCacheCold, cpuMs, untilAt };
}

export function faultItem({ errorRatio, latencyMs, isDatabaseDown, isCacheCold, cpuMs, untilAt }: Fault): Item {
  return {
    ...faultKey,
    errorRatio: number(errorRatio),
    latencyMs: number(latencyMs),
    databaseDown: { BOOL: isDatabaseDown },
    cacheCold: { BOOL: isCacheCold },
    cpuMs: number(cpuMs),
    untilMs: number(untilAt),
    expiresAt: seconds(untilAt),
  };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

function seconds(instantAt: number): AttributeValue {
  return number(Math.ceil(instantAt / 1_000));
}
