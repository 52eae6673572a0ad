import { StoreError } from '../../../functions/shortener/ports.ts';
import type { ProblemName } from '../../../functions/shortener/problem.ts';
import { createSpinner } from '../../../functions/shortener/spinner.ts';
import { authorized, bodyOf, createBench, json, requestId, startAt, token } from './caller.ts';

const type = (name: ProblemName) => `urn:burnwatch:problem:${name}`;

describe('Every answer', () => {
  it.each([
    ['a redirect', 'GET', '/demo'],
    ['a health check', 'GET', '/health'],
    ['a refusal', 'GET', '/nothing/here'],
    ['an empty success', 'DELETE', '/faults'],
  ])('carries the security headers and the request id: %s', async (_what, method, path) => {
    const { headers } = await createBench().call(method, path, { headers: authorized });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      'x-request-id': requestId,
    });
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d+$/);
  });

  it('to a HEAD is that to a GET without its body', async () => {
    const bench = createBench();
    for (const path of [
      '/demo',
      '/health',
      '/health/liveness',
      '/health/readiness',
      '/faults',
      '/links',
      '/nope/nope',
    ]) {
      const get = await bench.call('GET', path, { headers: authorized });
      expect(await bench.call('HEAD', path, { headers: authorized })).toEqual({ ...get, body: '' });
    }
  });

  it('to a bug of our own is a problem that tells nothing of it, and the log has it', async () => {
    const bench = createBench();
    bench.store.loadLink = () => {
      throw new TypeError('the inner workings');
    };
    const answer = await bench.call('GET', '/abcd');
    expect(bodyOf(answer)).toEqual({
      type: type('internal-error'),
      title: 'Something went wrong on our side',
      status: 500,
      detail: 'the log knows more under this requestId',
      requestId,
    });
    expect(bench.logged.join()).toContain('the inner workings');
  });
});

describe('A database that is down', () => {
  it('is told of once a second, however many requests it fails', async () => {
    const bench = createBench();
    bench.store.loadLink = async () => {
      throw new StoreError('unavailable', new Error('no route'));
    };
    const ask = async () => (await bench.call('GET', '/abcd')).statusCode;
    expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 503]);
    expect(bench.logged.filter((line) => line.includes('no route'))).toHaveLength(1);
    bench.now += 1_000;
    await ask();
    bench.now -= 60_000;
    await ask();
    expect(bench.logged.filter((line) => line.includes('no route'))).toHaveLength(3);
  });
});

describe('The built-in link', () => {
  it('redirects with no database at all', async () => {
    const bench = createBench();
    bench.store.broken.add('*');
    const answer = await bench.call('GET', '/demo');
    expect([answer.statusCode, answer.headers['location']]).toEqual([302, 'https://example.com/']);
  });
});

describe('The token', () => {
  it('is read once in five minutes', async () => {
    const bench = createBench();
    for (const afterMs of [0, 1_000, 299_999]) {
      bench.now = startAt + afterMs;
      expect((await bench.call('GET', '/links', { headers: authorized })).statusCode).toBe(200);
    }
    expect(bench.parameterReads).toBe(1);
    bench.parameter = 'another';
    bench.now = startAt + 300_000;
    expect((await bench.call('GET', '/links', { headers: authorized })).statusCode).toBe(401);
    expect(bench.parameterReads).toBe(2);
  });

  it.each([
    ['refused', new Error('AccessDenied')],
    ['missing', undefined],
    ['empty', ' \n'],
  ])(
    'closes writing while its parameter is %s; redirects go on, and it is asked for again after five seconds',
    async (_what, parameter) => {
      const bench = createBench();
      await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
      bench.now += 300_000;
      bench.parameter = parameter;
      for (const path of ['/links', '/links/abcd', '/faults']) {
        const answer = await bench.call('GET', path, { headers: authorized });
        expect([answer.statusCode, bodyOf(answer)['type']]).toEqual([503, type('token-unavailable')]);
      }
      expect(bench.parameterReads).toBe(2);
      expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
      bench.now += 4_999;
      bench.parameter = token;
      expect((await bench.call('GET', '/links', { headers: authorized })).statusCode).toBe(503);
      bench.now += 1;
      expect((await bench.call('GET', '/links', { headers: authorized })).statusCode).toBe(200);
    },
  );

  it('may end in the line break that a file gave it', async () => {
    const bench = createBench();
    bench.parameter = `${token}\n`;
    expect((await bench.call('GET', '/links', { headers: { authorization: `bearer  ${token}` } })).statusCode).toBe(
      200,
    );
  });

  it('is not asked for, nor read, where writes are open', async () => {
    const bench = createBench({ writes: 'open' });
    expect((await bench.call('GET', '/links')).statusCode).toBe(200);
    expect(bench.parameterReads).toBe(0);
  });

  it('never reaches the log or an answer', async () => {
    const bench = createBench();
    bench.store.broken.add('*');
    const answers = [
      await bench.shorten({ url: 'https://example.com/' }),
      await bench.call('GET', '/links', { headers: { authorization: `Bearer ${token}x` } }),
    ];
    expect(JSON.stringify([answers, bench.logged])).not.toContain(token);
  });
});

