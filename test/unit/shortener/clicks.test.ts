import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { type ClickBatch, type ClickedLink, createClickBook } from '../../../functions/shortener/click-book.ts';
import { type Clicks, createClicks } from '../../../functions/shortener/clicks.ts';
import { type Store, StoreError } from '../../../functions/shortener/ports.ts';
import { startAt } from './caller.ts';
import { createMemoryStore } from './memory-store.ts';

const signal = new AbortController().signal;
const today = 21_915;
const clicked = (code: string, createdAt = 0): ClickedLink => ({ code, createdAt });

describe('A book of clicks', () => {
  const createBook = (mostLinks = 100) => {
    let drawn = 0;
    return createClickBook(mostLinks, () => String(drawn++));
  };
  const countsOf = (batches: readonly ClickBatch[]) => batches.map(({ code, count }) => `${code} ${count}`);

  it('gives out the clicks of a link as one batch, and forgets it once it is settled', () => {
    const book = createBook();
    for (const code of ['aaaa', 'bbbb', 'aaaa']) book.add(clicked(code), today);
    const { batches, isAll } = book.take(10);
    expect([countsOf(batches), isAll]).toEqual([['aaaa 2', 'bbbb 1'], true]);
    for (const batch of batches) book.settle(batch);
    expect([book.size, book.take(10).batches]).toEqual([0, []]);
  });

  it('gives out a batch that was not settled again as it was, and what came since after it', () => {
    const book = createBook();
    book.add(clicked('aaaa'), today);
    const { batches: first } = book.take(10);
    book.add(clicked('aaaa'), today);
    const second = book.take(10);
    expect([second.batches, second.isAll]).toEqual([first, false]);
    for (const batch of second.batches) book.settle(batch);
    const third = book.take(10);
    expect([countsOf(third.batches), third.isAll]).toEqual([['aaaa 1'], true]);
    expect(third.batches[0]?.mark).not.toBe(first[0]?.mark);
  });

  it('keeps two links that had one code apart', () => {
    const book = createBook();
    for (const createdAt of [1, 2, 2]) book.add(clicked('aaaa', createdAt), today);
    expect(book.take(10).batches.map(({ createdAt, count }) => [createdAt, count])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('lets every link have its turn, also behind those whose batches fail', () => {
    const book = createBook();
    for (const code of ['aaaa', 'bbbb', 'cccc']) book.add(clicked(code), today);
    expect(countsOf(book.take(2).batches)).toEqual(['aaaa 1', 'bbbb 1']);
    expect(countsOf(book.take(2).batches)).toEqual(['cccc 1', 'aaaa 1']);
  });

  it('never holds more links than it may, and loses no click that it took, whatever is settled when', () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({ act: fc.constant('add' as const), code: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }),
        fc.record({ act: fc.constant('take' as const), most: fc.nat(4), settled: fc.array(fc.boolean()) }),
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, (given) => {
        const book = createBook(4);
        const marks = new Map<string, ClickBatch>();
        let [taken, written] = [0, 0];
        const settle = (batch: ClickBatch) => {
          book.settle(batch);
          written += batch.count;
        };
        for (const step of given) {
          if (step.act === 'add' && book.add(clicked(step.code), today)) taken += 1;
          expect(book.size).toBeLessThanOrEqual(4);
          if (step.act === 'add') continue;
          for (const [at, batch] of book.take(step.most).batches.entries()) {
            expect(marks.get(batch.mark) ?? batch).toEqual(batch);
            marks.set(batch.mark, batch);
            if (step.settled[at]) settle(batch);
          }
        }
        for (let rounds = 0; book.size > 0 && rounds < 10; rounds++)
          for (const batch of book.take(99).batches) settle(batch);
        expect([book.size, written]).toEqual([0, taken]);
      }),
    );
  });
});

