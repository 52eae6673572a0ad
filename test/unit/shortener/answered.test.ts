import { createBench } from './caller.ts';

describe('What is told of an answer', () => {
  it('is its route, method, status and problem, and whether the code was known', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/secret', code: 'told1' });
    for (const [method, path] of [
      ['GET', '/told1'],
      ['HEAD', '/told1'],
      ['GET', '/nobody1'],
      ['GET', '/links/told1'],
      ['BREW', '/demo'],
      ['GET', '/%00'],
    ] as const)
      await bench.call(method, path);
    await bench.send('no event');
    expect(bench.answered.map(({ durationMs: _, ...told }) => told)).toEqual([
      { route: '/links', method: 'POST', status: 201 },
      { route: '/{code}', method: 'GET', status: 302, cache: 'miss' },
      { route: '/{code}', method: 'HEAD', status: 302, cache: 'hit' },
      { route: '/{code}', method: 'GET', status: 404, cache: 'miss', errorType: 'unknown-link' },
      { route: '/links/{code}', method: 'GET', status: 401, errorType: 'unauthorized' },
      { route: 'unmatched', method: '_OTHER', status: 405, errorType: 'method-not-allowed' },
      { route: 'unmatched', method: 'GET', status: 404, errorType: 'unknown-path' },
      { route: 'unmatched', method: '_OTHER', status: 400, errorType: 'invalid-request' },
    ]);
    for (const { durationMs } of bench.answered) expect(durationMs).toBeGreaterThanOrEqual(0);
  });

  it('holds nothing of who asked or of what was in it', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/secret', code: 'told2' });
    await bench.call('GET', '/told2', { query: 'q=secret', headers: { cookie: 'secret' } });
    expect(JSON.stringify(bench.answered)).not.toMatch(/secret|told2/);
  });
});
