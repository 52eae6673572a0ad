import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import type { Tally } from '../../shared/burst/model.ts';
import { Histogram } from '../../shared/stats/histogram.ts';
import { aSummary, dayMs, ranAt } from '../support/burst.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { aTally } from '../support/memory-bursts.ts';

const table = 'shop-dev-ledger';
const run = { burst: 'redirects', runAt: ranAt };
const sent = (change: Partial<Tally> = {}) => ({ state: 'sent', tally: aTally(change) }) as const;
const kept = (runAt: number) => ({ burst: 'redirects', runAt, summary: aSummary(), ...sent() });

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());
const store = () => createBurstStore(db.client, table);
const loseFirst = (operation: string) => {
  let count = 0;
  db.setFault((name) => (name === operation && count++ === 0 ? 'lose-answer' : 'pass'));
};
const item = async (pk: string, sk: string) =>
  (await db.client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }))).Item;

describe('the parts of a run, in the table', () => {
  it('are claimed by one invocation each, however many come at once', async () => {
    const claims = ['one', 'two', 'three'].map((id) => store().claim(run, 0, id));
    expect((await Promise.all(claims)).toSorted()).toEqual(['claimed', 'duplicate', 'duplicate']);
    expect(await store().claim(run, 1, 'two')).toBe('claimed');
    expect(await store().claim({ ...run, runAt: ranAt + dayMs }, 0, 'two')).toBe('claimed');
    expect(await store().claim({ ...run, burst: 'other' }, 0, 'two')).toBe('claimed');
  });

  it('stay claimed by who lost the answer', async () => {
    loseFirst('PutItem');
    expect(await store().claim(run, 0, 'one')).toBe('claimed');
    expect(await store().claim(run, 0, 'two')).toBe('duplicate');
  });

  it('are given back in order, with what came of each, and none of other runs', async () => {
    for (const shard of [10, 2, 0, 1]) await store().claim(run, shard, 'one');
    await store().claim({ ...run, runAt: ranAt + 1 }, 3, 'one');
    await store().claim({ burst: 'redirects-2', runAt: ranAt }, 4, 'one');
    await store().savePart(run, 0, sent({ aborted: 'p99 too slow' }), 'one');
    await store().savePart(run, 1, { state: 'void', reason: 'it came 1.2 s late' }, 'one');
    await store().savePart(run, 2, { state: 'refused', reason: 'no budget' }, 'one');
    const parts = await store().loadParts(run);
    expect(parts.slice(1)).toEqual([
      { shard: 1, state: 'void', reason: 'it came 1.2 s late' },
      { shard: 2, state: 'refused', reason: 'no budget' },
      { shard: 10, state: 'claimed' },
    ]);
    const [first] = parts;
    expect(first).toMatchObject({ shard: 0, state: 'sent', tally: { requests: 100, aborted: 'p99 too slow' } });
    expect(first?.state === 'sent' && first.tally.latency.quantile(0.5)).toBeCloseTo(10, 1);
  });

  it('can be saved again after a lost answer, and by nobody else', async () => {
    await store().claim(run, 0, 'one');
    loseFirst('UpdateItem');
    await store().savePart(run, 0, sent(), 'one');
    expect(await store().loadParts(run)).toMatchObject([{ state: 'sent' }]);
    await expect(store().savePart(run, 0, { state: 'void', reason: '' }, 'two')).rejects.toThrow();
    await expect(store().savePart(run, 1, { state: 'void', reason: '' }, 'one')).rejects.toThrow();
  });

  it('are forgotten after three days', async () => {
    await store().claim(run, 0, 'one');
    await store().savePart(run, 0, sent(), 'one');
    const found = await item('burst-part#redirects', '2026-11-20T03:00:00.000Z#0');
    expect(found?.['expiresAt']?.N).toBe(String((ranAt + 3 * dayMs) / 1_000));
  });

  it('read strongly: the last one to save sees all others', async () => {
    const ids = Array.from({ length: 8 }, (_, shard) => shard);
    const seen = await Promise.all(
      ids.map(async (shard) => {
        await store().claim(run, shard, `i${shard}`);
        await store().savePart(run, shard, sent(), `i${shard}`);
        return (await store().loadParts(run)).filter(({ state }) => state === 'sent').length;
      }),
    );
    expect(Math.max(...seen)).toBe(8);
  });
});

