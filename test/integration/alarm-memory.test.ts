import { createAlarmMemory } from '../../shared/aws/alarm-memory.ts';
import { createNotifyStore } from '../../shared/aws/notify-store.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const start = Date.UTC(2026, 10, 26, 17);

it('since when an alarm rings is in the table, each alarm apart, and what is written last stands', async () => {
  const db = await startDynamoDb(table);
  try {
    const memory = createAlarmMemory(db.client, table, () => start);
    expect(await memory.load('shop-dev-a')).toBeUndefined();
    await memory.save('shop-dev-a', { firedAt: start });
    await memory.save('shop-dev-ab', { firedAt: start + 1 });
    expect(await memory.load('shop-dev-a')).toEqual({ firedAt: start });
    await memory.save('shop-dev-a', { firedAt: start, resolvedAt: start + 60_000 });
    expect(await memory.load('shop-dev-a')).toEqual({ firedAt: start, resolvedAt: start + 60_000 });
    await memory.save('shop-dev-a', { firedAt: start + 120_000 });
    expect(await memory.load('shop-dev-a')).toEqual({ firedAt: start + 120_000 });
    expect(await createNotifyStore(db.client, table, () => start).load('shop-dev-a')).toEqual(new Map());
  } finally {
    await db.stop();
  }
});
