import type { CountedDay, CountedHour } from '../../shared/app/metric/hours.ts';
import type { CountedStore, MetricQuery, ReadMetrics } from '../../shared/app/ports.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * A CloudWatch in memory: points by metric and minute, published with a delay, forgotten as CloudWatch forgets (a period that is
 * shorter than what it still has is answered by nothing). Notes every query.
 */
export function fakeMetrics(now: () => number) {
  const points: { readonly name: string; readonly at: number; readonly value: number; readonly visibleAt: number }[] =
    [];
  const queries: (MetricQuery & { readonly call: number })[] = [];
  const state = { failure: undefined as string | undefined, failing: undefined as string | undefined, calls: 0 };
  const shortestOf = (at: number) => {
    const age = now() - at;
    return age > 63 * dayMs ? 60 * minuteMs : age > 15 * dayMs ? 5 * minuteMs : minuteMs;
  };
  const sumsOf = ({ name, span: { fromAt, toAt, periodMs } }: MetricQuery) => {
    const sums = new Map<number, number>();
    if (periodMs < shortestOf(fromAt)) return sums;
    for (const point of points) {
      if (point.name !== name || point.at < fromAt || point.at >= toAt || point.visibleAt > now()) continue;
      const at = fromAt + Math.floor((point.at - fromAt) / periodMs) * periodMs;
      sums.set(at, (sums.get(at) ?? 0) + point.value);
    }
    return sums;
  };
  const readMetrics: ReadMetrics = async (asked) => {
    state.calls += 1;
    queries.push(...asked.map((query) => ({ ...query, call: state.calls })));
    return asked.map((query) =>
      state.failure !== undefined && (state.failing === undefined || state.failing === query.namespace)
        ? { failure: state.failure }
        : { sums: sumsOf(query) },
    );
  };
  /** Counts of the minute that begins at an instant; they can be read so much later. */
  const put = (name: string, at: number, value: number, delayMs = minuteMs) => {
    if (value > 0) points.push({ name, at, value, visibleAt: at + delayMs });
  };
  return { readMetrics, queries, state, put };
}

/** A ledger of what was counted, with the table's rules: the first hour and day stay. */
export function memoryCounted() {
  const hours = new Map<string, CountedHour>();
  const days = new Map<string, CountedDay>();
  const calls = { saveHour: 0, saveDay: 0, load: 0 };
  const within = (at: number, from: number, to: number) => at >= from && at <= to;
  const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const store: CountedStore = {
    loadHours: async (series, from, to) => {
      calls.load += 1;
      const own = [...hours].filter(([key, { hourAt }]) => key.startsWith(`${series} `) && within(hourAt, from, to));
      return own.map(([, hour]) => copy(hour));
    },
    saveHour: async (series, hour) => {
      calls.saveHour += 1;
      if (!hours.has(`${series} ${hour.hourAt}`)) hours.set(`${series} ${hour.hourAt}`, copy(hour));
    },
    loadDays: async (series, from, to) => {
      calls.load += 1;
      const own = [...days].filter(([key, { dayAt }]) => key.startsWith(`${series} `) && within(dayAt, from, to));
      return own.map(([, day]) => copy(day));
    },
    saveDay: async (series, day) => {
      calls.saveDay += 1;
      if (!days.has(`${series} ${day.dayAt}`)) days.set(`${series} ${day.dayAt}`, copy(day));
    },
  };
  return { store, hours, days, calls };
}
