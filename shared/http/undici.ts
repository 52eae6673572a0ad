import type { Socket } from 'node:net';
// Only the client is taken: undici's index brings fetch, caches and mocks, which is 70 % of its weight.
// @ts-expect-error The inner modules come without types; `Client` below says what is used of them.
import UntypedClient from 'undici/lib/dispatcher/client.js';

/** The part of undici's Client that is used here: one request over a connection that we hand over. */
export type Client = {
  dispatch(request: DispatchRequest, handler: Handler): boolean;
  /** Ends what is under way and destroys the connection. */
  destroy(error: Error | null, done: () => void): void;
};

type DispatchRequest = {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Asks for `connection: close`. */
  readonly reset: boolean;
};

/** Callbacks run inside the socket's own ones. What one throws comes back as the error of the request. */
export type Handler = {
  onRequestStart(controller: Controller): void;
  /** The first byte of a response came; once for each interim response too. */
  onResponseStarted(): void;
  /** Once for each interim response (1xx), then once. */
  onResponseStart(controller: Controller, statusCode: number): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(): void;
  onResponseError(controller: Controller | null, error: Error): void;
};

/** `rawHeaders`: names and values in turn, of the response that was just started. */
export type Controller = { readonly rawHeaders: readonly Buffer[] | null };

export type ClientOptions = {
  readonly maxHeaderSize: number;
  readonly connect: (options: unknown, done: (error: Error | null, socket: Socket | null) => void) => void;
};

type Construct = new (origin: string, options: ClientOptions & Readonly<Record<string, unknown>>) => Client;

/** A client for one request: HTTP/1.1 only, without timers of its own, since our deadline bounds the whole attempt. */
export function createClient(origin: string, options: ClientOptions): Client {
  const ClientClass = UntypedClient as Construct;
  return new ClientClass(origin, { ...options, allowH2: false, headersTimeout: 0, bodyTimeout: 0, pipelining: 1 });
}
