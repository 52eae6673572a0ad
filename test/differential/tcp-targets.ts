import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DialogueStep, TlsSettings } from '../../shared/config/model.ts';
import { chainOf, makeCertificate } from '../support/certificate-maker.ts';
import { tcpMonitor } from '../support/endpoint-monitors.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { type Difference, type Target, timeoutMs } from './target.ts';
import type { Targets } from './targets.ts';

const certificate = makeCertificate({ names: ['127.0.0.1'] });

type TcpTarget = {
  readonly name: string;
  readonly greet: (socket: Socket) => void;
  /** The exporter ends each text that it sends with LF. */
  readonly queries?: readonly Readonly<Record<string, unknown>>[];
  readonly dialogue?: readonly DialogueStep[];
  readonly tls?: TlsSettings;
  readonly differs?: Difference;
};

const smtp = (answers: Readonly<Record<string, string>>) => (socket: Socket) => {
  socket.write('220 mail.example ESMTP\r\n');
  socket.on('data', (bytes: Buffer) => {
    const reply = answers[bytes.toString().trim().split(' ')[0] ?? ''];
    if (reply !== undefined) socket.write(reply);
    if (reply?.startsWith('220 go')) secure(socket);
  });
};

/** Speaks TLS from here on, and greets once more. */
function secure(socket: Socket): void {
  socket.removeAllListeners('data');
  const { cert, key } = chainOf(certificate);
  const secured = new TLSSocket(socket, { isServer: true, cert, key });
  secured.on('error', () => {});
  secured.on('data', () => secured.write('250 hello again\r\n'));
}

const startTls: Pick<TcpTarget, 'queries' | 'dialogue' | 'tls'> = {
  queries: [
    { expect: '^220 ' },
    { send: 'EHLO a' },
    { expect: '^250 STARTTLS' },
    { send: 'STARTTLS' },
    { expect: '^220 go' },
    { starttls: true },
    { send: 'EHLO a' },
    { expect: '^250 ' },
  ],
  dialogue: [
    { matches: '^220 ' },
    { send: 'EHLO a\n' },
    { matches: '250 STARTTLS' },
    { send: 'STARTTLS\n' },
    { matches: '^220 go' },
    { startTls: true },
    { send: 'EHLO a\n' },
    { matches: '250 ' },
  ],
  tls: { rejectUnauthorized: true, ca: certificate.cert },
};

const targets: readonly TcpTarget[] = [
  { name: 'a port that accepts', greet: () => {} },
  {
    name: 'a banner',
    greet: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    queries: [{ expect: '^SSH-2.0-' }],
    dialogue: [{ matches: '^SSH-2.0-' }],
  },
  {
    name: 'another banner',
    greet: (socket) => socket.write('220 ftp\r\n'),
    queries: [{ expect: '^SSH-2.0-' }],
    dialogue: [{ matches: '^SSH-2.0-' }],
  },
  {
    name: 'a banner after 150 ms',
    greet: (socket) => setTimeout(() => socket.write('220 late\r\n'), 150),
    queries: [{ expect: '^220' }],
    dialogue: [{ expect: '220' }],
  },
  { name: 'no banner', greet: () => {}, queries: [{ expect: '^220' }], dialogue: [{ expect: '220' }] },
  {
    name: 'a connection that is closed',
    greet: (socket) => socket.end(),
    queries: [{ expect: '^220' }],
    dialogue: [{ expect: '220' }],
  },
  {
    name: 'a dialogue',
    greet: (socket) => socket.on('data', () => socket.write('+PONG\r\n')),
    queries: [{ send: 'PING' }, { expect: '^\\+PONG' }],
    dialogue: [{ send: 'PING\n' }, { expect: '+PONG' }],
  },
  {
    name: 'STARTTLS of SMTP',
    greet: smtp({ EHLO: '250-mail\r\n250 STARTTLS\r\n', STARTTLS: '220 go ahead\r\n' }),
    ...startTls,
  },
  { name: 'SMTP without STARTTLS', greet: smtp({ EHLO: '250 mail\r\n' }), ...startTls },
];

export async function startTcpTargets(writePem: (pem: string) => string): Promise<Targets> {
  const servers: readonly RawServer[] = await Promise.all(
    targets.map(({ greet }) => startRawServer({ onConnect: greet })),
  );
  const file = writePem(certificate.cert);
  const closed = await startRawServer({});
  await closed.close();
  const refused: TcpTarget = { name: 'a port that refuses', greet: () => {} };
  return {
    targets: [
      ...targets.map((each, index) => targetOf(each, servers[index]?.port ?? 0, file)),
      targetOf(refused, closed.port, file),
    ],
    stop: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function targetOf({ name, queries, dialogue = [], tls, differs }: TcpTarget, port: number, caFile: string): Target {
  const tls_config = { ca_file: caFile, server_name: '127.0.0.1' };
  return {
    name: `tcp: ${name}`,
    module: {
      prober: 'tcp',
      tcp: {
        preferred_ip_protocol: 'ip4',
        ...(queries ? { query_response: queries } : {}),
        ...(tls ? { tls_config } : {}),
      },
    },
    target: `127.0.0.1:${port}`,
    monitor: tcpMonitor({
      timeoutMs,
      request: { port, dialogue, ...(tls ? { tls } : {}) },
      ...(tls ? { assertions: ['tls.version exists'] } : {}),
    }),
    ...(differs ? { differs } : {}),
  };
}
