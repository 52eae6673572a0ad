import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { createRunCountsReader } from '../../shared/aws/run-counts.ts';
import { aSummary, dayMs, ranAt } from '../support/burst.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { aTally } from '../support/memory-bursts.ts';

const table = 'shop-dev-ledger';
const kept = (runAt: number, burst = 'redirects') =>
  ({
    burst,
    runAt,
    state: 'sent',
    summary: aSummary({
      startedAt: new Date(runAt + 500).toISOString(),
      durationMs: 15_000.25,
      requests: 2_500,
      failures: 3,
    }),
    tally: aTally(),
  }) as const;
const counted = (runAt: number, burst = 'redirects') => ({
  burst,
  runAt,
  endedAt: runAt + 15_500,
  good: 2_497,
  bad: 3,
});

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());
const save = (runAt: number, id = 'one', burst?: string) =>
  createBurstStore(db.client, table).saveRun(kept(runAt, burst), id);
const read = (fromAt: number, toAt: number) => createRunCountsReader(db.client, table)('redirects', fromAt, toAt);

describe('what the requests of runs came to, in the table', () => {
  it('is kept beside each run that was sent, and read by its instant with one query', async () => {
    for (const days of [0, 1, 2]) await save(ranAt + days * dayMs);
    await save(ranAt, 'one', 'redirects-2');
    await createBurstStore(db.client, table).saveRun(
      { burst: 'redirects', runAt: ranAt + 1, state: 'void', reason: 'too late' },
      'one',
    );
    db.operations.length = 0;
    expect(await read(ranAt, ranAt + dayMs)).toEqual([counted(ranAt), counted(ranAt + dayMs)]);
    expect(db.operations).toEqual(['Query']);
    expect(await read(ranAt + 1, ranAt + dayMs - 1)).toEqual([]);
  });

  it('counts once, however often a run is saved, and by whom', async () => {
    let puts = 0;
    db.setFault((name) => (name === 'PutItem' && puts++ % 2 === 0 ? 'lose-answer' : 'pass'));
    for (const id of ['one', 'one', 'two']) await save(ranAt, id);
    expect(await read(ranAt, ranAt)).toEqual([counted(ranAt)]);
  });

  it('is there before the run is: a run that is kept is never without it', async () => {
    db.setFault((name) =>
      name === 'PutItem' && db.operations.filter((each) => each === name).length > 1 ? 'throttle' : 'pass',
    );
    await expect(save(ranAt)).rejects.toThrow();
    expect(await read(ranAt, ranAt)).toEqual([counted(ranAt)]);
  });

  it('that is none of ours is refused', async () => {
    const Item = { pk: { S: 'burst-count#redirects' }, sk: { S: new Date(ranAt).toISOString() }, good: { N: '1' } };
    await db.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(read(ranAt, ranAt)).rejects.toMatchObject({ code: 'BURN_LEDGER_CORRUPT' });
  });
});
