import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { AttemptError } from '../../shared/net/error.ts';
import { describeTls, secureConnection } from '../../shared/net/tls.ts';
import type { CertificateFacts, ResolvedTls, TlsFacts } from '../../shared/net/tls-model.ts';
import { chainOf, makeCertificate } from '../support/certificate-maker.ts';

const dayMs = 86_400_000;
const root = makeCertificate({ name: 'Root', isCa: true, validTo: Date.now() + 900 * dayMs });
const soon = Date.now() + 20 * dayMs;
const issuer = makeCertificate({ name: 'Issuer', isCa: true, issuer: root, validTo: soon });
const leaf = makeCertificate({ name: 'Leaf', names: ['app.test', '127.0.0.1'], issuer });
const trusting: ResolvedTls = { rejectUnauthorized: true, ca: root.cert };

let server: Server | undefined;
const peers = new Set<Socket>();
afterEach(async () => {
  for (const peer of peers) peer.destroy();
  peers.clear();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

async function listen(started: Server): Promise<number> {
  server = started;
  started.on('connection', (socket: Socket) => {
    peers.add(socket);
    socket.on('error', () => {});
  });
  started.on('tlsClientError', () => {});
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return (started.address() as AddressInfo).port;
}

const startTls = (options: TlsOptions) => listen(createServer(options, (socket) => socket.on('error', () => {})));
const startRaw = (greet: (socket: Socket) => void) => listen(createTcpServer(greet));

type Options = Partial<Pick<Parameters<typeof secureConnection>[1], 'host' | 'settings' | 'alpn' | 'onCertificate'>>;

async function secure(
  port: number,
  { host = 'app.test', settings = trusting, alpn = [], ...callbacks }: Options = {},
): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port });
  await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
  socket.removeAllListeners('error');
  return secureConnection(socket, { host, settings, alpn, signal: AbortSignal.timeout(2_000), ...callbacks });
}

async function factsOf(port: number, options: Options = {}): Promise<TlsFacts> {
  const socket = await secure(port, options);
  socket.destroy();
  return describeTls(socket);
}

async function faultOf(port: number, options: Options = {}): Promise<string> {
  try {
    (await secure(port, options)).destroy();
    return 'none';
  } catch (error) {
    if (!(error instanceof AttemptError)) throw error;
    return `${error.errorType}: ${error.message}`;
  }
}

describe('a TLS connection', () => {
  it('says its version, cipher, protocol and the certificate of the target', async () => {
    const port = await startTls({ ...chainOf(leaf, issuer), ALPNProtocols: ['http/1.1'] });
    const facts = await factsOf(port, { alpn: ['http/1.1'] });
    expect(facts).toEqual({
      version: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      alpn: 'http/1.1',
      isAuthorized: true,
      certificate: {
        expiresAt: Math.floor(soon / 1_000) * 1_000,
        subject: 'CN=Leaf',
        issuer: 'CN=Issuer',
        names: ['app.test', '127.0.0.1'],
        serialNumber: expect.stringMatching(/^01[0-9A-F]{16}$/),
        fingerprint256: expect.stringMatching(/^[0-9A-F]{64}$/),
        chainLength: 2,
      },
    });
  });

  it('agrees on no protocol where none is offered', async () => {
    expect((await factsOf(await startTls(chainOf(leaf, issuer)))).alpn).toBe('');
  });

  it.each<[string, ResolvedTls, Options['host'], boolean]>([
    ['a trusted chain and its name', { rejectUnauthorized: false, ca: root.cert }, 'app.test', true],
    ['another name', { rejectUnauthorized: false, ca: root.cert }, 'other.test', false],
    ['an unknown root', { rejectUnauthorized: false }, 'app.test', false],
  ])('without verification says whether %s would have passed', async (_name, settings, host, expected) => {
    const port = await startTls(chainOf(leaf, issuer));
    const facts = await factsOf(port, { settings, ...(host ? { host } : {}) });
    expect(facts.isAuthorized).toBe(expected);
    expect(facts.certificate).toMatchObject({ chainLength: 2, expiresAt: Math.floor(soon / 1_000) * 1_000 });
  });

  it('counts a root that the target sends', async () => {
    const sent = await factsOf(await startTls(chainOf(leaf, issuer, root)));
    expect(sent.certificate?.chainLength).toBe(3);
  });

  it('learns within five minutes what else is sent with the same certificate, and at once when it is refused', async () => {
    const port = await startTls(chainOf(leaf, issuer));
    const lengthOf = async () => (await factsOf(port)).certificate?.chainLength;
    const serve = (...issuers: Parameters<typeof chainOf>[1][]) =>
      (server as ReturnType<typeof createServer>).setSecureContext(chainOf(leaf, ...issuers));
    expect(await lengthOf()).toBe(2);
    serve(issuer, root);
    expect(await lengthOf()).toBe(2);
    serve();
    const seen: number[] = [];
    const onCertificate = ({ chainLength }: CertificateFacts) => seen.push(chainLength);
    expect(await faultOf(port, { onCertificate })).toMatch(/^tls: the issuer "CN=Issuer" is not trusted/);
    expect(seen).toEqual([1]);
    serve(issuer, root);
    const now = performance.now() + 300_001;
    import.meta.jest.spyOn(performance, 'now').mockReturnValue(now);
    expect(await lengthOf()).toBe(3);
    import.meta.jest.restoreAllMocks();
  });

  it('looks at certificates that are sent without need, too', async () => {
    const old = makeCertificate({ name: 'Old', isCa: true, validTo: Date.now() - dayMs });
    const facts = await factsOf(await startTls(chainOf(leaf, issuer, old)));
    expect(facts.isAuthorized).toBe(true);
    expect(facts.certificate?.expiresAt).toBeLessThan(Date.now());
  });

  it('counts at most 20 certificates', async () => {
    const many = Array.from({ length: 40 }, () => issuer);
    const facts = await factsOf(await startTls(chainOf(leaf, ...many)));
    expect(facts.certificate?.chainLength).toBe(20);
  });
});