describe('Without its database', () => {
  it.each([
    ['GET', '/abcd'],
    ['GET', '/links'],
    ['GET', '/links/abcd'],
    ['DELETE', '/links/abcd'],
    ['POST', '/links'],
    ['GET', '/faults'],
    ['DELETE', '/faults'],
  ])('%s %s says so in one problem', async (method, path) => {
    const bench = createBench();
    bench.store.broken.add('*');
    const answer = await bench.call(method, path, { headers: json, body: '{"url":"https://example.com/"}' });
    expect([answer.statusCode, bodyOf(answer)['type']]).toEqual([503, type('database-unavailable')]);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.body).not.toContain('broken');
    expect(bench.logged.join()).toContain('is broken');
  });
});

describe('A drill', () => {
  const start = (input: unknown) => ({ headers: json, body: JSON.stringify(input) });
  const whole = { errorRatio: 1, latencyMs: 0, isDatabaseDown: false, isCacheCold: false, cpuMs: 0 };

  it.each([
    [{}, { errorRatio: 1, latencyMs: 0, until: '2030-01-01T00:10:00.000Z' }],
    [{ errorRatio: 0.25 }, { errorRatio: 0.25, latencyMs: 0, until: '2030-01-01T00:10:00.000Z' }],
    [{ latencyMs: 300 }, { errorRatio: 0, latencyMs: 300, until: '2030-01-01T00:10:00.000Z' }],
    [{ latencyMs: 0 }, { errorRatio: 0, latencyMs: 0, until: '2030-01-01T00:10:00.000Z' }],
    [{ for: '2m' }, { errorRatio: 1, latencyMs: 0, until: '2030-01-01T00:02:00.000Z' }],
    [{ for: '1s' }, { errorRatio: 1, latencyMs: 0, until: '2030-01-01T00:00:01.000Z' }],
    [{ for: '1000ms' }, { errorRatio: 1, latencyMs: 0, until: '2030-01-01T00:00:01.000Z' }],
    [{ for: '24h' }, { errorRatio: 1, latencyMs: 0, until: '2030-01-02T00:00:00.000Z' }],
    [{ for: '1d' }, { errorRatio: 1, latencyMs: 0, until: '2030-01-02T00:00:00.000Z' }],
    [
      { errorRatio: 1, latencyMs: 30_000, for: '2m' },
      { errorRatio: 1, latencyMs: 30_000, until: '2030-01-01T00:02:00.000Z' },
    ],
    [{ databaseDown: true }, { errorRatio: 0, latencyMs: 0, databaseDown: true, until: '2030-01-01T00:10:00.000Z' }],
    [{ cacheCold: true }, { errorRatio: 0, latencyMs: 0, cacheCold: true, until: '2030-01-01T00:10:00.000Z' }],
    [{ cpuMs: 1_000 }, { errorRatio: 0, latencyMs: 0, cpuMs: 1_000, until: '2030-01-01T00:10:00.000Z' }],
    [
      { errorRatio: 0.5, cpuMs: 3, databaseDown: false },
      { errorRatio: 0.5, latencyMs: 0, cpuMs: 3, until: '2030-01-01T00:10:00.000Z' },
    ],
  ])('asked for with %j is %j', async (input, some) => {
    const expected = { databaseDown: false, cacheCold: false, cpuMs: 0, ...some };
    const bench = createBench();
    const answer = await bench.call('PUT', '/faults', start(input));
    expect([answer.statusCode, bodyOf(answer)]).toEqual([200, { active: true, ...expected }]);
    expect(bodyOf(await bench.call('GET', '/faults', { headers: authorized }))).toEqual({ active: true, ...expected });
  });

  it('hits every route but its own switch, until it ends by itself', async () => {
    const bench = createBench();
    await bench.call('PUT', '/faults', start({ for: '2m' }));
    const paths = ['/demo', '/abcd', '/links', '/health', '/health/liveness', '/health/readiness', '/nothing/here'];
    for (const path of paths) {
      const answer = await bench.call('GET', path);
      expect([answer.statusCode, bodyOf(answer)['type']]).toEqual([503, type('fault-injected')]);
    }
    expect((await bench.call('GET', '/faults', { headers: authorized })).statusCode).toBe(200);
    bench.now = startAt + 119_999;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(503);
    bench.now = startAt + 120_000;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
    expect(bodyOf(await bench.call('GET', '/faults', { headers: authorized }))).toEqual({ active: false });
  });

  it('ends when it is deleted, and deleting nothing is fine', async () => {
    const bench = createBench();
    await bench.call('PUT', '/faults', start({}));
    for (let times = 0; times < 2; times++) {
      expect((await bench.call('DELETE', '/faults', { headers: authorized })).statusCode).toBe(204);
    }
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
  });

  it('is felt and gone at once in the sandbox that was told', async () => {
    const bench = createBench();
    const demo = async () => (await bench.call('GET', '/demo')).statusCode;
    expect(await demo()).toBe(302);
    await bench.call('PUT', '/faults', start({}));
    expect(await demo()).toBe(503);
    await bench.call('DELETE', '/faults', { headers: authorized });
    expect(await demo()).toBe(302);
  });

  it('fails the share that it says, and delays all', async () => {
    const bench = createBench();
    await bench.call('PUT', '/faults', start({ errorRatio: 0.4, latencyMs: 250 }));
    bench.random = 0.39;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(503);
    bench.random = 0.4;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
    expect(bench.slept).toEqual([250, 250]);
  });

  it('that another sandbox started is seen within a second, at one read a second', async () => {
    const bench = createBench();
    await bench.call('GET', '/demo');
    await bench.store.saveFault({ ...whole, untilAt: startAt + 60_000 }, AbortSignal.abort());
    bench.store.calls.length = 0;
    bench.now = startAt + 999;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
    expect(bench.store.calls).toEqual([]);
    bench.now = startAt + 1_000;
    expect((await bench.call('GET', '/demo')).statusCode).toBe(503);
    expect((await bench.call('GET', '/demo')).statusCode).toBe(503);
    expect(bench.store.calls).toEqual(['loadFault']);
  });

  it('is none when the database cannot be read', async () => {
    const bench = createBench();
    await bench.store.saveFault({ ...whole, untilAt: startAt + 60_000 }, AbortSignal.abort());
    bench.store.broken.add('loadFault');
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
  });

  it('of a database that is down refuses what needs it, and nothing else', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'known' });
    const status = async (method: string, path: string) =>
      (await bench.call(method, path, { headers: authorized })).statusCode;
    expect(await status('GET', '/known')).toBe(302);
    await bench.call('PUT', '/faults', start({ databaseDown: true, for: '2m' }));
    const refused = await bench.call('GET', '/other');
    expect([refused.statusCode, bodyOf(refused)['type']]).toEqual([503, type('database-unavailable')]);
    for (const [path, expected] of [
      ['/known', 302],
      ['/links', 503],
      ['/links/known', 503],
      ['/health', 503],
      ['/health/readiness', 503],
      ['/health/liveness', 200],
      ['/demo', 302],
      ['/faults', 200],
    ] as const)
      expect([path, await status('GET', path)]).toEqual([path, expected]);
    bench.now = startAt + 10_001;
    expect(await status('GET', '/known')).toBe(503);
    await bench.call('DELETE', '/faults', { headers: authorized });
    expect([await status('GET', '/known'), await status('GET', '/health')]).toEqual([302, 200]);
    expect(bodyOf(await bench.call('GET', '/links/known', { headers: authorized }))['clicks']).toBe(3);
  });

  it('of a cold cache asks the database for each look-up, and leaves nothing behind', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'known' });
    const reads = async () => {
      bench.store.calls.length = 0;
      expect((await bench.call('GET', '/known')).statusCode).toBe(302);
      return bench.store.calls.filter((name) => name === 'loadLink').length;
    };
    expect([await reads(), await reads()]).toEqual([1, 0]);
    await bench.call('PUT', '/faults', start({ cacheCold: true, for: '5s' }));
    expect([await reads(), await reads()]).toEqual([1, 1]);
    expect(bench.answered.at(-1)?.cache).toBe('miss');
    bench.now = startAt + 5_000;
    expect([await reads(), await reads()]).toEqual([1, 0]);
  });

  it('of a busy CPU keeps it busy for as long as it says, at most half of each second', async () => {
    let at = 0;
    const spin = createSpinner(() => {
      at += 1;
      return at;
    });
    const took = (ms: number) => {
      const before = at;
      spin(ms);
      return at - before;
    };
    expect(took(0)).toBe(0);
    expect(took(300)).toBeGreaterThanOrEqual(300);
    expect(took(300)).toBeLessThan(210);
    expect(took(300)).toBeLessThan(5);
    at += 1_000;
    expect(took(300)).toBeGreaterThanOrEqual(300);
    const bench = createBench();
    await bench.call('PUT', '/faults', start({ cpuMs: 60 }));
    const startedAt = performance.now();
    expect((await bench.call('GET', '/demo')).statusCode).toBe(302);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60);
  });

  it('is an unknown path, and never read, where drills are off', async () => {
    const bench = createBench({ areFaultsOn: false });
    for (const method of ['GET', 'PUT', 'DELETE', 'POST']) {
      const answer = await bench.call(method, '/faults', start({}));
      expect(answer).toEqual(await bench.call(method, '/nothing/here'));
      expect(answer.statusCode).toBe(404);
    }
    expect(bench.store.calls).toEqual([]);
  });
});

