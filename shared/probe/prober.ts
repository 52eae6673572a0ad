import type { Clock } from '../clock/clock.ts';
import type { Monitor, MonitorType, Text } from '../config/model.ts';
import type { RunHttpAttempt, Sign } from '../http/model.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { HeartbeatRecord } from './heartbeat-record.ts';
import { probeHttp } from './http.ts';
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
type ProberOf<Type extends MonitorType> = Prober<Extract<Monitor, { type: Type }>>;
type Probers = { readonly [Type in MonitorType]: () => ProberOf<Type> | Promise<ProberOf<Type>> };

/** One prober per protocol, in a file of its own. Those but http are loaded when a monitor asks for them. */
const probers: Probers = {
  http: () => probeHttp,
  tcp: async () => (await import('./tcp.ts')).probeTcp,
  tls: async () => (await import('./tls.ts')).probeTls,
  dns: async () => (await import('./dns.ts')).probeDns,
  flow: async () => (await import('./flow.ts')).probeFlow,
  heartbeat: async () => (await import('./heartbeat.ts')).probeHeartbeat,
};

/** Runs one attempt with the prober of the monitor's protocol. */
export async function runAttempt(monitor: Monitor, deps: ProbeDeps): Promise<AttemptResult> {
  const load = probers[monitor.type] as () => Prober<Monitor> | Promise<Prober<Monitor>>;
  return (await load())(monitor, deps);
}

/** Loads what these monitors need before the first of them is measured. */
export async function prepareProbers(monitors: readonly Monitor[]): Promise<void> {
  await Promise.all([...new Set(monitors.map(({ type }) => type))].map((type) => probers[type]()));
}

/** Where a monitor's requests may go. */
export function policyOf({ allowPrivate }: Monitor, { allowOrigins, runtimeApi }: ProbeDeps): AddressPolicy {
  return { allowPrivate, allowOrigins, ...(runtimeApi === undefined ? {} : { runtimeApi }) };
}
