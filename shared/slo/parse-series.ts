import type { Series, SeriesMinute } from './series.ts';

export type ReadSeries =
  | { readonly ok: true; readonly sloId: string; readonly series: Series }
  /** One line: what is wrong, and where. */
  | { readonly ok: false; readonly message: string };

/** 400 days, as long as a day's counts are kept. */
export const mostMinutes = 576_000;
/** Of one minute; so many in each of the most minutes still add up exactly. */
const mostEvents = 1_000_000_000;
const longestShown = 40;

/**
 * Reads `{"slo": "ID", "minutes": [{"good": 1, "bad": 0}, null, …]}`, null for a minute without data. Never throws,
 * whatever the text holds; the first thing that is wrong is told.
 */
export function parseSeries(text: string): ReadSeries {
  try {
    return readFile(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return no(`is not JSON: ${line(error.message)}`);
    throw error;
  }
}

function readFile(file: unknown): ReadSeries {
  if (!isMap(file)) return no(`must be {"slo": "ID", "minutes": […]}, got ${shown(file)}`);
  const extra = Object.keys(file).find((key) => key !== 'slo' && key !== 'minutes');
  if (extra !== undefined) return no(`has an unknown key ${shown(extra)}: there are "slo" and "minutes"`);
  const { slo, minutes } = file;
  if (typeof slo !== 'string' || slo === '') return no(`slo: must be the id of an SLO, got ${shown(slo)}`);
  if (!Array.isArray(minutes)) return no(`minutes: must be a list, got ${shown(minutes)}`);
  if (minutes.length === 0) return no('minutes: must hold one minute at least');
  if (minutes.length > mostMinutes)
    return no(`minutes: must hold at most ${grouped(mostMinutes)}, 400 days, got ${grouped(minutes.length)}`);
  for (const [index, minute] of minutes.entries()) {
    const problem = refuseMinute(minute);
    if (problem !== undefined) return no(`minutes[${index}]${problem}`);
  }
  return { ok: true, sloId: slo, series: minutes as readonly SeriesMinute[] };
}

function refuseMinute(minute: unknown): string | undefined {
  if (minute === null) return undefined;
  if (!isMap(minute)) return `: must be {"good": 1, "bad": 0}, or null for no data, got ${shown(minute)}`;
  const keys = Object.keys(minute);
  const extra = keys.find((key) => key !== 'good' && key !== 'bad');
  if (extra !== undefined) return ` has an unknown key ${shown(extra)}: there are "good" and "bad"`;
  const wrong = (['good', 'bad'] as const).find((key) => !keys.includes(key) || !isCount(minute[key]));
  if (wrong === undefined) return undefined;
  return `.${wrong}: must be a whole number from 0 to ${grouped(mostEvents)}, got ${shown(minute[wrong])}`;
}

const isCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostEvents;

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value in a few characters; only the kind of what holds others. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

/** What the reader of JSON says quotes the file. */
const line = (text: string): string =>
  [...text.toWellFormed().replace(/\p{Cc}+/gu, ' ')].slice(0, 3 * longestShown).join('');
const grouped = (value: number): string => value.toLocaleString('en-US');
const no = (message: string): ReadSeries => ({ ok: false, message });
