import { BurnwatchError, type Config, type Monitor } from '../../shared/config/model.ts';

/** Where a stack is when nobody says. */
export const fallbackRegion = 'us-east-1';

/** Where the ledger of a configuration is when neither `--region` nor AWS_REGION says. */
export function defaultRegionOf({ locations }: Pick<Config, 'locations'>): string {
  return locations?.home ?? fallbackRegion;
}

/** What a stack is to its configuration: the whole of it in the one region that it names, or home, or probes from another region. */
export type Place = 'alone' | 'home' | 'elsewhere';

/** Throws BURN_LOCATION_UNKNOWN for a region that is none of the locations, where the configuration names some. */
export function placeOf({ locations }: Pick<Config, 'locations'>, region: string): Place {
  if (locations === undefined) return 'alone';
  if (region === locations.home) return 'home';
  if (locations.also.includes(region)) return 'elsewhere';
  throw new BurnwatchError(
    'BURN_LOCATION_UNKNOWN',
    `${region} is none of the locations, which are ${locations.home} (home) and ${locations.also.join(', ')}: ` +
      'name one of them with --region (AWS_REGION does so, too), or add it to locations.also',
  );
}

/** The monitors that are probed from a region: heartbeats are called, and judged, at home alone. */
export function monitorsAt(
  { locations, monitors }: Pick<Config, 'locations' | 'monitors'>,
  region: string,
): readonly Monitor[] {
  const isElsewhere = locations !== undefined && region !== locations.home;
  return isElsewhere ? monitors.filter(({ type }) => type !== 'heartbeat') : monitors;
}
