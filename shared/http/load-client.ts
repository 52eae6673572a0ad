import type { ErrorType } from '../config/model.ts';
import { AttemptError, ownFault } from '../net/error.ts';
import { parseTarget } from './hops.ts';
import type { Connection } from './load-connection.ts';
import { Deadlines, Flight } from './load-flight.ts';
import type { LoadClient, LoadOptions, LoadRequest, LoadSlot, OpenLoadClient } from './load-model.ts';
import { Origins } from './load-origin.ts';
import { ConnectionPool } from './load-pool.ts';
import { PreparedRequest, prepareHop } from './load-request.ts';
import type { HttpAttempt } from './model.ts';
import { type Hop, nextHop } from './redirect.ts';
import type { ResponseHead } from './response-parser.ts';

/**
 * Opens a client that sends many requests over few connections, by sockets and a reader of its own: at 50 connections it
 * takes about the CPU of wrk. A request is sent once, whatever becomes of its connection. It keeps the process until `close`.
 */
export const openLoadClient: OpenLoadClient = (options) => {
  const client = new Client(options);
  return {
    prepare: (attempt, signal) => client.prepare(attempt, signal),
    send: (request, slot) => client.send(request, slot),
    close: () => client.close(),
  };
};

class Client implements LoadClient {
  readonly #options: LoadOptions;
  readonly #origins: Origins;
  readonly #pool: ConnectionPool;
  readonly #deadlines: Deadlines;
  readonly #stopped = new AbortController();
  #isClosed = false;

  constructor(options: LoadOptions) {
    const { clock, timeoutMs } = options;
    this.#options = options;
    this.#origins = new Origins(options);
    this.#deadlines = new Deadlines(clock, timeoutMs, (flight) => this.#expire(flight));
    this.#pool = new ConnectionPool({
      ...options,
      owner: {
        answered: (connection, flight) => this.#onAnswered(connection, flight),
        lost: (connection, flight, errorType) => this.#onLost(connection, flight, errorType),
        ready: (connection) => this.#pool.ready(connection, this.#options.clock.monotonicMs()),
      },
    });
  }

  async prepare(attempt: HttpAttempt, signal: AbortSignal): Promise<PreparedRequest> {
    const url = parseTarget(attempt.url);
    return this.#prepare(attempt, { url, method: attempt.method }, url, signal);
  }

  send(request: LoadRequest, slot: LoadSlot): void {
    if (!(request instanceof PreparedRequest)) throw new TypeError('the request was not prepared by this client');
    if (this.#isClosed) return;
    const flight = new Flight(request, slot);
    const now = this.#options.clock.monotonicMs();
    const connection = this.#pool.take(request.origin, now);
    if (!connection && !this.#pool.makeRoom()) {
      this.#finishLater(flight, 'monitor');
      return;
    }
    slot.isUnsent = true;
    slot.begin();
    this.#deadlines.add(flight, now);
    if (connection) connection.send(flight);
    else this.#open(flight);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopped.abort(new AttemptError('monitor', 'the run is over'));
    this.#deadlines.stop();
    this.#origins.stop();
    this.#pool.clear();
  }

  #prepare(attempt: HttpAttempt, hop: Hop, own: URL, signal: AbortSignal): Promise<PreparedRequest> {
    const { isAllowed, freshConnections } = this.#options;
    return prepareHop(attempt, hop, own, { isAllowed, freshConnections, origins: this.#origins, signal });
  }

  #open(flight: Flight): void {
    try {
      this.#pool.open(flight);
    } catch (error) {
      flight.connection = undefined;
      this.#finishLater(flight, typeOf(error));
    }
  }

  #onAnswered(connection: Connection, flight: Flight): void {
    const location = flight.request.attempt.followRedirects ? connection.redirectsTo() : undefined;
    this.#pool.release(connection, this.#options.clock.monotonicMs());
    if (location === undefined) this.#finish(flight);
    else this.#follow(flight, location);
  }

  /** A connection that cannot be made is tried with the next address, since nothing was sent yet. */
  #onLost(connection: Connection, flight: Flight | undefined, errorType: ErrorType): void {
    this.#pool.remove(connection);
    const { origin, address, isConnected } = connection;
    if (!isConnected) origin.avoid(address);
    if (!flight) return;
    flight.refused += 1;
    if (!isConnected && errorType === 'connect' && flight.refused < origin.addresses.length) this.#open(flight);
    else this.#finish(flight, errorType);
  }

  #follow(flight: Flight, location: string): void {
    const { attempt, hop, own } = flight.request;
    if (flight.redirects >= attempt.maxRedirects) {
      this.#finish(flight, 'redirect');
      return;
    }
    flight.redirects += 1;
    this.#prepareNext(attempt, hop, own, { statusCode: flight.status, headers: { location } }).then(
      (request) => this.#sendHop(flight, request),
      (error: unknown) => this.#finish(flight, typeOf(error)),
    );
  }

  async #prepareNext(attempt: HttpAttempt, hop: Hop, own: URL, head: ResponseHead): Promise<PreparedRequest> {
    return this.#prepare(attempt, nextHop(hop, head), own, this.#stopped.signal);
  }

  #sendHop(flight: Flight, request: PreparedRequest): void {
    if (flight.isOver || this.#isClosed) return;
    flight.request = request;
    flight.refused = 0;
    const connection = this.#pool.take(request.origin, this.#options.clock.monotonicMs());
    if (connection) connection.send(flight);
    else if (this.#pool.makeRoom()) this.#open(flight);
    else this.#finish(flight, 'monitor');
  }

  #expire(flight: Flight): void {
    const { connection } = flight;
    if (connection) {
      if (!connection.isConnected) connection.origin.avoid(connection.address);
      this.#pool.remove(connection);
    }
    this.#finish(flight, 'timeout');
  }

  #finish(flight: Flight, errorType?: ErrorType): void {
    if (flight.isOver || this.#isClosed) return;
    flight.isOver = true;
    this.#deadlines.remove(flight);
    if (errorType === undefined) flight.slot.done(flight.status);
    else flight.slot.done(flight.status, errorType);
  }

  /** Nobody hears of the end of a request while it is being sent. */
  #finishLater(flight: Flight, errorType: ErrorType): void {
    setImmediate(() => this.#finish(flight, errorType));
  }
}

function typeOf(error: unknown): ErrorType {
  return (error instanceof AttemptError ? error : ownFault(error))?.errorType ?? 'monitor';
}
