import type { Socket } from 'node:net';
import type { Exchange, ResponseWithBody } from './collect.ts';

type ExchangeHttp2 = (socket: Socket, options: Exchange) => Promise<ResponseWithBody>;

/** HTTP/2 is loaded when the first monitor asks for it: it costs a cold start 5 ms on a full core. */
export const loadHttp2 = async (): Promise<ExchangeHttp2> => (await import('./http2.ts')).exchangeHttp2;
