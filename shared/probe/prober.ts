import type { Clock } from '../clock/clock.ts';
import type { Monitor, Text } from '../config/model.ts';
import type { RunHttpAttempt } from '../http/attempt.ts';
import { probeHttp } from './http.ts';
import type { ResolvedText } from './resolve-text.ts';
import type { ProbeResult } from './result.ts';

export type ProbeDeps = {
  readonly clock: Clock;
  readonly runHttp: RunHttpAttempt;
  /** Origins that may have private addresses; empty in production. */
  readonly allowOrigins: readonly string[];
  /** `host:port` of the Lambda runtime's own address, where there is one: never probed. */
  readonly runtimeApi?: string;
  readonly resolveText: (text: Text) => Promise<ResolvedText>;
  /** Ends the probe soon after it is aborted. */
  readonly signal: AbortSignal;
};

/** What one attempt found. `isWorthConfirming`: a failure of the kind that another attempt may not see. */
export type AttemptResult = Omit<ProbeResult, 'monitor' | 'attempts'> & {
  readonly isWorthConfirming: boolean;
  /** False when nothing left this machine. */
  readonly isSent: boolean;
};

/** Runs one attempt of a monitor of one protocol. */
type Prober<M extends Monitor> = (monitor: M, deps: ProbeDeps) => Promise<AttemptResult>;

type Probers = { readonly [Type in Monitor['type']]: Prober<Extract<Monitor, { type: Type }>> };

/** One prober per protocol. */
const probers: Probers = { http: probeHttp };

/** Runs one attempt with the prober of the monitor's protocol. */
export function runAttempt(monitor: Monitor, deps: ProbeDeps): Promise<AttemptResult> {
  return probers[monitor.type](monitor, deps);
}
