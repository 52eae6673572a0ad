import type { Socket } from 'node:net';
import type { HttpMonitor, HttpRequest } from '../../../shared/config/model.ts';
import type { TestCertificate } from '../certificates.ts';
import { httpMonitor } from '../http-monitor.ts';
import { startRawServer } from '../raw-server.ts';
import { type HostileRow, timeoutOf } from './row.ts';

/** An http row as its file writes it down: what the server does, and how it is asked. */
export type HttpRow = {
  readonly name: string;
  /** Runs when the first bytes of a connection are there. */
  readonly answer?: (socket: Socket, head: string) => void;
  /** Runs when a connection is there. */
  readonly greet?: (socket: Socket) => void;
  readonly tls?: TestCertificate;
  readonly scheme?: 'http' | 'https';
  readonly path?: string;
  readonly request?: Partial<HttpRequest>;
  readonly assertions?: readonly string[];
  readonly changes?: Pick<Partial<HttpMonitor>, 'maxBodyBytes' | 'allowPrivate' | 'timeoutMs'>;
} & Pick<HostileRow, 'expected' | 'check' | 'allowOrigin'>;

/** The rows as every test of the law takes them. Each request carries the secret, in a header and in its query. */
export function httpRows(rows: readonly HttpRow[]): readonly HostileRow[] {
  return rows.map((row) => ({
    name: row.name,
    expected: row.expected,
    ...(row.check ? { check: row.check } : {}),
    ...(row.allowOrigin ? { allowOrigin: row.allowOrigin } : {}),
    start: () =>
      startRawServer({
        ...(row.answer ? { onRequest: row.answer } : {}),
        ...(row.greet ? { onConnect: row.greet } : {}),
        ...(row.tls ? { tls: row.tls } : {}),
      }),
    monitor: (port) => monitorOf(row, port),
  }));
}

function monitorOf(row: HttpRow, port: number): HttpMonitor {
  const { scheme = row.tls ? 'https' : 'http', path = '/', request, assertions, changes } = row;
  return httpMonitor({
    timeoutMs: timeoutOf(row.expected),
    ...changes,
    ...(assertions ? { assertions } : {}),
    request: {
      url: `${scheme}://127.0.0.1:${port}${path}`,
      query: [['key', [{ ssm: '/key' }]]],
      headers: { 'x-secret': [{ ssm: '/key' }], cookie: ['session=', { ssm: '/key' }] },
      ...request,
    },
  });
}
