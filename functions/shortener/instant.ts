const shape = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const longestInstant = 64;
/** 9999-12-31T23:59:59.999Z: the last instant that RFC 3339 can write in UTC. */
const lastInstantAt = 253_402_300_799_999;

/**
 * Epoch milliseconds of an RFC 3339 date-time, or undefined when it is none. Strict: the day must be in the calendar,
 * the offset within ±23:59, and second 60 is refused (no leap second has been announced). Fractions are cut to
 * milliseconds. https://www.rfc-editor.org/rfc/rfc3339#section-5.6
 */
export function parseInstant(text: string): number | undefined {
  const parts = text.length <= longestInstant ? shape.exec(text) : null;
  if (!parts) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offsetHours = Number(parts[9] ?? 0);
  const offsetMinutes = Number(parts[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  // A day that its month does not have lands in another month.
  const local = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (local.getUTCFullYear() !== year || local.getUTCMonth() !== month - 1) return undefined;
  const fractionMs = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const offsetMs = (offsetHours * 60 + offsetMinutes) * 60_000 * (parts[8] === '-' ? -1 : 1);
  const at = local.getTime() + fractionMs - offsetMs;
  return at <= lastInstantAt ? at : undefined;
}
