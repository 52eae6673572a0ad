import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { emptyAlertState, type Incident, type OutboxEntry, type Transition } from '../../shared/alert/model.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { foldDay, foldHour } from '../../shared/ledger/fold.ts';
import { noCounts, type Tick } from '../../shared/ledger/model.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const at = Date.parse('2026-03-02T10:59:00Z');
const table = 'shop-dev-ledger';

const aTick = (change: Partial<Tick> = {}): Tick => ({
  location: 'eu-west-1',
  at,
  shard: 's00',
  outcomes: [
    {
      monitorKey: 7,
      outcome: 'failed',
      errorType: 'assertion',
      latencyMs: 12.5,
      isMaintenance: false,
      isRetried: true,
      isContaminated: false,
    },
  ],
  details: [{ monitorKey: 7, statusCode: 503, message: 'status 503' }],
  ...change,
});

const transition: Transition = {
  id: 'a1b2',
  kind: 'fired',
  alertId: 'monitor/api/0',
  severity: 'page',
  notify: ['oncall'],
  at,
  firedAt: at,
  incidentId: 'i1',
  batch: 1,
  facts: { kind: 'monitor', failures: 3, of: 5, firstFailureAt: at, lastFailureAt: at },
};
const entry: OutboxEntry = { kind: 'transition', id: 'a1b2', transition };

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table, {
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 300 },
  });
});
afterEach(() => db.stop());

describe('the ledger in its table', () => {
  it('gives back the tick that was saved', async () => {
    const ledger = createLedgerStore(db.client, table);
    expect(await ledger.saveTick(aTick(), 'request-1')).toBe('saved');
    expect(await ledger.loadTicks('eu-west-1', at, at)).toEqual([aTick()]);
  });

  it('counts a tick once, however often it is delivered', async () => {
    const ledger = createLedgerStore(db.client, table);
    const answers = await Promise.all(['a', 'b', 'c'].map((id) => ledger.saveTick(aTick(), id)));
    expect(answers.sort()).toEqual(['duplicate', 'duplicate', 'saved']);
    expect(await ledger.loadTicks('eu-west-1', at, at)).toHaveLength(1);
  });

  it('counts two ticks at once as two', async () => {
    const ledger = createLedgerStore(db.client, table);
    await Promise.all([
      ledger.saveTick(aTick(), 'a'),
      ledger.saveTick(aTick({ shard: 's01' }), 'b'),
      ledger.saveTick(aTick({ at: at + 60_000 }), 'c'),
    ]);
    expect(
      (await ledger.loadTicks('eu-west-1', at, at + 60_000)).map(({ shard, at: when }) => [shard, (when - at) / 1000]),
    ).toEqual([
      ['s00', 0],
      ['s01', 0],
      ['s00', 60],
    ]);
  });

  it('knows its own write again when the answer was lost', async () => {
    const ledger = createLedgerStore(db.client, table);
    db.setFault((operation, count) => (operation === 'PutItem' && count === 1 ? 'lose-answer' : 'pass'));
    expect(await ledger.saveTick(aTick(), 'request-1')).toBe('saved');
    expect(db.operations).toEqual(['PutItem', 'PutItem', 'GetItem']);
    expect(await ledger.saveTick(aTick(), 'request-2')).toBe('duplicate');
  });

  it('does not wait for an endpoint that hangs', async () => {
    const ledger = createLedgerStore(db.client, table);
    db.setFault(() => 'hang');
    const started = performance.now();
    await expect(ledger.saveTick(aTick(), 'request-1')).rejects.toThrow(/timed? ?out|timeout/i);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('follows every page', async () => {
    const ledger = createLedgerStore(db.client, table);
    const outcomes = Array.from({ length: 90 }, (_, i) => ({
      monitorKey: i,
      outcome: 'passed' as const,
      latencyMs: 1,
      isMaintenance: false,
      isRetried: false,
      isContaminated: false,
    }));
    const shards = Array.from({ length: 1_500 }, (_, i) => `s${i}`);
    for (let from = 0; from < shards.length; from += 20)
      await Promise.all(
        shards.slice(from, from + 20).map((shard) => ledger.saveTick(aTick({ shard, outcomes, details: [] }), shard)),
      );
    db.operations.length = 0;
    expect(await ledger.loadTicks('eu-west-1', at, at)).toHaveLength(1_500);
    expect(db.operations.length).toBeGreaterThan(1);
  }, 30_000);

  it('keeps the first rollup of an hour and of a day, and gives both back', async () => {
    const ledger = createLedgerStore(db.client, table);
    const hour = foldHour('eu-west-1', at - 59 * 60_000, [aTick()]);
    await ledger.saveHour(hour);
    await ledger.saveHour(foldHour('eu-west-1', at - 59 * 60_000, []));
    expect(await ledger.loadHours('eu-west-1', at, at)).toEqual([hour]);
    const day = foldDay('eu-west-1', Date.parse('2026-03-02T00:00:00Z'), [hour]);
    await ledger.saveDay(day);
    expect(await ledger.loadDays('eu-west-1', at, at)).toEqual([day]);
  });
});

describe('an hour of 2,000 restless monitors', () => {
  const hourAt = Date.parse('2026-03-02T10:00:00Z');
  const changing = Array.from({ length: 60 }, (_, minute) => ({ ...noCounts, failed: minute, passed: 1 }));
  const hour = {
    location: 'eu-west-1',
    hourAt,
    monitors: new Map(Array.from({ length: 2_000 }, (_, key) => [key * 1_000_003, changing])),
  };
  const calm = foldHour('eu-west-1', hourAt + 3_600_000, [aTick()]);
  const itemsOf = async () => {
    const input = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'hour#eu-west-1#2026-03-02' } },
    };
    return (await db.client.send(new QueryCommand({ ...input, ProjectionExpression: 'pk, sk' }))).Items ?? [];
  };

  it('is kept in as many items as it takes, and given back as one, the last hour that is asked for, too', async () => {
    const ledger = createLedgerStore(db.client, table);
    await ledger.saveHour(hour);
    await ledger.saveHour(calm);
    expect((await itemsOf()).length).toBe(3);
    const [found, ...others] = await ledger.loadHours('eu-west-1', hourAt, hourAt);
    expect(others).toEqual([]);
    expect(found?.monitors.size).toBe(2_000);
    expect(found?.monitors.get(1_999 * 1_000_003)).toEqual(changing);
    expect(await ledger.loadHours('eu-west-1', hourAt + 3_600_000, hourAt + 7_200_000)).toEqual([calm]);
  }, 30_000);

  it('is not there before all of it is', async () => {
    const ledger = createLedgerStore(db.client, table);
    await ledger.saveHour(hour);
    const part = (await itemsOf()).find(({ sk }) => sk?.S === '10~1');
    await db.client.send(new DeleteItemCommand({ TableName: table, Key: part ?? {} }));
    expect(await ledger.loadHours('eu-west-1', hourAt, hourAt)).toEqual([]);
    await ledger.saveHour(hour);
    expect(await ledger.loadHours('eu-west-1', hourAt, hourAt)).toHaveLength(1);
  }, 30_000);
});

