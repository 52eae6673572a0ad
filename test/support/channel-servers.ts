import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { alertmanagerProblems, pagerDutyProblems, slackProblems, teamsProblems } from './channel-limits.ts';

/** A request as a service got it. */
export type Got = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
/** What a service does with one request in place of what it does with a good one. `echo` shouts back all that it got. */
export type Trouble =
  | 'hang'
  | 'reset'
  | 'half'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly status: number; readonly echo: true };

export type ChannelServer = {
  readonly origin: string;
  readonly got: readonly Got[];
  /** The next requests meet these, one each. */
  trouble(...troubles: readonly Trouble[]): void;
  close(): Promise<void>;
};

type Answer = { readonly status: number; readonly type: string; readonly body: string };
const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain', body });
const json = (status: number, body: unknown): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

/** What each service answers, which refuses what its documentation says that it refuses. */
const services = {
  slack: ({ body }: Got): Answer => {
    const problems = slackProblems(parse(body));
    return problems.length === 0 ? plain(200, 'ok') : plain(400, `invalid_blocks ${problems.join()}`);
  },
  pagerduty: ({ body, path }: Got): Answer => {
    const event = parse(body);
    const problems = [...pagerDutyProblems(event), ...(path === '/v2/enqueue' ? [] : ['another path'])];
    const { dedup_key } = (event ?? {}) as { dedup_key?: unknown };
    if (problems.length > 0)
      return json(400, { status: 'invalid event', message: 'Event object is invalid', errors: problems });
    return json(202, { status: 'success', message: 'Event processed', dedup_key });
  },
  teams: ({ body }: Got): Answer => {
    const problems = teamsProblems(parse(body));
    return problems.length === 0
      ? plain(202, '')
      : json(400, { error: { code: 'InvalidTemplate', message: problems.join() } });
  },
  alertmanager: ({ body, path }: Got): Answer => {
    const problems = [
      ...alertmanagerProblems(parse(body)),
      ...(path.endsWith('/api/v2/alerts') ? [] : ['another path']),
    ];
    return problems.length === 0 ? plain(200, '') : json(400, problems.join());
  },
  webhook: (): Answer => plain(204, ''),
} as const;
export type ServiceName = keyof typeof services;

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // No JSON: refused by whoever judges it.
    return undefined;
  }
}

/** Plays a service on 127.0.0.1. Close it. */
export async function startChannelServer(service: ServiceName): Promise<ChannelServer> {
  const got: Got[] = [];
  const troubles: Trouble[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer(async (request, response) => {
    const one = await readRequest(request);
    got.push(one);
    const trouble = troubles.shift();
    if (trouble === undefined) answer(response, services[service](one));
    else make(trouble, one, request, response);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    got,
    trouble: (...next) => troubles.push(...next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<Got> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return { path: request.url ?? '', headers, body: Buffer.concat(chunks).toString('utf8') };
}

function answer(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

function make(trouble: Trouble, one: Got, request: IncomingMessage, response: ServerResponse): void {
  if (trouble === 'hang') return;
  if (trouble === 'reset') request.socket.resetAndDestroy();
  else if (trouble === 'half')
    response.writeHead(200, { 'content-length': 1_000 }).write('o', () => request.socket.destroy());
  else if ('echo' in trouble)
    answer(response, plain(trouble.status, `Cannot POST ${one.path} ${JSON.stringify(one.headers)} ${one.body}`));
  else response.writeHead(trouble.status, trouble.headers).end(trouble.body ?? '');
}
