import type { Burst } from '../../../shared/config/model.ts';
import { buildAdHocBurst } from '../../../shared/config/parse/ad-hoc.ts';
import { type AskedUrl, applyChanges, type Changes } from './arguments.ts';
import { usage } from './flags.ts';
import type { Prepared } from './run.ts';

/**
 * A burst to a URL, with everything that it may reach: that host alone, wherever it is, since whoever types a URL means it.
 * Throws BURN_USAGE for one that is larger than a burst may be.
 */
export function prepareUrl({ request, load }: AskedUrl, changes: Changes): Prepared {
  const url = new URL(String(request.url));
  const built = buildAdHocBurst({ ...changes, id: `${url.origin}${url.pathname}`, request, load });
  if (!built.ok) throw usage(built.message);
  return {
    burst: withAbort(built.burst, changes),
    scope: { hosts: [url.hostname.replace(/^\[(.*)\]$/, '$1')], flows: [] },
    references: { output: () => undefined, parameter: async () => undefined },
    allowOrigins: [url.origin],
  };
}

const withAbort = (burst: Burst, { abort }: Changes): Burst =>
  abort === undefined ? burst : applyChanges(burst, { abort, thresholds: [], freshConnections: false });
