import { type Fault, isActive } from './fault.ts';
import type { Dependencies } from './ports.ts';
import type { Problem } from './problem.ts';
import { createSpinner, type Spin } from './spinner.ts';

/** How long a sandbox may go by what it read: half of the two seconds within which every sandbox has to see a change. */
const freshMs = 1_000;
/** How long a request waits to learn whether a drill is on. */
const patienceMs = 1_000;

export type Drill = {
  /** Delays a request and says whether it has to fail, as the drill that is on demands; undefined: go on. */
  strike(signal: AbortSignal): Promise<Problem | undefined>;
  /** Whether the database refuses, or the cache knows nothing, as the last `strike` or `remember` left it. */
  isDatabaseDown(): boolean;
  isCacheCold(): boolean;
  /** Takes over what this sandbox itself just wrote. */
  remember(fault: Fault | undefined): void;
};

/**
 * The drill as one sandbox sees it: read at most once a second, by one request for all that wait. When the database
 * cannot be read no drill is on: a drill must never be what makes an outage worse.
 */
export function createDrill(
  dependencies: Pick<Dependencies, 'store' | 'now' | 'sleep' | 'random'>,
  onFailure: (error: unknown) => void,
  spin: Spin = createSpinner(),
): Drill {
  const { store, now, sleep, random } = dependencies;
  let kept: { readonly fault: Promise<Fault | undefined>; readonly readAt: number } | undefined;
  let seen: Fault | undefined;
  const active = (): Fault | undefined => (isActive(seen, now()) ? seen : undefined);

  const current = (): Promise<Fault | undefined> => {
    const ageMs = kept ? now() - kept.readAt : freshMs;
    if (kept && ageMs >= 0 && ageMs < freshMs) return kept.fault;
    const fault = store.loadFault(AbortSignal.timeout(patienceMs)).catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
    kept = { fault, readAt: now() };
    return fault;
  };

  return {
    strike: async (signal) => {
      seen = await current();
      const fault = active();
      if (fault === undefined) return undefined;
      spin(fault.cpuMs);
      const isCut =
        fault.latencyMs > 0 &&
        (await sleep(fault.latencyMs, signal).then(
          () => false,
          () => true,
        ));
      return isCut || random() < fault.errorRatio ? injected(fault) : undefined;
    },
    isDatabaseDown: () => active()?.isDatabaseDown ?? false,
    isCacheCold: () => active()?.isCacheCold ?? false,
    remember: (fault) => {
      seen = fault;
      kept = { fault: Promise.resolve(fault), readAt: now() };
    },
  };
}

function injected({ untilAt }: Fault): Problem {
  return { problem: 'fault-injected', detail: `until ${new Date(untilAt).toISOString()}, or DELETE /faults` };
}
