import { StoreError } from '../../../functions/shortener/ports.ts';
import { authorized, type Bench, bodyOf, createBench, json, startAt } from './caller.ts';

const post = (bench: Bench, key: string, input: unknown = { url: 'https://example.com/' }, path = '/links') =>
  bench.call('POST', path, { headers: { ...json, 'idempotency-key': key }, body: JSON.stringify(input) });
const typeOf = (answer: { body: string }) =>
  String(bodyOf(answer as never)['type'])
    .split(':')
    .at(-1);
const linksOf = async (bench: Bench) =>
  (bodyOf(await bench.call('GET', '/links', { headers: authorized }))['links'] as { code: string }[]).length;

describe('A request with an idempotency key', () => {
  it('is done once, and answered alike each time, in every sandbox', async () => {
    const bench = createBench();
    const elsewhere = createBench({}, bench.store);
    const first = await post(bench, '"k-1"');
    bench.now = elsewhere.now = startAt + 23 * 3_600_000;
    for (const sandbox of [bench, elsewhere]) {
      const again = await post(sandbox, '"k-1"');
      expect([again.statusCode, again.body, again.headers['location']]).toEqual([
        201,
        first.body,
        first.headers['location'],
      ]);
      expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([
        undefined,
        'true',
      ]);
    }
    expect(await linksOf(bench)).toBe(1);
  });

  it('that was refused is refused alike', async () => {
    const bench = createBench();
    await bench.shorten({ url: 'https://example.com/', code: 'taken1' });
    const input = { url: 'https://example.org/', code: 'taken1' };
    bench.store.createLink = async () => 'taken';
    const first = await post(bench, 'k', input);
    await bench.call('DELETE', '/links/taken1', { headers: authorized });
    expect([first.statusCode, (await post(bench, 'k', input)).body]).toEqual([409, first.body]);
  });

  it('must be the same request', async () => {
    const bench = createBench();
    await post(bench, 'k');
    for (const other of [
      await post(bench, 'k', { url: 'https://example.org/' }),
      await post(bench, 'k', { links: [{ url: 'https://example.com/' }] }, '/links/bulk'),
    ])
      expect([other.statusCode, typeOf(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is refused while the first is under way, and told when to come again', async () => {
    const bench = createBench();
    const { createLink } = bench.store;
    const gate = Promise.withResolvers<void>();
    bench.store.createLink = async (...given) => {
      await gate.promise;
      return createLink(...given);
    };
    const first = post(bench, 'k');
    const second = await post(createBench({}, bench.store), 'k');
    expect([second.statusCode, typeOf(second), second.headers['retry-after']]).toEqual([
      409,
      'idempotency-key-in-use',
      '31',
    ]);
    gate.resolve();
    expect((await first).statusCode).toBe(201);
    expect(await linksOf(bench)).toBe(1);
  });

  it('is forgotten after a day, so the key may come with another one', async () => {
    const bench = createBench();
    await post(bench, 'k');
    bench.now = startAt + 24 * 3_600_000;
    expect((await post(bench, 'k', { url: 'https://example.org/' })).statusCode).toBe(201);
  });

  it.each(['putKey', 'createLink', 'finishKey'] as const)(
    'makes one link though the answer to %s was lost',
    async (name) => {
      const bench = createBench();
      const { [name]: perform } = bench.store;
      bench.store[name] = async (...given: unknown[]) => {
        await (perform as (...given: unknown[]) => Promise<unknown>)(...given);
        throw new StoreError('timeout', new Error('lost'));
      };
      const first = await post(bench, 'k');
      expect(first.statusCode).toBe(name === 'finishKey' ? 201 : 503);
      Object.assign(bench.store, { [name]: perform });
      const second = createBench({}, bench.store);
      if (name === 'putKey') expect((await post(second, 'k')).statusCode).toBe(409);
      second.now += name === 'putKey' ? 31_000 : 0; // what was unlocked or answered need not be waited for
      expect((await post(second, 'k')).statusCode).toBe(201);
      expect(await linksOf(bench)).toBe(1);
    },
  );

  it.each(['', '""', '"a', 'a b', 'a,b', '"a","b"', 'é', 'x'.repeat(256), '"\\x"', "k'\u0000"])(
    'needs a key that is one: %j',
    async (key) => {
      const bench = createBench();
      const answer = await post(bench, key);
      expect([answer.statusCode, typeOf(answer)]).toEqual([400, 'invalid-idempotency-key']);
      expect(bench.store.calls.filter((name) => name !== 'loadFault')).toEqual([]);
    },
  );

  it.each(['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5', '"a \\"quoted\\" key"', 'x'.repeat(255)])(
    'takes the key %s',
    async (key) => expect((await post(createBench(), key)).statusCode).toBe(201),
  );
});
