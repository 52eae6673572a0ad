/** Numbers, spans and instants as people read them. Everything here is ASCII. */

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * A span in at most two units: `45 s`, `90 s`, `12 min`, `2 h 5 min`, `2 d 3 h`. Rounded to the nearest of the smaller
 * unit; below two minutes that is the second. A negative span reads as `0 s`.
 */
export function formatDuration(ms: number): string {
  const span = Math.max(0, ms);
  const seconds = Math.round(span / secondMs);
  if (seconds < 120) return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
  const minutes = Math.round(span / minuteMs);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(span / hourMs);
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** The same in one unit and rounded down, for where room is short and hope is no good: `104 min`, `47 h`, `20 d`. */
export function formatShortDuration(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 2 * minuteMs) return `${Math.floor(span / secondMs)} s`;
  if (span < 2 * hourMs) return `${Math.floor(span / minuteMs)} min`;
  return span < 2 * dayMs ? `${Math.floor(span / hourMs)} h` : `${Math.floor(span / dayMs)} d`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** A span as it is configured, in its largest whole unit: `30 d`, `72 h`, `5 min`, `10 s`. Days only from three on. */
export function formatWindow(ms: number): string {
  if (ms % dayMs === 0 && ms >= 3 * dayMs) return `${ms / dayMs} d`;
  if (ms % hourMs === 0) return `${ms / hourMs} h`;
  return ms % minuteMs === 0 ? `${ms / minuteMs} min` : `${ms / secondMs} s`;
}

/** A burn rate: `33x`, `14.4x`, `0.9x`; below 0.1 but not zero `<0.1x`. */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.1) return '<0.1x';
  return `${rate < 20 ? trimmed(rate, 1) : Math.round(rate)}x`;
}

/** A burn rate beside another one, in as many digits as tell the two apart, up to four: `6.02x` where the limit is `6x`. */
export function formatRateBeside(rate: number, limit: number): string {
  const texts = [formatRate(rate), ...[2, 3, 4].map((digits) => `${trimmed(rate, digits)}x`)];
  return (rate === limit ? undefined : texts.find((text) => text !== formatRate(limit))) ?? formatRate(rate);
}

/**
 * Parts per million as percent: `12 %`, `99.9 %`, `0.4 %`, `-3 %`. Rounded down, so that what is left is never flattered:
 * 99.97 % is not 100 %, and a budget that is overspent by a trifle reads `-0.01 %`.
 */
export function formatPercent(ppm: number): string {
  const percent = ppm / 10_000;
  const size = Math.abs(percent);
  const digits = size < 1 ? 2 : size < 10 || (size > 99 && size < 100) ? 1 : 0;
  const scale = 10 ** digits;
  // Parts per million are whole where they matter; the tiny term undoes what binary fractions take away.
  return `${trimmed(Math.floor(percent * scale + 1e-9) / scale, digits)} %`;
}

/** A count of events: `3`, `43.2`, `1,440`. One decimal at most, rounded down. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = trimmed(Math.floor(count * 10 + 1e-6) / 10, 1).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction ? `${grouped}.${fraction}` : grouped;
}

/** `2026-11-20 10:01:00 UTC`; what is no instant reads `unknown`. */
export function formatInstant(at: number): string {
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return 'unknown';
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** To the minute, in UTC: `11:47`, and `2026-11-21 04:10` on another day than `now`. */
export function formatMinute(at: number, now: number): string {
  const text = formatInstant(at);
  if (text === 'unknown') return text;
  return text.slice(0, 10) === formatInstant(now).slice(0, 10) ? text.slice(11, 16) : text.slice(0, 16);
}

/** `1 probe`, `3 probes`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function trimmed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}
