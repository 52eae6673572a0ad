import { StoreError } from '../../../functions/shortener/ports.ts';
import { authorized, bodyOf, createBench, json, ownHost, startAt } from './caller.ts';

const day = 86_400_000;

describe('A short link', () => {
  it('is made with a code of its own, and shows everything that was made', async () => {
    const answer = await createBench().shorten({ url: 'https://example.com/' });
    const body = bodyOf(answer);
    const code = String(body['code']);
    expect(answer.statusCode).toBe(201);
    expect(code).toMatch(/^[0-9A-Za-z]{8}$/);
    expect(answer.headers['location']).toBe(`/links/${code}`);
    expect(body).toEqual({
      code,
      url: 'https://example.com/',
      shortUrl: `https://${ownHost}/${code}`,
      createdAt: '2030-01-01T00:00:00.000Z',
      disabled: false,
      clicks: 0,
    });
  });

  it.each([
    'https://example.com/',
    'HTTP://EXAMPLE.COM:80/A/../b/./c?x=1&x=2#frag',
    'https://example.com',
    'https://example.com?',
    'https://example.com/%0d%0aset-cookie:%20a=b',
    "https://example.com/a'b|c{d}^e`f~g!h$i*j(k)l,m;n=o",
    'https://example.com/%zz%',
    'https://xn--exmple-cua.com/',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]:8443/',
    'https://example.com./',
    'https://a_b.example.com/',
    'https://example.com/@user:pass',
    `https://example.com/${'a'.repeat(2_028)}`,
  ])('leads to its URL byte for byte: %s', async (url) => {
    const bench = createBench();
    const { code } = bodyOf(await bench.shorten({ url }));
    const answer = await bench.call('GET', `/${code}`);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers['location']).toBe(url);
    expect(answer.body).toBe('');
  });

  it('takes a code of your choice, whose case matters, and refuses it the second time', async () => {
    const bench = createBench();
    expect((await bench.shorten({ url: 'https://example.com/1', code: 'Abcd' })).statusCode).toBe(201);
    expect((await bench.shorten({ url: 'https://example.com/2', code: 'abcd' })).statusCode).toBe(201);
    // Another request carries another id; the same id would be this very request, tried again.
    bench.store.createLink = async () => 'taken';
    const taken = await bench.shorten({ url: 'https://example.com/3', code: 'Abcd' });
    expect([taken.statusCode, bodyOf(taken)['type']]).toEqual([409, 'urn:burnwatch:problem:code-taken']);
    expect((await bench.call('GET', '/Abcd')).headers['location']).toBe('https://example.com/1');
  });

  it('draws another code when one is taken, and gives up after five', async () => {
    const bench = createBench();
    let refusals = 2;
    const { createLink } = bench.store;
    const tried: string[] = [];
    bench.store.createLink = async (link, ...rest) => {
      tried.push(link.code);
      return refusals-- > 0 ? 'taken' : createLink(link, ...rest);
    };
    expect((await bench.shorten({ url: 'https://example.com/' })).statusCode).toBe(201);
    expect(new Set(tried).size).toBe(3);
    refusals = 99;
    const answer = await bench.shorten({ url: 'https://example.com/' });
    expect([answer.statusCode, tried.length]).toEqual([503, 8]);
    expect(bodyOf(answer)['type']).toBe('urn:burnwatch:problem:no-free-code');
  });

  it('counts its redirects, but not a HEAD', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    for (const method of ['GET', 'HEAD', 'GET']) expect((await bench.call(method, '/abcd')).statusCode).toBe(302);
    expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))['clicks']).toBe(2);
  });

  it('redirects also when the count fails, says so in the log alone, and counts later', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    bench.store.broken.add('countClicks');
    const answer = await bench.call('GET', '/abcd');
    expect([answer.statusCode, answer.headers['location']]).toEqual([302, 'https://example.com/']);
    expect(bench.logged).toHaveLength(1);
    expect(bench.logged[0]).toContain('clicks could not be written');
    bench.store.broken.clear();
    expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))['clicks']).toBe(1);
  });

  it('costs a read and a write at its first visit, and nothing at the next ones within a second', async () => {
    const bench = createBench({ areFaultsOn: false });
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    bench.store.calls.length = 0;
    for (const afterMs of [0, 1, 999]) {
      bench.now = startAt + afterMs;
      expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
    }
    expect(bench.store.calls).toEqual(['loadLink', 'countClicks']);
    bench.now = startAt + 1_000;
    await bench.call('GET', '/abcd');
    expect(bench.store.calls).toEqual(['loadLink', 'countClicks', 'countClicks']);
    expect((await bench.store.loadLink('abcd', bench.now, AbortSignal.abort()))?.clicks).toBe(4);
  });

  it('shows every click to who looks where they were made, in the list too', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    for (let clicks = 1; clicks <= 3; clicks++) {
      await bench.call('GET', '/abcd');
      expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))['clicks']).toBe(clicks);
    }
    await bench.call('GET', '/abcd');
    const { links } = bodyOf(await bench.call('GET', '/links', { headers: authorized }));
    expect(links).toMatchObject([{ code: 'abcd', clicks: 4 }]);
  });

  it('is followed without the database once it was read, until it is ten seconds old', async () => {
    const bench = createBench({ areFaultsOn: false });
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    await bench.call('GET', '/abcd');
    bench.store.broken.add('*');
    bench.now = startAt + 9_999;
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
    bench.now = startAt + 10_000;
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(503);
    bench.store.broken.clear();
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
  });

  it('is followed at once where it was made, also by who asked for its code before', async () => {
    const bench = createBench();
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(404);
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
  });

  it('that was deleted elsewhere is gone within ten seconds; one that was made elsewhere is there within one', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    await bench.call('GET', '/abcd');
    await bench.store.deleteLink('abcd', bench.now, AbortSignal.abort());
    bench.now = startAt + 10_000;
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(404);
    const link = { code: 'abcd', url: 'https://example.org/', createdAt: bench.now, isDisabled: false, clicks: 0 };
    await bench.store.createLink(link, 'elsewhere', bench.now, AbortSignal.abort());
    bench.now += 1_000;
    expect((await bench.call('GET', '/abcd')).headers['location']).toBe('https://example.org/');
  });

  it.each(['createLink', 'deleteLink'] as const)('is read anew after a %s whose answer was lost', async (name) => {
    const bench = createBench();
    if (name === 'deleteLink') await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    await bench.call('GET', '/abcd');
    const { [name]: perform } = bench.store;
    bench.store[name] = async (...given: unknown[]) => {
      await (perform as (...given: unknown[]) => Promise<unknown>)(...given);
      throw new StoreError('timeout', new Error('lost'));
    };
    const answer =
      name === 'createLink'
        ? await bench.shorten({ url: 'https://example.com/', code: 'abcd' })
        : await bench.call('DELETE', '/links/abcd', { headers: authorized });
    expect(answer.statusCode).toBe(503);
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(name === 'createLink' ? 302 : 404);
  });

  it('that took the code of a deleted one gets none of its clicks', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/1', code: 'abcd' });
    for (let clicks = 0; clicks < 3; clicks++) await bench.call('GET', '/abcd');
    await bench.call('DELETE', '/links/abcd', { headers: authorized });
    bench.now += 1;
    await bench.shorten({ url: 'https://example.com/2', code: 'abcd' });
    expect((await bench.call('GET', '/abcd')).headers['location']).toBe('https://example.com/2');
    expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))['clicks']).toBe(1);
    expect(bench.logged).toEqual([]);
  });

  it('is gone from its expiry on, with the answer that an unknown code gets, and its code is free again', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd', expiresAt: '2030-01-02T01:00:00.5+01:00' });
    expect(bodyOf(await bench.call('GET', '/links/abcd', { headers: authorized }))['expiresAt']).toBe(
      '2030-01-02T00:00:00.500Z',
    );
    bench.now = startAt + day + 499;
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(302);
    bench.now = startAt + day + 500;
    const expired = await bench.call('GET', '/abcd');
    const unknown = await bench.call('GET', '/efgh');
    expect(expired).toEqual(unknown);
    expect((await bench.call('GET', '/links/abcd', { headers: authorized })).statusCode).toBe(404);
    expect(bodyOf(await bench.call('GET', '/links', { headers: authorized }))).toEqual({ links: [] });
    expect((await bench.call('DELETE', '/links/abcd', { headers: authorized })).statusCode).toBe(404);
    expect((await bench.shorten({ url: 'https://example.org/', code: 'abcd' })).statusCode).toBe(201);
  });

  it('can be deleted once', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'abcd' });
    const remove = async () => (await bench.call('DELETE', '/links/abcd', { headers: authorized })).statusCode;
    expect([await remove(), await remove()]).toEqual([204, 404]);
    expect((await bench.call('GET', '/abcd')).statusCode).toBe(404);
  });

  it('is listed page by page, each link once', async () => {
    const bench = createBench();
    const made = Array.from({ length: 7 }, (_, at) => `code${at}`);
    for (const code of made) await bench.shorten({ url: 'https://example.com/', code });
    const seen: string[] = [];
    let query = 'limit=3';
    for (let pages = 0; query !== '' && pages < 5; pages++) {
      const page = bodyOf(await bench.call('GET', '/links', { headers: authorized, query }));
      seen.push(...(page['links'] as { code: string }[]).map(({ code }) => code));
      query = page['nextCursor'] === undefined ? '' : `limit=3&cursor=${page['nextCursor']}`;
    }
    expect(seen).toEqual(made);
  });

  it('may be asked for as JSON in bytes, with a charset', async () => {
    const body = Buffer.from('{"url":"https://example.com/"}').toString('base64');
    const headers = { ...json, 'content-type': 'Application/JSON; charset="UTF-8"' };
    expect((await createBench().call('POST', '/links', { headers, body, isBase64: true })).statusCode).toBe(201);
  });

  it('may come in a body of just 65,536 bytes', async () => {
    const body = '{"url":"https://example.com/"}'.padEnd(65_536);
    expect((await createBench().call('POST', '/links', { headers: json, body })).statusCode).toBe(201);
  });

  it('may come in base64 of just 65,536 bytes', async () => {
    const body = Buffer.from('{"url":"https://example.com/"}'.padEnd(65_536)).toString('base64');
    const answer = await createBench().call('POST', '/links', { headers: json, body, isBase64: true });
    expect(answer.statusCode).toBe(201);
  });

  it.each(['links.example.org:8443', 'LINKS.EXAMPLE.ORG', 'links.example.org.'])(
    'must not lead back to the shortener that was called as %s',
    async (host) => {
      const body = '{"url":"https://links.example.org/abcd"}';
      const answer = await createBench().call('POST', '/links', { host, headers: json, body });
      expect(bodyOf(answer)['errors']).toMatchObject([{ code: 'url-loop' }]);
    },
  );

  it('is not looked for under a code that cannot be one', async () => {
    const bench = createBench({ areFaultsOn: false });
    for (const method of ['GET', 'DELETE']) await bench.call(method, '/links/abc', { headers: authorized });
    expect(bench.store.calls).toEqual([]);
  });

  it.each([
    ['127.0.0.1:4001', undefined, 'http://127.0.0.1:4001/'],
    ['localhost:4001', undefined, 'http://localhost:4001/'],
    ['[::1]:4001', undefined, 'http://[::1]:4001/'],
    ['links.example.org', undefined, 'https://links.example.org/'],
    ['localhost.example.org', 'http', 'http://localhost.example.org/'],
    ['<script>', undefined, '/'],
  ])('called as %s (x-forwarded-proto %s) is shown under %s', async (host, proto, shown) => {
    const bench = createBench();
    const headers = { ...json, 'x-forwarded-proto': proto } as Record<string, string>;
    const answer = await bench.call('POST', '/links', {
      host,
      headers,
      body: '{"url":"https://example.com/","code":"abcd"}',
    });
    expect(bodyOf(answer)['shortUrl']).toBe(`${shown}abcd`);
  });
});
