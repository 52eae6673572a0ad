import type { AddressPolicy } from '../net/address-policy.ts';
import { Connection, type ConnectionOwner } from './load-connection.ts';
import type { Flight } from './load-flight.ts';
import { longestIdleMs } from './load-head.ts';
import type { Origin } from './load-origin.ts';

/** Read at once; a longer answer takes more reads. */
const readBytes = 16 * 1_024;
/** A target that was to close its side, and did not. */
const leavingMs = 1_000;

export type PoolOptions = {
  readonly mostConnections: number;
  readonly freshConnections: boolean;
  readonly policy: AddressPolicy;
  readonly owner: Omit<ConnectionOwner, 'closed'>;
};

/**
 * All connections of a client, of all origins together: never more than were allowed. A request that waits for its connection
 * to stand goes over the first that is free, as Go's http.Transport does it: where a target stands still, its queue of new
 * connections overflows, and a SYN that was dropped is sent again only after a second (RFC 6298 §2).
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #owner: ConnectionOwner;
  readonly #all = new Set<Connection>();
  /** The one that became idle last is the last. */
  readonly #idle: Connection[] = [];
  /**
   * Not to be used again, and left to the target to close: the side that closes first cannot use the port again for a minute
   * (RFC 9293 §3.6.1), and there are 28,000 of them.
   */
  readonly #leaving: Connection[] = [];
  /** They do not stand yet; in the order in which they got the flights that wait for them. */
  readonly #opening = new Set<Connection>();
  /** They do not stand yet, and their flights were taken over. */
  readonly #spare = new Set<Connection>();
  readonly #buffers: Buffer[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#owner = { ...options.owner, closed: (buffer) => this.#buffers.push(buffer) };
  }

  /**
   * The connection of this origin that was used last and may be used again, or one that nobody waits for though it is being
   * opened; it is idle no more. `now` by the monotonic clock.
   */
  take(origin: Origin, now: number): Connection | undefined {
    for (let at = this.#idle.length - 1; at >= 0; at -= 1) {
      const connection = this.#idle[at] as Connection;
      if (connection.origin !== origin) continue;
      if (at === this.#idle.length - 1) this.#idle.pop();
      else this.#idle.splice(at, 1);
      if (now - connection.idleAt < connection.idleLimitMs) return connection;
      this.remove(connection);
    }
    const spare = ofOrigin(this.#spare, origin);
    if (spare) {
      this.#spare.delete(spare);
      this.#opening.add(spare);
    }
    return spare;
  }

  /** Closes one that is not needed where there are as many as may be. False where all of them are in use. */
  makeRoom(): boolean {
    if (this.#all.size < this.#options.mostConnections) return true;
    const unneeded = this.#leaving[0] ?? this.#idle[0] ?? this.#spare.values().next().value;
    if (unneeded) this.remove(unneeded);
    return unneeded !== undefined;
  }

  /** Opens a connection for a flight, to the next address of its host. Throws where that is not even tried. */
  open(flight: Flight): void {
    const buffer = this.#buffers.pop() ?? Buffer.allocUnsafeSlow(readBytes);
    const connection = new Connection(flight, buffer, this.#options.policy, this.#owner);
    this.#all.add(connection);
    if (!this.#options.freshConnections) this.#opening.add(connection);
  }

  /** A connection stands. */
  ready(connection: Connection, now: number): void {
    this.#opening.delete(connection);
    this.#spare.delete(connection);
    if (connection.isFree) this.#offer(connection, now, longestIdleMs);
  }

  /** Takes back a connection whose answer has come. */
  release(connection: Connection, now: number): void {
    if (!connection.isReusable) {
      this.remove(connection);
      return;
    }
    this.#offer(connection, now, this.#options.freshConnections ? 0 : connection.reader.head.idleLimitMs());
  }

  /** To the flight that has waited longest for a connection of its own; else it is idle, for so long at most. */
  #offer(connection: Connection, now: number, idleLimitMs: number): void {
    connection.idleAt = now;
    connection.idleLimitMs = idleLimitMs;
    if (idleLimitMs <= 0) {
      this.#leave(connection, now);
      return;
    }
    const waiting = ofOrigin(this.#opening, connection.origin);
    const flight = waiting?.yield();
    if (!waiting || !flight) {
      this.#idle.push(connection);
      return;
    }
    this.#opening.delete(waiting);
    this.#spare.add(waiting);
    connection.send(flight);
  }

  /** Destroys a connection, or forgets one that is. */
  remove(connection: Connection): void {
    connection.destroy();
    this.#all.delete(connection);
    this.#opening.delete(connection);
    this.#spare.delete(connection);
    for (const list of [this.#idle, this.#leaving]) {
      const at = list.indexOf(connection);
      if (at >= 0) list.splice(at, 1);
    }
  }

  clear(): void {
    for (const connection of this.#all) this.remove(connection);
    this.#buffers.length = 0;
  }

  #leave(connection: Connection, now: number): void {
    this.#leaving.push(connection);
    for (let first = this.#leaving[0]; first && now - first.idleAt > leavingMs; first = this.#leaving[0])
      this.remove(first);
  }
}

function ofOrigin(connections: ReadonlySet<Connection>, origin: Origin): Connection | undefined {
  for (const connection of connections) if (connection.origin === origin) return connection;
  return undefined;
}
