import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import dynalite from 'dynalite';

/**
 * AWS as far as an evaluation needs it, in a process of its own: DynamoDB by dynalite, in memory, and topics and metrics that take
 * everything. Counts the calls by operation and the bytes that are answered; asked over IPC with `{ isReset }`.
 */
export type Counted = {
  readonly calls: Readonly<Record<string, number>>;
  readonly answeredBytes: number;
  /** Of each published message, its subject. */
  readonly subjects: readonly string[];
  /** CPU of this process, ms. */
  readonly cpuMs: number;
};

const calls: Record<string, number> = {};
const subjects: string[] = [];
let answeredBytes = 0;
let cpuFrom = process.cpuUsage();

const database = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });

const server = createServer((request, response) => {
  const target = String(request.headers['x-amz-target'] ?? '');
  const [service = '', operation = ''] = target.split('.');
  countBytes(response);
  if (service.startsWith('DynamoDB_')) {
    count(operation);
    database.emit('request', request, response);
  } else void answer(request, response, operation);
});

async function answer(request: IncomingMessage, response: ServerResponse, operation: string): Promise<void> {
  if (operation !== '') {
    count(operation);
    request
      .resume()
      .on('end', () => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}'));
    return;
  }
  const form = new URLSearchParams(await text(request));
  count(form.get('Action') ?? 'unknown');
  subjects.push(form.get('Subject') ?? '');
  const result = '<PublishResult><MessageId>00000000-0000-0000-0000-000000000000</MessageId></PublishResult>';
  const xmlns = 'http://sns.amazonaws.com/doc/2010-03-31/';
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(`<PublishResponse xmlns="${xmlns}">${result}<ResponseMetadata/></PublishResponse>`);
}

function count(operation: string): void {
  calls[operation] = (calls[operation] ?? 0) + 1;
}

/** dynalite answers in one piece, with its length. */
function countBytes(response: ServerResponse): void {
  response.on('finish', () => {
    answeredBytes += Number(response.getHeader('content-length') ?? 0);
  });
}

process.on('message', () => {
  const { user, system } = process.cpuUsage(cpuFrom);
  process.send?.({
    calls: { ...calls },
    answeredBytes,
    subjects: [...subjects],
    cpuMs: (user + system) / 1_000,
  } satisfies Counted);
  for (const name of Object.keys(calls)) delete calls[name];
  subjects.length = 0;
  answeredBytes = 0;
  cpuFrom = process.cpuUsage();
});
process.on('disconnect', () => process.exit());
// Whoever writes ticks may be silent for minutes in between.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
