import type { Clock } from '../clock/clock.ts';
import type { Monitor, Text } from '../config/model.ts';
import type { RunHttpAttempt, Sign } from '../http/model.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { HeartbeatRecord } from './heartbeat-record.ts';
import type { ResolvedText, Vars } from './resolve-text.ts';
import type { ProbeResult } from './result.ts';
import type { Watch } from './watch.ts';

export type ProbeDeps = {
  readonly clock: Clock;
  readonly runHttp: RunHttpAttempt;
  /** Origins whose hosts and ports may have private addresses; empty in production. */
  readonly allowOrigins: readonly string[];
  /** `host:port` of the Lambda runtime's own address, where there is one: never probed. */
  readonly runtimeApi?: string;
  readonly resolveText: (text: Text, vars?: Vars) => Promise<ResolvedText>;
  /** Makes what signs requests for an AWS service with this process's own credentials. */
  readonly signer: (service: string, region: string | undefined) => Sign;
  /** What the calls of a heartbeat left behind, by the monitor's key; undefined when there were none. Rejects when that cannot be read. */
  readonly loadHeartbeat: (monitorKey: number) => Promise<HeartbeatRecord | undefined>;
  /** The instant of the tick, epoch ms; absent in a probe by hand. */
  readonly at?: number;
  readonly watch: Watch;
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
export type Prober<M extends Monitor> = (monitor: M, deps: ProbeDeps) => Promise<AttemptResult>;

/** Where a monitor's requests may go. */
export function policyOf({ allowPrivate }: Monitor, { allowOrigins, runtimeApi }: ProbeDeps): AddressPolicy {
  return { allowPrivate, allowOrigins, ...(runtimeApi === undefined ? {} : { runtimeApi }) };
}
