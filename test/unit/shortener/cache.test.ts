import fc from 'fast-check';
import { createLinkCache, createLinkReader, type KnownLink } from '../../../functions/shortener/cache.ts';
import type { Link } from '../../../functions/shortener/link.ts';
import { type Store, StoreError } from '../../../functions/shortener/ports.ts';
import { startAt } from './caller.ts';
import { createMemoryStore } from './memory-store.ts';

const linkOf = (code: string, more: Partial<Link> = {}): Link => ({
  code,
  url: `https://example.com/${code}`,
  createdAt: startAt,
  isDisabled: false,
  clicks: 0,
  ...more,
});

describe('A cache of links', () => {
  it('knows a link for ten seconds from its read, and an absence for one', () => {
    const cache = createLinkCache();
    const link = linkOf('abcd');
    cache.keep('abcd', link, 0);
    cache.keep('none', undefined, 0);
    expect([cache.find('abcd', 0), cache.find('none', 0)]).toEqual([link, 'none']);
    expect([cache.find('abcd', 999), cache.find('none', 999)]).toEqual([link, 'none']);
    expect([cache.find('abcd', 1_000), cache.find('none', 1_000)]).toEqual([link, undefined]);
    expect(cache.find('abcd', 9_999)).toBe(link);
    expect(cache.find('abcd', 10_000)).toBeUndefined();
  });

  it('does not know an expired link, so that its code may have another one', () => {
    const cache = createLinkCache();
    cache.keep('abcd', linkOf('abcd', { expiresAt: 500 }), 0);
    expect(cache.find('abcd', 499)).toBeDefined();
    expect(cache.find('abcd', 500)).toBeUndefined();
  });

  it('does not know what was read in the future: the clock was put back', () => {
    const cache = createLinkCache();
    cache.keep('abcd', linkOf('abcd'), 1_000);
    expect(cache.find('abcd', 999)).toBeUndefined();
  });

  it('gives up what was used longest ago', () => {
    const cache = createLinkCache({ most: 2, linkMs: 10, absenceMs: 10 });
    for (const code of ['old1', 'old2']) cache.keep(code, linkOf(code), 0);
    cache.find('old1', 0);
    cache.keep('new1', undefined, 0);
    expect(['old1', 'old2', 'new1'].map((code) => cache.find(code, 0) !== undefined)).toEqual([true, false, true]);
  });

  const bounds = { most: 3, linkMs: 50, absenceMs: 20 };
  const codes = fc.constantFrom('aaaa', 'bbbb', 'cccc', 'dddd', 'eeee', 'ffff');
  const steps = fc.array(
    fc.record({
      act: fc.constantFrom('keep', 'keep', 'find', 'find', 'forget'),
      code: codes,
      waitMs: fc.integer({ min: -5, max: 30 }),
      link: fc.option(fc.record({ livesMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }) }), {
        nil: undefined,
      }),
    }),
    { maxLength: 60 },
  );

  it('never holds more than it may, and never knows anything but what the last read in time said', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const cache = createLinkCache(bounds);
        const truth = new Map<string, { link: KnownLink | undefined; readAt: number }>();
        let now = 1_000;
        for (const { act, code, waitMs, link } of given) {
          now += waitMs;
          const expiresAt = link?.livesMs === undefined ? {} : { expiresAt: now + link.livesMs };
          const read = link && linkOf(code, expiresAt);
          if (act === 'keep') cache.keep(code, read, now);
          if (act === 'keep') truth.set(code, { link: read, readAt: now });
          if (act === 'forget') cache.forget(code);
          if (act === 'forget') truth.delete(code);
          expect(cache.size).toBeLessThanOrEqual(bounds.most);
          const known = cache.find(code, now);
          const said = truth.get(code);
          if (known === undefined) continue;
          expect(said && (said.link ?? 'none')).toBe(known);
          const ageMs = now - (said?.readAt ?? Number.NaN);
          expect(ageMs).toBeGreaterThanOrEqual(0);
          expect(ageMs).toBeLessThan(known === 'none' ? bounds.absenceMs : bounds.linkMs);
          if (known !== 'none') expect(known.expiresAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
        }
      }),
    );
  });

  it('knows the last codes that were used, as many as it may hold', () => {
    fc.assert(
      fc.property(fc.array(codes, { maxLength: 40 }), (used) => {
        const cache = createLinkCache(bounds);
        for (const code of used) if (cache.find(code, 0) === undefined) cache.keep(code, linkOf(code), 0);
        const last = [...new Set(used.toReversed())].slice(0, bounds.most);
        expect(last.every((code) => cache.find(code, 0) !== undefined)).toBe(true);
      }),
    );
  });
});

