import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

/** Servers in a thread of their own: `bare` answers what a redirect answers, `database` as much of DynamoDB as a redirect asks for. */
export type ServerName = 'bare' | 'database';

/** The only code of which `database` knows a link. */
export const knownCode = 'bench1';

const item = {
  pk: { S: `link#${knownCode}` },
  sk: { S: 'link' },
  url: { S: 'https://example.com/' },
  createdAtMs: { N: '1900000000000' },
  clicks: { N: '0' },
};
const redirect = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
  location: 'https://example.com/',
  'x-request-id': '8f5d1c9e-0d7c-4a52-9a51-5f8e6a1f7c11',
  'content-length': 0,
};

async function answerAsDatabase(request: IncomingMessage): Promise<string> {
  const isKnown = (await text(request)).includes(`"link#${knownCode}"`);
  const isRead = String(request.headers['x-amz-target']).endsWith('.GetItem');
  return isRead && isKnown ? JSON.stringify({ Item: item }) : '{}';
}

const listeners: Readonly<Record<ServerName, RequestListener>> = {
  bare: (_request, response) => response.writeHead(302, redirect).end(),
  database: async (request, response) => {
    const body = await answerAsDatabase(request);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length }).end(body);
  },
};

if (!isMainThread) {
  const server = createServer(listeners[workerData as ServerName]);
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}
