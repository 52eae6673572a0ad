import { StoreError } from '../../../functions/shortener/ports.ts';
import { authorized, type Bench, bodyOf, createBench, json, startAt } from './caller.ts';

const day = 86_400_000;
const patch = (bench: Bench, code: string, disabled: unknown, type = 'application/json') =>
  bench.call('PATCH', `/links/${code}`, {
    headers: { ...json, 'content-type': type },
    body: JSON.stringify({ disabled }),
  });
const typeOf = (answer: { body: string }) =>
  String(bodyOf(answer as never)['type'])
    .split(':')
    .at(-1);

describe('A disabled link', () => {
  it('answers 410 wherever it is asked for without a token, counts no click, and keeps its code', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
    const changed = await patch(bench, 'abcd', true, 'application/merge-patch+json');
    expect([changed.statusCode, bodyOf(changed)['disabled'], bodyOf(changed)['clicks']]).toEqual([200, true, 1]);
    for (const path of ['/abcd', '/abcd+', '/abcd.svg']) {
      const answer = await bench.call('GET', path);
      expect([answer.statusCode, typeOf(answer)]).toEqual([410, 'link-disabled']);
    }
    expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))).toMatchObject({
      disabled: true,
      clicks: 1,
    });
    bench.store.createLink = async () => 'taken';
    expect((await bench.shorten({ url: 'https://example.org/', code: 'abcd' })).statusCode).toBe(409);
    expect((await patch(bench, 'abcd', false)).statusCode).toBe(200);
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
  });

  it('is seen as such at once where it was disabled, and elsewhere once what is known there is ten seconds old', async () => {
    const bench = createBench();
    const elsewhere = createBench({}, bench.store);
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    for (const sandbox of [bench, elsewhere]) await sandbox.call('GET', '/abcd');
    await patch(bench, 'abcd', true);
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(410);
    elsewhere.now = startAt + 9_999;
    expect((await elsewhere.call('GET', '/abcd')).statusCode).toBe(302);
    elsewhere.now = startAt + 10_000;
    expect((await elsewhere.call('GET', '/abcd')).statusCode).toBe(410);
    await bench.call('DELETE', '/links/abcd', { headers: authorized });
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(404);
    elsewhere.now += 10_000;
    expect((await elsewhere.call('GET', '/abcd')).statusCode).toBe(404);
  });
});

describe('Many links at once', () => {
  const bulk = (bench: Bench, links: unknown, headers = {}) =>
    bench.call('POST', '/links/bulk', { headers: { ...json, ...headers }, body: JSON.stringify({ links }) });

  it('are made one by one, and each says what became of it', async () => {
    const bench = createBench();
    const items = [
      { url: 'https://example.com/1', code: 'same1' },
      { url: 'https://example.com/2', code: 'same1' },
      { url: 'ftp://example.com/' },
      'https://example.com/',
      { url: 'https://example.com/3' },
    ];
    const answer = await bulk(bench, items);
    const { results } = bodyOf(answer) as { results: Record<string, unknown>[] };
    expect(answer.statusCode).toBe(200);
    expect(results.map(({ status }) => status)).toEqual([201, 409, 422, 422, 201]);
    expect(results[0]).toMatchObject({ link: { code: 'same1', url: 'https://example.com/1' } });
    expect(results[1]).toMatchObject({ problem: { type: 'urn:burnwatch:problem:code-taken', status: 409 } });
    expect(results[2]).toMatchObject({ problem: { errors: [{ pointer: '#/url', code: 'url-scheme' }] } });
    expect(results[3]).toMatchObject({ problem: { errors: [{ code: 'link-shape' }] } });
    expect((await bench.call('GET', '/same1')).headers['location']).toBe('https://example.com/1');
  });

  it('are a hundred at most, and at least one', async () => {
    const bench = createBench();
    const made = await bulk(bench, Array(100).fill({ url: 'https://example.com/' }));
    const codes = (bodyOf(made)['results'] as { link: { code: string } }[]).map(({ link }) => link.code);
    expect(new Set(codes).size).toBe(100);
    for (const links of [[], Array(101).fill({ url: 'https://example.com/' }), {}, null, 'x'])
      expect((await bulk(bench, links)).statusCode).toBe(422);
  });

  it('that the database failed to take say so, one by one, and can be sent again with their key', async () => {
    const bench = createBench();
    const items = ['one1', 'two2', 'three3'].map((code) => ({ url: 'https://example.com/', code }));
    const { createLink } = bench.store;
    bench.store.createLink = async (...given) => {
      if (given[0].code === 'two2') throw new StoreError('timeout', new Error('late'));
      return createLink(...given);
    };
    const first = await bulk(bench, items, { 'idempotency-key': 'k1' });
    const statuses = (answer: typeof first) => (bodyOf(answer)['results'] as { status: number }[]).map((r) => r.status);
    expect(statuses(first)).toEqual([201, 503, 201]);
    bench.store.createLink = createLink;
    expect(statuses(await bulk(bench, items, { 'idempotency-key': 'k1' }))).toEqual([201, 201, 201]);
  });
});

