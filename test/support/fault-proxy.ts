import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request of an AWS client: `dynamodb.UpdateItem`, `sns.Publish`, `cloudwatch.PutMetricData`, … */
export type Relayed = { readonly action: string; readonly body: string };

/**
 * What happens to a request. `hang`: it is taken and never answered. `refuse`: its connection is cut before anything
 * happened. `lose`: it happens, and the connection is cut instead of the answer. `stall`: of the answer, half comes. `cut`: half of
 * it comes, as if it were all. Something else to be answered: it never happens.
 */
export type Treatment = 'pass' | 'hang' | 'refuse' | 'lose' | 'stall' | 'cut' | Answer;
export type Answer = { readonly status: number; readonly type: string; readonly body: string };

export type FaultProxy = {
  readonly origin: string;
  /** Everything that came, in its order. */
  readonly requests: readonly Relayed[];
  /** From now on; `index` counts the requests from 0. */
  treat(treatment: (request: Relayed, index: number) => Treatment): void;
  close(): Promise<void>;
};

/** Stands between the AWS clients of a function and an AWS endpoint, on 127.0.0.1. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const requests: Relayed[] = [];
  let treatmentOf: Parameters<FaultProxy['treat']>[0] = () => 'pass';
  const server = createServer(async (request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    const body = await read(request).catch(() => undefined);
    if (body === undefined) return;
    const relayed = { action: actionOf(request, body.toString()), body: body.toString() };
    const treatment = treatmentOf(relayed, requests.push(relayed) - 1);
    if (treatment === 'hang') return;
    if (treatment === 'refuse') request.socket.destroy();
    else if (typeof treatment === 'object')
      response.writeHead(treatment.status, { 'content-type': treatment.type }).end(treatment.body);
    else relay(upstream, request, body, response, treatment);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    treat: (treatment) => {
      treatmentOf = treatment;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function relay(
  upstream: string,
  { method = 'POST', url = '/', headers, socket }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  treatment: 'pass' | 'lose' | 'stall' | 'cut',
): void {
  const { host: _, 'transfer-encoding': __, expect: ___, ...rest } = headers;
  const outgoing = send(upstream + url, { method, headers: { ...rest, 'content-length': body.length }, agent: false });
  outgoing.on('error', () => socket.destroy());
  outgoing.on('response', async (answer) => {
    const whole = await read(answer).catch(() => Buffer.alloc(0));
    const content = treatment === 'cut' ? whole.subarray(0, whole.length / 2) : whole;
    if (treatment === 'lose') return void socket.destroy();
    // A checksum of DynamoDB's would give a cut away before anybody reads it.
    const { 'x-amz-crc32': _, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 500, { ...headers, 'content-length': content.length });
    if (treatment === 'stall') response.write(content.subarray(0, content.length / 2));
    else response.end(content);
  });
  outgoing.end(body);
}

function actionOf({ headers }: IncomingMessage, body: string): string {
  const [service = '', action = ''] = String(headers['x-amz-target'] ?? '').split('.');
  if (service.startsWith('DynamoDB')) return `dynamodb.${action}`;
  if (service.startsWith('Granite')) return `cloudwatch.${action}`;
  if (service !== '') return `${service}.${action}`;
  return `sns.${new URLSearchParams(body).get('Action')}`;
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