/** Sandboxes that count in one table, whose clock and whose luck the test holds. */
function createSandboxes(count: number) {
  const store = createMemoryStore();
  const told: unknown[] = [];
  /** What comes of each write: nothing, an answer, or a write whose answer is lost. */
  const luck = { next: (): 'fine' | 'refused' | 'lost' => 'fine' };
  const clock = { now: startAt };
  /** Clicks whose writing was answered, and those whose answer was lost. */
  const written = { surely: 0, perhaps: 0 };
  const unlucky: Store = {
    ...store,
    countClicks: async (batch, limit) => {
      const fate = luck.next();
      if (fate === 'refused') throw new StoreError('unavailable', new Error('refused'));
      await store.countClicks(batch, limit);
      if (fate === 'fine') written.surely += batch.count;
      else written.perhaps += batch.count;
      if (fate === 'lost') throw new StoreError('timeout', new Error('lost'));
    },
  };
  const start = () => createClicks({ store: unlucky, now: () => clock.now, randomBytes }, (error) => told.push(error));
  return {
    store,
    told,
    luck,
    clock,
    written,
    start,
    sandboxes: Array.from({ length: count }, start) as [Clicks, ...Clicks[]],
    make: (code: string, createdAt = startAt) =>
      store.createLink(
        { code, url: 'https://example.com/', createdAt, isDisabled: false, clicks: 0 },
        `${code}${createdAt}`,
        0,
        signal,
      ),
    clicksOf: async (code: string) => (await store.loadLink(code, 0, signal))?.clicks,
    writes: () => store.calls.filter((call) => call === 'countClicks').length,
  };
}

