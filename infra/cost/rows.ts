import { isDue, offsetsOf } from '../../shared/app/tick.ts';
import type { Monitor } from '../../shared/config/model.ts';
import type { Shard } from '../template/shards.ts';
import { requestsOf } from './requests.ts';

/** One row of the ledger, as its size and its time follow from what is due. */
export type Row = {
  /** Within its minute. */
  readonly offsetMs: number;
  readonly probes: number;
  /** What SLOs ask of latencies is kept beside what was found. */
  readonly outcomes: number;
  /** Requests of the longest of its probes, one after the other. */
  readonly requests: number;
};
/** The rows of minutes that stand for all others: of a whole day, or of fewer where they repeat. */
export type Rows = { readonly minutes: readonly (readonly Row[])[] };

const minuteMs = 60_000;
const mostMinutes = 1_440;

/** The rows that a shard writes, a minute each: a row even where nothing is due. `outcomesOf` says how many a probe leaves in it. */
export function rowsOf({ monitors, spanMs }: Shard, outcomesOf: (monitor: string) => number): Rows {
  const groups = groupsOf(monitors, outcomesOf);
  const count = groups.reduce((all, { monitor }) => Math.min(mostMinutes, multiple(all, minutesOf(monitor))), 1);
  const rowAt = (at: number, offsetMs: number): Row => {
    const due = groups.filter(({ monitor }) => isDue(monitor, at + offsetMs));
    const sum = (pick: (group: Group) => number) => due.reduce((all, group) => all + pick(group), 0);
    return {
      offsetMs,
      probes: sum(({ probes }) => probes),
      outcomes: sum(({ outcomes }) => outcomes),
      requests: Math.max(0, ...due.map(({ requests }) => requests)),
    };
  };
  return {
    minutes: Array.from({ length: count }, (_, minute) => {
      const at = minute * minuteMs;
      const offsets = spanMs === undefined ? [0] : offsetsOf(monitors, at, spanMs);
      return offsets.map((offsetMs) => rowAt(at, offsetMs));
    }),
  };
}

type Group = {
  readonly monitor: Monitor;
  readonly probes: number;
  readonly outcomes: number;
  readonly requests: number;
};

/** Monitors that are due together. */
function groupsOf(monitors: readonly Monitor[], outcomesOf: (monitor: string) => number): readonly Group[] {
  return [...Map.groupBy(monitors, ({ intervalMs }) => intervalMs).values()].flatMap((same) => {
    const [monitor] = same;
    if (monitor === undefined) return [];
    return [
      {
        monitor,
        probes: same.length,
        outcomes: same.reduce((sum, { id }) => sum + outcomesOf(id), 0),
        requests: Math.max(...same.map(requestsOf)),
      },
    ];
  });
}

const minutesOf = ({ intervalMs }: Monitor): number => Math.max(1, intervalMs / minuteMs);

function multiple(a: number, b: number): number {
  return (a * b) / divisor(a, b);
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
