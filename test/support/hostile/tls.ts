import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { Monitor, TlsSettings } from '../../../shared/config/model.ts';
import { chainOf, makeCertificate } from '../certificate-maker.ts';
import type { TestCertificate } from '../certificates.ts';
import { tlsMonitor } from '../endpoint-monitors.ts';
import { httpMonitor } from '../http-monitor.ts';
import { startRawServer } from '../raw-server.ts';
import { type Expected, failed, type HostileRow, timeoutOf } from './row.ts';
import { type Forger, startForger } from './tls-records.ts';
import { ok } from './wire.ts';

export const names = ['127.0.0.1'];

/** What is trusted, and certificates under it. */
export const root = makeCertificate({ name: 'Hostile Root', isCa: true });
export const good = chainOf(makeCertificate({ names, issuer: root }));
export const trust: TlsSettings = { rejectUnauthorized: true, ca: root.cert };

type Kind = 'https' | 'tls';
type Start = () => ReturnType<HostileRow['start']>;
type Both = Expected | readonly Expected[];

function monitorOf(kind: Kind, port: number, expected: Both, tls: TlsSettings): Monitor {
  const timeoutMs = timeoutOf(expected);
  if (kind === 'tls') return tlsMonitor({ timeoutMs, request: { port, tls } });
  const headers = { 'x-secret': [{ ssm: '/key' }] };
  return httpMonitor({ timeoutMs, request: { url: `https://127.0.0.1:${port}/`, headers, tls } });
}

/** One server, probed as an https target and as a TLS port; where the latter is not given it ends alike. */
export function both(
  name: string,
  start: Start,
  https: Both,
  tls: Both = https,
  settings = trust,
): readonly HostileRow[] {
  const row = (kind: Kind, expected: Both): HostileRow => ({
    name: `${name} (${kind})`,
    start,
    expected,
    monitor: (port) => monitorOf(kind, port, expected, settings),
  });
  return [row('https', https), row('tls', tls)];
}

export const speaks =
  (onConnect: (socket: Socket) => void): Start =>
  () =>
    startRawServer({ onConnect });
export const answers =
  (onRequest: (socket: Socket, head: string) => void): Start =>
  () =>
    startRawServer({ onRequest });
export const secured =
  (certificate: TestCertificate & SecureContextOptions, onRequest: (socket: Socket) => void): Start =>
  () =>
    startRawServer({ tls: certificate, onRequest });
export const shows = (certificate: TestCertificate & SecureContextOptions): Start =>
  secured(certificate, (socket) => socket.end(ok('ok')));
export const sealed =
  (forge: (forger: Forger) => void): Start =>
  () =>
    startForger(good, forge);

export const refused = failed('tls');
