import { entryKeys, entryOf, isInCloudWatch } from '../../shared/metrics/entries.ts';
import { defaultProfile } from '../../shared/metrics/entry.ts';
import { functionsOf } from '../template/model.ts';
import { hoursPerMonth } from './assumptions.ts';
import { ours, type Scene, theirs, type Usage } from './usage.ts';

/** Of the shortener: the routes that are metrics, one cache, three types of error in a day of the month. */
const app = { lean: { routes: 1 }, full: { routes: 20 }, caches: 1, errorTypes: 3, errorHours: 24 };

/** The embedded metrics of the telemetry, by its profile: those of the app are the target's, those of our functions ours. */
export function telemetryUsage({ stack }: Scene): readonly Usage[] {
  const profile = stack.telemetry ?? defaultProfile;
  const own = functionsOf(stack).filter((name) => name !== 'shortener').length;
  return entryKeys
    .filter((key) => entryOf(key).profile !== undefined && isInCloudWatch(key, profile))
    .flatMap((key) => {
      const { name = '', dimensions = [] } = entryOf(key).cloudwatch ?? {};
      const last = dimensions.at(-1);
      const mine = last === 'Function' ? [ours('metrics', name, 'metric', own)] : [];
      return stack.isShortenerOn
        ? [...mine, theirs('metrics', name, 'metric', seriesOf(last, profile === 'full'))]
        : mine;
    });
}

/** Months of series that the shortener sends. */
function seriesOf(dimension: string | undefined, isFull: boolean): number {
  switch (dimension) {
    case 'Route':
      return isFull ? app.full.routes : app.lean.routes;
    case 'Cache':
      return app.caches;
    case 'ErrorType':
      return (app.errorTypes * app.errorHours) / hoursPerMonth;
    default:
      return 1;
  }
}