/** A reader over a store whose reads end when the test says so. */
function createSlowReader() {
  const store = createMemoryStore();
  const { loadLink } = store;
  const waiting: (() => void)[] = [];
  let now = startAt;
  store.loadLink = async (...given: Parameters<Store['loadLink']>) => {
    const found = await loadLink(...given);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return found;
  };
  return {
    store,
    reader: createLinkReader({ store, now: () => now }),
    /** Lets the reads that are under way end. */
    release: async () => {
      await Promise.resolve();
      for (const end of waiting.splice(0)) end();
    },
    make: (code: string, more: Partial<Link> = {}) =>
      store.createLink(linkOf(code, more), code, startAt, AbortSignal.abort()),
    pass: (ms: number) => {
      now += ms;
    },
    reads: () => store.calls.filter((call) => call === 'loadLink').length,
  };
}

describe('Reading links through a cache', () => {
  const signal = new AbortController().signal;

  it.each([true, false])('is one read for all who ask at once (there is a link: %s)', async (isThere) => {
    const bench = createSlowReader();
    if (isThere) await bench.make('abcd');
    const asked = Array.from({ length: 100 }, () => bench.reader.find('abcd', signal));
    await bench.release();
    const urls = new Set((await Promise.all(asked)).map((link) => link?.url));
    expect([bench.reads(), [...urls]]).toEqual([1, [isThere ? 'https://example.com/abcd' : undefined]]);
  });

  it('tells all who wait of a failure, and asks anew afterwards', async () => {
    const bench = createSlowReader();
    bench.store.broken.add('loadLink');
    const asked = Array.from({ length: 3 }, () => bench.reader.find('abcd', signal));
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    bench.store.broken.clear();
    await bench.make('abcd');
    const again = bench.reader.find('abcd', signal);
    await bench.release();
    expect((await again)?.code).toBe('abcd');
    expect(bench.reads()).toBe(2);
  });

  it('neither keeps nor shares a read that began before its link was deleted', async () => {
    const bench = createSlowReader();
    await bench.make('abcd');
    const before = bench.reader.find('abcd', signal);
    await Promise.resolve();
    await bench.store.deleteLink('abcd', startAt, signal);
    bench.reader.forget('abcd');
    const after = bench.reader.find('abcd', signal);
    await bench.release();
    expect((await before)?.code).toBe('abcd'); // it asked while the link was there
    expect(await after).toBeUndefined();
    expect(await bench.reader.find('abcd', signal)).toBeUndefined();
    expect(bench.reads()).toBe(2);
  });

  it('does not give out a link that expired while it was read', async () => {
    const bench = createSlowReader();
    await bench.make('abcd', { expiresAt: startAt + 10 });
    const asked = bench.reader.find('abcd', signal);
    bench.pass(10);
    await bench.release();
    expect(await asked).toBeUndefined();
  });

  it('lets one go whose time is over; the others still get their link', async () => {
    const bench = createSlowReader();
    await bench.make('abcd');
    const hurried = new AbortController();
    const [gone, stays] = [bench.reader.find('abcd', hurried.signal), bench.reader.find('abcd', signal)];
    hurried.abort(new Error('late'));
    await expect(gone).rejects.toThrow(StoreError);
    await expect(bench.reader.find('abcd', hurried.signal)).rejects.toThrow(StoreError);
    await bench.release();
    expect((await stays)?.code).toBe('abcd');
    expect(bench.reads()).toBe(1);
  });
});
