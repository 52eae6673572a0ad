import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { systemClock } from '../../shared/clock/clock.ts';
import type { DialogueStep, TcpRequest } from '../../shared/config/model.ts';
import { openEndpoint } from '../../shared/net/endpoint.ts';
import { startStopwatch } from '../../shared/net/phases.ts';
import { probeTcp } from '../../shared/probe/tcp.ts';
import { localhostCertificate } from '../support/certificates.ts';
import { tcpMonitor } from '../support/endpoint-monitors.ts';
import { probeDeps } from '../support/http-monitor.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { resourcesAreGone } from '../support/resources.ts';

const timeoutMs = 400;
/** How an attempt keeps its time to the tenth of a second is held to elsewhere, in a process of its own. */
const slackMs = 1_000;
let server: RawServer | undefined;

type Options = {
  readonly assertions?: readonly string[];
  readonly maxBodyBytes?: number;
  readonly timeoutMs?: number;
  readonly secret?: string;
};
type Behaviour = Parameters<typeof startRawServer>[0];

/** Probes a server that does this, and sees that the attempt ends in time and leaves nothing behind. */
async function probe(behaviour: Behaviour, request: Partial<TcpRequest> = {}, options: Options = {}) {
  const { secret, ...changes } = options;
  const gone = await resourcesAreGone();
  server = await startRawServer(behaviour);
  const monitor = tcpMonitor({ request: { port: server.port, ...request }, timeoutMs, ...changes });
  const read = { parameter: async () => secret, output: () => undefined };
  try {
    const startedAt = performance.now();
    const result = await probeTcp(monitor, probeDeps({ read }));
    expect(performance.now() - startedAt).toBeLessThan((changes.timeoutMs ?? timeoutMs) + slackMs);
    await server.drained();
    expect(server.openCount()).toBe(0);
    await gone();
    return result;
  } finally {
    await server.close();
  }
}

const greet = (text: string) => (socket: Socket) => socket.write(text);
/** A server that knows one answer to each text that it gets. */
const answers = (greeting: string, replies: Readonly<Record<string, string>>): Behaviour => ({
  onConnect: (socket) => {
    socket.write(greeting);
    socket.on('data', (bytes: Buffer) => {
      const reply = replies[bytes.toString()];
      if (reply !== undefined) socket.write(reply);
    });
  },
});
const failed = (errorType: string, message: string) => ({ outcome: 'failed', errorType, message });

describe('a TCP port', () => {
  it('that accepts passes without a dialogue', async () => {
    const result = await probe({});
    expect(result).toMatchObject({ outcome: 'passed', isSent: true, redirects: 0 });
    expect(result.phases.connectMs).toBeGreaterThan(0);
    expect(result.latencyMs).toBeCloseTo(result.phases.connectMs, 3);
  });

  it('that refuses is an error of type connect', async () => {
    const closed = await startRawServer({});
    await closed.close();
    const result = await probeTcp(tcpMonitor({ request: { port: closed.port } }), probeDeps());
    expect(result).toMatchObject(
      failed('connect', `the connection was refused by 127.0.0.1:${closed.port} (ECONNREFUSED)`),
    );
  });

  it('of IPv6 is probed, with brackets and without', async () => {
    for (const host of ['::1', '[::1]']) {
      const result = await probeTcp(tcpMonitor({ request: { host, port: 1 } }), probeDeps());
      expect(result.message).toBe('the connection was refused by [::1]:1 (ECONNREFUSED)');
    }
  });

  it('is reached by the addresses of the family that is asked for', async () => {
    const host = 'LOCALHOST.';
    const result = await probeTcp(tcpMonitor({ request: { host, port: 1, ipVersion: 6 } }), probeDeps());
    expect(result.message).toBe('the connection was refused by [::1]:1 (ECONNREFUSED)');
  });

  it.each(['', 'tcp://host', 'host:80', 'a b', '127.1', 'a..b', `${'a'.repeat(64)}.example`])(
    'is not looked for at %j',
    async (host) => {
      const message = 'the host of the monitor is neither a name nor an address';
      const result = await probeTcp(tcpMonitor({ request: { host } }), probeDeps());
      expect(result).toMatchObject({ outcome: 'unknown', errorType: 'monitor', message, isSent: false });
    },
  );

  it('is not looked for when a reference has no value, or none in time', async () => {
    const monitor = tcpMonitor({ request: { host: [{ ssm: '/host' }] }, timeoutMs: 50 });
    const missing = { parameter: async () => undefined, output: () => undefined };
    const hanging = { parameter: () => new Promise<undefined>(() => {}), output: () => undefined };
    const results = [missing, hanging].map((read) => probeTcp(monitor, probeDeps({ read })));
    expect((await Promise.all(results)).map(({ outcome, message }) => [outcome, message])).toEqual([
      ['unknown', 'the parameter /host does not exist'],
      ['unknown', 'its references were not resolved within 50 ms'],
    ]);
  });
});

