import type { Remembered } from '../../shared/app/notify/model.ts';
import { createNotifyStore } from '../../shared/aws/notify-store.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const minute = 60_000;
const start = Date.UTC(2026, 10, 20, 10);

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table);
});
afterEach(() => db.stop());
const open = () => createNotifyStore(db.client, table, () => start);

describe('what notify remembers, in the table', () => {
  it('is which channels have been told of which message', async () => {
    const store = open();
    expect(await store.load('m1')).toEqual(new Map());
    await Promise.all([store.saveTold('m1', 'chat'), store.saveTold('m1', 'pager'), store.saveTold('m10', 'room')]);
    await store.countFailure('m1', 'hook', 'it answered 500');
    const told: Remembered = { isTold: true, toldAt: start };
    expect(await store.load('m1')).toEqual(
      new Map<string, Remembered>([
        ['chat', told],
        ['hook', { isTold: false, failures: 1, problem: 'it answered 500' }],
        ['pager', told],
      ]),
    );
    expect(await store.load('m10')).toEqual(new Map([['room', told]]));
  });

  it('is how often a channel could not be told, for each message, also of several who count at once', async () => {
    const store = open();
    const counts = await Promise.all([1, 2, 3].map(() => store.countFailure('m1', 'chat', 'it answered 500')));
    expect(counts.toSorted()).toEqual([1, 2, 3]);
    expect(await store.countFailure('m2', 'chat', 'it answered 500')).toBe(1);
    await store.saveTold('m1', 'chat');
    expect(await store.load('m1')).toEqual(new Map([['chat', { isTold: true, toldAt: start }]]));
  });

  it('is who refused a message for good, to which invocation and why, until it is told after all', async () => {
    const store = open();
    const refusal = { invocationId: 'request-1', problem: 'Slack answered 404', mend: 'Make another.' };
    await store.saveRefused('m1', 'chat', refusal);
    expect(await store.load('m1')).toEqual(new Map([['chat', { isTold: false, refusal }]]));
    await store.saveTold('m1', 'chat');
    expect(await store.load('m1')).toEqual(new Map([['chat', { isTold: true, toldAt: start }]]));
  });

  it('lets one of several report, once an hour and channel', async () => {
    const store = open();
    const claims = await Promise.all(['m1', 'm2', 'm3'].map((id) => store.claimReport('chat', id, start)));
    expect(claims.filter((isMine) => isMine)).toHaveLength(1);
    const winner = ['m1', 'm2', 'm3'][claims.indexOf(true)] ?? '';
    await store.saveReport('chat', winner, start);
    expect(await store.claimReport('chat', winner, start + 59 * minute)).toBe(false);
    expect(await store.claimReport('chat', 'm4', start + 59 * minute)).toBe(false);
    expect(await store.claimReport('pager', 'm4', start + 59 * minute)).toBe(true);
    expect(await store.claimReport('chat', 'm4', start + 60 * minute)).toBe(true);
  });

  it('gives a report that was claimed and never made to the same message at once, to others after a minute', async () => {
    const store = open();
    expect(await store.claimReport('chat', 'm1', start)).toBe(true);
    expect(await store.claimReport('chat', 'm1', start + 1)).toBe(true);
    expect(await store.claimReport('chat', 'm2', start + 1)).toBe(false);
    expect(await store.claimReport('chat', 'm2', start + 1 + minute)).toBe(true);
    // Who comes back late says nothing about a claim that is no longer theirs.
    await store.saveReport('chat', 'm1', start + 2 * minute);
    expect(await store.claimReport('chat', 'm2', start + 2 * minute)).toBe(true);
  });

  it('says when it may be forgotten, in seconds as DynamoDB wants it', async () => {
    const store = open();
    await store.saveTold('m1', 'chat');
    await store.claimReport('chat', 'm1', start);
    const { ScanCommand } = await import('@aws-sdk/client-dynamodb');
    const { Items: items = [] } = await db.client.send(new ScanCommand({ TableName: table }));
    expect(items.map(({ expiresAt }) => expiresAt)).toEqual([
      { N: String(start / 1_000 + 14 * 86_400) },
      { N: String(start / 1_000 + 14 * 86_400) },
    ]);
  });

  it('counts on when the answer to a count was lost', async () => {
    let writes = 0;
    db.setFault((operation) => (operation === 'UpdateItem' && writes++ === 0 ? 'lose-answer' : 'pass'));
    expect(await open().countFailure('m1', 'chat', 'it answered 500')).toBeGreaterThanOrEqual(1);
  });
});
