import type { Clock } from '../clock/clock.ts';
import type { Connection } from './load-connection.ts';
import type { LoadSlot } from './load-model.ts';
import type { PreparedRequest } from './load-request.ts';

/** One request of the caller's that is under way, over as many hops and connections as it takes. */
export class Flight {
  readonly slot: LoadSlot;
  /** What is sent now: of the hop at which it is. */
  request: PreparedRequest;
  connection: Connection | undefined;
  /** Of the last head that came; 0 where none did. */
  status = 0;
  redirects = 0;
  /** Addresses of this hop's host that refused. */
  refused = 0;
  isOver = false;
  /** By the monotonic clock. */
  deadlineAt = 0;
  before: Flight | undefined;
  after: Flight | undefined;

  constructor(request: PreparedRequest, slot: LoadSlot) {
    this.request = request;
    this.slot = slot;
  }
}

/**
 * The deadlines of all flights by one timer: each has the same time, so that the first to start is the first whose time is
 * over. A flight is told at most some ms late.
 */
export class Deadlines {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #timeoutMs: number;
  readonly #expire: (flight: Flight) => void;
  #first: Flight | undefined;
  #last: Flight | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>, timeoutMs: number, expire: (flight: Flight) => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#expire = expire;
  }

  /** Starts a flight's time; `now` by the monotonic clock. */
  add(flight: Flight, now: number): void {
    flight.deadlineAt = now + this.#timeoutMs;
    flight.before = this.#last;
    if (this.#last) this.#last.after = flight;
    else this.#first = flight;
    this.#last = flight;
    if (!this.#timer) this.#wait(this.#timeoutMs);
  }

  remove(flight: Flight): void {
    const { before, after } = flight;
    if (before) before.after = after;
    else if (this.#first === flight) this.#first = after;
    if (after) after.before = before;
    else if (this.#last === flight) this.#last = before;
    flight.before = undefined;
    flight.after = undefined;
  }

  /** Forgets all of them. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#first = undefined;
    this.#last = undefined;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const now = this.#clock.monotonicMs();
    while (this.#first && this.#first.deadlineAt <= now) {
      const flight = this.#first;
      this.remove(flight);
      this.#expire(flight);
    }
    // Only now: what was added meanwhile must not wait its whole time before those that are due earlier.
    this.#timer = undefined;
    if (this.#first) this.#wait(this.#first.deadlineAt - now);
  }
}
