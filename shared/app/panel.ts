import { type Config, locationNames } from '../config/model.ts';
import { type LastSeen, lookOn, type Panel } from '../ledger/combine.ts';
import { hourMs, minuteMs } from '../ledger/keys.ts';
import type { Tick } from '../ledger/model.ts';
import { latencyLimits } from '../slo/latency.ts';
import type { LedgerStore } from './ports.ts';

/** Of a configuration what says who judges together. */
export type PanelConfig = Pick<Config, 'monitors' | 'slos' | 'locations'>;
type Ledger = Pick<LedgerStore, 'loadTicks'>;

/**
 * The locations that judge together, as seen from one of them; undefined where there is one alone, and anywhere but at home, where
 * no verdict is made (a local mode is one location whatever the configuration names).
 */
export function panelOf({ monitors, slos, locations }: PanelConfig, location: string): Panel | undefined {
  if (locations?.home !== location) return undefined;
  const [home, ...others] = locationNames({ locations });
  const together = monitors.flatMap(({ id, key, intervalMs, agreement }) =>
    agreement === undefined ? [] : [{ id, key, judged: { ...agreement, intervalMs } }],
  );
  const byId = new Map(together.map(({ id, judged }) => [id, judged]));
  const latencies = latencyLimits(slos, (monitor) => byId.has(monitor)).flatMap(({ monitor, key }) => {
    const judged = byId.get(monitor);
    return judged === undefined ? [] : [[key, judged] as const];
  });
  const series = new Map([...together.map(({ key, judged }) => [key, judged] as const), ...latencies]);
  return { locations: [home ?? location, ...others], series };
}

/** The rows of all locations in a span, both ends included. */
export async function loadRows(ledger: Ledger, panel: Panel, fromAt: number, toAt: number): Promise<readonly Tick[]> {
  const all = await Promise.all(panel.locations.map((location) => ledger.loadTicks(location, fromAt, toAt)));
  return all.flat();
}

/** Probes of intervals up to this long are found in one span, those of longer ones second by second. */
const nearMs = 5 * minuteMs;

/** What was seen last before an instant, read anew: of each interval there is, what was probed one interval before. */
export async function loadLastSeen(ledger: Ledger, panel: Panel, untilAt: number): Promise<LastSeen> {
  const nearAt = untilAt - nearMs;
  const intervals = new Set([...panel.series.values()].map(({ intervalMs }) => intervalMs));
  const instants = [...intervals].map((intervalMs) => Math.floor((untilAt - 1) / intervalMs) * intervalMs);
  const far = new Set(instants.filter((at) => at < nearAt));
  const rows = await Promise.all([
    loadRows(ledger, panel, nearAt, untilAt - 1),
    ...[...far].map((at) => loadRows(ledger, panel, at, at)),
  ]);
  return lookOn(panel, rows.flat(), new Map(), untilAt);
}

/** When a location last had a row, epoch ms; undefined where none is kept, three days back. */
export type Presence = { readonly location: string; readonly newestRowAt: number | undefined };

/** Rows are kept for three days. */
const keptMs = 71 * hourMs;
/** So many hours are asked for at once. */
const hoursAtOnce = 12;

/** The newest row of a location before an instant, looked for hour by hour. */
export async function findNewestRow(ledger: Ledger, location: string, beforeAt: number): Promise<number | undefined> {
  for (let toAt = beforeAt - 1; toAt > beforeAt - keptMs; toAt -= hoursAtOnce * hourMs) {
    const ends = Array.from({ length: hoursAtOnce }, (_, index) => toAt - index * hourMs);
    const hours = await Promise.all(ends.map((endAt) => ledger.loadTicks(location, endAt - hourMs + 1, endAt)));
    const newest = newestRow(hours.flat());
    if (newest !== undefined) return newest;
  }
  return undefined;
}

/** The newest instant of rows. */
export function newestRow(rows: readonly Tick[]): number | undefined {
  return rows.length === 0 ? undefined : rows.reduce((newest, { at }) => Math.max(newest, at), 0);
}
