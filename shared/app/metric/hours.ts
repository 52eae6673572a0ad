import { emptyHistory, type History, withHours } from '../../ledger/history.ts';
import { hourMs, hourStart, minuteMs } from '../../ledger/keys.ts';
import { type Counts, noCounts } from '../../ledger/model.ts';
import { onlyKey } from '../../slo/events.ts';

/** Sums of a metric by the start of a minute or of a longer period, epoch ms: whole numbers above zero. */
export type Sums = ReadonlyMap<number, number>;
/** Which of the two metrics counts what: `part` is bad, or good, and what is left of the total is the other. */
export type Part = 'good' | 'bad';

/** An hour as counts by its minutes; a single count where nothing but its sum is known. */
export type CountedHour = { readonly hourAt: number; readonly counts: readonly Counts[] };

/** A UTC day as counts by its 24 hours. */
export type CountedDay = { readonly dayAt: number; readonly counts: readonly Counts[] };

/**
 * The hours of a span by what was read of it, hours without data too. `passed` is good, `failed` is bad: never below zero, and a
 * part that is larger than its total (which comes a moment later) is believed.
 */
export function hoursOf(
  { fromAt, toAt, periodMs }: { readonly fromAt: number; readonly toAt: number; readonly periodMs: number },
  part: Part,
  read: { readonly part: Sums; readonly total: Sums },
): readonly CountedHour[] {
  const hours: CountedHour[] = [];
  for (let hourAt = fromAt; hourAt < toAt; hourAt += hourMs) {
    const length = periodMs >= hourMs ? 1 : hourMs / minuteMs;
    const counts = Array.from({ length }, (_, minute) => {
      const at = hourAt + minute * minuteMs;
      return countsOf(part, read.part.get(at) ?? 0, read.total.get(at) ?? 0);
    });
    hours.push({ hourAt, counts });
  }
  return hours;
}

/** Minutes that are not folded yet, as hours. A total that nobody has read yet counts as what the part is. */
export function openHours(part: Part, read: { readonly part: Sums; readonly total: Sums }): readonly CountedHour[] {
  const starts = new Set([...read.part.keys(), ...read.total.keys()].map(hourStart));
  return [...starts].flatMap((hourAt) =>
    hoursOf({ fromAt: hourAt, toAt: hourAt + hourMs, periodMs: minuteMs }, part, read),
  );
}

function countsOf(part: Part, counted: number, total: number): Counts {
  if (counted === 0 && total === 0) return noCounts;
  const rest = Math.max(0, total - counted);
  return part === 'bad'
    ? { ...noCounts, passed: rest, failed: counted }
    : { ...noCounts, passed: counted, failed: rest };
}

/** Hours as the history that an SLO's events are read from. */
export function historyOfHours(hours: Iterable<CountedHour>, before: History = emptyHistory()): History {
  const rollups = [...hours].map(({ hourAt, counts }) => ({
    location: 'counted',
    hourAt,
    monitors: new Map([[onlyKey, counts]]),
  }));
  return withHours(before, rollups);
}

/** The sum of an hour's counts. */
export function sumOf(counts: readonly Counts[]): Counts {
  const sum = (kind: 'passed' | 'failed') => counts.reduce((all, each) => all + each[kind], 0);
  const [passed, failed] = [sum('passed'), sum('failed')];
  return passed + failed === 0 ? noCounts : { ...noCounts, passed, failed };
}
