import { corrupt } from './bytes.ts';
import type { FailureDetail } from './model.ts';

const mostDetails = 10;
const mostBytes = 2_048;
const longestMessage = 160;

/**
 * Why monitors failed, as JSON of at most 2 KB (UTF-8): the first ten details, messages cut to 160 characters; the
 * last ones are left out while it is too long.
 */
export function encodeDetails(details: readonly FailureDetail[]): string {
  const rows = details
    .slice(0, mostDetails)
    .map(({ monitorKey, statusCode, message }) => [monitorKey, statusCode ?? null, cut(message)]);
  while (Buffer.byteLength(JSON.stringify(rows)) > mostBytes) rows.pop();
  return JSON.stringify(rows);
}

/** The inverse of `encodeDetails`. Throws BURN_LEDGER_CORRUPT for anything else. */
export function decodeDetails(text: string): FailureDetail[] {
  const rows = text.length > mostBytes ? undefined : parse(text);
  if (!Array.isArray(rows) || rows.length > mostDetails) throw corrupt("a tick's details are not what was written");
  return rows.map(decodeDetail);
}

function decodeDetail(row: unknown): FailureDetail {
  const [monitorKey, statusCode, message] = Array.isArray(row) && row.length === 3 ? row : [];
  const hasStatus = Number.isInteger(statusCode);
  if (!isUint32(monitorKey) || typeof message !== 'string' || !(hasStatus || statusCode === null)) {
    throw corrupt("a tick's details hold a row that is not key, status and message");
  }
  return hasStatus ? { monitorKey, statusCode, message } : { monitorKey, message };
}

const isUint32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(corrupt("a tick's details are not JSON"), { cause });
  }
}

/** Never in the middle of a character that takes two units. */
const cut = (message: string): string => message.slice(0, longestMessage).replace(/[\uD800-\uDBFF]$/, '');
