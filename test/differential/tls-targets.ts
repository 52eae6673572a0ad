import type { TlsOptions } from 'node:tls';
import type { TlsSettings } from '../../shared/config/model.ts';
import { chainOf, type MadeCertificate, makeCertificate } from '../support/certificate-maker.ts';
import { tlsMonitor } from '../support/endpoint-monitors.ts';
import { ok } from '../support/hostile/wire.ts';
import { httpMonitor } from '../support/http-monitor.ts';
import { startRawServer } from '../support/raw-server.ts';
import { type Difference, type Target, timeoutMs } from './target.ts';
import type { Targets } from './targets.ts';

const dayMs = 86_400_000;
/** Certificates know no fractions of a second. */
const startedAt = Math.floor(Date.now() / 1_000) * 1_000;
const inDays = (days: number): number => startedAt + days * dayMs;

type TlsTarget = {
  readonly name: string;
  readonly shown: TlsOptions;
  readonly tls?: Partial<TlsSettings>;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Bytes instead of TLS. */
  readonly plain?: string;
  readonly differs?: Difference;
};

const saysExpiry = (at: number): Difference => ({
  why: 'we tell the end of a chain that is refused, too',
  values: { expiry: [at / 1_000, undefined] },
});

/** Certificates of an authority of our own, and what servers show of them. */
function rows(): { readonly ca: MadeCertificate; readonly targets: readonly TlsTarget[] } {
  const ca = makeCertificate({ name: 'Test Root', isCa: true, validTo: inDays(3_000) });
  const middle = makeCertificate({ name: 'Test Middle', issuer: ca, isCa: true, validTo: inDays(400) });
  const endsFirst = makeCertificate({ name: 'Test Early', issuer: ca, isCa: true, validTo: inDays(20) });
  const names = ['127.0.0.1', 'localhost'];
  const good = makeCertificate({ names, issuer: ca, validTo: inDays(90) });
  const underMiddle = makeCertificate({ names, issuer: middle, validTo: inDays(60) });
  const underEarly = makeCertificate({ names, issuer: endsFirst, validTo: inDays(200) });
  const expired = makeCertificate({ names, issuer: ca, validFrom: inDays(-30), validTo: inDays(-3) });
  const early = makeCertificate({ names, issuer: ca, validFrom: inDays(3), validTo: inDays(30) });
  const wrong = makeCertificate({ names: ['other.example'], issuer: ca, validTo: inDays(365) });
  const self = makeCertificate({ names, validTo: inDays(9) });
  const anything = { tls: { rejectUnauthorized: false }, config: { insecure_skip_verify: true } };
  return {
    ca,
    targets: [
      { name: 'a verified certificate', shown: chainOf(good) },
      { name: 'TLS 1.2', shown: { ...chainOf(good), maxVersion: 'TLSv1.2' } },
      {
        name: 'TLS 1.2 where 1.3 is wanted',
        shown: { ...chainOf(good), maxVersion: 'TLSv1.2' },
        tls: { minVersion: 'TLSv1.3' },
        config: { min_version: 'TLS13' },
      },
      { name: 'a chain', shown: chainOf(underMiddle, middle) },
      { name: 'a chain with its root', shown: chainOf(underMiddle, middle, ca) },
      { name: 'a chain whose intermediate ends before its leaf', shown: chainOf(underEarly, endsFirst) },
      { name: 'a chain without its intermediate', shown: chainOf(underMiddle), differs: saysExpiry(inDays(60)) },
      { name: 'a self-signed certificate', shown: chainOf(self), differs: saysExpiry(inDays(9)) },
      { name: 'a self-signed certificate, which is taken', shown: chainOf(self), ...anything },
      { name: 'an expired certificate', shown: chainOf(expired), differs: saysExpiry(inDays(-3)) },
      { name: 'an expired certificate, which is taken', shown: chainOf(expired), ...anything },
      { name: 'a certificate of the future', shown: chainOf(early), differs: saysExpiry(inDays(30)) },
      { name: 'a certificate for another name', shown: chainOf(wrong), differs: saysExpiry(inDays(365)) },
      {
        name: 'a certificate for another name, which is asked for',
        shown: chainOf(wrong),
        tls: { servername: 'other.example' },
        config: { server_name: 'other.example' },
      },
      { name: 'a port that does not speak TLS', shown: {}, plain: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
    ],
  };
}

/** Each of them as an https target and as a TLS port. */
export async function startTlsTargets(writePem: (pem: string) => string): Promise<Targets> {
  const { ca, targets } = rows();
  const caFile = writePem(ca.cert);
  const servers = await Promise.all(
    targets.map(({ plain, shown }) =>
      startRawServer({
        onRequest: (socket) => socket.end(plain ?? ok('ok')),
        ...(plain === undefined ? { tls: shown as { cert: string; key: string } } : {}),
      }),
    ),
  );
  return {
    targets: targets.flatMap((each, index) => targetsOf(each, servers[index]?.port ?? 0, ca.cert, caFile)),
    stop: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function targetsOf(
  { name, tls, config, differs }: TlsTarget,
  port: number,
  ca: string,
  caFile: string,
): readonly Target[] {
  const settings = { rejectUnauthorized: true, ca, ...tls };
  const tls_config = { ca_file: caFile, ...config };
  const common = differs ? { differs } : {};
  return [
    {
      name: `https: ${name}`,
      module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', tls_config } },
      target: `https://127.0.0.1:${port}/`,
      monitor: httpMonitor({
        timeoutMs,
        request: { url: `https://127.0.0.1:${port}/`, tls: settings },
        assertions: ['status in 200-299', 'tls.version exists'],
      }),
      ...common,
    },
    {
      name: `tls: ${name}`,
      module: { prober: 'tcp', tcp: { preferred_ip_protocol: 'ip4', tls: true, tls_config } },
      target: `127.0.0.1:${port}`,
      monitor: tlsMonitor({ timeoutMs, request: { port, tls: settings }, assertions: ['tls.version exists'] }),
      ...common,
    },
  ];
}
