const minute = 60_000;
const day = 1_440 * minute;
/** A month is 30 days, a quarter 90, a year 365, as OpenSLO's own tools take them. */
const unitsMs: Readonly<Record<string, number>> = {
  m: minute,
  h: 60 * minute,
  d: day,
  w: 7 * day,
  M: 30 * day,
  Q: 90 * day,
  Y: 365 * day,
};

/** Milliseconds of a duration of OpenSLO, such as `1h` or `4w`; undefined for what is none. */
export function spanOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,7})([mhdwMQY])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs;
}