describe('Health', () => {
  it('is alive without a database', async () => {
    const bench = createBench({ areFaultsOn: false });
    bench.store.broken.add('*');
    const answer = await bench.call('GET', '/health/liveness');
    expect([answer.statusCode, bodyOf(answer)]).toEqual([200, { status: 'ok', time: '2030-01-01T00:00:00.000Z' }]);
    expect(bench.store.calls).toEqual([]);
  });

  it.each(['/health', '/health/readiness'])('is ready when the database can be read: %s', async (path) => {
    const bench = createBench({ areFaultsOn: false });
    const answer = await bench.call('GET', path);
    expect([answer.statusCode, bodyOf(answer)]).toEqual([200, { status: 'ok', time: '2030-01-01T00:00:00.000Z' }]);
    expect(bench.store.calls).toEqual(['ping']);
  });

  it('tries three times at start, with full jitter, and once from then on', async () => {
    const bench = createBench({ areFaultsOn: false });
    bench.store.broken.add('*');
    bench.random = 0.25;
    const answer = await bench.call('GET', '/health');
    expect([answer.statusCode, bodyOf(answer)]).toEqual([
      503,
      { status: 'error', time: '2030-01-01T00:00:00.000Z', reason: 'database-unavailable' },
    ]);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(bench.slept).toEqual([25, 50]);
    expect(bench.store.calls).toHaveLength(3);
    await bench.call('GET', '/health');
    expect(bench.store.calls).toHaveLength(4);
  });

  it('does not try again once the database was there', async () => {
    const bench = createBench({ areFaultsOn: false });
    await bench.call('GET', '/health');
    bench.store.broken.add('ping');
    expect((await bench.call('GET', '/health')).statusCode).toBe(503);
    expect(bench.slept).toEqual([]);
    bench.store.broken.clear();
    expect((await bench.call('GET', '/health')).statusCode).toBe(200);
  });

  it('is ready when the second try at start succeeds', async () => {
    const bench = createBench({ areFaultsOn: false });
    const { ping } = bench.store;
    let refusals = 1;
    bench.store.ping = async (signal) => {
      if (refusals-- > 0) throw new Error('not yet');
      return ping(signal);
    };
    expect((await bench.call('GET', '/health')).statusCode).toBe(200);
    expect(bench.slept).toEqual([50]);
  });
});
