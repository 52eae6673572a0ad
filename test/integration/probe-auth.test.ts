import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSigner } from '../../shared/aws/signer.ts';
import type { Auth, HttpRequest } from '../../shared/config/model.ts';
import { runProbe } from '../../shared/probe/run.ts';
import { httpMonitor, probeDeps } from '../support/http-monitor.ts';

type Seen = { readonly request: IncomingMessage; readonly body: string };

/** A server that answers with all that it was sent, in its body, a header and its status line. */
async function startEcho(answer: (seen: Seen) => { status?: number; location?: string } = () => ({})) {
  const seen: Seen[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const each = { request, body };
      seen.push(each);
      const { status = 200, location } = answer(each);
      const said = `${request.method} ${request.url} ${request.rawHeaders.join(' ')} ${body}`;
      response.writeHead(status, { 'x-said': said, ...(location ? { location } : {}) });
      response.end(JSON.stringify({ said, deeper: JSON.stringify({ said }) }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close };
}
type Echo = Awaited<ReturnType<typeof startEcho>>;

let echo: Echo;
beforeEach(async () => {
  echo = await startEcho();
});
afterEach(() => echo.close());

const secret = 'k3y "7f3a"/+!';
const read = { parameter: async () => secret, output: () => undefined };
const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 's3cret-access',
  AWS_SESSION_TOKEN: 't0ken-7f3a/x==',
  AWS_REGION: 'eu-west-1',
};
const signer = createSigner(() => keys, Date.now);
const shows = ['body == no', 'header x-said == no', 'json $.said == no', 'json $.deeper == no'];
const probe = (request: Partial<HttpRequest>, origin = echo.origin) =>
  runProbe(
    httpMonitor({ request: { url: `${origin}/x`, ...request }, assertions: shows }),
    probeDeps({ read, signer }),
  );
const key = [{ ssm: '/key' }];
const basic = `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`;

describe('a request that proves who asks', () => {
  it.each([
    ['basic', { type: 'basic', username: 'me', password: key }, 'authorization', basic],
    ['bearer', { type: 'bearer', token: key }, 'authorization', `Bearer ${secret}`],
    ['API key', { type: 'apiKey', in: 'header', name: 'X-Key', value: key }, 'x-key', secret],
  ] as const)('sends %s, and never shows it, whatever the server repeats', async (_name, auth, header, value) => {
    const result = await probe({ auth });
    expect(echo.seen[0]?.request.headers[header]).toBe(value);
    const text = JSON.stringify(result);
    expect(result.assertions.map(({ passed }) => passed)).toEqual([false, false, false, false]);
    expect(text.match(/\*\*\*/g)?.length).toBeGreaterThanOrEqual(4);
    for (const part of ['7f3a', basic.slice(6, 18)]) expect(text).not.toContain(part);
  });

  it('sends an API key in the query', async () => {
    const result = await probe({ auth: { type: 'apiKey', in: 'query', name: 'key', value: key }, query: [['a', '1']] });
    expect(new URL(echo.seen[0]?.request.url ?? '', echo.origin).searchParams.get('key')).toBe(secret);
    expect(JSON.stringify(result)).not.toContain('7f3a');
  });

  it('sends none of it to another origin', async () => {
    const away = await startEcho(() => ({ status: 307, location: `${echo.origin}/there` }));
    await probe({ auth: { type: 'bearer', token: key } }, away.origin);
    await away.close();
    expect(away.seen[0]?.request.headers['authorization']).toBe(`Bearer ${secret}`);
    expect(echo.seen[0]?.request.url).toBe('/there');
    expect(echo.seen[0]?.request.headers).not.toHaveProperty('authorization');
  });
});

describe('a signed request', () => {
  const auth: Auth = { type: 'sigv4', service: 'execute-api' };

  it('is signed over headers that are really sent, and shows neither token nor signature', async () => {
    const result = await probe({ method: 'POST', auth, body: { kind: 'json', json: { a: 1 }, fills: [] } });
    const headers: IncomingMessage['headers'] = echo.seen[0]?.request.headers ?? {};
    const [, names = '', signature = ''] =
      /SignedHeaders=([^,]+), Signature=(\w{64})$/.exec(headers['authorization'] ?? '') ?? [];
    expect(names.split(';')).toEqual([
      'content-type',
      'host',
      'x-amz-content-sha256',
      'x-amz-date',
      'x-amz-security-token',
    ]);
    expect(names.split(';').filter((name) => headers[name] === undefined)).toEqual([]);
    expect(headers['x-amz-security-token']).toBe(keys.AWS_SESSION_TOKEN);
    const text = JSON.stringify(result);
    for (const part of [signature, 't0ken', '7f3a', keys.AWS_SECRET_ACCESS_KEY]) expect(text).not.toContain(part);
    expect(result.message).toContain('x-amz-security-token ***');
  });

  it('is signed again for each hop to its own origin, and not at all for another one', async () => {
    const away = await startEcho();
    const own = await startEcho(({ request }) => ({
      status: 302,
      location: request.url === '/x' ? '/y' : `${away.origin}/z`,
    }));
    await probe({ auth }, own.origin);
    await Promise.all([own.close(), away.close()]);
    const signatures = own.seen.map(({ request }) => request.headers['authorization']);
    expect(new Set(signatures).size).toBe(2);
    expect(signatures).not.toContain(undefined);
    expect(Object.keys(away.seen[0]?.request.headers ?? {}).filter((name) => /amz|authorization/.test(name))).toEqual(
      [],
    );
  });

  it('is not sent without credentials, which is our own fault', async () => {
    const monitor = httpMonitor({ request: { url: echo.origin, auth } });
    const result = await runProbe(monitor, probeDeps({ signer: createSigner(() => ({}), Date.now) }));
    expect(result).toMatchObject({ outcome: 'unknown', errorType: 'monitor', attempts: 0 });
    expect(result.message).toContain('set AWS_ACCESS_KEY_ID');
    expect(echo.seen).toEqual([]);
  });
});
