import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { AlertState, OutboxEntry } from '../../shared/alert/model.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const at = Date.parse('2026-03-02T10:59:00Z');
const table = 'shop-dev-ledger';
const indexes = (count: number) => Array.from({ length: count }, (_, index) => index);
/** Ids that do not repeat, so that they compress as badly as real ones do. */
const hex = (index: number) => ((index + 1) * 0x9e3779b1).toString(16).padStart(16, '0').slice(-16);

/** So many alerts that fire, each in an incident of its own. */
function crowd(count: number, version: number): AlertState {
  const common = { severity: 'page' as const, monitors: ['service'] };
  const ids = indexes(count);
  return {
    schema: 1,
    version,
    resolvedAt: {},
    alerts: Object.fromEntries(
      ids.map((i) => [
        `monitor/service-${i}/0`,
        { ...common, firedAt: at, incidentId: hex(i).slice(4), notify: ['oncall'] },
      ]),
    ),
    incidents: Object.fromEntries(
      ids.map((i) => [
        hex(i).slice(4),
        {
          ...common,
          id: hex(i).slice(4),
          openedAt: at,
          alerts: [{ alertId: `monitor/service-${i}/0`, firedAt: at }],
          told: ['oncall'],
        },
      ]),
    ),
  };
}

const entries = (count: number, batch: number): OutboxEntry[] =>
  indexes(count).map((i) => ({
    kind: 'transition',
    id: `${batch}-${hex(i)}`,
    transition: {
      id: `${batch}-${hex(i)}`,
      kind: 'fired',
      alertId: `monitor/service-${i}/0`,
      severity: 'page',
      notify: ['oncall'],
      at,
      firedAt: at,
      incidentId: hex(i).slice(4),
      batch,
      facts: { kind: 'monitor', failures: 3, of: 5, firstFailureAt: at - i, lastFailureAt: at },
    },
  }));

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, { maxAttempts: 1 });
});
afterEach(() => db.stop());

const store = () => createAlertStore(db.client, table, () => at);

/** What lies there: of each item its sort key, its size, and whether DynamoDB may delete it. */
async function items() {
  const { Items = [] } = await db.client.send(new ScanCommand({ TableName: table }));
  return Items.map((item) => ({
    sk: item['sk']?.S ?? '',
    bytes: Object.entries(item).reduce(
      (sum, [name, { S = '', B = new Uint8Array(), SS = [] }]) =>
        sum + name.length + S.length + B.length + SS.join('').length,
      0,
    ),
    isRetired: item['expiresAt'] !== undefined,
  }));
}

