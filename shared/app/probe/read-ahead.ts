import type { Clock } from '../../clock/clock.ts';
import type { HttpRequest, Monitor } from '../../config/model.ts';
import { referencesOf } from '../../config/texts.ts';

export type ReadAheadDeps = {
  readonly clock: Clock;
  /** Remembers what it has read. */
  readonly readParameter: (path: string) => Promise<unknown>;
  readonly loadSigner: () => Promise<unknown>;
};

/** How long probes wait for this; after that each waits for what it needs. */
const longestMs = 2_000;

/**
 * Reads the secrets of these monitors, and loads what signs their requests: bringing in the SDK costs 40 ms of CPU, which
 * would be charged to whatever is probed meanwhile. Never rejects: what fails is reported by the probe that needs it.
 */
export async function readAhead(monitors: readonly Monitor[], deps: ReadAheadDeps): Promise<void> {
  const paths = new Set(monitors.flatMap(referencesOf).flatMap((part) => ('ssm' in part ? [part.ssm] : [])));
  const isSigned = monitors.flatMap(requestsOf).some(({ auth }) => auth?.type === 'sigv4');
  const work = [...[...paths].map(deps.readParameter), ...(isSigned ? [deps.loadSigner()] : [])];
  if (work.length === 0) return;
  const done = new AbortController();
  const limit = deps.clock.sleep(longestMs, done.signal).catch(() => {}); // ended by `done`
  await Promise.race([Promise.allSettled(work), limit]);
  done.abort();
}

function requestsOf(monitor: Monitor): readonly HttpRequest[] {
  if (monitor.type === 'http') return [monitor.request];
  return monitor.type === 'flow' ? monitor.steps.map(({ request }) => request) : [];
}