describe("the alerts' state in its item", () => {
  const next = { ...emptyAlertState, version: 1 };

  it('is empty before the first write', async () => {
    expect(await createAlertStore(db.client, table).load()).toEqual({ state: emptyAlertState, outbox: [] });
  });

  it('changes together with its outbox, and an acknowledged entry is gone', async () => {
    const alerts = createAlertStore(db.client, table);
    expect(await alerts.save(next, [entry], 'w1')).toBe('saved');
    expect(await alerts.load()).toMatchObject({ state: next, outbox: [entry] });
    await alerts.acknowledge(['a1b2']);
    await alerts.acknowledge(['a1b2']);
    expect(await alerts.load()).toMatchObject({ state: next, outbox: [] });
  });

  it('has one winner of ten writers', async () => {
    const alerts = createAlertStore(db.client, table);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => alerts.save(next, [], `w${i}`)));
    expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'conflict')).toHaveLength(9);
  });

  it('knows its own write again when the answer was lost', async () => {
    const alerts = createAlertStore(db.client, table);
    db.setFault((operation, count) => (operation === 'UpdateItem' && count === 1 ? 'lose-answer' : 'pass'));
    expect(await alerts.save(next, [entry], 'w1')).toBe('saved');
    expect((await alerts.load()).outbox).toEqual([entry]);
  });

  it('takes fifty entries in one write', async () => {
    const alerts = createAlertStore(db.client, table);
    const entries = Array.from({ length: 50 }, (_, i) => ({ ...entry, id: `e${i}` }));
    expect(await alerts.save(next, entries, 'w1')).toBe('saved');
    expect((await alerts.load()).outbox).toHaveLength(50);
    await alerts.acknowledge(entries.map(({ id }) => id));
    expect((await alerts.load()).outbox).toEqual([]);
  });

  it('archives closed incidents, the newest first, each once', async () => {
    const alerts = createAlertStore(db.client, table);
    const incident = (id: string, openedAt: number): Incident => ({
      id,
      openedAt,
      closedAt: openedAt + 1,
      severity: 'page',
      monitors: ['api'],
      alerts: [],
    });
    for (const each of [incident('i1', at), incident('i2', at + 5), incident('i1', at)])
      await alerts.saveIncident(each);
    expect((await alerts.loadIncidents(5)).map(({ id }) => id)).toEqual(['i2', 'i1']);
    expect(await alerts.loadIncidents(1)).toHaveLength(1);
  });
});
