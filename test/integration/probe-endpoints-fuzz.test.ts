import type { Socket } from 'node:net';
import fc from 'fast-check';
import { type Monitor, outcomes } from '../../shared/config/model.ts';
import { runAttempt } from '../../shared/probe/prober.ts';
import { makeCertificate } from '../support/certificate-maker.ts';
import { answerTo, framed, startDnsServer } from '../support/dns-server.ts';
import { dnsMonitor, tcpMonitor, tlsMonitor } from '../support/endpoint-monitors.ts';
import { probeDeps } from '../support/http-monitor.ts';
import { startRawServer } from '../support/raw-server.ts';
import { resourcesAreGone } from '../support/resources.ts';

const timeoutMs = 60;
const slackMs = 100;

/** What a server does when it is called, and again when it is sent something. */
type Act = { readonly bytes: Uint8Array } | 'end' | 'reset' | 'wait';

/** Bytes that look like what is waited for, and bytes that do not. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .constantFrom(
      '220 ',
      '220-',
      '250 STARTTLS\r\n',
      '250-',
      '\r\n',
      '\n',
      '+OK',
      '* OK\r\n',
      'a OK\r\n',
      '234 ',
      'S',
      '\x16\x03\x03\x00\x7a',
      '\x15\x03\x03\x00\x02\x02\x28',
      '\x14',
    )
    .map((text) => Buffer.from(text, 'latin1')),
);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: bytes.map((each) => ({ bytes: each })) },
  { weight: 1, arbitrary: fc.constantFrom('end' as const, 'reset' as const, 'wait' as const) },
);
const acts = fc.array(act, { maxLength: 6 });

function perform(socket: Socket, what: readonly Act[]): void {
  for (const each of what) {
    if (socket.destroyed || each === 'wait') return;
    // A reset behind an end would leave Node's own socket open for good.
    if (each === 'end') return void socket.end();
    if (each === 'reset') return void socket.resetAndDestroy();
    socket.write(each.bytes);
  }
}

/** The law: in time, with one of our outcomes, without throwing, with nothing left. */
async function expectLaw(monitor: Monitor): Promise<void> {
  const startedAt = performance.now();
  const { outcome, errorType, latencyMs, phases, message } = await runAttempt(monitor, probeDeps());
  expect(performance.now() - startedAt).toBeLessThan(timeoutMs + slackMs);
  expect(outcomes).toContain(outcome);
  // Whatever a server does, it is not our own fault.
  expect([outcome, errorType]).not.toContain('monitor');
  expect(message?.length ?? 0).toBeLessThanOrEqual(256);
  expect(Object.values(phases).reduce((sum, each) => sum + each, 0)).toBeCloseTo(latencyMs, 1);
}

describe('whatever a server does', () => {
  const tls = { rejectUnauthorized: false };
  const dialogue = [
    { expect: '220 ' },
    { send: 'EHLO me\r\n' },
    { matches: '(?m)^250 .*$' },
    { startTls: true as const },
    { expect: 'x' },
  ];
  const monitors: readonly [string, (port: number) => Monitor][] = [
    ['a dialogue', (port) => tcpMonitor({ request: { port, dialogue }, timeoutMs, maxBodyBytes: 300 })],
    ['TLS at once', (port) => tcpMonitor({ request: { port, tls, dialogue: [{ expect: 'x' }] }, timeoutMs })],
    ['a handshake', (port) => tlsMonitor({ request: { port, tls }, timeoutMs })],
    ['STARTTLS of SMTP', (port) => tlsMonitor({ request: { port, tls, startTls: 'smtp' }, timeoutMs })],
    ['STARTTLS of IMAP', (port) => tlsMonitor({ request: { port, tls, startTls: 'imap' }, timeoutMs })],
    ['STARTTLS of Postgres', (port) => tlsMonitor({ request: { port, tls, startTls: 'postgres' }, timeoutMs })],
    [
      'a DNS question over TCP',
      (port) => dnsMonitor({ request: { server: `127.0.0.1:${port}`, transport: 'tcp' }, timeoutMs }),
    ],
  ];

  it.each(monitors)('%s ends in time, as one of our outcomes, and leaves nothing behind', async (_name, monitorOf) => {
    const gone = await resourcesAreGone();
    await fc.assert(
      fc.asyncProperty(acts, acts, async (first, then) => {
        const server = await startRawServer({
          onConnect: (socket) => perform(socket, first),
          onRequest: (socket) => perform(socket, then),
        });
        try {
          await expectLaw(monitorOf(server.port));
        } finally {
          await server.close();
        }
      }),
      { numRuns: 15 },
    );
    await gone();
  });

  it('over TLS, too', async () => {
    const gone = await resourcesAreGone();
    const certificate = makeCertificate({ names: ['127.0.0.1'] });
    await fc.assert(
      fc.asyncProperty(acts, acts, async (first, then) => {
        const server = await startRawServer({
          tls: certificate,
          onConnect: (socket) =>
            perform(
              socket,
              first.filter((each) => each !== 'reset'),
            ),
          onRequest: (socket) =>
            perform(
              socket,
              then.filter((each) => each !== 'reset'),
            ),
        });
        try {
          const steps = [...dialogue.slice(0, 3), { expect: 'x' }];
          await expectLaw(
            tcpMonitor({ request: { port: server.port, tls, dialogue: steps }, timeoutMs, maxBodyBytes: 300 }),
          );
        } finally {
          await server.close();
        }
      }),
      { numRuns: 15 },
    );
    await gone();
  });

  it('with a DNS answer, over UDP and TCP', async () => {
    const gone = await resourcesAreGone();
    const change = fc.record({ at: fc.nat(80), byte: fc.nat(255) });
    const changes = fc.array(change, { maxLength: 4 });
    let changed: readonly { at: number; byte: number }[] = [];
    const broken = (query: Buffer) => {
      const message = answerTo(query, { answers: [{ type: 'A', name: 'name.example', ttl: 1, data: '192.0.2.1' }] });
      for (const { at, byte } of changed) message[at % message.length] = byte;
      return message;
    };
    const server = await startDnsServer({
      udp: (query, reply) => reply(broken(query)),
      tcp: (query, socket) => socket.write(framed(broken(query))),
    });
    try {
      await fc.assert(
        fc.asyncProperty(changes, fc.constantFrom('udp' as const, 'tcp' as const), async (next, transport) => {
          changed = next;
          await expectLaw(dnsMonitor({ request: { server: server.address, transport }, timeoutMs }));
        }),
        { numRuns: 40 },
      );
    } finally {
      await server.close();
    }
    await gone();
  });
});