describe("the alerts' state, when it is large", () => {
  it('is kept of 10,000 alerts at once with all that there is to tell, in items that DynamoDB takes', async () => {
    const [state, outbox] = [crowd(10_000, 1), entries(10_000, 1)];
    expect(await store().save(state, outbox, 'w1')).toBe('saved');
    const loaded = await store().load();
    expect(loaded.state).toEqual(state);
    expect(loaded.outbox).toEqual(outbox);
    const lying = await items();
    expect(lying.length).toBeGreaterThan(2);
    for (const { bytes } of lying) expect(bytes).toBeLessThan(400_000);
  }, 30_000);

  it('costs one read and one item as long as it is small', async () => {
    expect(await store().save(crowd(300, 1), entries(50, 1), 'w1')).toBe('saved');
    await store().load();
    expect(db.operations).toEqual(['UpdateItem', 'GetItem']);
  });

  it('is back in its home when it is small again, and what it was made of may go', async () => {
    const alerts = store();
    await alerts.save(crowd(2_000, 1), [], 'w1');
    expect(await alerts.save(crowd(2, 2), [], 'w2')).toBe('saved');
    expect(await store().load()).toEqual({ state: crowd(2, 2), outbox: [] });
    expect((await items()).filter(({ isRetired }) => !isRetired).map(({ sk }) => sk)).toEqual(['state']);
  });

  it('forgets what is told, in whatever portions, by whomever, and keeps the rest', async () => {
    const outbox = entries(4_100, 1);
    await store().save(crowd(60, 1), outbox, 'w1');
    const ids = outbox.map(({ id }) => id);
    const [first, second] = [store(), store()];
    await first.load();
    await second.load();
    await first.acknowledge(ids.slice(0, 3_000));
    await second.acknowledge(ids.slice(2_500, 3_500));
    const left = (await store().load()).outbox.map(({ id }) => id);
    expect(left).toEqual(ids.slice(3_500));
    const third = store();
    await third.load();
    await third.acknowledge(left);
    await third.acknowledge(left);
    expect((await store().load()).outbox).toEqual([]);
    expect((await items()).filter(({ isRetired }) => !isRetired).map(({ sk }) => sk)).toEqual(['state']);
  });

  it('has one winner of two writers, whose parts alone are kept', async () => {
    const writers = ['w1', 'w2', 'w3'];
    const answers = await Promise.all(
      writers.map((writer, i) => store().save(crowd(2_000 + i, 1), entries(60 + i, 1), writer)),
    );
    expect(answers.toSorted()).toEqual(['conflict', 'conflict', 'saved']);
    const won = answers.indexOf('saved');
    const { state, outbox } = await store().load();
    expect([Object.keys(state.alerts).length, outbox.length]).toEqual([2_000 + won, 60 + won]);
    const kept = (await items()).filter(({ isRetired, sk }) => !isRetired && sk !== 'state');
    expect(kept.every(({ sk }) => sk.includes(writers[won] ?? '?'))).toBe(true);
  });

  it('knows its own write again when the answer was lost, and never lets go of what somebody else took over', async () => {
    db.setFault((_, count) => (count === 3 ? 'lose-answer' : 'pass'));
    const alerts = createAlertStore(db.client, table, () => at);
    // Two parts, then the home item, whose answer is lost: nobody knows. Tried again by the same writer, it was written.
    await expect(alerts.save(crowd(2_000, 1), entries(60, 1), 'w1')).rejects.toThrow();
    db.setFault(() => 'pass');
    expect(await alerts.save(crowd(2_000, 1), entries(60, 1), 'w1')).toBe('saved');
    // Somebody writes on top of it; the first hears of a conflict, and the entries that both may tell stay.
    await store().save(crowd(2_000, 2), [], 'w2');
    expect(await alerts.save(crowd(2_000, 1), entries(60, 1), 'w1')).toBe('conflict');
    expect((await store().load()).outbox).toHaveLength(60);
    expect((await items()).filter(({ sk, isRetired }) => sk.startsWith('outbox#') && isRetired)).toEqual([]);
  });

  it('is the old one or the new one, whole, wherever its growth breaks off, and grows at the next try', async () => {
    const [small, large] = [crowd(3, 1), crowd(4_000, 2)];
    const [before, more] = [entries(3, 1), entries(2_500, 2)];
    await store().save(small, before, 'w1');
    db.operations.length = 0;
    let isDone = false;
    for (let survived = 0; !isDone; survived += 1) {
      const from = db.operations.length;
      db.setFault((_, count) => (count - from > survived ? 'throttle' : 'pass'));
      isDone = await store()
        .save(large, more, `w2-${survived}`)
        .then((answer) => answer === 'saved')
        .catch(() => false);
      db.setFault(() => 'pass');
      const { state, outbox } = await store().load();
      if (state.version === 1) expect([state, outbox]).toEqual([small, before]);
      else expect([state, outbox]).toEqual([large, [...before, ...more]]);
      expect(survived).toBeLessThan(20);
    }
    expect((await store().load()).state.version).toBe(2);
  }, 30_000);

  it.each([
    ['gone', undefined, "a part of the alerts' state is missing in the ledger"],
    ['damaged', { B: Buffer.from('no gzip') }, "a part of the alerts' state in the ledger is damaged"],
  ])('says so when a part is %s', async (_, data, message) => {
    await store().save(crowd(2_000, 1), [], 'w1');
    const Key = { pk: { S: 'alerts' }, sk: { S: 'part#1#w1#0' } };
    if (data) await db.client.send(new PutItemCommand({ TableName: table, Item: { ...Key, data } }));
    else await db.client.send(new DeleteItemCommand({ TableName: table, Key }));
    await expect(store().load()).rejects.toThrow(message);
  });
});
