import { createVerdictReader, createVerdictWriter } from '../../shared/aws/burst-verdicts.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { unsentOf } from '../../shared/burst/verdict.ts';
import { aVerdict, dayMs, ranAt } from '../support/burst.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const night = (count: number) => aVerdict({ runAt: ranAt + count * dayMs });

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());

describe('the verdicts of bursts in their table', () => {
  it('are given back, of every burst, by one query', async () => {
    const save = createVerdictWriter(db.client, table);
    const verdicts = [aVerdict(), unsentOf('checkout', ranAt, 'refused', 'too little budget left')];
    for (const verdict of verdicts) await save(verdict);
    db.operations.length = 0;
    expect((await createVerdictReader(db.client, table)()).toSorted((a, b) => (a.burst > b.burst ? -1 : 1))).toEqual(
      verdicts,
    );
    expect(db.operations).toEqual(['Query']);
  });

  it('are none before the first run', async () => {
    expect(await createVerdictReader(db.client, table)()).toEqual([]);
  });

  it('of an older run never take the place of a newer, and of many the newest five stay', async () => {
    const save = createVerdictWriter(db.client, table);
    for (const count of [3, 1, 6, 2, 5, 4]) await save(night(count));
    expect(await createVerdictReader(db.client, table)()).toEqual([6, 5, 4, 3, 2].map(night));
    await save(night(0));
    expect((await createVerdictReader(db.client, table)())[0]).toEqual(night(6));
  });

  it('that two runs save at the same time are both there', async () => {
    const save = createVerdictWriter(db.client, table);
    await Promise.all([save(night(1)), save(night(2)), save(night(3))]);
    expect(await createVerdictReader(db.client, table)()).toEqual([3, 2, 1].map(night));
  });

  it('are once there when the answer of the write was lost', async () => {
    const save = createVerdictWriter(db.client, table);
    let isLost = false;
    db.setFault((operation) => {
      if (operation !== 'UpdateItem' || isLost) return 'pass';
      isLost = true;
      return 'lose-answer';
    });
    await save(night(1));
    expect(isLost).toBe(true);
    expect(await createVerdictReader(db.client, table)()).toEqual([night(1)]);
  });
});
