const hourMs = 3_600_000;

/**
 * The instant at which clocks in a time zone show a wall-clock time, which is given as if it were UTC (epoch ms). A
 * time that is skipped becomes the first instant after the gap, one that is shown twice its first showing. Throws a
 * RangeError for a name that is no IANA time zone.
 */
export function instantOf(wallMs: number, timezone: string): number {
  const { before, after } = offsetsAround(wallMs, timezone);
  return firstShowing(wallMs, timezone) ?? endOfGap(wallMs - after, wallMs - before, timezone);
}

/** The same, but undefined for a time that clocks skip. */
export function firstShowing(wallMs: number, timezone: string): number | undefined {
  const { before, after } = offsetsAround(wallMs, timezone);
  const fits = [wallMs - before, wallMs - after].filter((at) => at + offsetAt(at, timezone) === wallMs);
  return fits.length > 0 ? Math.min(...fits) : undefined;
}

/** What clocks in a time zone show at an instant, as if it were UTC (epoch ms). */
export function wallTimeOf(at: number, timezone: string): number {
  return at + offsetAt(at, timezone);
}

function offsetsAround(wallMs: number, timezone: string): { readonly before: number; readonly after: number } {
  return { before: offsetAt(wallMs - 24 * hourMs, timezone), after: offsetAt(wallMs + 24 * hourMs, timezone) };
}

/** The instant between two at which the offset changes. */
function endOfGap(from: number, to: number, timezone: string): number {
  const before = offsetAt(from, timezone);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timezone) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** How far the clocks of a time zone are ahead of UTC at an instant. */
function offsetAt(at: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  const whole = Math.floor(at / 1000) * 1000;
  const parts = Object.fromEntries(
    formatterOf(timezone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, value]),
  );
  const field = (name: string) => Number(parts[name]);
  const day = Date.UTC(field('year'), field('month') - 1, field('day'));
  return day + field('hour') * hourMs + field('minute') * 60_000 + field('second') * 1000 - whole;
}

/** A formatter takes far longer to make than to use: one a time zone is kept. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timezone: string): Intl.DateTimeFormat {
  const known = formatters.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timezone, made);
  return made;
}
