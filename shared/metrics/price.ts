import { type EntryKey, entryKeys, entryOf, isInCloudWatch } from './entries.ts';
import type { Profile } from './entry.ts';
import { priceOfOne } from './price-list.ts';

/** A custom metric is prorated by the hours in which it is sent, an embedded one the same; logs are paid for as they come in. */
export const prices = {
  metricMonth: priceOfOne('metric'),
  logGigabyte: priceOfOne('logGigabyte'),
  metricsRequested: priceOfOne('metricRead'),
} as const;

const hoursPerMonth = 720;

/** What the telemetry of one stack is about. */
export type TelemetryScope = {
  readonly functions: number;
  /** Routes that become metrics: under `lean` the hottest one. */
  readonly routes: number;
  readonly caches: number;
  /** Types of error that occur, and in how many hours a month. */
  readonly errorTypes: number;
  readonly errorHours: number;
  /** Lines that the functions write, and how long they are. */
  readonly linesPerMonth: number;
  readonly bytesPerLine: number;
};

export type PriceLine = {
  readonly what: EntryKey | 'logLines';
  /** Series that are sent. */
  readonly series: number;
  /** Dollars. */
  readonly perMonth: number;
};

/** What the telemetry of the app and of the functions costs a month: a line for each embedded metric, and one for the log. */
export function telemetryPrice(profile: Profile, scope: TelemetryScope): readonly PriceLine[] {
  const metrics = entryKeys
    .filter((key) => entryOf(key).profile !== undefined && isInCloudWatch(key, profile))
    .map((key) => metricLine(key, scope));
  const gigabytes = (scope.linesPerMonth * scope.bytesPerLine) / 1e9;
  return [...metrics, { what: 'logLines', series: 0, perMonth: gigabytes * prices.logGigabyte }];
}

export const totalOf = (lines: readonly PriceLine[]): number => lines.reduce((sum, { perMonth }) => sum + perMonth, 0);

function metricLine(key: EntryKey, scope: TelemetryScope): PriceLine {
  const series = seriesOf(key, scope);
  const hours = key === 'requestErrors' ? scope.errorHours : hoursPerMonth;
  return { what: key, series, perMonth: (series * prices.metricMonth * hours) / hoursPerMonth };
}

function seriesOf(key: EntryKey, { functions, routes, caches, errorTypes }: TelemetryScope): number {
  const last = entryOf(key).cloudwatch?.dimensions.at(-1);
  if (last === 'Route') return routes;
  if (last === 'Cache') return caches;
  return last === 'ErrorType' ? errorTypes : functions;
}