describe('a dialogue', () => {
  const smtp: readonly DialogueStep[] = [
    { expect: '220 ' },
    { send: 'EHLO me\r\n' },
    { matches: '(?m)^250 .*\r\n' },
    { send: 'QUIT\r\n' },
    { expect: '221' },
  ];
  const replies = { 'EHLO me\r\n': '250-STARTTLS\r\n250 SIZE\r\n', 'QUIT\r\n': '221 bye\r\n' };

  it('passes when all of it came true, and all that came is the body', async () => {
    const result = await probe(
      answers('220 mail\r\n', replies),
      { dialogue: smtp },
      { assertions: ['body contains "220 mail"', 'body contains "250 SIZE"', 'body contains "221 bye"'] },
    );
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.assertions.map(({ passed }) => passed)).toEqual([true, true, true]);
    const { phases, latencyMs } = result;
    expect(Math.min(phases.connectMs, phases.processingMs, phases.transferMs)).toBeGreaterThan(0);
    expect(phases.connectMs + phases.processingMs + phases.transferMs).toBeCloseTo(latencyMs, 2);
  });

  it('sends exactly the bytes of its texts', async () => {
    await probe({ onRequest: (socket) => socket.write('x') }, { dialogue: [{ send: 'ü\0\r\n' }, { expect: 'x' }] });
    expect(Buffer.from(server?.received[0] ?? '', 'latin1')).toEqual(Buffer.from('ü\0\r\n'));
  });

  it('finds texts one after the other, however they are cut into packets', async () => {
    const dialogue = [{ expect: 'one' }, { expect: 'twö' }, { matches: 'three$' }, { expect: 'fo' }, { expect: 'ur' }];
    const text = Buffer.from('one twö three');
    const drop = (socket: Socket) => {
      for (const [index, byte] of text.entries()) setTimeout(() => socket.write(Buffer.of(byte)), 5 * index);
      setTimeout(() => socket.write('four'), 5 * text.length + 20);
    };
    expect(await probe({ onConnect: drop }, { dialogue }, { timeoutMs: 5_000 })).toMatchObject({ outcome: 'passed' });
    expect(
      await probe({ onConnect: greet('one twö threefour') }, { dialogue: [{ expect: 'one' }, { expect: 'two' }] }),
    ).toMatchObject({
      errorType: 'timeout',
    });
  });

  it('takes as the answer to what it sent only what came after that', async () => {
    const dialogue = [{ expect: '220' }, { send: 'x' }, { expect: '250' }];
    expect(await probe({ onConnect: greet('220 not yet 250\r\n') }, { dialogue })).toMatchObject(
      failed('timeout', 'step 3 (expect "250"): it was not received within 400 ms; received nothing'),
    );
  });

  it('counts what came before the target closed', async () => {
    const close = { onConnect: (socket: Socket) => socket.end('220 bye') };
    expect(await probe(close, { dialogue: [{ expect: '220' }, { expect: 'bye' }] })).toMatchObject({
      outcome: 'passed',
    });
  });

  type Case = [
    name: string,
    behaviour: Behaviour,
    dialogue: readonly DialogueStep[],
    expected: object,
    options?: Options,
  ];
  it.each<Case>([
    [
      'is silent',
      {},
      [{ expect: '220 ' }],
      failed('timeout', 'step 1 (expect "220 "): it was not received within 400 ms; received nothing'),
    ],
    [
      'says something else',
      { onConnect: greet('554 "no"\r\n\x1b[2J') },
      [{ expect: '220 ' }],
      failed(
        'timeout',
        'step 1 (expect "220 "): it was not received within 400 ms; received "554 \\"no\\"\\r\\n\\u001b[2J"',
      ),
    ],
    [
      'says something that the expression does not match',
      { onConnect: greet('554 no\r\n') },
      [{ matches: '^2\\d\\d' }],
      failed(
        'timeout',
        'step 1 (matches "^2\\\\d\\\\d"): nothing that it matches was received within 400 ms; received "554 no\\r\\n"',
      ),
    ],
    [
      'says too much to show',
      { onConnect: greet('y'.repeat(500)) },
      [{ expect: 'x'.repeat(100) }],
      failed(
        'timeout',
        `step 1 (expect "${'x'.repeat(59)}…"): it was not received within 400 ms; received "${'y'.repeat(59)}…"`,
      ),
    ],
    [
      'drips for ever',
      { onConnect: (socket: Socket) => repeat(socket, 10, () => socket.write('x')) },
      [{ matches: 'y' }],
      {
        outcome: 'failed',
        errorType: 'timeout',
        message: expect.stringMatching(/^step 1 .* 400 ms; received "x+…?"$/),
      },
    ],
    [
      'closes in the middle',
      { onConnect: (socket: Socket) => socket.end('22') },
      [{ expect: '220 ' }],
      failed('protocol', 'step 1 (expect "220 "): the target closed the connection; received "22"'),
    ],
    [
      'resets in the middle',
      { onRequest: (socket: Socket) => socket.resetAndDestroy() },
      [{ send: 'x' }, { expect: 'y' }],
      failed('protocol', 'step 2 (expect "y"): the target reset the connection (ECONNRESET); received nothing'),
    ],
    [
      'has closed before something is sent',
      { onConnect: (socket: Socket) => socket.end('220') },
      [{ expect: '220' }, { expect: 'more' }],
      failed('protocol', 'step 2 (expect "more"): the target closed the connection; received nothing'),
    ],
    [
      'sends more than fits',
      { onConnect: greet('x'.repeat(200)) },
      [{ expect: 'y' }],
      failed('body', `step 1 (expect "y"): the target sent more than 100 bytes; received "${'x'.repeat(59)}…"`),
      { maxBodyBytes: 100 },
    ],
    [
      'pours without end',
      { onConnect: (socket: Socket) => pour(socket) },
      [{ expect: 'y' }],
      {
        outcome: 'failed',
        errorType: 'body',
        message: expect.stringMatching(/the target sent more than 1048576 bytes/),
      },
      { maxBodyBytes: 1_048_576 },
    ],
    [
      'pours what an expression would look at for ever',
      { onConnect: (socket: Socket) => pour(socket) },
      [{ matches: '(x+)+y' }],
      {
        outcome: 'failed',
        errorType: 'body',
        message: expect.stringMatching(/the expression found nothing in the first 65536 bytes/),
      },
      { maxBodyBytes: 1_048_576 },
    ],
    [
      'does not take what is sent',
      {
        onConnect: (socket: Socket) => {
          socket.pause();
          setTimeout(() => socket.resume(), timeoutMs + 50);
        },
      },
      [{ send: 'x'.repeat(20_000_000) }],
      failed('timeout', 'step 1 (send): it was not taken by the target within 400 ms'),
    ],
  ])('with a target that %s fails', async (...[, behaviour, dialogue, expected, options]: Case) => {
    expect(await probe(behaviour, { dialogue }, options)).toMatchObject(expected);
  });

  it('shows no secret that it sent, whole, encoded or half, when it comes back', async () => {
    const secret = 'correct horse battery staple';
    const dialogue: DialogueStep[] = [{ send: ['AUTH ', { ssm: '/password' }, '\r\n'] }, { expect: 'OK' }];
    const back = [secret, Buffer.from(secret).toString('base64'), secret.slice(0, 15)];
    for (const text of back) {
      const echo = { onRequest: (socket: Socket) => socket.write(text) };
      const result = await probe(echo, { dialogue }, { secret, assertions: ['body contains OK'] });
      expect(result.message).toMatch(/received "\*\*\*/);
      expect(JSON.stringify(result)).not.toMatch(/correct|horse|Y29ycmVj/);
    }
  });
});

