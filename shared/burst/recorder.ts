import type { StatusRange } from '../config/model.ts';
import { Histogram } from '../stats/histogram.ts';
import { type BurstErrorType, isInRanges, type Second, type Tally } from './model.ts';

const secondMs = 1_000;
const statusEnd = 1_000;
const idleSecond: Second = { requests: 0, failures: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, intended: 0 };

/** Which statuses count, as a table: one look-up a request. */
export function tableOf(ranges: readonly StatusRange[]): Uint8Array {
  return Uint8Array.from({ length: statusEnd }, (_, status) => (isInRanges(status, ranges) ? 1 : 0));
}

/** Counts one run as it goes on. Every instant is in ms after the run's begin. Recording a request allocates nothing. */
export class Recorder {
  readonly #latency = new Histogram();
  readonly #serviceTime = new Histogram();
  readonly #startLag = new Histogram();
  readonly #second = new Histogram();
  readonly #isFailing: Uint8Array;
  readonly #statuses = new Float64Array(statusEnd);
  readonly #errors: Partial<Record<BurstErrorType, number>> = {};
  readonly #seconds: Second[] = [];
  readonly #intended: number[] = [];
  #secondEndMs = secondMs;
  #secondFailures = 0;
  #failures = 0;
  #lastEndMs = 0;

  constructor(failureStatuses: readonly StatusRange[]) {
    this.#isFailing = tableOf(failureStatuses);
  }

  /** Requests that have ended. */
  get ended(): number {
    return this.#latency.count;
  }

  get failures(): number {
    return this.#failures;
  }

  get p99Ms(): number {
    return this.#latency.quantile(0.99);
  }

  /** A start that is due at `intendedMs` was sent, or began to wait for its turn, so long after it. */
  takeUp(intendedMs: number, lagMs: number): void {
    this.#startLag.record(lagMs);
    const second = Math.floor(intendedMs / secondMs);
    this.#intended[second] = (this.#intended[second] ?? 0) + 1;
  }

  /** A request ended. A status from 100 to 999, or 0 where there is none; with an error its status is not looked at. */
  end(atMs: number, latencyMs: number, serviceMs: number, status: number, errorType?: BurstErrorType): void {
    if (atMs >= this.#secondEndMs) this.#turnTo(atMs);
    this.#latency.record(latencyMs);
    this.#serviceTime.record(serviceMs);
    this.#second.record(latencyMs);
    if (atMs > this.#lastEndMs) this.#lastEndMs = atMs;
    if (errorType !== undefined) this.#errors[errorType] = (this.#errors[errorType] ?? 0) + 1;
    else this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    if (errorType === undefined && this.#isFailing[status] !== 1) return;
    this.#failures += 1;
    this.#secondFailures += 1;
  }

  /** The newest second that is over. */
  lastSecond(atMs: number): Second {
    if (atMs >= this.#secondEndMs) this.#turnTo(atMs);
    return this.#secondAt(this.#seconds.length - 1);
  }

  /** Everything that was counted; without a single answer the run lasted until `atMs`. */
  tally(atMs: number, rest: Pick<Tally, 'startedAt' | 'dropped' | 'aborted'>): Tally {
    const durationMs = this.ended > 0 ? this.#lastEndMs : atMs;
    if (durationMs >= this.#secondEndMs) this.#turnTo(durationMs);
    if (this.#second.count > 0 || durationMs > this.#secondEndMs - secondMs) this.#turnTo(this.#secondEndMs);
    return {
      requests: this.ended,
      failures: this.#failures,
      latency: this.#latency,
      serviceTime: this.#serviceTime,
      startLag: this.#startLag,
      statusCodes: this.#statusCodes(),
      errors: this.#errors,
      durationMs: Math.round(durationMs * 1_000) / 1_000,
      seconds: this.#seconds.map((_, second) => this.#secondAt(second)),
      ...rest,
    };
  }

  #secondAt(second: number): Second {
    return { ...(this.#seconds[second] ?? idleSecond), intended: this.#intended[second] ?? 0 };
  }

  /** Closes the second under way, and those after it in which nothing ended. */
  #turnTo(atMs: number): void {
    const { count, maxMs } = this.#second;
    const quantiles = { p50Ms: this.#second.quantile(0.5), p99Ms: this.#second.quantile(0.99), maxMs };
    this.#seconds.push({ requests: count, failures: this.#secondFailures, ...quantiles, intended: 0 });
    this.#second.reset();
    this.#secondFailures = 0;
    const whole = Math.floor(atMs / secondMs);
    while (this.#seconds.length < whole) this.#seconds.push(idleSecond);
    this.#secondEndMs = (whole + 1) * secondMs;
  }

  #statusCodes(): Readonly<Record<string, number>> {
    const counted = [...this.#statuses.entries()].filter(([status, count]) => status > 0 && count > 0);
    return Object.fromEntries(counted.map(([status, count]) => [String(status), count]));
  }
}
