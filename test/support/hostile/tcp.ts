import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DialogueStep, StartTlsProtocol, TlsSettings } from '../../../shared/config/model.ts';
import { chainOf, makeCertificate } from '../certificate-maker.ts';
import { tcpMonitor, tlsMonitor } from '../endpoint-monitors.ts';
import { startRawServer } from '../raw-server.ts';
import { type Expected, failed, type HostileRow, passed, timeoutOf } from './row.ts';
import { drip, pour, repeat } from './wire.ts';

type Options = {
  readonly dialogue?: readonly DialogueStep[];
  readonly assertions?: readonly string[];
  readonly tls?: TlsSettings;
};

const certificate = makeCertificate({ names: ['127.0.0.1'] });
const trust: TlsSettings = { rejectUnauthorized: true, ca: certificate.cert };
const banner: Options = { dialogue: [{ expect: '220 ready' }] };
const matches = (pattern: string): Options => ({ dialogue: [{ matches: pattern }] });

/** A port that does this when it is connected to. */
function port(
  name: string,
  onConnect: (socket: Socket) => void,
  expected: Expected | readonly Expected[],
  { dialogue = [{ send: ['AUTH ', { ssm: '/key' }] }, { expect: 'OK' }], assertions = [], tls }: Options = {},
): HostileRow {
  return {
    name,
    expected,
    start: () => startRawServer({ onConnect }),
    monitor: (number) =>
      tcpMonitor({
        timeoutMs: timeoutOf(expected),
        request: { port: number, dialogue, ...(tls ? { tls } : {}) },
        assertions,
      }),
  };
}

const echo = (socket: Socket): void => void socket.pipe(socket);
const says = (text: string | Buffer) => (socket: Socket) => socket.write(text);
const mebi = 1_048_576;

const dialogues: readonly HostileRow[] = [
  port('accepts and says nothing', () => {}, failed('timeout', /it was not received within 300 ms; received nothing/)),
  port('never reads', (socket) => socket.pause(), failed('timeout')),
  port('accepts, and nothing is asked', () => {}, passed, { dialogue: [] }),
  port('floods, and nothing is asked', (socket) => pour(socket, 'x'.repeat(16_384)), passed, { dialogue: [] }),
  port('drips its banner', (socket) => drip(socket, '220 read', 10), failed('timeout'), banner),
  port('drips another banner for ever', (socket) => drip(socket, 'x', 5), failed('timeout'), banner),
  port(
    'floods where a banner is wanted',
    (socket) => pour(socket, 'x'.repeat(16_384)),
    failed('body', /more than 65536 bytes/),
    banner,
  ),
  port(
    'floods with the beginning of the banner',
    (socket) => pour(socket, '220 read'.repeat(999)),
    failed('body'),
    banner,
  ),
  port(
    'floods where an expression is wanted',
    (socket) => pour(socket, 'x'.repeat(16_384)),
    failed('body'),
    matches('^y'),
  ),
  port(
    'floods an expression that backtracks',
    (socket) => pour(socket, 'a'.repeat(16_384)),
    failed('body'),
    matches('^(a+)+$!'),
  ),
  port(
    'drips to an expression that backtracks',
    (socket) => repeat(socket, 'a'.repeat(500), 2),
    [failed('timeout'), failed('body')],
    matches('(a|aa|a*)*b'),
  ),
  port('floods with line breaks', (socket) => pour(socket, '\r\n'.repeat(8_192)), failed('body'), matches('(?m)^220 ')),
  port('floods with zero bytes', (socket) => pour(socket, Buffer.alloc(16_384)), failed('body'), banner),
  port(
    'floods with bytes that are no UTF-8',
    (socket) => pour(socket, Buffer.alloc(16_384, 0xff)),
    failed('body'),
    matches('é'),
  ),
  port('sends half a character', says(Buffer.from([0xc3])), failed('timeout'), banner),
  port('greets with control characters', says('\x1b[2J\x07\0\u2028\u202e'), failed('timeout'), banner),
  port('greets with a line of 60 kB', says('y'.repeat(60_000)), failed('timeout'), banner),
  port('floods after its banner', (socket) => pour(socket, '220 ready\r\n'.repeat(1_000)), passed, banner),
  port('closes at once', (socket) => socket.end(), failed('protocol'), banner),
  port('resets at once', (socket) => socket.resetAndDestroy(), [failed('protocol'), failed('connect')], banner),
  port(
    'closes in the middle of its banner',
    (socket) => socket.end('220 rea'),
    failed('protocol', /received "220 rea"/),
    banner,
  ),
  port('closes right after its banner', (socket) => socket.end('220 ready'), passed, banner),
  port(
    'resets after its banner',
    (socket) => socket.write('220 ready', () => socket.resetAndDestroy()),
    [passed, failed('protocol'), failed('connect')],
    banner,
  ),
  port('closes on the question', (socket) => socket.once('data', () => socket.end()), failed('protocol')),
  port('resets on the question', (socket) => socket.once('data', () => socket.resetAndDestroy()), failed('protocol')),
  port('answers before it is asked', says('OK'), [failed('timeout'), passed]),
  port('echoes the secret that it is sent', echo, failed('timeout')),
  port(
    'echoes the secret and closes',
    (socket) => socket.once('data', (bytes: Buffer) => socket.end(bytes)),
    failed('protocol'),
  ),
  port(
    'echoes the secret where it is asserted on',
    (socket) => socket.once('data', (bytes: Buffer) => socket.end(`OK ${bytes}`)),
    failed('assertion'),
    {
      dialogue: [{ send: [{ ssm: '/key' }] }, { expect: 'OK' }],
      assertions: ['body == x'],
    },
  ),
  port(
    'never reads a large question',
    (socket) => socket.pause(),
    failed('timeout', /it was not taken by the target/),
    {
      dialogue: [{ send: 'x'.repeat(8 * mebi) }],
    },
  ),
  port(
    'floods while a large question is sent',
    (socket) => {
      pour(socket, 'x'.repeat(16_384));
    },
    failed('body', /more than 65536 bytes/),
    { dialogue: [{ send: 'x'.repeat(8 * mebi) }, { expect: 'y' }] },
  ),
  port(
    'answers each of 500 questions slowly',
    (socket) => socket.on('data', () => setTimeout(() => socket.write('OK'), 20)),
    failed('timeout'),
    {
      dialogue: Array.from({ length: 500 }, () => [{ send: 'Q' }, { expect: 'OK' }] as const).flat(),
    },
  ),
  port('speaks plain text on a port of TLS', says('220 ready\r\n'), failed('tls', /does not speak TLS/), {
    ...banner,
    tls: trust,
  }),
  port('never shakes hands on a port of TLS', () => {}, failed('timeout'), { ...banner, tls: trust }),
];

