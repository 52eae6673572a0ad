import type { Clock } from '../../clock/clock.ts';
import type { ProbeDeps } from '../../probe/prober.ts';
import { type ReadReference, resolveText } from '../../probe/resolve-text.ts';
import { runProbe } from '../../probe/run.ts';
import { startWatch } from '../../probe/watch.ts';
import type { RunProbe } from './batch.ts';

export type RunProbeDeps = Pick<
  ProbeDeps,
  'runHttp' | 'allowOrigins' | 'runtimeApi' | 'signer' | 'loadHeartbeat' | 'watch'
> & {
  readonly clock: Clock;
  readonly references: ReadReference;
};

/** Joins what a probe needs into the one function that the use cases run. */
export function createRunProbe({ references, ...deps }: RunProbeDeps): RunProbe {
  const resolve: ProbeDeps['resolveText'] = (text, vars) => resolveText(text, references, vars);
  return (monitor, signal, at) =>
    runProbe(monitor, { ...deps, signal, resolveText: resolve, ...(at === undefined ? {} : { at }) });
}

/** The same, with a watch over the CPU of this process. Call `stop` when its probes have ended. */
export function watchRunProbe(deps: Omit<RunProbeDeps, 'watch'>): { readonly runProbe: RunProbe; stop(): void } {
  const watch = startWatch();
  return { runProbe: createRunProbe({ ...deps, watch }), stop: watch.stop };
}