describe('the runs of a burst, in the table', () => {
  it('are kept by the first who merges them', async () => {
    const saved = ['one', 'two', 'three'].map((id) => store().saveRun(kept(ranAt), id));
    expect((await Promise.all(saved)).toSorted()).toEqual(['duplicate', 'duplicate', 'saved']);
  });

  it('were kept by who lost the answer', async () => {
    loseFirst('PutItem');
    expect(await store().saveRun(kept(ranAt), 'one')).toBe('saved');
    expect(await store().saveRun(kept(ranAt), 'two')).toBe('duplicate');
  });

  it('are given back whole, the newest first, those of which nothing was sent left out', async () => {
    for (const days of [1, 2, 4]) await store().saveRun(kept(ranAt - days * dayMs), 'one');
    await store().saveRun(
      { burst: 'redirects', runAt: ranAt - 3 * dayMs, state: 'refused', reason: 'no budget' },
      'one',
    );
    await store().saveRun(kept(ranAt), 'one');
    await store().saveRun({ ...kept(ranAt - dayMs), burst: 'other' }, 'one');
    const runs = await store().loadRuns('redirects', ranAt, 5);
    expect(runs.map(({ runAt }) => (ranAt - runAt) / dayMs)).toEqual([1, 2, 4]);
    expect(runs[0]).toMatchObject({ burst: 'redirects', state: 'sent', summary: aSummary(), tally: { requests: 100 } });
    expect((await store().loadRuns('redirects', ranAt, 2)).map(({ runAt }) => (ranAt - runAt) / dayMs)).toEqual([1, 2]);
  });

  it('are kept for 400 days, with the reason where nothing was sent', async () => {
    await store().saveRun({ ...run, state: 'void', reason: 'too late' }, 'one');
    const found = await item('burst#redirects', '2026-11-20T03:00:00.000Z');
    expect(found).toMatchObject({
      state: { S: 'void' },
      reason: { S: 'too late' },
      expiresAt: { N: String((ranAt + 400 * dayMs) / 1_000) },
    });
  });

  it('fit into an item in the worst case, without their seconds where they would not', async () => {
    const widest = () => {
      const histogram = new Histogram();
      for (let us = 1; us < 4_000_000_000; us = Math.ceil(us * 1.0005)) histogram.record(us / 1_000);
      return histogram;
    };
    const latency = widest();
    const statusCodes = Object.fromEntries(Array.from({ length: 900 }, (_, code) => [String(100 + code), 1]));
    const second = {
      requests: 50_000,
      failures: 49_999,
      p50Ms: 1_234.567,
      p99Ms: 12_345.678,
      maxMs: 59_999.999,
      intended: 50_000,
    };
    const worst = aTally({
      requests: latency.count,
      latency,
      serviceTime: widest(),
      startLag: widest(),
      statusCodes,
      seconds: Array.from({ length: 900 }, () => second),
    });
    await store().claim(run, 0, 'one');
    await store().savePart(run, 0, { state: 'sent', tally: worst }, 'one');
    expect(await store().saveRun({ ...kept(ranAt), tally: worst }, 'one')).toBe('saved');
    const size = JSON.stringify(await item('burst#redirects', '2026-11-20T03:00:00.000Z')).length;
    expect(size).toBeLessThan(200_000);
    const [part] = await store().loadParts(run);
    expect(part?.state === 'sent' && part.tally.seconds).toHaveLength(900);
    const endless = { ...worst, seconds: Array.from({ length: 3_600 }, () => second) };
    const wide = { ...aSummary(), burst: 'x'.repeat(250_000) };
    await store().saveRun({ ...kept(ranAt + 1), summary: wide, tally: endless }, 'one');
    const [newest] = await store().loadRuns('redirects', ranAt + 2, 1);
    expect(newest?.tally.requests).toBe(latency.count);
    expect(newest?.tally.seconds).toEqual([]);
  });
});

describe('a burst that is sent by hand', () => {
  it('is held by one invocation until its time is over', async () => {
    expect(await store().occupy('redirects', ranAt, ranAt + 60_000, 'one')).toBe('occupied');
    expect(await store().occupy('redirects', ranAt + 59_999, ranAt + 120_000, 'two')).toBe('busy');
    expect(await store().occupy('other', ranAt, ranAt + 60_000, 'two')).toBe('occupied');
    expect(await store().occupy('redirects', ranAt + 60_001, ranAt + 120_000, 'two')).toBe('occupied');
    expect(await store().loadParts(run)).toEqual([]);
  });

  it('is held by who lost the answer', async () => {
    loseFirst('UpdateItem');
    expect(await store().occupy('redirects', ranAt, ranAt + 60_000, 'one')).toBe('occupied');
  });
});

describe('what is none of ours', () => {
  it.each(['throttle', 'hang'] as const)('an answer of DynamoDB such as %s is thrown', async (fault) => {
    db.setFault(() => fault);
    await expect(store().claim(run, 0, 'one')).rejects.toThrow();
    await expect(store().loadParts(run)).rejects.toThrow();
    await expect(store().loadRuns('redirects', ranAt, 1)).rejects.toThrow();
  });
});
