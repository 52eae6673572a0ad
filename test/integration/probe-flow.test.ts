import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../shared/clock/clock.ts';
import type { Extract, FlowMonitor, Text } from '../../shared/config/model.ts';
import { runProbe } from '../../shared/probe/run.ts';
import type { Strain } from '../../shared/probe/watch.ts';
import { flowMonitor, flowStep } from '../support/flow-monitor.ts';
import { probeDeps } from '../support/http-monitor.ts';

/** A small app that keeps links: create, follow, delete. `oddly` answers what no good app would. */
type App = { readonly origin: string; readonly links: Map<string, string>; readonly asked: string[]; server: Server };
type Oddly = (request: IncomingMessage, response: ServerResponse, body: string) => boolean;

let app: App;
let oddly: Oddly;
beforeEach(async () => {
  oddly = () => false;
  const links = new Map<string, string>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${body}`.trim());
      if (!oddly(request, response, body)) serve(links, request, response, body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  app = { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, links, asked, server };
});
afterEach(async () => {
  app.server.closeAllConnections();
  await new Promise((closed) => app.server.close(closed));
});

function serve(
  links: Map<string, string>,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
  body: string,
) {
  if (method === 'POST') {
    const code = `c${links.size + 1}`;
    links.set(code, JSON.parse(body).url);
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ code, token: 'k3y-7f3a' }));
  } else if (method === 'DELETE') {
    response.writeHead(links.delete(url.slice('/links/'.length)) ? 204 : 404).end();
  } else {
    const location = links.get(url.slice(1));
    response.writeHead(location ? 302 : 404, location ? { location } : {}).end('no such link');
  }
}

const extract = (name: string, changes: Partial<Extract> = {}): Extract => ({
  name,
  source: 'json',
  path: `$.${name}`,
  isSecure: false,
  ...changes,
});
const at = (...path: Text[]): Text => [app.origin, ...path.flat()];

const create = (changes: Parameters<typeof flowStep>[1] = {}) =>
  flowStep('create', {
    request: {
      method: 'POST',
      url: at('/links'),
      body: {
        kind: 'json',
        json: { url: '' },
        fills: [{ path: ['url'], text: ['https://e.org/', { random: 'hex8' }] }],
      },
    },
    assertions: ['status == 201'],
    extract: [extract('code')],
    ...changes,
  });
const follow = (changes: Parameters<typeof flowStep>[1] = {}) =>
  flowStep('follow', {
    request: { url: at('/', [{ vars: 'code' }]), followRedirects: false },
    assertions: ['status == 302', 'header location contains https://e.org/'],
    ...changes,
  });
const cleanUp = (changes: Parameters<typeof flowStep>[1] = {}) =>
  flowStep('cleanup', {
    request: { method: 'DELETE', url: at('/links/', [{ vars: 'code' }]) },
    always: true,
    ...changes,
  });

const probe = (monitor: FlowMonitor, changes: Parameters<typeof probeDeps>[0] = {}) =>
  runProbe(monitor, probeDeps(changes));
const outcomesOf = ({ steps = [] }: Awaited<ReturnType<typeof probe>>) => steps.map(({ outcome }) => outcome);

describe('a flow', () => {
  it('passes when each of its steps does, and its times are the sums of theirs', async () => {
    const result = await probe(flowMonitor([create(), follow(), cleanUp()]));
    expect(result).toMatchObject({ outcome: 'passed', attempts: 1, redirects: 0, isContaminated: false });
    expect(result).not.toHaveProperty('errorType');
    expect(result).not.toHaveProperty('message');
    const steps = result.steps ?? [];
    expect(steps.map(({ step, outcome, statusCode }) => [step, outcome, statusCode])).toEqual([
      ['create', 'passed', 201],
      ['follow', 'passed', 302],
      ['cleanup', 'passed', 204],
    ]);
    expect(result.latencyMs).toBeCloseTo(
      steps.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
      6,
    );
    const processing = steps.reduce((sum, { phases }) => sum + phases.processingMs, 0);
    expect(result.phases.processingMs).toBeCloseTo(processing, 6);
    expect(app.asked).toEqual([
      expect.stringMatching(/^POST \/links \{"url":"https:\/\/e\.org\/[0-9a-f]{8}"\}$/),
      'GET /c1',
      'DELETE /links/c1',
    ]);
    expect(app.links.size).toBe(0);
  });

  it('ends with the first step that fails, and cleans up all the same', async () => {
    const result = await probe(flowMonitor([create(), follow({ assertions: ['status == 404'] }), follow(), cleanUp()]));
    expect(result).toMatchObject({
      outcome: 'failed',
      errorType: 'assertion',
      message: 'step follow: status == 404, but found 302',
      statusCode: 302,
    });
    expect(outcomesOf(result)).toEqual(['passed', 'failed', 'skipped', 'passed']);
    expect(result.steps?.[2]).toEqual({
      step: 'follow',
      outcome: 'skipped',
      message: 'not run, because step follow did not pass',
      latencyMs: 0,
      phases: { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 },
      assertions: [],
    });
    expect(app.links.size).toBe(0);
  });

  it('skips a clean-up that has nothing to clean up, and says so', async () => {
    oddly = (request, response) => request.method === 'POST' && Boolean(response.writeHead(503).end('{}'));
    const result = await probe(flowMonitor([create(), follow(), cleanUp()]));
    expect(result.message).toBe('step create: status == 201, but found 503');
    expect(outcomesOf(result)).toEqual(['failed', 'skipped', 'skipped']);
    expect(result.steps?.[2]?.message).toBe('not run, because code was never extracted');
    expect(app.asked).toHaveLength(1);
  });

  it('cleans up what a step made although it failed', async () => {
    const result = await probe(flowMonitor([create({ assertions: ['status == 200'] }), follow(), cleanUp()]));
    expect(outcomesOf(result)).toEqual(['failed', 'skipped', 'passed']);
    expect(app.links.size).toBe(0);
  });

  it('fails with a clean-up that fails, but never hides what failed first', async () => {
    oddly = (request, response) => request.method === 'DELETE' && Boolean(response.writeHead(500).end());
    const alone = await probe(flowMonitor([create(), follow(), cleanUp()]));
    expect(alone).toMatchObject({ outcome: 'failed', message: 'step cleanup: status in 200-299, but found 500' });
    const second = await probe(flowMonitor([create(), follow({ assertions: ['status == 404'] }), cleanUp()]));
    expect(second.message).toBe('step follow: status == 404, but found 302');
    expect(outcomesOf(second)).toEqual(['passed', 'failed', 'failed']);
  });

  it('is degraded by a step that is, and by its own time', async () => {
    const slow = await probe(flowMonitor([create(), follow(), cleanUp()], { degradedAfterMs: 0 }));
    expect(slow).toMatchObject({
      outcome: 'degraded',
      message: expect.stringMatching(/^it took \d+ ms, longer than 0 ms$/),
    });
    const step = follow();
    const soft = step.assertions.map((assertion) => ({ ...assertion, severity: 'degrade' as const, value: 999 }));
    const result = await probe(flowMonitor([create(), { ...step, assertions: soft.slice(0, 1) }, cleanUp()]));
    expect(result).toMatchObject({ outcome: 'degraded', message: expect.stringContaining('step follow: ') });
    expect(result).not.toHaveProperty('errorType');
  });

  it.each([
    ['connect', 'http://127.0.0.1:1/', true, 'failed', 'step go: '],
    ['blocked', 'http://169.254.169.254/', true, 'blocked', 'step go: 169.254.169.254 '],
    ['monitor', [{ output: 'Nowhere' }], true, 'unknown', 'step go: the output Nowhere is not known'],
  ] as const)('is what the step was that did not pass: %s', async (errorType, url, allowPrivate, outcome, message) => {
    const result = await probe(flowMonitor([flowStep('go', { request: { url } }), follow()], { allowPrivate }));
    expect(result).toMatchObject({ outcome, errorType, message: expect.stringContaining(message) });
    expect(outcomesOf(result)).toEqual([outcome, 'skipped']);
    expect(result.attempts).toBe(errorType === 'connect' ? 1 : 0);
  });

  it('is tried again as a whole, with values of its own', async () => {
    let creations = 0;
    oddly = (request, response) =>
      request.method === 'POST' && ++creations === 1 && Boolean(response.writeHead(500).end());
    const retry = { limit: 1, delayMs: 1 };
    const result = await probe(flowMonitor([create(), follow(), cleanUp()], { retry }));
    expect(result).toMatchObject({ outcome: 'passed', attempts: 2 });
    const [first, second] = app.asked.filter((line) => line.startsWith('POST'));
    expect(first).not.toBe(second);
  });

  it('is marked when this machine was short of CPU during any of its steps', async () => {
    const strains: Strain[] = [0, 30, 0].map((heldUpMs) => ({ isContaminated: heldUpMs > 0, heldUpMs }));
    const calm: Strain = { isContaminated: false, heldUpMs: 0 };
    const watch = { begin: () => () => strains.shift() ?? calm, stop: () => {} };
    const monitor = flowMonitor([create(), follow(), cleanUp()], { degradedAfterMs: 0 });
    expect(await probe(monitor, { watch })).toMatchObject({ outcome: 'passed', isContaminated: true });
  });
});

describe('an extraction', () => {
  const take = (changes: Partial<Extract>) => create({ extract: [extract('code', changes)] });
  it.each([
    ['json $.nope, but found nothing', { path: '$.nope' }],
    ['json $.*, but found 2 values', { path: '$.*' }],
    ['json $, but found an object', { path: '$' }],
    ['header x-none, but found nothing', { source: 'header', path: 'x-none' }],
    ['header content-length, but found nothing', { source: 'header', path: 'content-length', pattern: 'x' }],
  ] as const)('that finds no single value fails its step: %s', async (message, changes) => {
    const result = await probe(flowMonitor([take(changes), follow(), cleanUp()]));
    expect(result).toMatchObject({ outcome: 'failed', errorType: 'assertion' });
    expect(result.message).toBe(`step create: extract code from ${message}`);
    expect(outcomesOf(result)).toEqual(['failed', 'skipped', 'skipped']);
    expect(result.steps?.[0]?.assertions.at(-1)).toMatchObject({ passed: false, severity: 'fail' });
  });

  it.each([
    ['status', { source: 'status' }, '201'],
    ['header', { source: 'header', path: 'content-type' }, 'application%2Fjson'],
    ['the first group', { source: 'body', pattern: '"code":"(\\w)(\\w+)"' }, 'c'],
    ['all that matches', { source: 'body', pattern: 'c\\d' }, 'c1'],
  ] as const)('takes %s', async (_name, changes, value) => {
    const { path: _, ...bare } = extract('code');
    const use = flowStep('use', {
      request: { url: at('/use'), query: [['v', [{ vars: 'code' }]]] },
      assertions: ['status == 404'],
    });
    const step = create({ extract: [{ ...bare, ...changes }] });
    expect(await probe(flowMonitor([step, use]))).toMatchObject({ outcome: 'passed' });
    expect(app.asked.at(-1)).toBe(`GET /use?v=${value}`);
  });

  it.each([
    ['is empty', '', 'an empty text'],
    ['is larger than 8 KiB', 'x'.repeat(8_193), '8193 bytes, more than the 8192 of a variable'],
  ])('that %s fails its step', async (_name, code, found) => {
    oddly = (_request, response) => Boolean(response.writeHead(201).end(JSON.stringify({ code })));
    const result = await probe(flowMonitor([create(), follow(), cleanUp()]));
    expect(result.message).toBe(`step create: extract code from json $.code, but found ${found}`);
  });

  it('from a body that is too long is an error of the body', async () => {
    const result = await probe(flowMonitor([create({ maxBodyBytes: 5 }), follow()]));
    expect(result).toMatchObject({ errorType: 'body', message: expect.stringContaining('longer than 5 bytes') });
  });

  it('of more than a hundred variables fails', async () => {
    const many = Array.from({ length: 101 }, (_, index) => extract(`v${index}`, { path: '$.code' }));
    const result = await probe(flowMonitor([create({ extract: many })]));
    expect(result.message).toBe(
      'step create: extract v100 from json $.code, but found a flow with 100 variables already',
    );
  });
});

describe('a flow whose target hangs', () => {
  const hangOn =
    (part: string): Oddly =>
    (request) =>
      `${request.method} ${request.url}`.includes(part);

  it('ends the step within its own timeout, and cleans up', async () => {
    oddly = hangOn('GET /c1');
    const result = await probe(flowMonitor([create(), follow({ timeoutMs: 150 }), cleanUp()]));
    expect(result).toMatchObject({ errorType: 'timeout', message: 'step follow: no answer came within 150 ms' });
    expect(outcomesOf(result)).toEqual(['passed', 'failed', 'passed']);
    expect(app.links.size).toBe(0);
  });

  it('keeps a share of its time for the clean-up, which a hanging step cannot take', async () => {
    oddly = hangOn('GET /c1');
    const startedAt = performance.now();
    const result = await probe(flowMonitor([create(), follow(), cleanUp()], { timeoutMs: 500 }));
    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(result.message).toMatch(
      /^step follow: no answer came within 3\d\d ms, all that was left of the flow's 500 ms$/,
    );
    expect(outcomesOf(result)).toEqual(['passed', 'failed', 'passed']);
    expect(app.links.size).toBe(0);
  });

  it('gives each of several clean-ups its share, even when the one before hangs', async () => {
    oddly = hangOn('first');
    const hanging = cleanUp({ request: { url: at('/first') } });
    const startedAt = performance.now();
    const result = await probe(flowMonitor([create(), { ...hanging, id: 'first' }, cleanUp()], { timeoutMs: 500 }));
    expect(performance.now() - startedAt).toBeLessThan(600);
    expect(result.message).toMatch(/^step first: no answer came within 4[0-4]\d ms/);
    expect(outcomesOf(result)).toEqual(['passed', 'failed', 'passed']);
  });

  it('ends at its deadline even when its clean-up hangs, too', async () => {
    oddly = (request) => request.method !== 'POST';
    const startedAt = performance.now();
    const result = await probe(flowMonitor([create(), follow(), cleanUp()], { timeoutMs: 400 }));
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(outcomesOf(result)).toEqual(['passed', 'failed', 'failed']);
  });

  it.each([
    ['failed', 'timeout', 0, ''],
    ['unknown', 'monitor', 4_000, ', of which this machine stood still for 8000 ms'],
  ])('does not begin a step when its time is over: %s', async (outcome, errorType, heldUpMs, rest) => {
    let passedMs = 0;
    oddly = (request) => {
      if (request.method === 'GET') passedMs = 10_000;
      return false;
    };
    const clock = { ...systemClock, monotonicMs: () => performance.now() + passedMs };
    const watch = { begin: () => () => ({ isContaminated: heldUpMs > 0, heldUpMs }), stop: () => {} };
    const steps = [create(), follow(), flowStep('last', { request: { url: at('/c1') } }), cleanUp()];
    const result = await probe(flowMonitor(steps), { clock, watch });
    const message = `step last: it was not begun, because the flow's 5000 ms were over`;
    expect(result).toMatchObject({ outcome, errorType, message: `${message}${rest}` });
    expect(outcomesOf(result)).toEqual(['passed', 'passed', outcome, outcome]);
  });

  it('is stopped in the middle of a step from outside, and is unknown then', async () => {
    const stop = new AbortController();
    oddly = (request) => {
      if (request.method === 'GET') stop.abort();
      return request.method === 'GET';
    };
    const startedAt = performance.now();
    const result = await probe(flowMonitor([create(), follow(), cleanUp()]), { signal: stop.signal });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(result).toMatchObject({ outcome: 'unknown', message: 'step follow: the probe was stopped before it ended' });
    expect(outcomesOf(result)).toEqual(['passed', 'unknown', 'unknown']);
  });
});

