import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { StartTlsProtocol, TlsRequest } from '../../shared/config/model.ts';
import { probeTls } from '../../shared/probe/tls.ts';
import { chainOf, type MadeCertificate, makeCertificate } from '../support/certificate-maker.ts';
import type { TestCertificate } from '../support/certificates.ts';
import { tlsMonitor } from '../support/endpoint-monitors.ts';
import { probeDeps } from '../support/http-monitor.ts';
import { startRawServer } from '../support/raw-server.ts';
import { resourcesAreGone } from '../support/resources.ts';

const timeoutMs = 400;
/** How an attempt keeps its time to the tenth of a second is held to elsewhere, in a process of its own. */
const slackMs = 1_000;
const dayMs = 86_400_000;
const now = Date.now();

const root = makeCertificate({ name: 'Test Root', isCa: true });
const issuer = makeCertificate({ name: 'Test Issuer', isCa: true, issuer: root, validTo: endOf(20) });
const leafOf = (changes: Parameters<typeof makeCertificate>[0] = {}): MadeCertificate =>
  makeCertificate({ name: 'localhost', names: ['localhost', '127.0.0.1'], issuer, ...changes });
const good = chainOf(leafOf(), issuer);
const trusted = { rejectUnauthorized: true, ca: root.cert };

type Options = { readonly assertions?: readonly string[] };
type Behaviour = Parameters<typeof startRawServer>[0];

/** Probes a server that does this, and sees that the attempt ends in time and leaves nothing behind. */
async function probe(behaviour: Behaviour, request: Partial<TlsRequest> = {}, options: Options = {}) {
  const gone = await resourcesAreGone();
  const server = await startRawServer(behaviour);
  const monitor = tlsMonitor({ request: { port: server.port, tls: trusted, ...request }, timeoutMs, ...options });
  try {
    const startedAt = performance.now();
    const result = await probeTls(monitor, probeDeps());
    expect(performance.now() - startedAt).toBeLessThan(timeoutMs + slackMs);
    await server.drained();
    expect(server.openCount()).toBe(0);
    await gone();
    return { result, received: server.received };
  } finally {
    await server.close();
  }
}

const failed = (errorType: string, message: string | RegExp) => ({
  outcome: 'failed',
  errorType,
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});

describe('a handshake', () => {
  it('passes, and everything of the certificate can be asserted on', async () => {
    const { result } = await probe(
      { tls: good },
      {},
      {
        assertions: [
          'certificate.daysRemaining > 19.99',
          'certificate.daysRemaining < 20.01',
          'certificate.subject contains localhost',
          'certificate.issuer contains "Test Issuer"',
          'certificate.names contains 127.0.0.1',
          'certificate.chainLength == 2',
          'tls.version == TLSv1.3',
          'tls.authorized == true',
          'phase.tls < 400ms',
        ],
      },
    );
    expect(result.message).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'passed', isSent: true });
    expect(result.certificateExpiresAt).toBe(endOf(20));
    const { connectMs, tlsMs, transferMs } = result.phases;
    expect([Math.min(connectMs, tlsMs) > 0, transferMs]).toEqual([true, 0]);
  });

  it('of a certificate that ends soon is judged by its days', async () => {
    const soon = chainOf(leafOf({ validTo: endOf(10) }), issuer);
    const { result } = await probe({ tls: soon }, {}, { assertions: ['certificate.daysRemaining > 21'] });
    expect(result).toMatchObject(failed('assertion', /^certificate.daysRemaining > 21, but found (10|9\.99)/));
    expect(result.certificateExpiresAt).toBe(endOf(10));
  });

  const expired = leafOf({ validTo: endOf(-1), validFrom: endOf(-30) });
  it.each<[string, TestCertificate, Partial<TlsRequest>, RegExp, number]>([
    ['that has expired', chainOf(expired, issuer), {}, /^the certificate expired at .*\(CERT_HAS_EXPIRED\)$/, -1],
    [
      'that is not valid yet',
      chainOf(leafOf({ validFrom: endOf(1), validTo: endOf(9) }), issuer),
      {},
      /^the certificate is valid from .* only: 127\.0\.0\.1 \(CERT_NOT_YET_VALID\)$/,
      9,
    ],
    [
      'for another name',
      chainOf(leafOf({ names: ['other.example'], validTo: endOf(9) }), issuer),
      {},
      /^the certificate is for other.example, not for this name: 127.0.0.1 \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
      9,
    ],
    [
      'for another name than the one asked for',
      good,
      { tls: { ...trusted, servername: 'db.example' } },
      /db\.example/,
      20,
    ],
    ['whose chain is not whole', chainOf(leafOf({ validTo: endOf(9) })), {}, /UNABLE_TO_VERIFY_LEAF_SIGNATURE/, 9],
    ['that nobody here trusts', good, { tls: { rejectUnauthorized: true } }, /is not trusted/, 20],
  ])('of a certificate %s fails, and says when that ends', async (_name, tls, request, message, days) => {
    const { result } = await probe({ tls }, request);
    expect(result).toMatchObject({ ...failed('tls', message), isWorthConfirming: true });
    expect(result.certificateExpiresAt).toBe(endOf(days));
  });

  it('of any certificate passes where that is asked for, and can be judged by assertions', async () => {
    const tls = { rejectUnauthorized: false };
    const { result } = await probe(
      { tls: chainOf(expired, issuer) },
      { tls },
      { assertions: ['tls.authorized == true'] },
    );
    expect(result).toMatchObject(failed('assertion', 'tls.authorized == true, but found false'));
  });

  it.each<[string, Behaviour, string, RegExp]>([
    ['a silent port', {}, 'timeout', /^the TLS handshake was not finished within 400 ms$/],
    [
      'a port that talks plainly',
      { onConnect: (socket) => socket.write('220 hello\r\n') },
      'tls',
      /does not speak TLS/,
    ],
    ['a port that closes', { onRequest: (socket) => socket.end() }, 'tls', /127\.0\.0\.1/],
    ['a port that resets', { onRequest: (socket) => socket.resetAndDestroy() }, 'tls', /ECONNRESET/],
    [
      'a port that drips records',
      { onRequest: (socket) => drip(socket, '\x16\x03\x03\x40\x00') },
      'timeout',
      /handshake/,
    ],
    [
      'a port that pours',
      { onConnect: (socket) => socket.write(Buffer.alloc(8_000_000, 0x16)) },
      'tls',
      /127\.0\.0\.1/,
    ],
  ])('with %s fails', async (_name, behaviour, errorType, message) => {
    expect((await probe(behaviour)).result).toMatchObject(failed(errorType, message));
  });

  it('with a server that pours over TLS passes: the certificate has been seen', async () => {
    const pour = (socket: Socket) => socket.write('x'.repeat(1_000_000));
    expect((await probe({ tls: good, onConnect: pour })).result).toMatchObject({ outcome: 'passed' });
  });

  it('is not begun with settings that cannot be used', async () => {
    const { result } = await probe({ tls: good }, { tls: { rejectUnauthorized: true, ca: 'none' } });
    expect(result).toMatchObject({
      outcome: 'unknown',
      errorType: 'monitor',
      message: expect.stringContaining('tls.ca'),
    });
  });
});

