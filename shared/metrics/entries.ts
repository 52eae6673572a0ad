import { applicationEntries } from './application-entries.ts';
import type { CloudWatchName, Entry, Profile } from './entry.ts';
import { profiles } from './entry.ts';
import { monitoringEntries } from './monitoring-entries.ts';
import { runtimeEntries } from './runtime-entries.ts';
import { vendedEntries } from './vended-entries.ts';

/**
 * The catalogue: every metric that a dashboard, an alarm, a runbook, `/metrics` or Grafana may name, and every key of a log
 * line that says one. What is published by our own functions stands in `metrics` (catalogue.ts), which is all that they load.
 */
export const catalogue = {
  ...monitoringEntries,
  ...applicationEntries,
  ...runtimeEntries,
  ...vendedEntries,
} as const;

export type EntryKey = keyof typeof catalogue;
/** An entry that is a metric of CloudWatch, or becomes one under `full`. */
export type CloudWatchKey = {
  [Key in EntryKey]: (typeof catalogue)[Key] extends { readonly cloudwatch: CloudWatchName } ? Key : never;
}[EntryKey];

export const entryKeys = Object.keys(catalogue) as readonly EntryKey[];

export function entryOf(key: EntryKey): Entry {
  return catalogue[key];
}

/** The name in CloudWatch of an entry that has one. */
export function cloudWatchOf(key: CloudWatchKey): CloudWatchName {
  return catalogue[key].cloudwatch;
}

/** The least profile first. */
const rank = (profile: Profile): number => profiles.indexOf(profile);

/** Whether an entry is there to be graphed in CloudWatch under a profile: vended, put, or an embedded metric of it. */
export function isInCloudWatch(key: EntryKey, profile: Profile): boolean {
  const { cloudwatch, profile: least } = entryOf(key);
  return cloudwatch !== undefined && (least === undefined || rank(least) <= rank(profile));
}