describe('a secure variable', () => {
  it('is shown nowhere, however the target sends it back', async () => {
    const token = 'k3y "7f3a"/ü';
    oddly = (request, response, body) => {
      if (request.method === 'POST') return Boolean(response.writeHead(201).end(JSON.stringify({ token })));
      const said = `${request.url} ${request.headers['x-token']} ${body} ${token}`;
      response.writeHead(200, { 'x-echo': Buffer.from(said).toString('latin1'), location: 'x' });
      return Boolean(response.end(JSON.stringify({ said, token, deep: JSON.stringify({ token }) })));
    };
    const login = create({ extract: [extract('token', { isSecure: true })], assertions: ['json $.token == "x"'] });
    const passing = { ...login, assertions: [] };
    const echo = flowStep('echo', {
      request: {
        method: 'PUT',
        url: at('/', [{ vars: 'token' }]),
        query: [['q', [{ vars: 'token' }]]],
        headers: { 'x-token': [{ vars: 'token' }] },
        auth: { type: 'basic', username: 'me', password: [{ vars: 'token' }] },
        body: { kind: 'json', json: { in: [''] }, fills: [{ path: ['in', 0], text: [{ vars: 'token' }] }] },
      },
      assertions: ['body == no', 'json $.said == no', 'json $.deep == no', 'header x-echo == no', 'json $ == 1'],
    });
    const away = flowStep('away', { request: { url: ['http://', { vars: 'token' }] }, always: true });
    const results = await Promise.all([probe(flowMonitor([login])), probe(flowMonitor([passing, echo, away]))]);
    const text = JSON.stringify(results);
    expect(text).toContain('***');
    for (const part of ['7f3a', Buffer.from(token).toString('base64').slice(0, 8)]) expect(text).not.toContain(part);
    expect(app.asked.at(-1)).toContain('{"in":["k3y \\"7f3a\\"/ü"]}');
  });

  it('is shown by no step before the one that takes it, and what one step sent by no later one', async () => {
    oddly = (request, response) => Boolean(response.end(`${request.url} my-7f3a and-9c4d`));
    const soft = (id: string, changes: Parameters<typeof flowStep>[1] = {}) => {
      const step = flowStep(id, { request: { url: at('/') }, assertions: ['body == no'], ...changes });
      return { ...step, assertions: step.assertions.map((each) => ({ ...each, severity: 'degrade' as const })) };
    };
    const { path: _, ...bare } = extract('token', { source: 'body', pattern: 'my-\\w+', isSecure: true });
    const steps = [
      soft('before'),
      soft('send', { request: { url: at('/'), headers: { 'x-key': [{ ssm: '/key' }] } }, extract: [bare] }),
      soft('after'),
    ];
    const read = { parameter: async () => 'and-9c4d', output: () => undefined };
    const result = await probe(flowMonitor(steps), { read });
    expect(outcomesOf(result)).toEqual(['degraded', 'degraded', 'degraded']);
    const shown = result.steps?.map(({ assertions }) => assertions[0]?.actual);
    expect(shown).toEqual(['/ *** ***', '/ *** ***', '/ *** ***']);
    expect(JSON.stringify(result)).not.toMatch(/7f3a|9c4d/);
  });
});