describe('a certificate that is not accepted', () => {
  const expired = makeCertificate({ names: ['app.test'], issuer, validTo: Date.UTC(2026, 0, 2, 3, 4, 5) });
  const early = makeCertificate({
    names: ['app.test'],
    issuer,
    validFrom: Date.UTC(2040, 0, 2, 3, 4, 5),
    validTo: Date.UTC(2041, 0),
  });
  const oldIssuer = makeCertificate({ name: 'Old', isCa: true, issuer: root, validTo: Date.UTC(2026, 1, 3) });
  const many = makeCertificate({ names: ['a.test', 'b.test', 'c.test', 'd.test', 'e.test'], issuer });
  const selfSigned = makeCertificate({ names: ['app.test'] });

  it.each([
    [
      'of another name',
      chainOf(many, issuer),
      'tls: the certificate is for a.test, b.test, c.test and 2 more, not for this name: app.test (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'without names',
      chainOf(makeCertificate({ issuer }), issuer),
      'tls: the certificate is for no name at all, not for this name: app.test (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'that is over',
      chainOf(expired, issuer),
      'tls: the certificate expired at 2026-01-02T03:04:05Z: app.test (CERT_HAS_EXPIRED)',
    ],
    [
      'whose issuer is over',
      chainOf(makeCertificate({ names: ['app.test'], issuer: oldIssuer }), oldIssuer),
      `tls: the issuer's certificate "CN=Old" expired at 2026-02-03T00:00:00Z: app.test (CERT_HAS_EXPIRED)`,
    ],
    [
      'that is not valid yet',
      chainOf(early, issuer),
      'tls: the certificate is valid from 2040-01-02T03:04:05Z only: app.test (CERT_NOT_YET_VALID)',
    ],
    ['that signed itself', selfSigned, 'tls: the certificate is self-signed: app.test (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    [
      'without its issuer',
      leaf,
      'tls: the issuer "CN=Issuer" is not trusted, and the target sent no certificate of it: app.test (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
  ])('%s is explained', async (_name, shown, expected) => {
    expect(await faultOf(await startTls({ cert: shown.cert, key: shown.key }))).toBe(expected);
  });

  it.each([
    [
      'a root that is sent',
      chainOf(leaf, issuer, root),
      'tls: the certificate chain ends in a root that is not trusted: app.test (SELF_SIGNED_CERT_IN_CHAIN)',
    ],
    [
      'a root that is not sent',
      chainOf(leaf, issuer),
      'tls: the certificate chain leads to "CN=Root", which is not trusted: app.test (UNABLE_TO_GET_ISSUER_CERT_LOCALLY)',
    ],
  ])('of %s that nobody here knows is explained', async (_name, shown, expected) => {
    expect(await faultOf(await startTls(shown), { settings: { rejectUnauthorized: true } })).toBe(expected);
  });

  it('is looked for under the servername of the settings', async () => {
    const port = await startTls(chainOf(leaf, issuer));
    expect(await faultOf(port, { host: '127.0.0.1' })).toBe('none');
    expect(await faultOf(port, { host: '127.0.0.1', settings: { ...trusting, servername: 'app.test' } })).toBe('none');
    expect(await faultOf(port, { settings: { ...trusting, servername: 'other.test' } })).toBe(
      'tls: the certificate is for app.test, 127.0.0.1, not for this name: other.test (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
    expect(await faultOf(port, { host: '127.0.0.2' })).toMatch(/^tls: the certificate is for app.test, 127.0.0.1, not/);
  });

  it('is not accepted because a variable of the environment says so', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      expect(await faultOf(await startTls(selfSigned))).toMatch(/^tls: the certificate is self-signed/);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });
});

describe('a handshake', () => {
  const shown = chainOf(leaf, issuer);
  const mutual = { ...shown, requestCert: true, rejectUnauthorized: true, ca: root.cert };

  it.each<[string, TlsOptions, Options, string]>([
    [
      'with a target that is too old',
      { ...shown, maxVersion: 'TLSv1.2' },
      { settings: { ...trusting, minVersion: 'TLSv1.3' } },
      'tls: the target speaks no TLS from TLS 1.3 on: app.test (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)',
    ],
    [
      'with a target that wants a certificate',
      { ...mutual, maxVersion: 'TLSv1.2' },
      {},
      'tls: the target asks for a client certificate (tls.cert and tls.key): app.test (ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE)',
    ],
    [
      'with a target that speaks another protocol',
      { ...shown, ALPNProtocols: ['h2'] },
      { alpn: ['http/1.1'] },
      'protocol: the target does not speak http/1.1: app.test (ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)',
    ],
    [
      'with a target of other ciphers',
      { ...shown, maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' },
      {},
      'tls: the target accepts none of the offered ciphers and keys: app.test (ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE)',
    ],
  ])('%s is explained', async (_name, options, asked, expected) => {
    expect(await faultOf(await startTls(options), asked)).toBe(expected);
  });

  it('shows the certificate of the settings', async () => {
    const client = makeCertificate({ name: 'Client', issuer });
    const settings = { ...trusting, ...chainOf(client, issuer) };
    expect(await faultOf(await startTls({ ...mutual, maxVersion: 'TLSv1.2' }), { settings })).toBe('none');
  });

  it('in which our certificate is refused is explained', async () => {
    const port = await startTls({ ...mutual, maxVersion: 'TLSv1.2' });
    const stranger = makeCertificate({ name: 'Stranger' });
    const settings = { ...trusting, cert: stranger.cert, key: stranger.key };
    expect(await faultOf(port, { settings })).toBe(
      'tls: the connection was closed during the TLS handshake: app.test (ECONNRESET)',
    );
  });

  const alert = (code: number) => (socket: Socket) =>
    socket.once('data', () => socket.write(Buffer.from([21, 3, 3, 0, 2, 2, code])));
  it.each<[string, (socket: Socket) => void, string]>([
    [
      'a port of another protocol',
      (socket) => socket.write('220 mail.test ESMTP\r\n'),
      'tls: the port does not speak TLS: app.test (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    [
      'a connection that is closed',
      (socket) => socket.once('data', () => socket.end()),
      'tls: the connection was closed during the TLS handshake: app.test (ECONNRESET)',
    ],
    [
      'a connection that is reset',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      'tls: the connection was closed during the TLS handshake: app.test (ECONNRESET)',
    ],
    [
      'the alert for an unknown name',
      alert(112),
      'tls: the target serves no certificate for this name: app.test (ERR_SSL_TLSV1_UNRECOGNIZED_NAME)',
    ],
    [
      'the alert for trouble of its own',
      alert(80),
      'tls: the target broke off the TLS handshake because of an error of its own: app.test (ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR)',
    ],
    [
      'the alert for an unknown issuer, unasked',
      alert(48),
      'tls: the target broke off the TLS handshake: app.test (ERR_SSL_TLSV1_ALERT_UNKNOWN_CA)',
    ],
    [
      'another alert',
      alert(50),
      'tls: the target broke off the TLS handshake: app.test (ERR_SSL_TLSV1_ALERT_DECODE_ERROR)',
    ],
  ])('that meets %s is explained', async (_name, greet, expected) => {
    expect(await faultOf(await startRaw(greet))).toBe(expected);
  });
});

describe('settings that cannot be used', () => {
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  it.each<[string, Partial<ResolvedTls>, string]>([
    ['a ca that is no PEM', { ca: 'oops' }, 'tls.ca holds no PEM of a certificate'],
    ['a ca that is empty', { ca: '' }, 'tls.ca holds no PEM of a certificate'],
    [
      'a ca of which the second is broken',
      { ca: root.cert + broken },
      'tls.ca cannot be read: its certificate 2 of 2 is broken',
    ],
    ['a cert without a key', { cert: leaf.cert }, 'tls.cert and tls.key belong together: set both'],
    ['a key without a cert', { key: leaf.key }, 'tls.cert and tls.key belong together: set both'],
    ['a key of another certificate', { cert: leaf.cert, key: root.key }, 'tls.key is not the key of tls.cert'],
    [
      'a key that is no PEM',
      { cert: leaf.cert, key: 'oops' },
      'tls.key is no PEM of a private key without a passphrase',
    ],
    ['a cert that is a key', { cert: leaf.key, key: leaf.key }, 'tls.cert holds no PEM of a certificate'],
  ])('%s is our own fault, and nothing is sent', async (_name, changes, message) => {
    let received = 0;
    const port = await startRaw((socket) =>
      socket.on('data', (chunk) => {
        received += chunk.length;
      }),
    );
    expect(await faultOf(port, { settings: { rejectUnauthorized: true, ...changes } })).toBe(`monitor: ${message}`);
    expect(received).toBe(0);
  });
});