describe('TLS on a TCP port', () => {
  const tls = { rejectUnauthorized: true, ca: localhostCertificate.cert };
  const upgrade = (socket: Socket, andThen: (secured: TLSSocket) => void) => {
    socket.removeAllListeners('data');
    const secured = new TLSSocket(socket, { isServer: true, ...localhostCertificate });
    secured.on('error', () => {});
    andThen(secured);
  };
  /** Says hello, and begins TLS when asked to. `before` is what it sends in plain text with its answer. */
  const startTls = (answer: string, before = ''): Behaviour => ({
    onConnect: (socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (bytes: Buffer) => {
        if (bytes.toString() !== 'STARTTLS\r\n') return;
        socket.write(answer + before);
        upgrade(socket, (secured) => secured.once('data', () => secured.write('250 secret service\r\n')));
      });
    },
  });
  const dialogue: DialogueStep[] = [
    { expect: '220 ' },
    { send: 'STARTTLS\r\n' },
    { expect: '220 ' },
    { startTls: true },
    { send: 'EHLO me\r\n' },
    { expect: '250 ' },
  ];

  it('begins right after the connection without a startTls step', async () => {
    const expiresAt = Date.parse('2126-10-28T01:30:42Z');
    const result = await probe(
      { tls: localhostCertificate, onRequest: greet('pong') },
      { tls, dialogue: [{ send: 'ping' }, { expect: 'pong' }] },
      {
        assertions: [
          'tls.version == TLSv1.3',
          'tls.authorized == true',
          'certificate.daysRemaining > 30',
          'body == pong',
        ],
      },
    );
    expect(result).toMatchObject({ outcome: 'passed', certificateExpiresAt: expiresAt });
    expect(result.phases.tlsMs).toBeGreaterThan(0);
  });

  it('begins at a startTls step', async () => {
    const result = await probe(
      startTls('220 go ahead\r\n'),
      { tls, dialogue },
      { assertions: ['tls.authorized == true'] },
    );
    expect(result).toMatchObject({ outcome: 'passed', certificateExpiresAt: expect.any(Number) });
    expect(Math.min(result.phases.tlsMs, result.phases.transferMs)).toBeGreaterThan(0);
  });

  it('begins only when the line of the answer is over', async () => {
    const halting: Behaviour = {
      onConnect: (socket) => {
        socket.write('220 hello\r\n');
        socket.on('data', () => {
          socket.write('220 go');
          setTimeout(() => {
            socket.write(' ahead\r\n');
            upgrade(socket, (secured) => secured.once('data', () => secured.write('250 \r\n')));
          }, 50);
        });
      },
    };
    expect(await probe(halting, { tls, dialogue })).toMatchObject({ outcome: 'passed' });
  });

  it('does not begin when something was put in behind the answer', async () => {
    const result = await probe(startTls('220 go ahead\r\n', '250 injected\r\n'), { tls, dialogue });
    expect(result).toMatchObject(
      failed(
        'protocol',
        'step 4 (startTls): the target sent more in plain text after the answer that lets TLS begin; ' +
          'received "go ahead\\r\\n250 injected\\r\\n"',
      ),
    );
  });

  it('verifies the certificate where nothing else is said', async () => {
    const message = 'step 4 (startTls): the certificate is self-signed';
    const result = await probe(startTls('220 go ahead\r\n'), { dialogue });
    expect(result).toMatchObject({ outcome: 'failed', errorType: 'tls', message: expect.stringContaining(message) });
    expect(result.certificateExpiresAt).toBe(Date.parse('2126-10-28T01:30:42Z'));
  });

  it('that is never finished says so', async () => {
    const silent: Behaviour = {
      onConnect: (socket) => {
        socket.write('220 hello\r\n');
        socket.on('data', (bytes: Buffer) => {
          if (bytes.toString() === 'STARTTLS\r\n') socket.write('220 \r\n');
        });
      },
    };
    expect(await probe(silent, { tls, dialogue })).toMatchObject(
      failed('timeout', 'step 4 (startTls): the TLS handshake was not finished within 400 ms'),
    );
  });

  it.each([
    ['a port that talks plainly', { onConnect: greet('220 hello\r\n') }, 'tls'],
    ['a port that closes', { onConnect: (socket: Socket) => socket.destroy() }, 'tls'],
    ['a silent port', {}, 'timeout'],
  ])('fails on %s', async (_name, behaviour, errorType) => {
    expect(await probe(behaviour, { tls, dialogue: [] })).toMatchObject({ outcome: 'failed', errorType });
  });
});

