import type { BurstSummary, Progress, Tally } from '../../burst/model.ts';
import type { Clock } from '../../clock/clock.ts';
import type { FlowMonitor, Text } from '../../config/model.ts';
import type { OpenLoadClient } from '../../http/load-model.ts';
import type { ProbeDeps } from '../../probe/prober.ts';
import type { ReadReference } from '../../probe/resolve-text.ts';
import type { RunProbe } from '../probe/batch.ts';

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
  /** Awaited when everything is ready to be sent, and before the first start; where it rejects nothing is sent. */
  readonly beforeFirst?: () => Promise<void>;
  /** Told about once a second. */
  readonly onProgress?: (progress: Progress) => void;
};

/** One of several invocations that send a burst together: `index` from 0 to `count` − 1. */
export type BurstPart = { readonly index: number; readonly count: number };

/** `tally` adds up with those of the other parts; `summary` is of this part alone. */
export type BurstRun = { readonly summary: BurstSummary; readonly tally: Tally };
