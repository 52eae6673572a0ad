import { DeadlineExceeded, within } from '../../clock/deadline.ts';
import { hostNameOf } from '../../config/host-text.ts';
import type { Burst } from '../../config/model.ts';
import type { LoadOptions } from '../../http/load-model.ts';
import type { ReadReference } from '../../probe/resolve-text.ts';
import type { BurstPart, BurstScope, RunBurstDeps } from './model.ts';
import { resolveHosts } from './scope.ts';
import { openUnits, refused, type Units } from './units.ts';

/**
 * Opens what sends a burst: its hosts are known, everything that it sends is ready. Nothing of it where the signal was aborted
 * meanwhile: a run that begins then ends at once. Throws BURN_BURST_REFUSED where nothing may be sent.
 */
export async function openBurst(
  burst: Burst,
  scope: BurstScope,
  deps: RunBurstDeps,
  signal: AbortSignal,
  part: BurstPart,
): Promise<Units> {
  const own = { ...deps, references: onceEach(deps.references) };
  try {
    const allowed = await within(burst.timeoutMs, signal, () => resolveHosts(scope, own.references));
    const client = deps.openClient(optionsOf(burst, allowed, deps));
    return await openUnits(burst, scope, own, client, allowed, part, signal);
  } catch (error) {
    if (signal.aborted) return nothing;
    if (error instanceof DeadlineExceeded)
      throw refused(burst, `which hosts it may load was not known within ${burst.timeoutMs} ms`);
    throw error;
  }
}

const nothing: Units = { send: () => {}, close: () => {} };

function optionsOf(burst: Burst, allowed: ReadonlySet<string>, deps: RunBurstDeps): LoadOptions {
  const { allowPrivate, timeoutMs, freshConnections, limits, load } = burst;
  const { clock, allowOrigins, runtimeApi } = deps;
  return {
    clock,
    policy: { allowPrivate, allowOrigins, ...(runtimeApi === undefined ? {} : { runtimeApi }) },
    isAllowed: (url) => allowed.has(hostNameOf(url.href)),
    timeoutMs,
    freshConnections,
    mostConnections: load.model === 'closed' ? Math.min(load.concurrency, limits.concurrency) : limits.concurrency,
  };
}

/** Secrets are read once a run: reading one again in the middle of it would be charged to the target. */
function onceEach({ output, parameter }: ReadReference): ReadReference {
  const known = new Map<string, Promise<string | undefined>>();
  return {
    output,
    parameter: (path) => {
      const value = known.get(path) ?? parameter(path);
      known.set(path, value);
      return value;
    },
  };
}