describe('the address of a TCP port', () => {
  it.each([
    ['169.254.169.254', true],
    ['fd00:ec2::254', true],
    ['100.100.100.200', true],
    ['127.0.0.1', false],
    ['localhost', false],
    ['[::1]', false],
  ])('%s is blocked (allowPrivate: %s)', async (host, allowPrivate) => {
    const result = await probeTcp(tcpMonitor({ request: { host }, allowPrivate }), probeDeps());
    expect(result).toMatchObject({ outcome: 'blocked', errorType: 'blocked', isSent: false, latencyMs: 0 });
    expect(result.message).toMatch(allowPrivate ? /metadata or runtime address/ : /is not a public address/);
  });

  it('is blocked when its name leads to a metadata address, whatever is allowed', async () => {
    const opening = openEndpoint(
      { host: 'db.example', port: 5432 },
      {
        policy: { allowPrivate: true, allowOrigins: ['http://db.example:5432'] },
        signal: AbortSignal.timeout(1_000),
        stopwatch: startStopwatch(systemClock),
        onPhase: () => {},
        resolve: async () => ['169.254.169.254'],
      },
    );
    await expect(opening).rejects.toMatchObject({ errorType: 'blocked' });
  });
});

function repeat(socket: Socket, everyMs: number, act: () => void): void {
  const timer = setInterval(act, everyMs);
  socket.on('close', () => clearInterval(timer));
}

function pour(socket: Socket): void {
  const chunk = 'x'.repeat(65_536);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk)) {}
  };
  socket.on('drain', more);
  more();
}
