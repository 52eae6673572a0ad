import { type Heartbeat, takeCall } from '../../shared/app/heartbeat/heartbeat.ts';
import { heartbeatToken } from '../../shared/app/heartbeat/token.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { createHeartbeatReader, createHeartbeatStore } from '../../shared/aws/heartbeat-store.ts';
import { monday } from '../support/budget-examples.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const key = 'a key of many characters';
const backup: Heartbeat = { id: 'backup', key: 4_294_967_295, periodMs: 3_600_000, graceMs: 600_000 };
const record = { succeededAt: monday };

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());

/** Takes one call with the real store. */
const call = (suffix: string, at: number, told: string[] = []) =>
  takeCall(`/heartbeats/backup/${heartbeatToken(key, 'backup')}${suffix}`, {
    heartbeats: [backup],
    keyParameter: '/key',
    readParameter: async () => key,
    loadStore: async () => createHeartbeatStore(db.client, table),
    now: () => at,
    onCall: () => {},
    onTrouble: (message) => told.push(message),
    deadline: new AbortController().signal,
  });

describe('what calls left behind, in the table', () => {
  it('is empty before the first call, and then what was saved', async () => {
    const store = createHeartbeatStore(db.client, table);
    expect(await store.load(backup.key)).toEqual({ record: {}, version: 0 });
    expect(await store.save(backup, record, 0)).toBe('saved');
    expect(await store.load(backup.key)).toEqual({ record, version: 1 });
    expect(await store.load(7)).toEqual({ record: {}, version: 0 });
  });

  it('is written by one of two who read the same', async () => {
    const store = createHeartbeatStore(db.client, table);
    for (const version of [0, 1]) {
      expect(await store.save(backup, record, version)).toBe('saved');
      expect(await store.save(backup, { failedAt: monday }, version)).toBe('conflict');
    }
    expect(await store.load(backup.key)).toEqual({ record, version: 2 });
  });

  it('is there for the probe, by the key of the monitor, with one query for all who ask together', async () => {
    const store = createHeartbeatStore(db.client, table);
    await store.save(backup, record, 0);
    await store.save({ ...backup, id: 'other', key: 1 }, { failedAt: monday }, 0);
    const read = createHeartbeatReader(db.client, table);
    const before = db.operations.length;
    expect(await Promise.all([read(backup.key), read(1), read(2)])).toEqual([record, { failedAt: monday }, undefined]);
    expect(db.operations.slice(before)).toEqual(['Query']);
    await store.save(backup, { succeededAt: monday + 1 }, 1);
    expect(await read(backup.key)).toEqual({ succeededAt: monday + 1 });
  });

  it('is read again after a reading that failed', async () => {
    const read = createHeartbeatReader(db.client, table);
    db.setFault(() => 'throttle');
    await expect(read(1)).rejects.toThrow();
    db.setFault(() => 'pass');
    expect(await read(1)).toBeUndefined();
  });
});

describe('calls, with the table behind them', () => {
  it('of three at once are all taken, and the newest decides', async () => {
    await call('', monday);
    const answers = await Promise.all([call('/start', monday + 1), call('/fail', monday + 2), call('', monday + 3)]);
    expect(answers).toEqual(['taken', 'taken', 'taken']);
    const read = createHeartbeatReader(db.client, table);
    expect(await read(backup.key)).toMatchObject({ succeededAt: monday + 3 });
    expect((await read(backup.key))?.failedAt).toBeUndefined();
  });

  it('are taken once when the answer to the write is lost', async () => {
    await call('', monday);
    let writes = 0;
    db.setFault((operation) => (operation === 'UpdateItem' && writes++ === 0 ? 'lose-answer' : 'pass'));
    expect(await call('/2', monday + 1)).toBe('taken');
    db.setFault(() => 'pass');
    expect(await createHeartbeatReader(db.client, table)(backup.key)).toEqual({
      succeededAt: monday,
      failedAt: monday + 1,
      exitCode: 2,
    });
  });

  it.each(['throttle', 'hang'] as const)('are not taken while DynamoDB answers with: %s', async (fault) => {
    const told: string[] = [];
    db.setFault(() => fault);
    expect(await call('', monday, told)).toBe('unavailable');
    expect(told).toEqual(['a call of a heartbeat could not be taken']);
  });
});