describe('Counting clicks', () => {
  it('writes the first at once, and what comes within a second of that together', async () => {
    const { sandboxes, clock, make, clicksOf, writes } = createSandboxes(1);
    const [clicks] = sandboxes;
    await make('abcd');
    for (let visit = 0; visit < 1_000; visit++) {
      clock.now = startAt + visit;
      clicks.add(clicked('abcd', startAt));
      await clicks.writeWhenDue(signal);
    }
    expect([await clicksOf('abcd'), writes()]).toEqual([1, 1]);
    clock.now = startAt + 1_000;
    await clicks.writeWhenDue(signal);
    expect([await clicksOf('abcd'), writes()]).toEqual([1_000, 2]);
  });

  it('writes at most a hundred links a round, and the others in the next', async () => {
    const { sandboxes, clock, writes } = createSandboxes(1);
    const [clicks] = sandboxes;
    for (let link = 0; link < 250; link++) clicks.add(clicked(`code${link}`));
    for (const expected of [100, 200, 250, 250]) {
      await clicks.writeWhenDue(signal);
      expect(writes()).toBe(expected);
      clock.now += 1_000;
    }
  });

  it('writes all of them for one who wants to see them', async () => {
    const { sandboxes, writes } = createSandboxes(1);
    for (let link = 0; link < 250; link++) sandboxes[0].add(clicked(`code${link}`));
    await sandboxes[0].writeNow(signal);
    expect(writes()).toBe(250);
  });

  it('shows a click that came while another round was under way', async () => {
    const { store, sandboxes, make, clicksOf } = createSandboxes(1);
    const [clicks] = sandboxes;
    await make('abcd');
    clicks.add(clicked('abcd', startAt));
    const first = clicks.writeWhenDue(signal);
    clicks.add(clicked('abcd', startAt));
    await clicks.writeNow(signal);
    expect([await clicksOf('abcd'), store.calls.filter((call) => call === 'countClicks').length]).toEqual([2, 2]);
    await first;
  });

  it('holds back for five seconds after a failure, tells of it once, and then writes what waits', async () => {
    const { sandboxes, clock, luck, told, make, clicksOf } = createSandboxes(1);
    const [clicks] = sandboxes;
    for (const code of ['abcd', 'efgh']) await make(code);
    luck.next = () => 'refused';
    for (const code of ['abcd', 'efgh']) clicks.add(clicked(code, startAt));
    await clicks.writeWhenDue(signal);
    luck.next = () => 'fine';
    clock.now = startAt + 4_999;
    await clicks.writeWhenDue(signal);
    expect([await clicksOf('abcd'), told.length]).toEqual([0, 1]);
    clock.now = startAt + 5_000;
    await clicks.writeWhenDue(signal);
    expect([await clicksOf('abcd'), await clicksOf('efgh'), told.length]).toEqual([1, 1, 1]);
  });

  it('waits no longer for a table that hangs than a request may', async () => {
    const { store, told } = createSandboxes(0);
    store.countClicks = (_batch, limit) =>
      new Promise((_resolve, reject) => limit.addEventListener('abort', () => reject(limit.reason)));
    const clicks = createClicks({ store, now: () => startAt, randomBytes }, (error) => told.push(error));
    for (let link = 0; link < 100; link++) clicks.add(clicked(`code${link}`));
    const startedAt = performance.now();
    await clicks.writeWhenDue(signal);
    expect(performance.now() - startedAt).toBeLessThan(1_900);
    expect(told).toHaveLength(1);
  });

  it('goes on without the clicks of more than ten thousand waiting links, and says how many', async () => {
    const { sandboxes, luck, told, clock } = createSandboxes(1);
    const [clicks] = sandboxes;
    for (let link = 0; link < 10_002; link++) clicks.add(clicked(`code${link}`));
    luck.next = () => 'fine';
    await clicks.writeWhenDue(signal);
    expect(told.map(String)).toEqual([
      'ClicksRefused: 2 clicks were not counted, because those of 10000 other links wait',
    ]);
    clock.now += 1_000;
    await clicks.writeWhenDue(signal);
    expect(told).toHaveLength(1);
  });

  it('drops the clicks of a link that is gone, makes none, and counts none for the next with its code', async () => {
    const { store, sandboxes, clock, told, make, clicksOf } = createSandboxes(1);
    const [clicks] = sandboxes;
    for (const code of ['gone', 'next']) {
      await make(code);
      clicks.add(clicked(code, startAt));
      await store.deleteLink(code, startAt, signal);
    }
    await make('next', startAt + 1);
    await clicks.writeNow(signal);
    expect([await clicksOf('gone'), await clicksOf('next'), told]).toEqual([undefined, 0, []]);
    clock.now += 1_000;
    const before = store.calls.length;
    await clicks.writeWhenDue(signal);
    expect(store.calls.length).toBe(before);
  });

  const codes = ['aaaa', 'bbbb', 'cccc'];
  const fates = fc.array(fc.constantFrom('fine' as const, 'refused' as const, 'lost' as const), { minLength: 1 });
  const visits = fc.array(
    fc.record({
      sandbox: fc.nat(2),
      code: fc.constantFrom(...codes),
      waitMs: fc.constantFrom(0, 100, 1_000, 5_000),
      dies: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 60 },
  );

  it('is exact in one sandbox, whatever writes fail and whatever answers are lost', async () => {
    await fc.assert(
      fc.asyncProperty(visits, fates, async (given, ends) => {
        const { sandboxes, luck, clock, make, clicksOf } = createSandboxes(1);
        const [clicks] = sandboxes;
        for (const code of codes) await make(code);
        let writes = 0;
        luck.next = () => ends[writes++ % ends.length] ?? 'fine';
        for (const { code, waitMs } of given) {
          clock.now += waitMs;
          clicks.add(clicked(code, startAt));
          await clicks.writeWhenDue(signal);
        }
        luck.next = () => 'fine';
        await clicks.writeNow(signal);
        for (const code of codes)
          expect(await clicksOf(code)).toBe(given.filter((visit) => visit.code === code).length);
      }),
    );
  });

  it('loses with a sandbox that dies only what it had not written, and errs upwards by no more than the batches whose answers were lost', async () => {
    await fc.assert(
      fc.asyncProperty(visits, fates, async (given, ends) => {
        const { sandboxes, luck, clock, start, make, clicksOf, written } = createSandboxes(3);
        for (const code of codes) await make(code);
        let [writes, lost] = [0, 0];
        luck.next = () => ends[writes++ % ends.length] ?? 'fine';
        const waiting = sandboxes.map(() => 0);
        for (const { sandbox, code, waitMs, dies } of given) {
          clock.now += waitMs;
          const before = written.surely;
          sandboxes[sandbox]?.add(clicked(code, startAt));
          await sandboxes[sandbox]?.writeWhenDue(signal);
          waiting[sandbox] = (waiting[sandbox] ?? 0) + 1 - (written.surely - before);
          if (!dies) continue;
          lost += waiting[sandbox] ?? 0;
          waiting[sandbox] = 0;
          sandboxes[sandbox] = start();
        }
        luck.next = () => 'fine';
        for (const clicks of sandboxes) await clicks.writeNow(signal);
        const counted = await Promise.all(codes.map(async (code) => (await clicksOf(code)) ?? Number.NaN));
        const total = counted.reduce((sum, count) => sum + count, 0);
        expect(total).toBeGreaterThanOrEqual(given.length - lost);
        expect(total).toBeLessThanOrEqual(given.length + written.perhaps);
      }),
      { numRuns: 300 },
    );
  });
});
