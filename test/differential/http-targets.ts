import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HttpRequest } from '../../shared/config/model.ts';
import { ok, redirect } from '../support/hostile/wire.ts';
import { httpMonitor } from '../support/http-monitor.ts';
import { startRawServer } from '../support/raw-server.ts';
import { silentAddress, startSilentListener } from '../support/silent-listener.ts';
import { type Difference, type Target, timeoutMs } from './target.ts';
import type { Targets } from './targets.ts';

/** What the server answers at this path, given what it was asked. */
type Page = (socket: Socket, head: string) => void;

type HttpTarget = {
  readonly name: string;
  readonly page: Page;
  /** The exporter's `http` block, without what all of them have. */
  readonly http?: Readonly<Record<string, unknown>>;
  readonly request?: Partial<HttpRequest>;
  readonly assertions?: readonly string[];
  readonly differs?: Difference;
};

const later = (ms: number, what: () => void): void => void setTimeout(what, ms);
const status =
  (code: number, headers = ''): Page =>
  (socket) =>
    socket.end(`HTTP/1.1 ${code} Status\r\ncontent-length: 0\r\n${headers}\r\n`);
const says =
  (body: string | Buffer, headers = ''): Page =>
  (socket) =>
    socket.end(ok(body, headers));
const raw =
  (text: string): Page =>
  (socket) =>
    socket.end(text);

/** `/name` redirects to `/name/1`, and so on. */
const hops =
  (count: number, waitMs = 0): Page =>
  (socket, head) => {
    const [, path = '', at = '0'] = /^GET (\/[^/ ]*)\/?(\d*)/.exec(head) ?? [];
    const step = Number(at || 0);
    later(waitMs, () => socket.end(step < count ? redirect(`${path}/${step + 1}`) : ok('ok')));
  };

const fewerRedirects = (redirects: number): Difference => ({
  why: 'we follow 5 redirects, the exporter 10',
  values: { success: [false, true], status: [302, 200], redirects: [5, redirects] },
});

/** It counts the redirect that it does not follow. */
const countsMore: Difference = { why: 'we count the redirects that were followed', values: { redirects: [0, 1] } };

