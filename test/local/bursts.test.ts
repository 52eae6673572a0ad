import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsoleState, LiveRun } from '../../infra/local/console/state.ts';
import type { BurstView } from '../../shared/app/overview/model.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const demo = '{ url: "${output:ShortenerUrl}/demo", followRedirects: false }';
/** `backup` is never called, so that nobody knows what is left of the budget over it. */
const text = `version: 1
service: shortener
monitors:
  shortener-health: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
  backup: { type: heartbeat, period: 1d }
slos:
  backups: { indicator: { monitors: [backup] }, objective: 50%, window: 30d }
bursts:
  quick: { request: ${demo}, stages: [hold: 40/s for 3s], thresholds: [dropped == 0] }
  steady: { request: ${demo}, stages: [hold: 20/s for 6s] }
  planned: { request: ${demo}, stages: [hold: 20/s for 1s], schedule: rate(1 minute) }
  lost:
    request: { url: "\${output:ShortenerUrl}/no-such-link", followRedirects: false }
    stages: [hold: 40/s for 20s]
    abortIf: { errorRatio: 10%, after: 1s }
  guarded: { request: ${demo}, stages: [hold: 20/s for 1s], requireBudget: { left: 50%, slos: [backups] } }
`;
const folder = temporaryFolder();
const config = join(folder.path, 'monitors.yml');
let local: Running;

