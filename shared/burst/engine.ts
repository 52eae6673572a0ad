import type { Clock } from '../clock/clock.ts';
import type { AbortIf, ErrorType, StatusRange } from '../config/model.ts';
import { AbortJudge, type AbortReason, renderAbort } from './abort.ts';
import type { BurstErrorType, Send, Tally } from './model.ts';
import { Recorder } from './recorder.ts';
import { type RequestSlot, SlotPool } from './slots.ts';

/** What decides when a request is sent. It is told when there may be room for one more. */
export type Starter = {
  begin(): void;
  /** A request has ended. */
  onRoom(nowMs: number): void;
  /** Starts that are due and wait for room. */
  waiting(): number;
  /** Whether it will never send anything again. */
  isDone(): boolean;
  /** Starts of the run that were not sent, should it end now. */
  unsent(): number;
};

export type EngineInput = {
  /** Requests under way at once. */
  readonly concurrency: number;
  /** What a sender takes at most to end a request. */
  readonly timeoutMs: number;
  /** Where latency begins: at the intended start, or at the send. */
  readonly latencyFrom: 'intended' | 'send';
  readonly failureStatuses: readonly StatusRange[];
  readonly abortIf?: AbortIf;
};

export type EngineDeps = {
  readonly clock: Clock;
  readonly send: Send;
  readonly signal: AbortSignal;
};

/** How often requests under way are looked at. */
const tickMs = 100;
/** What a sender may be late with its own time-out before it counts as broken. */
const graceMs = 1_000;
/** A connection that has not stood for so long had its chance: the target is at fault, not the end of the run. */
const connectMs = 100;

/**
 * Sends what its starter says, counts how it ends, and ends itself: when nothing is under way and the starter has no more, when
 * `abortIf` or the signal says so, or when something of its own goes wrong, which rejects. Every instant is in ms after the
 * run's begin. Neither sending nor ending a request allocates anything.
 */
export class Engine {
  readonly recorder: Recorder;
  readonly concurrency: number;
  /** Requests that were sent, and those of them that have not ended. */
  begun = 0;
  underWay = 0;
  /** Nothing is sent or counted any more. */
  isOver = false;
  readonly #input: EngineInput;
  readonly #deps: EngineDeps;
  readonly #pool: SlotPool;
  readonly #judge: AbortJudge | undefined;
  readonly #startedAt: number;
  readonly #beginMs: number;
  readonly #sleeps = new AbortController();
  readonly #result = Promise.withResolvers<Tally>();
  readonly #onAbort = () => this.#stop(stopSentence(this.#deps.signal.reason, this.nowMs()));
  #starter: Starter | undefined;
  #onTick: ((nowMs: number) => void) | undefined;
  #isSending = false;

  constructor(input: EngineInput, deps: EngineDeps) {
    this.#input = input;
    this.#deps = deps;
    this.concurrency = input.concurrency;
    this.recorder = new Recorder(input.failureStatuses);
    this.#pool = new SlotPool(this, input.concurrency);
    this.#judge = input.abortIf && new AbortJudge(input.abortIf, input.failureStatuses);
    this.#startedAt = deps.clock.now();
    this.#beginMs = deps.clock.monotonicMs();
  }

  /** Runs the starter, and calls `onTick` ten times a second. Call it once. */
  run(starter: Starter, onTick: (nowMs: number) => void): Promise<Tally> {
    const { signal } = this.#deps;
    this.#starter = starter;
    this.#onTick = onTick;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
    this.#guard(() => starter.begin());
    this.after(tickMs, () => this.#tick());
    return this.#result.promise;
  }

  nowMs(): number {
    return this.#deps.clock.monotonicMs() - this.#beginMs;
  }

  /** Calls back after so many ms, unless the run is over by then. */
  after(ms: number, callback: () => void): void {
    if (this.isOver) return;
    this.#deps.clock.sleep(ms, this.#sleeps.signal).then(
      () => this.#guard(callback),
      (error) => this.#fail(error),
    );
  }

