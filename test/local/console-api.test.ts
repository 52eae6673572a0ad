import { request } from 'node:http';
import type { ConsoleState } from '../../infra/local/console/state.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

import.meta.jest.setTimeout(30_000);
const folder = temporaryFolder();
let local: Running;
beforeAll(async () => {
  local = await startLocalMode(folder.path, '--interval', '1s');
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

const api = (path: string, init: RequestInit = {}) => fetch(`${local.console}${path}`, init);
const post = (path: string, body?: unknown) =>
  api(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

/** With headers that fetch would not send. */
function raw(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(local.console);
    request({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

/** The states of a stream of events, as they come. */
async function* follow(signal: AbortSignal): AsyncGenerator<ConsoleState> {
  const { body } = await api('/api/events', { signal });
  let text = '';
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^event: state\ndata: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}

/** What its pages show of an outage, and what their buttons do. */
async function tellsAndTakes(id: string): Promise<void> {
  const json = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
  const { slos } = await local.state();
  expect(await json(await api(`/api/slo?id=${slos[0]?.id}`))).toMatchObject({
    id: slos[0]?.id,
    lately: { judged: expect.any(Number) },
    spending: { byReason: expect.any(Array) },
  });
  const incident = await json(await api(`/api/incident?id=${id}`));
  expect(incident['moments']).toContainEqual(
    expect.objectContaining({ kind: 'fired', title: 'shortener-health failing' }),
  );
  expect(incident['failures']).toContainEqual(
    expect.objectContaining({ monitor: 'shortener-health', statusCode: 503 }),
  );
  expect((await local.state()).inbox[0]?.about).toMatchObject({ incident: id });

  const taken = await post('/api/acknowledgements', { incident: id, by: 'ann\u202e', note: 'rolling back' });
  expect([taken.status, await json(taken)]).toEqual([200, { state: 'acknowledged', incident: id, by: 'ann' }]);
  expect(await json(await post('/api/acknowledgements', { incident: id }))).toMatchObject({ state: 'already' });
  const wanted = { names: ['shortener-health'], for: '5m', reason: 'known', by: 'ann' };
  const silence = await json(await post('/api/silences', wanted));
  expect(silence).toMatchObject({
    alerts: ['monitor/shortener-health/', 'coverage/shortener-health'],
    reason: 'known',
  });
  const state = await local.state();
  expect(state.incidents.find((each) => each.id === id)?.acknowledged).toMatchObject({
    by: 'ann',
    note: 'rolling back',
  });
  expect(state.silences).toMatchObject([{ id: silence['id'], by: 'ann' }]);
  const end = () => api('/api/silences', { method: 'DELETE', body: JSON.stringify({ silence: silence['id'] }) });
  expect([(await end()).status, (await end()).status]).toEqual([204, 404]);
}

describe('the console', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/main.js', 'text/javascript; charset=utf-8'],
    ['/style.css', 'text/css; charset=utf-8'],
    ['/favicon.svg', 'image/svg+xml'],
  ])('serves %s, which loads nothing from elsewhere and runs nothing inline', async (path, type) => {
    const answer = await api(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self'/);
    expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(await answer.text()).not.toMatch(/https?:\/\/(?!127|www\.w3\.org)/);
  });

  it('tells how everything stands', async () => {
    const state = await local.until(({ monitors }) => monitors[0]?.state === 'passed', 10_000);
    expect(state).toMatchObject({
      service: 'shortener',
      environment: 'local',
      inbox: [],
      incidents: [],
      faults: null,
      configErrors: [],
      tickMs: 1_000,
      addresses: { console: local.console, shortener: local.shortener, aws: local.aws, data: folder.path },
    });
    expect(state.slos.map(({ id }) => id)).toEqual(['shortener-availability']);
    expect(state.alarms.map(({ state: now }) => now)).toEqual(['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA']);
    expect(state.nextTickAt % 1_000).toBe(0);
    expect(Math.abs(state.nextTickAt - Date.now())).toBeLessThan(2_000);
  });

  it('sends the state at once and whenever something changes', async () => {
    const controller = new AbortController();
    const states: ConsoleState[] = [];
    for await (const state of follow(controller.signal)) {
      states.push(state);
      if (states.length === 3) break;
    }
    controller.abort();
    expect(states.map(({ service }) => service)).toEqual(['shortener', 'shortener', 'shortener']);
    expect(states[2]?.at).toBeGreaterThan(states[0]?.at ?? 0);
  });

  it('probes by hand, off the record', async () => {
    const answer = await post('/api/probe');
    expect(await answer.json()).toMatchObject({ results: [{ monitor: 'shortener-health', outcome: 'passed' }] });
    expect((await post('/api/probe', { monitors: ['shortener-health'] })).status).toBe(200);
  });

  it('breaks the shortener, and it shows, is mailed, is mended and is mailed again', async () => {
    const broken = await post('/api/faults');
    expect(await broken.json()).toMatchObject({ active: true, errorRatio: 1 });
    const down = await local.until((state) => state.inbox.length > 0, 20_000);
    expect(down.faults).toMatchObject({ errorRatio: 1, latencyMs: 0 });
    expect(down.faults?.until).toBeGreaterThan(Date.now() + 8 * 60_000);
    expect(down.inbox[0]).toMatchObject({
      to: 'oncall@example.com',
      subject: expect.stringContaining('shortener-health'),
    });
    expect(down.incidents[0]?.closedAt).toBeNull();
    expect((await fetch(`${local.shortener}/demo`)).status).toBe(503);
    await tellsAndTakes(down.incidents[0]?.id ?? '');

    await post('/api/faults', { errorRatio: 0 });
    const up = await local.until((state) => state.inbox.some(({ subject }) => subject.startsWith('Resolved')), 20_000);
    expect(up.faults).toBeNull();
    expect(up.monitors[0]?.state).toBe('passed');
    expect(local.output()).toMatch(/✗ shortener-health failed/);
    expect(local.output()).toMatch(/✓ shortener-health passed/);
    expect(local.output()).toMatch(/✉ Resolved: /);
    expect(local.output()).not.toContain('\u001b[');
  }, 60_000);

  it('takes what the shortener takes, and ends it', async () => {
    const slow = await post('/api/faults', { latencyMs: 5, for: '1m' });
    expect(await slow.json()).toMatchObject({ errorRatio: 0, latencyMs: 5 });
    expect((await post('/api/faults', { errorRatio: 2 })).status).toBe(422);
    expect((await api('/api/faults', { method: 'DELETE' })).ok).toBe(true);
    expect((await local.state()).faults).toBeNull();
  });

  it.each([
    ['an unknown path', () => api('/nothing'), 404],
    ['a path of the prototype', () => api('/constructor'), 404],
    ['another method', () => api('/api/state', { method: 'POST' }), 405],
    ['a POST to the page', () => api('/', { method: 'POST' }), 405],
    ['no JSON', () => post('/api/faults', '{'), 400],
    ['a list', () => post('/api/probe', []), 400],
    ['an unknown key', () => post('/api/probe', { record: true }), 400],
    ['an unknown monitor', () => post('/api/probe', { monitors: ['x'] }), 404],
    ['an SLO that is not there', () => api('/api/slo?id=__proto__'), 404],
    ['an incident that is not there', () => api('/api/incident?id=000000000000'), 404],
    ['an acknowledgement of nothing', () => post('/api/acknowledgements', {}), 400],
    ['one of an incident that is not there', () => post('/api/acknowledgements', { incident: '000000000000' }), 404],
    ['a name that is no text', () => post('/api/acknowledgements', { incident: '0', by: 7 }), 400],
    ['a silence without a reason', () => post('/api/silences', { names: ['shortener-health'], for: '5m' }), 400],
    ['a silence of nothing', () => post('/api/silences', { names: [], for: '5m', reason: 'x' }), 400],
    ['a silence of nothing that is there', () => post('/api/silences', { names: ['x'], for: '5m', reason: 'x' }), 404],
    ['a silence for ever', () => post('/api/silences', { names: ['shortener-health'], for: '99d', reason: 'x' }), 400],
    ['a body of 65 kB', () => post('/api/faults', ' '.repeat(65 * 1024)), 413],
    [
      'a page of another origin',
      () => api('/api/faults', { method: 'POST', headers: { origin: 'http://evil.example' } }),
      403,
    ],
    ['a sandboxed page', () => api('/api/state', { headers: { origin: 'null' } }), 403],
    ['a page of another port', () => api('/api/state', { headers: { origin: local.shortener } }), 403],
  ])('refuses %s with problem details', async (_, send, status) => {
    const answer = await send();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
  });

  it.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost:1', 200],
    ['127.0.0.1', 200],
    ['[::1]:80', 200],
  ])('answers a request for the host %s with %d', async (host, status) => {
    expect(await raw('/api/state', { host })).toBe(status);
  });

  it('takes a button of its own page', async () => {
    expect((await api('/api/faults', { method: 'DELETE', headers: { origin: local.console } })).ok).toBe(true);
  });
});
