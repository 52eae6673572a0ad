import type { BurstPart, BurstScope, RunBurstDeps } from '../../../shared/app/burst/run.ts';
import { runBurst } from '../../../shared/app/burst/run.ts';
import type { Progress } from '../../../shared/burst/model.ts';
import type { Burst, HttpRequest, Load } from '../../../shared/config/model.ts';
import type { HttpAttempt } from '../../../shared/http/model.ts';
import { AttemptError } from '../../../shared/net/error.ts';
import { aBurst, aThreshold } from '../../support/burst.ts';
import { aMonitor } from '../../support/config.ts';
import { type FakeAnswer, fakeLoad } from '../../support/fake-load.ts';
import { simulateTime } from '../../support/simulated-load.ts';

const never = new AbortController().signal;
const scope: BurstScope = { hosts: ['example.com'], flows: [] };
const hold = (perSecond: number, durationMs: number): Load => ({
  model: 'open',
  stages: [{ fromPerSecond: perSecond, toPerSecond: perSecond, durationMs }],
});
const search = (change: object = {}): Load => ({
  model: 'breakingPoint',
  fromPerSecond: 50,
  toPerSecond: 1_600,
  holdMs: 1_000,
  factor: 2,
  precisionPpm: 50_000,
  ...change,
});
const limits = { concurrency: 100, requests: 100_000, durationMs: 120_000 };

type Setting = {
  readonly answer?: (attempt: HttpAttempt, sent: number) => FakeAnswer;
  readonly prepare?: (attempt: HttpAttempt) => void;
  readonly deps?: Partial<RunBurstDeps>;
  readonly scope?: BurstScope;
  readonly signal?: AbortSignal;
  readonly part?: BurstPart;
};

function setUp(change: Partial<Burst>, { answer, prepare, ...setting }: Setting = {}) {
  const time = simulateTime();
  const { seen, openClient } = fakeLoad(answer, prepare);
  const deps: RunBurstDeps = {
    clock: time.clock,
    openClient,
    references: { output: () => undefined, parameter: async () => 's3cr3t' },
    signer: () => async () => ({}),
    allowOrigins: [],
    canSpin: false,
    ...setting.deps,
  };
  const burst = aBurst({ limits, load: hold(100, 1_000), ...change });
  const start = () => runBurst(burst, setting.scope ?? scope, deps, setting.signal ?? never, setting.part);
  return { start, run: () => time.until(start()), seen, time };
}
const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
  ...aMonitor().request,
  url: 'https://example.com/demo',
  ...change,
});

