import { renderDuration, renderPercent } from '../../shared/config/parse/index.ts';
import type { Plain } from '../../shared/config/parse/plain.ts';
import type { Around } from './around.ts';
import { type IndicatorEntry, indicatorOf } from './import-indicator.ts';
import { type RuleEntry, rulesOf } from './import-rules.ts';
import { annotations } from './names.ts';
import { get, listAt, type Path, renderPath, textAt } from './problem.ts';
import { type Found, titleOf } from './read.ts';
import { spanOf } from './span.ts';

/** An SLO as monitors.yml has it, in the order of its keys. */
export type SloEntry = {
  readonly indicator: IndicatorEntry;
  readonly objective: string;
  readonly window: string | { readonly calendar: string; readonly timezone: string };
  readonly budgetingMethod?: 'Timeslices';
  readonly timeSliceTarget?: string;
  readonly timeSliceWindow?: string;
  readonly alerts?: readonly RuleEntry[];
};
export type ImportedSlo = { readonly id: string; readonly comment?: string; readonly entry: SloEntry };

export type Imported = {
  readonly slos: readonly ImportedSlo[];
  /** SLOs of which nothing could be made, with a line each in `notes`. */
  readonly left: readonly string[];
  /** What is not, or not quite, as it was: a line each. */
  readonly notes: readonly string[];
};

const minute = 60_000;
const day = 1_440 * minute;

/**
 * Makes SLOs of OpenSLO objects that have been checked. What monitors.yml has no word for is noted, and never made up: an SLO whose
 * events nobody here can count is left out, unless `monitors` are given for it.
 */
export function importOpenSlo(objects: readonly Found[], monitors: readonly string[]): Imported {
  const byTitle = new Map(objects.map((found) => [titleOf(found), found]));
  const notes: string[] = [];
  const left: string[] = [];
  const slos = objects
    .filter(({ kind }) => kind === 'SLO')
    .flatMap((found): readonly ImportedSlo[] => {
      const note = (path: Path, message: string) =>
        void notes.push(`${titleOf(found)}${path.length === 0 ? '' : ` ${renderPath(path)}`}: ${message}`);
      const find = (kind: string, name: string) => byTitle.get(`${kind} ${name}`);
      const slo = sloOf(found, { find, note, monitors });
      if (slo !== undefined) return [slo];
      left.push(found.name);
      return [];
    });
  return { slos, left, notes };
}

function sloOf({ name, value }: Found, around: Around): ImportedSlo | undefined {
  const spec = get(value, 'spec') ?? null;
  noteRest(value, around);
  if (listAt(spec, 'objectives').some((each) => get(each, 'indicator') ?? get(each, 'indicatorRef'))) {
    around.note(
      ['spec', 'objectives'],
      'has indicators of its own: an SLO of several is not known here, it is left out',
    );
    return undefined;
  }
  const indicator = indicatorOf(spec, around);
  const objective = objectiveOf(spec, around);
  const slices = slicesOf(spec, around);
  const window = windowOf(spec, around);
  if (indicator === undefined || objective === undefined || slices === undefined || window === undefined)
    return undefined;
  const { entry: span, spanMs } = window;
  const alerts = rulesOf(spec, spanMs, around);
  const comment = textAt(spec, 'description') ?? textAt(value, 'metadata', 'displayName');
  return {
    id: textAt(value, 'metadata', 'annotations', annotations.id) ?? name,
    ...(comment === undefined ? {} : { comment }),
    entry: { indicator, objective, window: span, ...slices, ...(alerts.length === 0 ? {} : { alerts }) },
  };
}

/** What nothing here stands for. */
function noteRest(value: Plain, { note }: Around): void {
  if (get(value, 'metadata', 'labels') !== undefined) note(['metadata', 'labels'], 'labels are not known here');
  const objectives = listAt(value, 'spec', 'objectives');
  if (objectives.length > 1)
    note(['spec', 'objectives'], `only the first of ${objectives.length} objectives is taken: write an SLO for each`);
  for (const key of ['op', 'value'] as const)
    if (get(objectives[0], key) !== undefined)
      note(['spec', 'objectives', 0, key], 'belongs to a threshold metric, and says nothing of a ratio');
}