  /** Calls back when the events that have come by now are dealt with, unless the run is over by then. */
  soon(callback: () => void): void {
    setImmediate(() => this.#guard(callback));
  }

  /** Sends a start, for which there must be room. A sender that throws is our own fault: an error `monitor`. */
  send(start: number, intendedMs: number, nowMs: number): void {
    if (this.isOver) return;
    const slot = this.#pool.take();
    slot.open(intendedMs, nowMs);
    this.begun += 1;
    this.underWay += 1;
    this.#isSending = true;
    try {
      this.#deps.send(slot, start);
    } catch {
      slot.done(0, 'monitor'); // counted, and no more: a sentence for each of thousands would help nobody
    }
    this.#isSending = false;
  }

  /** A slot says how its request ended. Whoever is sending right now looks for room by itself. */
  end(slot: RequestSlot, status: number, errorType?: ErrorType): void {
    const nowMs = this.nowMs();
    this.#count(slot, nowMs, status, errorType);
    this.#pool.giveBack(slot);
    const reason = this.#judge?.judge(nowMs, this.underWay, 0);
    if (reason !== undefined) this.#abort(reason, nowMs);
    if (this.#isSending || this.isOver) return;
    try {
      this.#starter?.onRoom(nowMs);
      this.#settle();
    } catch (error) {
      this.#fail(error);
    }
  }

  #count(slot: RequestSlot, nowMs: number, status: number, errorType: BurstErrorType | undefined): void {
    const serviceMs = nowMs - slot.sentMs;
    const latencyMs = this.#input.latencyFrom === 'send' ? serviceMs : nowMs - slot.intendedMs;
    const error = errorType ?? (isStatus(status) ? undefined : 'monitor');
    this.recorder.end(nowMs, latencyMs, serviceMs, status, error);
    this.#judge?.note(error === undefined ? status : -1, latencyMs);
    this.underWay -= 1;
  }

  #tick(): void {
    const nowMs = this.nowMs();
    const slots = this.#pool.inUse();
    for (const slot of slots) this.#endStuck(slot, nowMs);
    const late = slots.filter(({ isUsed, intendedMs }) => isUsed && this.#judge?.isSlow(nowMs - intendedMs)).length;
    const reason = this.#judge?.judge(nowMs, this.underWay, late);
    if (reason !== undefined) this.#abort(reason, nowMs);
    if (this.isOver) return;
    this.#onTick?.(nowMs);
    this.after(tickMs, () => this.#tick());
  }

  /**
   * Its sender broke its word to end it in time: our own fault, and no reason to wait for ever. Once is not enough: where this
   * whole process stood still, the sender's own time-out is only just about to come.
   */
  #endStuck(slot: RequestSlot, nowMs: number): void {
    if (nowMs - slot.sentMs <= this.#input.timeoutMs + graceMs) return;
    if (!slot.isLate) {
      slot.isLate = true;
      return;
    }
    this.#count(slot, nowMs, 0, 'monitor');
    this.#pool.retire(slot);
    this.#starter?.onRoom(nowMs);
  }

  /** Runs what is ours; what it throws ends the run. */
  #guard(callback: () => void): void {
    if (this.isOver) return;
    try {
      callback();
      this.#settle();
    } catch (error) {
      this.#fail(error);
    }
  }

  #settle(): void {
    if (!this.isOver && this.underWay === 0 && this.#starter?.isDone()) this.#finish(undefined);
  }

  #abort(reason: AbortReason, nowMs: number): void {
    this.#endAll(nowMs);
    const { abortIf = { afterMs: 0 } } = this.#input;
    this.#finish(renderAbort(reason, abortIf, nowMs, this.recorder.p99Ms));
  }

  #stop(sentence: string): void {
    this.#endAll(this.nowMs());
    this.#finish(sentence);
  }

  #endAll(nowMs: number): void {
    for (const slot of this.#pool.inUse()) {
      if (slot.isUnsent && nowMs - slot.sentMs < connectMs) this.#takeBack();
      else this.#count(slot, nowMs, 0, 'aborted');
      this.#pool.giveBack(slot);
    }
  }

  /** The target never saw it: it is one more start that was not sent. */
  #takeBack(): void {
    this.begun -= 1;
    this.underWay -= 1;
  }

  #finish(aborted: string | undefined): void {
    if (this.isOver) return;
    this.#close();
    const dropped = this.#starter?.unsent() ?? 0;
    const rest = { startedAt: this.#startedAt, dropped, ...(aborted === undefined ? {} : { aborted }) };
    this.#result.resolve(this.recorder.tally(this.nowMs(), rest));
  }

  #fail(error: unknown): void {
    if (this.isOver) return;
    this.#close();
    this.#result.reject(error);
  }

  #close(): void {
    this.isOver = true;
    this.#deps.signal.removeEventListener('abort', this.#onAbort);
    for (const slot of this.#pool.inUse()) slot.isUsed = false;
    this.#sleeps.abort();
  }
}

/** 0 is that of a flow, which has none. */
const isStatus = (status: number): boolean =>
  Number.isInteger(status) && (status === 0 || (status >= 100 && status < 1_000));

/** The reason is a sentence where whoever stops the run gave one. */
function stopSentence(reason: unknown, elapsedMs: number): string {
  return typeof reason === 'string' && reason !== '' ? reason : `stopped after ${(elapsedMs / 1_000).toFixed(1)} s`;
}
