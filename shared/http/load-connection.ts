import { connect, type Socket } from 'node:net';
import type { ErrorType } from '../config/model.ts';
import { type AddressPolicy, checkAddress } from '../net/address-policy.ts';
import { toConnectError } from '../net/connect.ts';
import { AttemptError, ownFault } from '../net/error.ts';
import type { Flight } from './load-flight.ts';
import type { Origin } from './load-origin.ts';
import { AnswerReader } from './load-reader.ts';
import { connectSecurely, type Secured } from './load-tls.ts';
import { isRedirect } from './redirect.ts';

/** Told what becomes of a connection, inside the socket's own callbacks. */
export type ConnectionOwner = {
  /** The answer to its flight is there, or as much of it as matters: it has no flight any more. */
  answered(connection: Connection, flight: Flight): void;
  /** It broke and is destroyed, and with it the flight that it had. */
  lost(connection: Connection, flight: Flight | undefined, errorType: ErrorType): void;
  /** It stands: what it was opened for is sent, unless another connection has taken that over. */
  ready(connection: Connection): void;
  /** Its socket is closed: nobody reads into this buffer any more. */
  closed(buffer: Buffer): void;
};

/**
 * One connection, over which one request is under way at a time. It is opened for a flight, which is sent as soon as it stands,
 * or which another connection takes over that is free earlier.
 */
export class Connection {
  readonly origin: Origin;
  readonly address: string;
  readonly reader = new AnswerReader();
  /** When it became idle, by the monotonic clock, and for how long it may be so, ms. */
  idleAt = 0;
  idleLimitMs = 0;
  /** A TCP connection was made. */
  isConnected = false;
  #flight: Flight | undefined;
  #isReady = false;
  #isGone = false;
  /** The target has closed its side. */
  #isEnded = false;
  #secured: Secured | undefined;
  readonly #socket: Socket;
  readonly #buffer: Buffer;
  readonly #owner: ConnectionOwner;

  constructor(flight: Flight, buffer: Buffer, policy: AddressPolicy, owner: ConnectionOwner) {
    this.origin = flight.request.origin;
    this.address = this.origin.nextAddress();
    this.#buffer = buffer;
    this.#owner = owner;
    this.#take(flight);
    this.#socket = this.#connect();
    // Before the handshake says a word to whom it may not speak.
    this.#socket.prependOnceListener('connect', () => this.#onConnected(policy));
    // It stays to the end: what a socket says after it was destroyed is of no interest.
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.once('end', () => this.#onEnd());
    this.#socket.once('close', () => {
      this.#onEnd();
      owner.closed(buffer);
    });
  }

  /** Sends a request on a connection that has none, as soon as it stands. */
  send(flight: Flight): void {
    this.#take(flight);
    if (this.#isReady) this.#write(flight);
  }

  /** Gives away the flight that waits for it to stand. */
  yield(): Flight | undefined {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight) flight.connection = undefined;
    return flight;
  }

  get isFree(): boolean {
    return this.#flight === undefined;
  }

  /** Whether another request may be sent on it after the answer that has come. */
  get isReusable(): boolean {
    return this.reader.isWhole && !this.#isEnded && this.#socket.writableLength === 0;
  }

  /** Ends it. Neither its flight nor its owner hears of it. */
  destroy(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#drop();
    this.#socket.destroy();
  }

  #connect(): Socket {
    const onread = { buffer: this.#buffer, callback: (count: number) => this.#read(count) };
    const { endpoint, tls } = this.origin;
    const to = { host: this.address, port: endpoint.port, onread };
    if (!tls) return connect({ ...to, noDelay: true });
    this.#secured = connectSecurely({ ...to, name: endpoint.host, settings: tls }, (fault) => {
      if (fault) this.#fail(fault);
      else this.#onReady();
    });
    return this.#secured.socket;
  }

  #onConnected(policy: AddressPolicy): void {
    if (this.#isGone) return;
    this.isConnected = true;
    try {
      checkAddress(this.#socket.remoteAddress ?? '', this.origin.endpoint, policy);
      if (!this.#secured) this.#onReady();
    } catch (error) {
      this.#fail(error);
    }
  }

  #onReady(): void {
    if (this.#isGone) return;
    this.#isReady = true;
    if (this.#flight) this.#write(this.#flight);
    this.#owner.ready(this);
  }

  #write({ request, slot }: Flight): void {
    slot.isUnsent = false;
    this.reader.start(request.isHead);
    this.#socket.write(request.bytes);
  }

  #read(count: number): boolean {
    const { reader } = this;
    // What nobody asked for is beyond the answer before it.
    const taken = reader.read(this.#buffer, count);
    if (reader.isBroken || taken < count) this.#fail(new AttemptError('protocol', 'no answer, or more than one'));
    else if (reader.isWhole || this.#isAnswered()) this.#finish();
    return true;
  }

  /** The body of a redirect that is followed does not matter. */
  #isAnswered(): boolean {
    return this.#flight?.request.attempt.followRedirects === true && this.redirectsTo() !== undefined;
  }

  /** Where the answer leads, if it is a redirect. */
  redirectsTo(): string | undefined {
    const { statusCode, head } = this.reader;
    if (statusCode < 300 || statusCode > 399 || head.location === undefined) return undefined;
    return isRedirect({ statusCode, headers: { location: head.location } }) ? head.location : undefined;
  }

  #onEnd(): void {
    if (this.#isGone) return;
    this.#isEnded = true;
    if (this.#flight && this.#isReady && this.reader.end()) this.#finish();
    else this.#fail(new Error('closed'));
  }

  #finish(): void {
    const flight = this.#drop();
    if (flight) this.#owner.answered(this, flight);
  }

  #fail(error: unknown): void {
    if (this.#isGone) return;
    const errorType = this.#typeOf(error);
    const flight = this.#drop();
    this.destroy();
    this.#owner.lost(this, flight, errorType);
  }

  #typeOf(error: unknown): ErrorType {
    const { addresses, endpoint } = this.origin;
    if (!this.isConnected) return toConnectError(error, addresses, endpoint.port).errorType;
    const hasHead = this.reader.statusCode > 0;
    const known = error instanceof AttemptError ? error : (this.#secured?.explain(error, hasHead) ?? ownFault(error));
    return known?.errorType ?? (hasHead ? 'body' : 'protocol');
  }

  #take(flight: Flight): void {
    this.#flight = flight;
    flight.connection = this;
  }

  /** The flight that it had; what was answered of it is the flight's own. */
  #drop(): Flight | undefined {
    const flight = this.#flight;
    if (!flight) return undefined;
    this.#flight = undefined;
    flight.connection = undefined;
    if (this.reader.statusCode > 0) flight.status = this.reader.statusCode;
    return flight;
  }
}