function objectiveOf(spec: Plain, { note }: Around): string | undefined {
  const [target, percent] = [get(spec, 'objectives', 0, 'target'), get(spec, 'objectives', 0, 'targetPercent')];
  const at = ['spec', 'objectives', 0, target === undefined ? 'targetPercent' : 'target'];
  const ppm = typeof target === 'number' ? target * 1e6 : Number(percent) * 1e4;
  const whole = Math.min(999_999, Math.round(ppm));
  if (whole > 0) return rounded(whole, ppm, at, note);
  note(at, 'is nothing that could be missed: the SLO is left out');
  return undefined;
}

/** As a percentage with the four decimals that it may have here. */
function rounded(whole: number, ppm: number, at: Path, note: Around['note']): string {
  const text = renderPercent(whole);
  // What is typed with six decimals is a few times 2⁻⁵² off.
  if (Math.abs(whole - ppm) > 1e-6) note(at, `is rounded to ${text}`);
  return text;
}

type Slices = Pick<SloEntry, 'budgetingMethod' | 'timeSliceTarget' | 'timeSliceWindow'>;

const sliceMinutes = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

function slicesOf(spec: Plain, { note }: Around): Slices | undefined {
  const method = textAt(spec, 'budgetingMethod');
  if (method === 'RatioTimeslices')
    note(['spec', 'budgetingMethod'], 'RatioTimeslices is not known here: single events are counted (Occurrences)');
  if (method !== 'Timeslices') return {};
  const at = ['spec', 'objectives', 0];
  const sliceMs = spanOf(textAt(spec, 'objectives', 0, 'timeSliceWindow') ?? '') ?? 0;
  if (!sliceMinutes.includes(sliceMs / minute)) {
    note([...at, 'timeSliceWindow'], 'must be minutes that divide the hour here: the SLO is left out');
    return undefined;
  }
  const ppm = Number(get(spec, 'objectives', 0, 'timeSliceTarget')) * 1e6;
  const timeSliceTarget = rounded(Math.max(1, Math.round(ppm)), ppm, [...at, 'timeSliceTarget'], note);
  return { budgetingMethod: 'Timeslices', timeSliceTarget, timeSliceWindow: renderDuration(sliceMs) };
}

type Window = { readonly entry: SloEntry['window']; readonly spanMs: number };

const usualDays = 30;
const [shortest, longest] = [60 * minute, 365 * day];
const units: Readonly<Record<string, string>> = {
  '1w': 'week',
  '7d': 'week',
  '1M': 'month',
  '3M': 'quarter',
  '1Q': 'quarter',
  '1Y': 'year',
  '12M': 'year',
};

function windowOf(spec: Plain, { note }: Around): Window | undefined {
  const at = ['spec', 'timeWindow', 0];
  const typed = textAt(spec, 'timeWindow', 0, 'duration');
  if (typed === undefined) {
    note(['spec', 'timeWindow'], `is not there: ${usualDays} days that roll are taken`);
    return { entry: `${usualDays}d`, spanMs: usualDays * day };
  }
  const spanMs = spanOf(typed) ?? 0;
  if (spanMs < shortest || spanMs > longest) {
    note([...at, 'duration'], 'must be from 60 minutes to 365 days here: the SLO is left out');
    return undefined;
  }
  const calendar = get(spec, 'timeWindow', 0, 'calendar');
  const unit = units[typed];
  if (calendar === undefined) return { entry: renderDuration(spanMs), spanMs };
  if (unit === undefined) {
    note(
      at,
      `no span of the calendar here is ${typed} long: a window of ${renderDuration(spanMs)} that rolls is taken`,
    );
    return { entry: renderDuration(spanMs), spanMs };
  }
  const startTime = textAt(calendar, 'startTime') ?? '';
  if (!isStart(unit, startTime))
    note(
      [...at, 'calendar', 'startTime'],
      `a ${unit} begins at midnight of ${firstDays[unit]} here, and not as ${startTime} says`,
    );
  return { entry: { calendar: unit, timezone: textAt(calendar, 'timeZone') ?? 'UTC' }, spanMs };
}

const firstDays: Readonly<Record<string, string>> = {
  week: 'its Monday',
  month: 'its first day',
  quarter: 'the first of January, April, July or October',
  year: 'the first of January',
};

function isStart(unit: string, startTime: string): boolean {
  const date = new Date(`${startTime.replace(' ', 'T')}Z`);
  if (!startTime.endsWith(' 00:00:00')) return false;
  if (unit === 'week') return date.getUTCDay() === 1;
  if (date.getUTCDate() !== 1) return false;
  return unit === 'month' || (unit === 'quarter' ? date.getUTCMonth() % 3 === 0 : date.getUTCMonth() === 0);
}
