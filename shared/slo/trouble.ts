import { type BurnRule, eventIntervalMs, type Monitor, type Slo } from '../config/model.ts';
import { evaluateBurn } from './burn.ts';
import type { Events } from './events.ts';
import { monitorsOf } from './indicator.ts';
import { minuteEnd, type Series, type SeriesMinute, seriesEvents } from './series.ts';
import { sliceEvents } from './slices.ts';

/** What goes wrong: this part of the events, in parts per million, for so many minutes. */
export type Trouble = { readonly errorPpm: number; readonly minutes: number };

/** A series with trouble in it: calm up to a minute, then as asked, then calm again. */
export type TroubledSeries = { readonly series: Series; readonly calmMinutes: number; readonly events: Events };

const minuteMs = 60_000;
const whole = 1_000_000;
/** Of an SLO that nothing schedules nobody knows how much there is to count: it is taken for plenty. */
const plentyAMinute = 1_000;

/**
 * The events of an SLO as its monitors are scheduled (where nothing is, a thousand a minute): calm for as long as the longest
 * window, then the trouble, then calm for as long as asked. Bad events are spread evenly: of 5 % every twentieth is one.
 */
export function troubleSeries(
  slo: Slo,
  monitors: readonly Monitor[],
  trouble: Trouble,
  afterMinutes: number,
): TroubledSeries {
  const mine = monitorsOf(slo, monitors);
  const calmMinutes = Math.max(1, ...slo.alerts.map(({ longMs }) => Math.ceil(longMs / minuteMs)));
  const totals = totalsOf(mine, calmMinutes + trouble.minutes + afterMinutes);
  let seen = 0;
  const series = totals.map((total, index): SeriesMinute => {
    const isTrouble = index >= calmMinutes && index < calmMinutes + trouble.minutes;
    if (!isTrouble) return { good: total, bad: 0 };
    const bad = badOf(seen + total, trouble) - badOf(seen, trouble);
    seen += total;
    return { good: total - bad, bad };
  });
  return { series, calmMinutes, events: seriesEvents(series, mine) };
}

/** How many events, or slices, there are in a span; where nothing is scheduled, as many as a troubled series has. */
export function eventsIn({ slices }: Slo, monitors: readonly Monitor[], spanMs: number): number {
  const single =
    monitors.length === 0
      ? (plentyAMinute * spanMs) / minuteMs
      : monitors.reduce((sum, monitor) => sum + Math.floor(spanMs / eventIntervalMs(monitor)), 0);
  return slices === undefined ? single : Math.min(single, Math.floor(spanMs / slices.sliceMs));
}

/** A troubled series as the SLO counts it. Nothing is missing in it, so slices are as final while they come as ever. */
export function countedTrouble({ slices }: Slo, { events }: TroubledSeries): Events {
  return slices === undefined ? events : sliceEvents(events, slices, Number.POSITIVE_INFINITY);
}

/** How many of the first so many events are bad. */
const badOf = (events: number, { errorPpm }: Trouble): number => Math.floor((events * errorPpm) / whole);

/** How many events there are in each of so many minutes. */
function totalsOf(monitors: readonly Monitor[], minutes: number): readonly number[] {
  if (monitors.length === 0) return Array.from({ length: minutes }, () => plentyAMinute);
  const { expected } = seriesEvents([], monitors);
  return Array.from({ length: minutes }, (_, index) => expected(minuteEnd(index), minuteEnd(index + 1)));
}

/**
 * After how many minutes of a constant error ratio a rule is met, counted from 1; undefined where it never is, its long window
 * being wholly in the trouble by then.
 */
export function detectionMinutes(
  slo: Slo,
  rule: BurnRule,
  monitors: readonly Monitor[],
  errorPpm: number,
): number | undefined {
  const minutes = Math.ceil((rule.longMs + rule.shortMs) / minuteMs);
  const troubled = troubleSeries({ ...slo, alerts: [rule] }, monitors, { errorPpm, minutes }, 0);
  const events = countedTrouble(slo, troubled);
  for (let minute = 1; minute <= minutes; minute += 1)
    if (evaluateBurn(slo, rule, events, minuteEnd(troubled.calmMinutes + minute)).condition === 'met') return minute;
  return undefined;
}
