import type { AbortIf, StatusRange } from '../config/model.ts';
import { renderBeside, renderQuantity } from './quantity.ts';
import { tableOf } from './recorder.ts';

const million = 1_000_000;

/** Why a run is to end: what was seen, at the moment at which it was. */
export type AbortReason =
  | { readonly kind: 'errorRatio'; readonly ratio: number }
  | { readonly kind: 'latency' }
  | { readonly kind: 'status'; readonly status: number };

/** Watches a run by counters alone, so that it can be asked after every request. */
export class AbortJudge {
  readonly #limits: AbortIf;
  readonly #isBad: Uint8Array;
  #ended = 0;
  #bad = 0;
  #slow = 0;
  #badStatus = 0;

  constructor(limits: AbortIf, failureStatuses: readonly StatusRange[]) {
    this.#limits = limits;
    this.#isBad = tableOf(limits.statuses ?? failureStatuses);
  }

  /** Of a request that ended: its status (0 where it has none), or -1 where it has no valid answer. */
  note(status: number, latencyMs: number): void {
    this.#ended += 1;
    if (this.isSlow(latencyMs)) this.#slow += 1;
    if (status < 0) this.#bad += 1;
    else if (this.#isBad[status] === 1) {
      this.#bad += 1;
      this.#badStatus = status;
    }
  }

  /** Whether a latency is above the limit, where there is one. */
  isSlow(latencyMs: number): boolean {
    return this.#limits.latencyMs !== undefined && latencyMs > this.#limits.latencyMs;
  }

  /**
   * Why the run is to end now, or nothing. The `underWay` requests that have not ended count for the latency as if they ended
   * now; `late` of them are slow already, as far as somebody has looked. So a target that answers nothing at all is found
   * before its time-outs.
   */
  judge(elapsedMs: number, underWay: number, late: number): AbortReason | undefined {
    const { afterMs, errorRatioPpm, statuses } = this.#limits;
    if (elapsedMs < afterMs) return undefined;
    if (errorRatioPpm !== undefined && this.#bad * million > errorRatioPpm * this.#ended)
      return { kind: 'errorRatio', ratio: this.#bad / this.#ended };
    if (errorRatioPpm === undefined && statuses !== undefined && this.#badStatus > 0)
      return { kind: 'status', status: this.#badStatus };
    return (this.#slow + late) * 100 > this.#ended + underWay ? { kind: 'latency' } : undefined;
  }
}

/** The sentence: `error ratio 34.2 % after 2.1 s, above 10 %`. `p99Ms` is of all requests, those that were cut off included. */
export function renderAbort(reason: AbortReason, limits: AbortIf, elapsedMs: number, p99Ms: number): string {
  const after = `after ${(elapsedMs / 1_000).toFixed(1)} s`;
  switch (reason.kind) {
    case 'errorRatio': {
      const limit = (limits.errorRatioPpm ?? 0) / million;
      return `error ratio ${renderBeside('ratio', reason.ratio, limit)} ${after}, above ${renderQuantity('ratio', limit, 6)}`;
    }
    case 'latency': {
      const limitMs = limits.latencyMs ?? 0;
      return `p99 ${renderBeside('span', p99Ms, limitMs)} ${after}, above ${renderQuantity('span', limitMs, 6)}`;
    }
    case 'status':
      return `an answer with status ${reason.status} ${after}`;
    default:
      return reason satisfies never;
  }
}