const targets: readonly HttpTarget[] = [
  { name: '200', page: says('ok') },
  { name: '204', page: status(204) },
  {
    name: '301 without a Location',
    page: status(301),
  },
  { name: '404', page: status(404) },
  {
    name: '404, which is wanted',
    page: status(404),
    http: { valid_status_codes: [404] },
    assertions: ['status == 404'],
  },
  { name: '500', page: status(500) },
  { name: '503 with a page', page: raw('HTTP/1.1 503 Down\r\ncontent-length: 4\r\n\r\nbusy') },
  { name: '999', page: status(999) },
  {
    name: 'HEAD',
    page: raw('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n'),
    http: { method: 'HEAD' },
    request: { method: 'HEAD' },
  },
  {
    name: 'POST with a body',
    page: (socket, head) => (head.startsWith('POST') ? says('ok')(socket, head) : status(405)(socket, head)),
    http: { method: 'POST', body: 'a=1' },
    request: { method: 'POST', body: { kind: 'text', text: 'a=1' } },
  },
  {
    name: 'a header that is needed',
    page: (socket, head) => status(/x-key: 1/i.test(head) ? 200 : 403)(socket, head),
    http: { headers: { 'x-key': '1' } },
    request: { headers: { 'x-key': '1' } },
  },
  {
    name: 'basic authentication',
    page: (socket, head) => status(/authorization: Basic YTpi/i.test(head) ? 200 : 401)(socket, head),
    http: { basic_auth: { username: 'a', password: 'b' } },
    request: { auth: { type: 'basic', username: 'a', password: 'b' } },
  },
  ...[1, 2, 5].map((count) => ({ name: `${count} redirects`, page: hops(count) })),
  { name: '6 redirects', page: hops(6), differs: fewerRedirects(6) },
  { name: '11 redirects', page: hops(11), differs: { ...fewerRedirects(11), values: { redirects: [5, 11] } } },
  { name: '2 redirects of 60 ms each', page: hops(2, 60) },
  {
    name: 'a redirect that is not followed',
    page: redirectsAway(),
    http: { follow_redirects: false },
    request: { followRedirects: false },
    differs: countsMore,
  },
  {
    name: 'a redirect that is wanted',
    page: redirectsAway(),
    http: { follow_redirects: false, valid_status_codes: [302] },
    request: { followRedirects: false },
    differs: countsMore,
    assertions: ['status == 302'],
  },
  {
    name: 'text that must not be there, and is not',
    page: says('all is well'),
    http: { fail_if_body_matches_regexp: ['error'] },
    assertions: ['status in 200-299', 'body notMatches error'],
  },
  {
    name: 'text that must not be there, and is',
    page: says('an error came'),
    http: { fail_if_body_matches_regexp: ['err.r'] },
    assertions: ['status in 200-299', 'body notMatches err.r'],
  },
  {
    name: 'text that must be there, and is',
    page: says('{"status":"ok"}'),
    http: { fail_if_body_not_matches_regexp: ['"ok"'] },
    assertions: ['status in 200-299', 'body matches "ok"'],
  },
  {
    name: 'text that must be there, and is not',
    page: says('{"status":"no"}'),
    http: { fail_if_body_not_matches_regexp: ['"ok"'] },
    assertions: ['status in 200-299', 'body matches "ok"'],
  },
  {
    name: 'a header that must be there, and is not',
    page: says('ok'),
    http: { fail_if_header_not_matches: [{ header: 'x-cache', regexp: 'hit' }] },
    assertions: ['status in 200-299', 'header x-cache matches hit'],
  },
  {
    name: 'gzip',
    page: says(gzipSync('hello'), 'content-encoding: gzip\r\n'),
    http: { compression: 'gzip', fail_if_body_not_matches_regexp: ['^hello$'] },
    assertions: ['status in 200-299', 'body == hello'],
  },
  { name: 'a body of 900 kB', page: says('x'.repeat(900_000)) },
  { name: 'a body in chunks', page: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n') },
  { name: 'HTTP/1.0 without a length', page: raw('HTTP/1.0 200 OK\r\n\r\nok') },
  {
    name: 'early hints',
    page: (socket) =>
      socket.end(Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), ok('ok')])),
  },
  { name: 'a first byte after 150 ms', page: (socket) => later(150, () => socket.end(ok('ok'))) },
  { name: 'a body after 150 ms', page: slowBody(150) },
  {
    name: 'a first byte after 100 ms, a body after 200 ms',
    page: (socket) => later(100, () => slowBody(200)(socket, '')),
  },
  { name: 'a connection that is closed', page: (socket) => socket.end() },
  { name: 'a connection that is reset', page: (socket) => socket.resetAndDestroy() },
  {
    name: 'a body that ends early',
    page: raw('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nok'),
  },
  { name: 'chunks that end early', page: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nok') },
  { name: 'bad chunks', page: raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok') },
  { name: 'what is no HTTP', page: raw('SSH-2.0-OpenSSH_9.2\r\n') },
  { name: 'no answer', page: () => {} },
  { name: 'a body that never comes', page: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n') },
];

function redirectsAway(): Page {
  return (socket) => socket.end(redirect('http://127.0.0.1:1/'));
}

function slowBody(ms: number): Page {
  return (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n');
    later(ms, () => socket.end('ok'));
  };
}

/** A plain server with a page for each of them, a port that refuses, and one that does neither that nor accept. */
export async function startHttpTargets(): Promise<Targets> {
  const server = await startRawServer({
    onRequest: (socket, head) => targets[Number(/^\w+ \/p(\d+)/.exec(head)?.[1])]?.page(socket, head),
  });
  const closed = await startRawServer({});
  await closed.close();
  const silent = await startSilentListener(closed.port);
  const plain = (name: string, url: string) => targetOf({ name, page: () => {} }, url);
  return {
    targets: [
      ...targets.map((each, index) => targetOf(each, `http://127.0.0.1:${server.port}/p${index}`)),
      plain('a port that refuses', `http://127.0.0.1:${closed.port}/`),
      plain('a port that hangs', `http://${silentAddress}:${closed.port}/`),
    ],
    stop: async () => {
      await Promise.all([server.close(), silent.close()]);
    },
  };
}

function targetOf({ name, http, request, assertions, differs }: HttpTarget, url: string): Target {
  return {
    name: `http: ${name}`,
    module: { prober: 'http', http: { preferred_ip_protocol: 'ip4', ...http } },
    target: url,
    monitor: httpMonitor({ timeoutMs, request: { url, ...request }, ...(assertions ? { assertions } : {}) }),
    ...(differs ? { differs } : {}),
  };
}
