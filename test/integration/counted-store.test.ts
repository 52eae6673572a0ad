import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { boundedClient } from '../../shared/aws/client.ts';
import { createCountedStore } from '../../shared/aws/counted-store.ts';
import { noCounts } from '../../shared/ledger/model.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const dayAt = Date.UTC(2026, 10, 20);
const counts = (passed: number, failed = 0) => ({ ...noCounts, passed, failed });
const hour = (hourAt: number, change: Readonly<Record<number, ReturnType<typeof counts>>> = {}) => ({
  hourAt,
  counts: Array.from({ length: 60 }, (_, minute) => change[minute] ?? noCounts),
});

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());
const store = () => createCountedStore(db.client, table);
const item = async (sk: string) =>
  (await db.client.send(new GetItemCommand({ TableName: table, Key: { pk: { S: 'metric#a#1' }, sk: { S: sk } } })))
    .Item;

describe('what was counted of metrics, in the table', () => {
  it('is given back as it was, hours by their minutes and days by their hours, each kind by one query', async () => {
    const busy = hour(dayAt + 3 * hourMs, { 0: counts(2 ** 52, 1), 59: counts(7, 2 ** 40) });
    const day = { dayAt, counts: Array.from({ length: 24 }, (_, index) => counts(index * 1_000, index)) };
    for (const each of [busy, hour(dayAt + 4 * hourMs), hour(dayAt + 5 * hourMs)]) await store().saveHour('a#1', each);
    await store().saveHour('a#2', hour(dayAt + 3 * hourMs));
    await store().saveDay('a#1', day);
    await store().saveDay('a#1', { ...day, dayAt: dayAt + dayMs });
    db.operations.length = 0;
    expect(await store().loadHours('a#1', dayAt + 3 * hourMs, dayAt + 4 * hourMs)).toEqual([
      busy,
      hour(dayAt + 4 * hourMs),
    ]);
    expect(await store().loadDays('a#1', dayAt, dayAt + dayMs - 1)).toEqual([day]);
    expect(db.operations).toEqual(['Query', 'Query']);
  });

  it('stays as it was written first, and is small while little happens', async () => {
    await store().saveHour('a#1', hour(dayAt, { 5: counts(1) }));
    await store().saveHour('a#1', hour(dayAt, { 5: counts(2) }));
    expect(await store().loadHours('a#1', dayAt, dayAt)).toEqual([hour(dayAt, { 5: counts(1) })]);
    expect((await item('hour#2026-11-20T00'))?.['data']?.B?.length).toBeLessThan(32);
  });

  it('is written again after a lost answer', async () => {
    let puts = 0;
    db.setFault((name) => (name === 'PutItem' && puts++ === 0 ? 'lose-answer' : 'pass'));
    await store().saveHour('a#1', hour(dayAt, { 5: counts(1) }));
    expect(await store().loadHours('a#1', dayAt, dayAt)).toHaveLength(1);
  });

  it('is forgotten as the hours and days of probes are', async () => {
    await store().saveHour('a#1', hour(dayAt));
    await store().saveDay('a#1', { dayAt, counts: [] });
    const expires = async (sk: string) => (Number((await item(sk))?.['expiresAt']?.N) * 1_000 - dayAt) / dayMs;
    expect([await expires('hour#2026-11-20T00'), await expires('day#2026-11-20')]).toEqual([35, 400]);
  });

  it('that is none of ours is refused', async () => {
    const Item = { pk: { S: 'metric#a#1' }, sk: { S: 'hour#2026-11-20T00' } };
    await db.client.send(new PutItemCommand({ TableName: table, Item }));
    await expect(store().loadHours('a#1', dayAt, dayAt)).rejects.toMatchObject({ code: 'BURN_LEDGER_CORRUPT' });
  });
});
