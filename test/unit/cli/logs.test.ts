import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { run } from '../../../infra/cli/main.ts';
import { createLogs } from '../../../infra/local/aws/logs.ts';
import { createIo } from './io.ts';

const call = async (env: Record<string, string>, ...argv: string[]) => {
  const { io, written } = createIo({ env });
  return { code: await run(['logs', ...argv], io), ...written };
};

describe('burnwatch logs', () => {
  it('lists the saved queries, with a sentence each', async () => {
    const { code, stdout } = await call({});
    expect(code).toBe(0);
    expect(stdout).toMatch(/^slowest routes +Each route/m);
    expect(JSON.parse((await call({}, '--json')).stdout).queries.map(({ name }: { name: string }) => name)).toEqual([
      'slowest routes',
      'errors by type',
      'one request by its id',
      'what did the probe see',
    ]);
  });

  it.each([
    [['slow-routes'], 'there is no query "slow-routes"'],
    [['slowest-rutes'], 'did you mean "slowest-routes"?'],
    [['one-request-by-its-id'], 'needs --id ID, the x-request-id of an answer'],
    [['one-request-by-its-id', '--id', '"; drop'], '--id: must be letters, digits and dashes, got "\\"; drop"'],
    [['slowest-routes', '--id', 'abc'], 'takes no --id'],
    [['slowest-routes', '--since', 'yesterday'], '--since: must be a span such as 15m, 1h or 2d, got "yesterday"'],
    [['slowest-routes', '--since', '0s'], '--since: must be a span'],
    [['slowest-routes', '--sinse', '1h'], 'did you mean "--since"?'],
  ])('refuses %p', async (argv, message) => {
    const { code, stdout, stderr } = await call({}, ...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('burnwatch logs against an endpoint', () => {
  const asked: unknown[] = [];
  const service = createLogs({
    groups: () => ['/aws/lambda/shortener-local-shortener', '/aws/lambda/shortener-local-probe'],
    read: (group, span) => {
      asked.push([group, span.toAt - span.fromAt]);
      const at = span.toAt - 1_000;
      const request = { 'http.route': '/{code}', 'http.request.method': 'GET', 'burnwatch.requests': 4 };
      const times = { 'burnwatch.requests.duration': 0.4, 'http.server.request.duration': 0.2 };
      return [{ '@timestamp': at, '@message': '{}', message: 'requests', ...request, ...times }];
    },
    definitions: () => [],
  });
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [, action = ''] = String(request.headers['x-amz-target']).split('.');
    const body = await service[action]?.(JSON.parse(await text(request)));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  let server: Server;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    env = { AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('asks the logs that the query is about, so far back, and shows a table', async () => {
    const { code, stdout, stderr } = await call(env, 'slowest', 'routes', '--since', '15m');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['http.request.method', 'http.route', 'requests', 'meanSeconds', 'slowestSeconds'],
      ['GET', '/{code}', '4', '0.1', '0.2'],
      [''],
    ]);
    expect(asked).toEqual([['/aws/lambda/shortener-local-shortener', expect.any(Number)]]);
    const [[, spanMs]] = asked as [[string, number]];
    expect(Math.abs(spanMs - 900_000)).toBeLessThanOrEqual(3_000);
  });

  it('prints the rows as JSON, and says where nothing is found', async () => {
    const { stdout } = await call(env, 'slowest-routes', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      query: 'slowest routes',
      rows: [{ 'http.route': '/{code}', requests: '4' }],
    });
    expect(await call(env, 'errors-by-type')).toEqual({ code: 0, stdout: 'Nothing was found.\n', stderr: '' });
    const one = await call(env, 'one-request-by-its-id', '--id', 'a-b');
    expect([one.stdout, one.stderr]).toEqual(['Nothing was found.\n', expect.stringContaining('the slowest alone')]);
  });
});