/** What a server says in plain text: first, and after each text that it gets. `TLS` after the answer begins TLS. */
type Script = { readonly greeting: string; readonly replies: Readonly<Record<string, string>> };

function speak({ greeting, replies }: Script): Behaviour {
  return {
    onConnect: (socket) => {
      socket.write(greeting, 'latin1');
      socket.on('data', (bytes: Buffer) => {
        const reply = replies[bytes.toString('latin1')];
        if (reply === undefined) return;
        socket.write(reply.replace(/TLS$/, ''), 'latin1');
        if (!reply.endsWith('TLS')) return;
        socket.removeAllListeners('data');
        new TLSSocket(socket, { isServer: true, ...good }).on('error', () => {});
      });
    },
  };
}

const sslRequest = '\x00\x00\x00\x08\x04\xd2\x16\x2f';
const scripts: Readonly<Record<StartTlsProtocol, Script>> = {
  smtp: {
    greeting: '220-mail.example\r\n220 ESMTP\r\n',
    replies: {
      'EHLO burnwatch\r\n': '250-mail.example\r\n250-SIZE 1\r\n250 STARTTLS\r\n',
      'STARTTLS\r\n': '220 go ahead\r\nTLS',
    },
  },
  imap: { greeting: '* OK ready\r\n', replies: { 'a STARTTLS\r\n': '* NOOP\r\na OK begin\r\nTLS' } },
  pop3: { greeting: '+OK ready\r\n', replies: { 'STLS\r\n': '+OK begin\r\nTLS' } },
  ftp: { greeting: '220-Hello\r\n 220 not the end\r\n220 ready\r\n', replies: { 'AUTH TLS\r\n': '234 begin\r\nTLS' } },
  postgres: { greeting: '', replies: { [sslRequest]: 'STLS' } },
};

