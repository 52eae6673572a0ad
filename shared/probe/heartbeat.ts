import type { HeartbeatMonitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { Prober } from './prober.ts';

/** What the calls of a heartbeat left behind; instants are epoch ms. */
export type HeartbeatRecord = {
  /** The last call that said that all is well. */
  readonly succeededAt?: number;
  /** Since when it has said that something failed (`/fail`, an exit code above 0), until the next good call. */
  readonly failedAt?: number;
  /** The newest `/start` that no call has ended yet. */
  readonly startedAt?: number;
  /** The newest trouble that is over: since when it was overdue or failed, and when a good call ended that. */
  readonly lastTrouble?: { readonly fromAt: number; readonly toAt: number };
};

export const probeHeartbeat: Prober<HeartbeatMonitor> = async () => unsent('heartbeat is not built yet');
