import type { ErrorType } from '../config/model.ts';
import type { Slot } from './model.ts';

/** What a slot tells the run that it belongs to. */
export type SlotOwner = {
  /** ms after the run's begin. */
  nowMs(): number;
  end(slot: RequestSlot, status: number, errorType?: ErrorType): void;
};

/** One request under way, an object that is used again and again. What is said of it while it is not in use is ignored. */
export class RequestSlot implements Slot {
  readonly #owner: SlotOwner;
  isUsed = false;
  /** It was found to be over its time once: it ends when that is so the next time. */
  isLate = false;
  isUnsent = false;
  /** ms after the run's begin. */
  intendedMs = 0;
  sentMs = 0;
  #isBegun = false;

  constructor(owner: SlotOwner) {
    this.#owner = owner;
  }

  /** Takes it into use, sent now as long as nobody says otherwise. */
  open(intendedMs: number, nowMs: number): void {
    this.isUsed = true;
    this.isLate = false;
    this.isUnsent = false;
    this.#isBegun = false;
    this.intendedMs = intendedMs;
    this.sentMs = nowMs;
  }

  begin(): void {
    if (!this.isUsed || this.#isBegun) return;
    this.#isBegun = true;
    this.sentMs = this.#owner.nowMs();
  }

  done(status: number, errorType?: ErrorType): void {
    if (this.isUsed) this.#owner.end(this, status, errorType);
  }
}

/**
 * So many more than are ever in use. The slot that was given back first is the next to be used, so that a `done` that is
 * said once too often finds a slot that is not in use, and not the request of somebody else, for the next thousand requests.
 */
const spare = 1_000;

/** The slots of one run: at most `most` of them are in use at once. */
export class SlotPool {
  readonly #owner: SlotOwner;
  readonly #slots: RequestSlot[];
  /** A ring of those that are free: from `#next` on, up to `#last`. */
  readonly #ring: RequestSlot[];
  #next = 0;
  #last = 0;

  constructor(owner: SlotOwner, most: number) {
    this.#owner = owner;
    this.#slots = Array.from({ length: most + spare }, () => new RequestSlot(owner));
    this.#ring = [...this.#slots];
  }

  take(): RequestSlot {
    const slot = this.#ring[this.#next] as RequestSlot;
    this.#next = this.#next + 1 === this.#ring.length ? 0 : this.#next + 1;
    return slot;
  }

  giveBack(slot: RequestSlot): void {
    slot.isUsed = false;
    this.#ring[this.#last] = slot;
    this.#last = this.#last + 1 === this.#ring.length ? 0 : this.#last + 1;
  }

  /** Gives back a new one instead: whoever has this one may still say something about it, however late. */
  retire(slot: RequestSlot): void {
    slot.isUsed = false;
    const fresh = new RequestSlot(this.#owner);
    this.#slots[this.#slots.indexOf(slot)] = fresh;
    this.giveBack(fresh);
  }

  inUse(): readonly RequestSlot[] {
    return this.#slots.filter(({ isUsed }) => isUsed);
  }
}