describe('STARTTLS', () => {
  it.each(Object.keys(scripts) as StartTlsProtocol[])('of %s comes before the handshake', async (startTls) => {
    const { result } = await probe(speak(scripts[startTls]), { startTls }, { assertions: ['tls.authorized == true'] });
    expect(result.message).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'passed', certificateExpiresAt: endOf(20) });
    expect(Math.min(result.phases.processingMs, result.phases.tlsMs)).toBeGreaterThan(0);
  });

  it.each(Object.keys(scripts) as StartTlsProtocol[])(
    'of %s does not take plain text put in before it',
    async (startTls) => {
      const { greeting, replies } = scripts[startTls];
      const injected = Object.entries(replies).map(
        ([sent, reply]) => [sent, reply.replace(/TLS$/, 'injected\r\n')] as const,
      );
      const { result } = await probe(speak({ greeting, replies: Object.fromEntries(injected) }), { startTls });
      const message = 'the target sent more in plain text after the answer that lets TLS begin';
      expect(result).toMatchObject(failed('protocol', message));
    },
  );

  it.each<[string, StartTlsProtocol, Script, string, string]>([
    [
      'greets wrongly',
      'smtp',
      { greeting: '554 no\r\n', replies: {} },
      'protocol',
      'smtp: the greeting 220 did not come: the target answered something else; received "554 no\\r\\n"',
    ],
    [
      'greets in another protocol',
      'smtp',
      { greeting: 'SSH-2.0-OpenSSH\r\n', replies: {} },
      'protocol',
      'smtp: the greeting 220 did not come: the target answered something else; received "SSH-2.0-OpenSSH\\r\\n"',
    ],
    [
      'does not offer it',
      'smtp',
      { greeting: '220 ok\r\n', replies: { 'EHLO burnwatch\r\n': '250 SIZE\r\n' } },
      'protocol',
      'smtp: 250 with STARTTLS did not come: the target answered something else; received "250 SIZE\\r\\n"',
    ],
    [
      'refuses it',
      'ftp',
      { greeting: '220 ok\r\n', replies: { 'AUTH TLS\r\n': '502 no\r\n' } },
      'protocol',
      'ftp: 234 to AUTH TLS did not come: the target answered something else; received "502 no\\r\\n"',
    ],
    [
      'refuses it',
      'imap',
      { greeting: '* OK\r\n', replies: { 'a STARTTLS\r\n': 'a BAD no\r\n' } },
      'protocol',
      'imap: a OK to STARTTLS did not come: the target answered something else; received "a BAD no\\r\\n"',
    ],
    [
      'has logged us in already',
      'imap',
      { greeting: '* PREAUTH\r\n', replies: {} },
      'protocol',
      'imap: the greeting * OK did not come: the target answered something else; received "* PREAUTH\\r\\n"',
    ],
    [
      'refuses it',
      'pop3',
      { greeting: '+OK\r\n', replies: { 'STLS\r\n': '-ERR no\r\n' } },
      'protocol',
      'pop3: +OK to STLS did not come: the target answered something else; received "-ERR no\\r\\n"',
    ],
    [
      'has none',
      'postgres',
      { greeting: '', replies: { [sslRequest]: 'N' } },
      'protocol',
      'postgres: S to the request for TLS did not come: the target answered something else; received "N"',
    ],
    [
      'never ends its reply',
      'smtp',
      { greeting: '220-a\r\n220-b\r\n', replies: {} },
      'timeout',
      'smtp: the greeting 220 was not received within 400 ms; received "220-a\\r\\n220-b\\r\\n"',
    ],
    [
      'says too much',
      'smtp',
      { greeting: `220-${'x'.repeat(20_000)}`, replies: {} },
      'protocol',
      `smtp: the greeting 220 did not come: the target sent more than 16384 bytes; received "220-${'x'.repeat(55)}…"`,
    ],
    [
      'does not answer with the handshake',
      'postgres',
      { greeting: '', replies: { [sslRequest]: 'S' } },
      'timeout',
      'the TLS handshake was not finished within 400 ms',
    ],
  ])('with a target that %s (%s) fails', async (_name, startTls, script, errorType, message) => {
    expect((await probe(speak(script), { startTls })).result).toMatchObject(failed(errorType, message));
  });

  it('with a target that closes says what was waited for', async () => {
    const { result } = await probe({ onConnect: (socket) => socket.end('220-') }, { startTls: 'smtp' });
    const message = 'smtp: the greeting 220 did not come: the target closed the connection; received "220-"';
    expect(result).toMatchObject(failed('protocol', message));
  });
});

describe('the address of a TLS port', () => {
  it.each([
    ['169.254.169.254', true],
    ['127.0.0.1', false],
    ['[::1]', false],
  ])('%s is blocked (allowPrivate: %s)', async (host, allowPrivate) => {
    const result = await probeTls(tlsMonitor({ request: { host }, allowPrivate }), probeDeps());
    expect(result).toMatchObject({ outcome: 'blocked', errorType: 'blocked', isSent: false, latencyMs: 0 });
  });
});

/** Midnight so many days from now, or before; certificates know whole seconds. */
function endOf(days: number): number {
  return Math.floor((now + days * dayMs) / 1_000) * 1_000;
}

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text[at % text.length] ?? '', 'latin1');
    at += 1;
  }, 20);
  socket.on('close', () => clearInterval(timer));
}
