import { problems, problemType } from '../../../functions/shortener/problem.ts';
import { bodyOf, createBench, requestId } from './caller.ts';
import { refusals } from './refusals.ts';

describe('A bad request to the shortener', () => {
  it.each(refusals.map((refusal) => ({ what: refusal[0], refusal })))('is refused: $what', async ({ refusal }) => {
    const [, method, path, ask, status, problem, codes] = refusal;
    const bench = createBench();
    const answer = await bench.call(method, path, ask);
    expect(bench.logged).toEqual([]);
    expect(answer.body).not.toMatch(/\bat (?:\S+ \()?(?:file:|\/|node:)|\.ts:\d|node_modules/);
    for (const value of Object.values(answer.headers)) expect(value).toMatch(/^[ -~]*$/);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    if (method === 'HEAD') return expect(answer.body).toBe('');
    const body = bodyOf(answer);
    expect(body).toMatchObject({ type: problemType(problem), status, title: problems[problem].title, requestId });
    expect(typeof body['detail']).toBe('string');
    const errors = (body['errors'] ?? []) as { code: string }[];
    expect(errors.map(({ code }) => code)).toEqual(codes ?? []);
  });

  it('writes nothing', async () => {
    const bench = createBench();
    for (const [, method, path, ask] of refusals) await bench.call(method, path, ask);
    expect(bench.store.calls.filter((name) => ['createLink', 'changeLink', 'saveFault'].includes(name))).toEqual([]);
  });

  it('is told which methods there are', async () => {
    const bench = createBench();
    const allowed = async (path: string) => (await bench.call('BREW', path)).headers['allow'];
    expect(await allowed('/links')).toBe('POST, GET, HEAD');
    expect(await allowed('/links/abcd')).toBe('GET, HEAD, PATCH, DELETE');
    expect(await allowed('/faults')).toBe('GET, HEAD, PUT, DELETE');
    expect(await allowed('/abcd')).toBe('GET, HEAD');
  });

  it('is told how to sign in, and that a given token was wrong', async () => {
    const bench = createBench();
    const challenge = async (headers: Record<string, string>) =>
      (await bench.call('GET', '/links', { headers })).headers['www-authenticate'];
    expect(await challenge({})).toBe('Bearer realm="links"');
    expect(await challenge({ authorization: 'Bearer x' })).toBe('Bearer realm="links", error="invalid_token"');
  });

  it('is told the ASCII form of a URL with other characters', async () => {
    const body = bodyOf(await createBench().shorten({ url: 'https://exämple.com/ü?ö' }));
    expect(body['detail']).toMatch(/: https:\/\/xn--exmple-cua\.com\/%C3%BC\?%C3%B6$/);
  });

  it('that is no HTTP event at all is one problem too', async () => {
    const bench = createBench();
    for (const event of [undefined, null, {}, [], 'x', 7, { rawPath: 3 }, { rawPath: '/', requestContext: null }]) {
      const answer = await bench.send(event);
      expect(answer.statusCode).toBe(400);
      expect(bodyOf(answer)['type']).toBe(problemType('invalid-request'));
    }
  });
});