// Without --interval a tick comes at once for the minute that goes on, and with it what its schedule has planned for it.
beforeAll(async () => {
  writeFileSync(config, text);
  local = await startLocalMode(join(folder.path, 'data'), '--config', config);
}, 60_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${local.console}/api/bursts`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const burstOf = (state: ConsoleState, id: string) => state.bursts.find((burst) => burst.id === id) as BurstView;
const underWay = ({ liveRuns }: ConsoleState, id: string) =>
  liveRuns.find(({ burst, end }) => burst === id && end === undefined);
const byHand = ({ liveRuns }: ConsoleState) => liveRuns.flatMap(({ id, trigger }) => (trigger === 'hand' ? [id] : []));
const ended = (id: string) => (state: ConsoleState) =>
  state.liveRuns.some(({ burst, trigger, end }) => burst === id && trigger === 'hand' && end !== undefined);

type Heard = { readonly event: string; readonly data: unknown };

/** The events of a stream until `isLast`, as they come. */
async function listen(isLast: (heard: Heard) => boolean, begin: () => Promise<unknown>): Promise<readonly Heard[]> {
  const abort = new AbortController();
  const { body } = await fetch(`${local.console}/api/events`, { signal: abort.signal });
  const heard: Heard[] = [];
  let rest = '';
  await begin();
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const parts = (rest + Buffer.from(chunk).toString('utf8')).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      if (event !== undefined && data !== undefined) heard.push({ event, data: JSON.parse(data) });
    }
    if (heard.some(isLast)) break;
  }
  abort.abort();
  return heard;
}

describe('a burst in local mode', () => {
  it('is sent when its schedule says', async () => {
    const state = await local.until((now) => burstOf(now, 'planned').runs.length > 0, 30_000);
    const [run] = burstOf(state, 'planned').runs;
    expect(run).toMatchObject({ outcome: 'passed', summary: { requests: 20, failures: 0 } });
    expect((run?.runAt ?? 1) % 60_000).toBe(0);
    const live = state.liveRuns.find(({ burst, end }) => burst === 'planned' && end !== undefined);
    expect(live).toMatchObject({ trigger: 'schedule', end: { outcome: 'sent' } });
    expect(burstOf(state, 'planned').nextRunAt).toBeGreaterThan(Date.now() - 60_000);
  }, 40_000);

  it('is sent at once by the console: pages hear each second of it, and then what came of it', async () => {
    const heard = await listen(
      ({ event, data }) =>
        event === 'state' && burstOf(data as ConsoleState, 'quick').runs.some(({ summary }) => summary !== undefined),
      async () => {
        const answer = await post({ burst: 'quick' });
        expect([answer.status, await answer.json()]).toEqual([202, { burst: 'quick', run: expect.any(String) }]);
      },
    );
    // The scheduled burst of this file may run in the same minute.
    const runs = heard
      .flatMap(({ event, data }) => (event === 'run' ? [data as LiveRun] : []))
      .filter(({ burst }) => burst === 'quick');
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(runs[0]).toMatchObject({ burst: 'quick', trigger: 'hand', isRecorded: true, points: [] });
    expect(runs.at(-1)?.end).toMatchObject({ outcome: 'sent' });
    const points = runs.slice(1, -1).flatMap(({ points: told }) => told);
    expect(points.map(({ second }) => second).slice(0, 2)).toEqual([0, 1]);
    expect(points.at(-1)?.scheduled).toBe(120);
    for (const [index, { requests }] of points.entries())
      expect(requests).toBeGreaterThan(points[index - 1]?.requests ?? 0);

    const burst = burstOf(await local.state(), 'quick');
    expect(burst.runs).toMatchObject([{ outcome: 'passed', summary: { requests: 120, failures: 0, dropped: 0 } }]);
    expect(burst.seconds.slice(0, 3).map(({ intended }) => intended)).toEqual([40, 40, 40]);
    await pause(300);
    expect(local.output()).toMatch(/✓ burst quick passed: 120 requests, [\d.]+\/s, p99 /);
  }, 30_000);

  it('is begun once however many ask for it, and again when it is over', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => post({ burst: 'quick' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(await refused?.json()).toMatchObject({ title: 'Conflict', detail: 'quick is under way already.' });
    await local.until((state) => burstOf(state, 'quick').runs.length === 2, 20_000);
    expect((await post({ burst: 'quick' })).status).toBe(202);
    await local.until((state) => burstOf(state, 'quick').runs.length === 3, 20_000);
  }, 50_000);

  it('ends early where it is told to, and that is said', async () => {
    await post({ burst: 'lost' });
    const state = await local.until((now) => burstOf(now, 'lost').runs.length > 0, 20_000);
    const { runs, state: stands } = burstOf(state, 'lost');
    expect(stands).toBe('failed');
    expect(runs[0]?.reasons[0]).toMatch(/^ended early: error ratio 100 % after [\d.]+ s, above 10 %$/);
    expect(runs[0]?.summary?.durationMs).toBeLessThan(10_000);
    await pause(300);
    expect(local.output()).toMatch(/✗ burst lost failed: ended early: error ratio 100 %/);
  }, 30_000);

  it('that is refused is said to be, with the reason, and is no run', async () => {
    await post({ burst: 'guarded' });
    const state = await local.until(ended('guarded'), 20_000);
    const message = 'guarded was not sent: nothing is known of the SLO backups yet';
    expect(state.liveRuns.find(({ burst }) => burst === 'guarded')?.end).toMatchObject({ outcome: 'refused', message });
    expect(burstOf(state, 'guarded')).toMatchObject({ state: 'waiting', runs: [] });
    expect(local.output()).toContain(`✗ ${message}\n`);
  }, 30_000);

  it('answers its summary to a client of Lambda, leaves no run, and shows what came of it all the same', async () => {
    const answer = await fetch(`${local.aws}/2015-03-31/functions/shortener-dev-burst/invocations`, {
      method: 'POST',
      body: '{"burst":"steady"}',
    });
    expect(await answer.json()).toMatchObject({
      burst: 'steady',
      requests: 120,
      failures: 0,
    });
    const state = await local.until(ended('steady'), 5_000);
    const run = state.liveRuns.find(({ burst }) => burst === 'steady');
    expect(run).toMatchObject({ isRecorded: false, end: { outcome: 'sent', summary: { requests: 120 } } });
    expect(run?.points.length).toBeGreaterThanOrEqual(4);
    expect(burstOf(state, 'steady').runs).toEqual([]);
  }, 30_000);

  it('goes on through an edit of monitors.yml, and is kept', async () => {
    await post({ burst: 'steady' });
    await local.until((state) => (underWay(state, 'steady')?.points.length ?? 0) > 0, 10_000);
    writeFileSync(config, text.replace('\nslos:', '\n  another: { type: heartbeat, period: 1d }\nslos:'));
    await local.until(({ monitors }) => monitors.length === 3, 10_000);
    expect(underWay(await local.state(), 'steady')).toBeDefined();
    expect((await post({ burst: 'steady' })).status).toBe(409);
    const state = await local.until((now) => burstOf(now, 'steady').runs.length === 1, 20_000);
    expect(burstOf(state, 'steady').runs[0]?.summary).toMatchObject({ requests: 120, failures: 0 });
    expect(local.output()).toContain('is taken: 3 monitors, 1 SLO, 5 bursts\n');
  }, 50_000);

  it.each([
    ['no JSON', '{', 400],
    ['a list', [], 400],
    ['nothing', '', 400],
    ['a number', { burst: 7 }, 400],
    ['a list of ids', { burst: ['quick'] }, 400],
    ['another key', { burst: 'quick', record: false }, 400],
    ['an unknown burst', { burst: 'nightly' }, 404],
    ['a name of the prototype', { burst: 'constructor' }, 404],
    ['a monitor', { burst: 'shortener-health' }, 404],
    ['65 kB', ' '.repeat(65 * 1024), 413],
  ])('is not sent for a body of %s', async (_, body, status) => {
    const before = byHand(await local.state());
    const answer = await post(body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) });
    expect(byHand(await local.state())).toEqual(before);
  });

  it('is not sent for a page of another origin, nor for a GET', async () => {
    expect((await post({ burst: 'quick' }, { origin: 'http://evil.example' })).status).toBe(403);
    const answer = await fetch(`${local.console}/api/bursts`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('ends with local mode, at once', async () => {
    await post({ burst: 'steady' });
    await local.until((state) => underWay(state, 'steady') !== undefined, 10_000);
    const at = performance.now();
    expect(await local.end('SIGINT')).toBe(0);
    expect(performance.now() - at).toBeLessThan(1_900); // half a second, on a machine that is not busy
    expect(local.output()).not.toContain('Runtime exited');
    expect(readFileSync(join(folder.path, 'data', 'logs', 'burst.log'), 'utf8')).toContain('"burst under way"');
  }, 20_000);
});
