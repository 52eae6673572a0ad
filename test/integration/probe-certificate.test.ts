import { systemClock } from '../../shared/clock/clock.ts';
import { rowOf } from '../../shared/probe/row.ts';
import { runProbe } from '../../shared/probe/run.ts';
import { localhostCertificate } from '../support/certificates.ts';
import { flowMonitor, flowStep } from '../support/flow-monitor.ts';
import { httpMonitor, probeDeps } from '../support/http-monitor.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** The end of the certificate, as `openssl x509 -enddate` says it. */
const endsAt = Date.UTC(2126, 9, 28, 1, 30, 42);
let server: RawServer;
beforeEach(async () => {
  server = await startRawServer({
    tls: localhostCertificate,
    onRequest: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
  });
});
afterEach(() => server.close());

const request = () => ({
  url: server.origin,
  tls: { rejectUnauthorized: true, servername: 'localhost', ca: localhostCertificate.cert },
});
const clock = { ...systemClock, now: () => endsAt - 20.5 * 86_400_000 };
const assertions = [
  'certificate.daysRemaining > 20.4',
  'certificate.daysRemaining < 20.6',
  'certificate.names contains localhost',
  'certificate.chainLength == 1',
  'tls.version == TLSv1.3',
  'tls.authorized == true',
  'redirects == 0',
];

describe('an https target', () => {
  it('has a certificate and a connection to assert on, and its end is in the result', async () => {
    const result = await runProbe(httpMonitor({ request: request(), assertions }), probeDeps({ clock }));
    expect(result.assertions.filter(({ passed }) => !passed)).toEqual([]);
    expect(result).toMatchObject({ outcome: 'passed', certificateExpiresAt: endsAt });
    expect(rowOf(result).certificateExpiresAt).toBe('2126-10-28T01:30:42.000Z');
  });

  it('has the end of its certificate in the result also when that is refused', async () => {
    const refused = httpMonitor({ request: { url: server.origin } });
    expect(await runProbe(refused, probeDeps())).toMatchObject({
      outcome: 'failed',
      errorType: 'tls',
      certificateExpiresAt: endsAt,
    });
  });

  it('of a flow has them, too', async () => {
    const plain = await startRawServer({ onRequest: (socket) => socket.end('HTTP/1.1 204 No\r\n\r\n') });
    const steps = [
      flowStep('plain', { request: { url: plain.origin } }),
      flowStep('secure', { request: request(), assertions }),
    ];
    const result = await runProbe(flowMonitor(steps), probeDeps({ clock }));
    await plain.close();
    expect(result).toMatchObject({ outcome: 'passed', certificateExpiresAt: endsAt });
  });
});