describe('a burst', () => {
  it('sends what is scheduled, and says what came of it', async () => {
    const { run, seen } = setUp({});
    const { summary, tally } = await run();
    expect(summary).toMatchObject({
      burst: 'redirects',
      model: 'open',
      requests: 100,
      failures: 0,
      dropped: 0,
      statusCodes: { '200': 100 },
      thresholds: [
        { threshold: 'p99 < 300ms', passed: true },
        { threshold: 'errorRatio < 0.1%', passed: true },
        { threshold: 'dropped == 0', passed: true },
      ],
    });
    expect(tally.latency.count).toBe(100);
    expect([seen.sent.length, seen.closed]).toEqual([100, 1]);
  });

  it('gives its client its own policy, timeout, connections and hosts', async () => {
    const { run, seen } = setUp(
      { allowPrivate: true, freshConnections: true, timeoutMs: 700, limits: { ...limits, concurrency: 7 } },
      { deps: { allowOrigins: ['http://127.0.0.1:1'], runtimeApi: '127.0.0.1:9001' } },
    );
    await run();
    const [options] = seen.options;
    expect(options).toMatchObject({
      policy: { allowPrivate: true, allowOrigins: ['http://127.0.0.1:1'], runtimeApi: '127.0.0.1:9001' },
      timeoutMs: 700,
      freshConnections: true,
      mostConnections: 7,
    });
    expect(
      ['https://EXAMPLE.com:8443/x', 'https://example.com.evil/', 'https://evil/?example.com'].map((url) =>
        options?.isAllowed(new URL(url)),
      ),
    ).toEqual([true, false, false]);
  });

  it('in the closed model has as many under way as it says, and no more connections', async () => {
    const { run, seen } = setUp({ load: { model: 'closed', concurrency: 10, requests: 55 } });
    expect((await run()).summary).toMatchObject({ model: 'closed', requests: 55, dropped: 0 });
    expect(seen.options[0]?.mostConnections).toBe(10);
  });

  it('counts failures by its own statuses', async () => {
    const answer = (_: HttpAttempt, sent: number) => ({ status: sent % 4 === 0 ? 404 : 302 });
    const { run } = setUp({ failureStatuses: [{ from: 500, to: 599 }] }, { answer });
    expect((await run()).summary).toMatchObject({ failures: 0, statusCodes: { '302': 75, '404': 25 } });
  });

  it('ends early where it is told to, and says why', async () => {
    const answer = () => ({ status: 503 });
    const { run } = setUp({ load: hold(100, 10_000), abortIf: { afterMs: 1_000, errorRatioPpm: 100_000 } }, { answer });
    const { summary } = await run();
    expect(summary.aborted).toContain('error ratio 100 %');
    expect(summary.requests + summary.dropped).toBe(1_000);
    expect(summary.requests).toBeLessThan(150);
  });

  it('of a name that does not resolve fails each start, and ends early where it is told to', async () => {
    const prepare = () => {
      throw new AttemptError('resolve', 'example.com: ENOTFOUND');
    };
    const { run, seen } = setUp({ load: hold(100, 10_000), abortIf: { afterMs: 500, errorRatioPpm: 1 } }, { prepare });
    const { summary } = await run();
    expect(summary.errors).toEqual({ resolve: summary.failures });
    expect(summary.aborted).toBeDefined();
    expect(seen.sent).toEqual([]);
  });

  it('is ended by the signal, and says so', async () => {
    const ending = new AbortController();
    const { run, seen, time } = setUp({ load: hold(100, 10_000) }, { signal: ending.signal });
    time.after(505, () => ending.abort('stopped by hand'));
    const { summary } = await run();
    expect(summary.aborted).toContain('stopped by hand');
    expect(summary.requests + summary.dropped).toBe(1_000);
    expect(seen.closed).toBe(1);
  });

  it('that is ended before it begins sends nothing, and is no refusal', async () => {
    const { run, seen } = setUp({}, { signal: AbortSignal.abort('too late') });
    const { summary } = await run();
    expect(summary).toMatchObject({ requests: 0, dropped: 100, aborted: expect.stringContaining('too late') });
    expect(seen.sent).toEqual([]);
  });

  it('that is ended while its secrets are read sends nothing either', async () => {
    const ending = new AbortController();
    const references = { output: () => undefined, parameter: () => new Promise<never>(() => {}) };
    const mix = [{ weight: 1, request: request({ headers: { x: [{ ssm: '/key' }] } }) }];
    const { start } = setUp({ mix }, { signal: ending.signal, deps: { references } });
    setTimeout(() => ending.abort('too late'), 20);
    expect(await start()).toMatchObject({ summary: { requests: 0, dropped: 100 } });
  });

  it('whose secrets are not told in time is refused', async () => {
    const references = { output: () => undefined, parameter: () => new Promise<never>(() => {}) };
    const mix = [{ weight: 1, request: request({ headers: { x: [{ ssm: '/key' }] } }) }];
    const { start } = setUp({ mix, timeoutMs: 20 }, { deps: { references } });
    await expect(start()).rejects.toThrow('redirects was not sent: its references were not resolved within 20 ms');
    const hosts = setUp({ timeoutMs: 20 }, { deps: { references }, scope: { hosts: [[{ ssm: '/host' }]], flows: [] } });
    await expect(hosts.start()).rejects.toThrow('redirects was not sent: which hosts it may load was not known within');
  });

  it('reads a secret once, however many requests hold it', async () => {
    let read = 0;
    const parameter = async () => {
      read += 1;
      return `secret-${read}`;
    };
    const mix = [{ weight: 1, request: request({ headers: { x: [{ ssm: '/key' }, { random: 'hex8' }] } }) }];
    const { run } = setUp({ mix }, { deps: { references: { output: () => undefined, parameter } } });
    await run();
    expect(read).toBe(1);
  });

  it('tells how it stands, about once a second', async () => {
    const told: Progress[] = [];
    const { run } = setUp({ load: hold(100, 3_500) }, { deps: { onProgress: (progress) => told.push(progress) } });
    await run();
    expect(told.map(({ elapsedMs }) => Math.round(elapsedMs / 1_000))).toEqual([1, 2, 3]);
    expect(told[1]).toMatchObject({ durationMs: 3_500, scheduled: 350, lastSecond: { requests: 100 } });
  });
});

describe('parts of a burst', () => {
  it('send together what one would have sent', async () => {
    const mix = [
      { weight: 3, request: request({ url: 'https://example.com/a' }) },
      { weight: 1, request: request({ url: 'https://example.com/b' }) },
    ];
    const counted = await Promise.all(
      [0, 1, 2].map(async (index) => {
        const { run, seen } = setUp({ mix, load: hold(100, 2_000) }, { part: { index, count: 3 } });
        return { summary: (await run()).summary, urls: seen.sent.map(({ url }) => url) };
      }),
    );
    expect(counted.map(({ summary }) => summary.requests)).toEqual([67, 67, 66]);
    expect(counted.flatMap(({ urls }) => urls).filter((url) => url.endsWith('/b'))).toHaveLength(50);
  });

  it('of a search there are none, and neither more of them than callers', async () => {
    const part = { index: 1, count: 4 };
    await expect(setUp({ load: search() }, { part }).run()).rejects.toThrow(
      'redirects was not sent: a search for the breaking point is sent by one invocation',
    );
    const few: Load = { model: 'closed', concurrency: 3, requests: 9 };
    await expect(setUp({ load: few }, { part }).run()).rejects.toThrow('4 shards are more than its 3 requests at once');
  });
});