/** Speaks the plain part of SMTP; what comes after its last answer is in `injected`. */
function smtp(injected: string, afterwards: (socket: Socket) => void = serveTls) {
  return (socket: Socket) => {
    socket.write('220 mail ESMTP\r\n');
    const onData = (bytes: Buffer) => {
      if (bytes.toString().startsWith('EHLO')) socket.write('250-mail\r\n250 STARTTLS\r\n');
      if (!bytes.toString().startsWith('STARTTLS')) return;
      socket.removeListener('data', onData);
      socket.write(`220 go ahead\r\n${injected}`);
      afterwards(socket);
    };
    socket.on('data', onData);
  };
}

/** The listener of the server that keeps what was received must not eat the handshake. */
function serveTls(socket: Socket): void {
  socket.removeAllListeners('data');
  const secured = new TLSSocket(socket, { isServer: true, ...chainOf(certificate) });
  secured.on('error', () => {});
  secured.on('data', () => secured.write('250 hello again\r\n'));
}

const dialogue: readonly DialogueStep[] = [
  { expect: '220 ' },
  { send: 'EHLO a\r\n' },
  { expect: '250 STARTTLS\r\n' },
  { send: 'STARTTLS\r\n' },
  { expect: '220 go ahead' },
  { startTls: true },
  { send: 'EHLO a\r\n' },
  { expect: '250 ' },
];

/** As a dialogue that is written down, and as the dialogue that we know ourselves. */
function startTls(
  name: string,
  onConnect: (socket: Socket) => void,
  byHand: Expected | readonly Expected[],
  known = byHand,
): readonly HostileRow[] {
  return [
    port(`${name} (by hand)`, onConnect, byHand, { dialogue, tls: trust }),
    starts('smtp', `${name} (known)`, onConnect, known),
  ];
}

function starts(
  protocol: StartTlsProtocol,
  name: string,
  onConnect: (socket: Socket) => void,
  expected: Expected | readonly Expected[],
): HostileRow {
  return {
    name: `${name} [${protocol}]`,
    expected,
    start: () => startRawServer({ onConnect }),
    monitor: (number) =>
      tlsMonitor({ timeoutMs: timeoutOf(expected), request: { port: number, startTls: protocol, tls: trust } }),
  };
}

const injected = failed('protocol', /more in plain text after the answer that lets TLS begin/);
const protocols: readonly StartTlsProtocol[] = ['smtp', 'imap', 'pop3', 'ftp', 'postgres'];

const upgrades: readonly HostileRow[] = [
  startTls('begins TLS as it should', smtp(''), passed),
  startTls('injects an answer behind the one that lets TLS begin', smtp('250 injected\r\n'), injected),
  startTls('injects half an answer', smtp('2'), injected),
  startTls(
    'injects a flood',
    smtp('250 injected\r\n', (socket) => pour(socket, '250 injected\r\n'.repeat(1_000))),
    [injected, failed('body'), failed('protocol')],
  ),
  startTls(
    'goes on in plain text',
    smtp('', (socket) => setTimeout(() => socket.write('250 hello\r\n'), 30)),
    failed('tls', /does not speak TLS/),
  ),
  startTls(
    'says nothing more',
    smtp('', () => {}),
    failed('timeout'),
  ),
  startTls(
    'closes where TLS should begin',
    smtp('', (socket) => socket.end()),
    [failed('tls'), failed('protocol')],
  ),
  startTls('greets for ever', (socket) => repeat(socket, '220-more\r\n', 2), [failed('timeout'), failed('protocol')]),
  startTls('floods with greetings', (socket) => pour(socket, '220-more\r\n'.repeat(1_000)), [
    failed('body'),
    failed('protocol'),
  ]),
  ...protocols.map((protocol) => [
    starts(protocol, 'says nothing', () => {}, failed('timeout')),
    starts(protocol, 'floods', (socket) => pour(socket, 'x'.repeat(16_384)), failed('protocol')),
    starts(protocol, 'drips', (socket) => drip(socket, '2', 5), [failed('timeout'), failed('protocol')]),
    starts(protocol, 'closes', (socket) => socket.end(), failed('protocol')),
    starts(protocol, 'echoes', echo, [failed('timeout'), failed('protocol')]),
    starts(protocol, 'sends zero bytes', says(Buffer.alloc(99)), [failed('timeout'), failed('protocol')]),
    starts(protocol, 'speaks TLS at once', says(Buffer.from('160303000102', 'hex')), [
      failed('timeout'),
      failed('protocol'),
    ]),
  ]),
].flat();

/** Ports that are up to no good, in plain dialogues and where TLS begins in them. */
export const tcpServers: readonly HostileRow[] = [...dialogues, ...upgrades];
