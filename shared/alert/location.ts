import type { Monitor } from '../config/model.ts';
import { coverageChannels } from './coverage.ts';
import type { Observation } from './model.ts';

/** Every shard has a row each minute, even where nothing is due: a location without any for so long is silent, ms. */
export const locationLimitMs = 300_000;

const prefix = 'location/';
export const locationAlertId = (location: string): string => prefix + location;

/** The location whose silence this alert tells of, by the alert's id. */
export function locationOf(alertId: string): string | undefined {
  return alertId.startsWith(prefix) ? alertId.slice(prefix.length) : undefined;
}

/** The channels of all that is judged by several locations, each once, sorted: all of it is seen by fewer. */
export function locationChannels(monitors: readonly Monitor[]): readonly string[] {
  return [...new Set(monitors.filter(({ agreement }) => agreement !== undefined).flatMap(coverageChannels))].sort();
}

/**
 * The alert on one of several locations from which nothing has come for longer than `locationLimitMs`. It is clear as soon as a newer
 * row is there, and `unknown` where none is known: before its first, and once the last one has expired.
 */
export function observeLocation(
  { location, newestRowAt }: { readonly location: string; readonly newestRowAt: number | undefined },
  channels: readonly string[],
  now: number,
): Observation {
  const isSilent = newestRowAt !== undefined && now - newestRowAt > locationLimitMs;
  return {
    alertId: locationAlertId(location),
    severity: 'ticket',
    notify: channels,
    monitors: [],
    condition: newestRowAt === undefined ? 'unknown' : isSilent ? 'met' : 'clear',
    resolveDelayMs: 0,
    rememberResolvedMs: 0,
    facts: { kind: 'location', lastRowAt: newestRowAt ?? 0 },
  };
}