describe('a search for the breaking point', () => {
  const thresholds = [aThreshold({ text: 'p99 < 100ms', value: 100 })];
  /** Above `most` a second every request takes 200 ms. */
  function serverOf(time: () => number, most: number) {
    const recent: number[] = [];
    return () => {
      const now = time();
      recent.push(now);
      while ((recent[0] ?? now) < now - 500) recent.shift();
      return { status: 200, afterMs: recent.length > most / 2 ? 200 : 5 };
    };
  }
  function searching(change: Partial<Burst>, most: number, setting: Setting = {}) {
    const server = { answer: (): FakeAnswer => ({ status: 200 }) };
    const burst = setUp({ load: search(), thresholds, ...change }, { answer: () => server.answer(), ...setting });
    server.answer = serverOf(() => burst.time.clock.monotonicMs(), most);
    return burst;
  }

  it('finds the rate at which a threshold breaks, and counts all that it sent', async () => {
    const { run, seen } = searching({}, 430);
    const { summary, tally } = await run();
    const { sustainedPerSecond = 0, brokenPerSecond = 0, end, curve = [] } = summary.breakingPoint ?? {};
    expect(end).toBe('found');
    expect(sustainedPerSecond).toBeGreaterThan(380);
    expect(sustainedPerSecond).toBeLessThanOrEqual(440);
    expect(brokenPerSecond).toBeGreaterThan(sustainedPerSecond);
    expect(brokenPerSecond / sustainedPerSecond).toBeLessThanOrEqual(1.051);
    expect(curve.slice(0, 5).map(({ ratePerSecond }) => ratePerSecond)).toEqual([50, 100, 200, 400, 800]);
    expect(summary).toMatchObject({ model: 'breakingPoint', requests: seen.sent.length });
    expect(summary.aborted).toBeUndefined();
    expect(tally.requests).toBe(seen.sent.length);
    expect(seen.closed).toBe(1);
  });

  it('takes a rate that ended early as one that did not hold, and goes on', async () => {
    const { run } = searching({ abortIf: { afterMs: 300, latencyMs: 150 } }, 430);
    const { summary } = await run();
    expect(summary.aborted).toBeUndefined();
    expect(summary.breakingPoint?.end).toBe('found');
  });

  it('ends where its time or its requests do not reach any further', async () => {
    const time = await searching({ limits: { ...limits, durationMs: 3_000 } }, 10_000).run();
    expect(time.summary.breakingPoint).toMatchObject({ end: 'time', sustainedPerSecond: 100 });
    const { run, seen } = searching({ limits: { ...limits, requests: 400 } }, 10_000);
    expect((await run()).summary.breakingPoint).toMatchObject({ end: 'time', sustainedPerSecond: 200 });
    expect(seen.sent.length).toBe(350);
  });

  it('is ended by the signal, and says what it found by then', async () => {
    const ending = new AbortController();
    const { run, time } = searching({}, 10_000, { signal: ending.signal });
    time.after(2_000, () => ending.abort('stopped by hand'));
    const { summary } = await run();
    expect(summary.aborted).toContain('stopped by hand');
    expect(summary.breakingPoint).toMatchObject({ end: 'aborted', sustainedPerSecond: 50 });
  });

  it('tells of the whole search, and which rate is held', async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => told.push(progress);
    await searching({ load: search({ toPerSecond: 200, holdMs: 2_500 }) }, 10_000, {
      deps: { onProgress },
    }).run();
    expect(told.map(({ ratePerSecond }) => ratePerSecond)).toEqual([50, 50, 100, 100, 200, 200]);
    expect(told.map(({ requests }) => requests)).toEqual(
      told.map(({ requests }) => requests).toSorted((a, b) => a - b),
    );
    expect(told.at(-1)?.requests).toBeGreaterThan(2.5 * (50 + 100) + 1.9 * 200);
    expect(told.at(-1)).not.toHaveProperty('scheduled');
    expect(told.at(-1)?.elapsedMs).toBeGreaterThan(6_000);
  });
});

describe('what a burst waits for before its first start', () => {
  it('comes when everything is ready, and before anything is sent', async () => {
    const counts: number[] = [];
    const { run, seen } = setUp(
      {},
      { deps: { beforeFirst: async () => void counts.push(seen.prepared.length, seen.sent.length) } },
    );
    await run();
    expect(counts).toEqual([1, 0]);
  });

  it('may keep it from being sent at all', async () => {
    const { run, seen } = setUp({}, { deps: { beforeFirst: () => Promise.reject(new Error('not today')) } });
    await expect(run()).rejects.toThrow('not today');
    expect([seen.sent.length, seen.closed]).toEqual([0, 1]);
  });
});
