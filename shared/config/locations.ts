import type { Config } from './model.ts';

/** Where probes run: the names of AWS regions. The ledger lies at home, where everything is judged; there is at least one other. */
export type Locations = { readonly home: string; readonly also: readonly string[] };

/**
 * How many of the fresh locations must see a failure: strictly more than half of them, one, all, at least a number, or at
 * least a share of them (parts per million).
 */
export type Quorum = 'majority' | 'any' | 'all' | { readonly count: number } | { readonly sharePpm: number };

/** How the outcomes of several locations become one: with fewer fresh ones than `minLocations` it is unknown. */
export type Agreement = { readonly quorum: Quorum; readonly minLocations: number };

/** Every location by its name, home first; empty where a configuration names none. */
export function locationNames({ locations }: { readonly locations?: Locations }): readonly string[] {
  return locations === undefined ? [] : [locations.home, ...locations.also];
}

/** A configuration as one place sees it that probes alone, such as a local mode. */
export function atOneLocation({ locations: _, monitors, ...rest }: Config): Config {
  return { ...rest, monitors: monitors.map(({ agreement: __, ...monitor }) => monitor) };
}