describe('The clicks of a link', () => {
  const daysOf = async (bench: Bench, query = '') =>
    bodyOf(await bench.call('GET', '/links/abcd/clicks', { headers: authorized, query }));

  it('are told day by day in UTC, each on the day on which it was made, also when it is written later', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    bench.now = startAt + day - 1;
    await bench.call('GET', '/abcd');
    await bench.call('GET', '/abcd'); // this one waits
    bench.now = startAt + day;
    await bench.call('GET', '/abcd');
    expect(await daysOf(bench, 'days=3')).toEqual({
      code: 'abcd',
      clicks: 3,
      days: [
        { date: '2029-12-31', clicks: 0 },
        { date: '2030-01-01', clicks: 2 },
        { date: '2030-01-02', clicks: 1 },
      ],
    });
    expect((await daysOf(bench))['days']).toHaveLength(30);
  });

  it.each(['days=0', 'days=61', 'days=1.5', 'days=', 'days=1&days=2', 'limit=3', 'days=1&x=2'])(
    'are refused for ?%s',
    async (query) => {
      const bench = createBench();
      await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
      const answer = await bench.call('GET', '/links/abcd/clicks', { headers: authorized, query });
      expect([answer.statusCode, typeOf(answer)]).toEqual([422, 'invalid-input']);
    },
  );
});

describe('Who has an answer already', () => {
  it.each([
    '/links',
    '/links/abcd',
    '/links/abcd/clicks',
    '/abcd+',
    '/abcd.svg',
    '/',
    '/assets/app.css',
    '/openapi.json',
  ])('is told so: %s', async (path) => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    const first = await bench.call('GET', path, { headers: authorized });
    const etag = String(first.headers['etag']);
    expect([first.statusCode, etag]).toEqual([200, expect.stringMatching(/^"[\w-]{22}"$/)]);
    for (const given of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await bench.call('GET', path, { headers: { ...authorized, 'if-none-match': given } });
      expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag]);
      const { 'content-type': _, ...kept } = first.headers;
      expect(again.headers).toEqual(kept);
    }
    const other = await bench.call('GET', path, { headers: { ...authorized, 'if-none-match': '"x"' } });
    expect(other).toEqual(first);
  });

  it('is told of a change', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    const etag = async () => (await bench.call('GET', '/links/abcd', { headers: authorized })).headers['etag'];
    const before = await etag();
    await bench.call('GET', '/abcd');
    expect(await etag()).not.toBe(before);
  });
});

describe('Pages of other origins', () => {
  const origin = 'https://app.example.com';
  const asked = { origin, 'access-control-request-method': 'POST' };

  it('may ask where they are listed, and are told which methods and headers', async () => {
    const bench = createBench({ corsOrigins: [origin] });
    const answer = await bench.call('OPTIONS', '/links', { headers: asked });
    expect([answer.statusCode, answer.headers['access-control-allow-methods']]).toEqual([204, 'POST, GET, HEAD']);
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
    const read = await bench.call('GET', '/links', { headers: { ...authorized, origin } });
    expect([read.headers['access-control-allow-origin'], read.headers['vary']]).toEqual([origin, 'Origin']);
  });

  it.each([
    [[], origin],
    [[origin], 'https://evil.example'],
    [[origin], 'null'],
    [[origin], `${origin}.evil.example`],
  ])('may not with %j: %s', async (corsOrigins, from) => {
    const bench = createBench({ corsOrigins });
    const answer = await bench.call('OPTIONS', '/links', { headers: { ...asked, origin: from } });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('may all ask with *, but never with credentials', async () => {
    const answer = await createBench({ corsOrigins: '*' }).call('GET', '/demo', { headers: { origin } });
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('Who asks too often', () => {
  it('for codes that have no link waits, while links that are known go on, also for that caller', async () => {
    const bench = createBench({ missesPerSecond: 2, areFaultsOn: false });
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    await bench.call('GET', '/abcd');
    const guess = (turn: number, from?: string) => bench.call('GET', `/guess${turn}`, { ...(from && { from }) });
    for (let turn = 0; turn < 10; turn++) expect((await guess(turn)).statusCode).toBe(404);
    const reads = bench.store.calls.length;
    const refused = await guess(10);
    expect([refused.statusCode, typeOf(refused), refused.headers['retry-after']]).toEqual([
      429,
      'too-many-requests',
      '1',
    ]);
    expect(bench.store.calls).toHaveLength(reads);
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
    expect((await guess(10, '198.51.100.8')).statusCode).toBe(404);
    bench.now += 500;
    expect((await guess(10)).statusCode).toBe(404);
    expect((await guess(11)).statusCode).toBe(429);
  });

  it('for the API waits, before any token is looked at', async () => {
    const bench = createBench({ apiPerSecond: 1 });
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn++) statuses.push((await bench.call('GET', '/links')).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('is one caller with all addresses of an IPv6 network of its own', async () => {
    const bench = createBench({ apiPerSecond: 1 });
    const ask = async (from: string) => (await bench.call('GET', '/links', { from })).statusCode;
    for (let turn = 0; turn < 5; turn++) await ask(`2001:db8:0:1::${turn}`);
    expect([await ask('2001:db8:0:1:ffff::1'), await ask('2001:db8:0:2::1')]).toEqual([429, 401]);
  });
});
