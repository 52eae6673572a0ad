import type { BurstSummary, Progress, Tally } from '../burst/model.ts';
import type { Clock } from '../clock/clock.ts';
import { hostTextsOf, isSameText } from '../config/host-text.ts';
import { BurnwatchError, type Burst, type Config, type FlowMonitor, type Text } from '../config/model.ts';
import type { OpenLoadClient } from '../http/load-model.ts';
import type { ProbeDeps } from '../probe/prober.ts';
import type { ReadReference } from '../probe/resolve-text.ts';
import type { RunProbe } from './batch.ts';

/** What a burst may reach. */
export type BurstScope = {
  /** Hosts that it may load: names, addresses, or what references make of them (`${output:Name}` is a URL, whose host is meant). */
  readonly hosts: readonly Text[];
  /** The flows of its mix. */
  readonly flows: readonly FlowMonitor[];
};

export type RunBurstDeps = {
  readonly clock: Clock;
  readonly openClient: OpenLoadClient;
  readonly references: ReadReference;
  /** Makes what signs requests for an AWS service with this process's own credentials. */
  readonly signer: ProbeDeps['signer'];
  /** Runs one flow, once. Needed where the mix holds one. */
  readonly runFlow?: RunProbe;
  /** Origins whose hosts and ports may have private addresses; empty in production. */
  readonly allowOrigins: readonly string[];
  /** `host:port` of the Lambda runtime's own address, where there is one: never loaded. */
  readonly runtimeApi?: string;
  /** Whether this process has a core of its own, so that waiting for a start may keep it busy. */
  readonly canSpin: boolean;
  /** Told about once a second. */
  readonly onProgress?: (progress: Progress) => void;
};

/** One of several invocations that send a burst together: `index` from 0 to `count` − 1. */
export type BurstPart = { readonly index: number; readonly count: number };

/** `tally` adds up with those of the other parts; `summary` is of this part alone. */
export type BurstRun = { readonly summary: BurstSummary; readonly tally: Tally };

/** What a burst of this configuration may reach: every host that a monitor sends to, and those under `allow:`. */
export function scopeOf(config: Pick<Config, 'monitors' | 'allow'>, burst: Burst): BurstScope {
  const named = [...config.monitors.flatMap(hostTextsOf), ...config.allow];
  const hosts = named.filter((host, index) => named.findIndex((other) => isSameText(other, host)) === index);
  const wanted = burst.mix.flatMap((unit) => ('flow' in unit ? [unit.flow] : []));
  const flows = config.monitors.filter(
    (monitor): monitor is FlowMonitor => monitor.type === 'flow' && wanted.includes(monitor.id),
  );
  return { hosts, flows };
}

/**
 * Runs a burst whole, or this part of it: prepares what is sent, sends it, judges the thresholds. A failing target is a
 * result. Throws a BurnwatchError (BURN_BURST_REFUSED) before anything is sent where policy or configuration forbids it.
 * Ends soon after the signal is aborted, as a run that was aborted.
 */
export async function runBurst(
  burst: Burst,
  scope: BurstScope,
  deps: RunBurstDeps,
  signal: AbortSignal,
  part: BurstPart = { index: 0, count: 1 },
): Promise<BurstRun> {
  void [scope, deps, signal, part];
  throw new BurnwatchError('BURN_BURST_REFUSED', `${burst.id} cannot be sent by this release`);
}
