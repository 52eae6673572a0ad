import { createStore } from '../../functions/shortener/store.ts';
import { createAlarmMemory } from '../../shared/aws/alarm-memory.ts';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { createVerdictReader, createVerdictWriter } from '../../shared/aws/burst-verdicts.ts';
import { createCountedStore } from '../../shared/aws/counted-store.ts';
import { createDrillStore } from '../../shared/aws/drill-store.ts';
import { createHeartbeatReader, createHeartbeatStore } from '../../shared/aws/heartbeat-store.ts';
import { createNotifyStore } from '../../shared/aws/notify-store.ts';
import { createRunCountsReader } from '../../shared/aws/run-counts.ts';
import { countBetween } from '../../shared/ledger/history.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { fill, goOn, type Row, readFixture, rowsIn, shop } from '../support/upgrade.ts';

const table = 'shop-dev-ledger';
const startAt = Date.parse('2026-03-02T00:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const never = new AbortController().signal;
const run = { burst: 'peak', runAt: startAt };

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table);
});
afterEach(() => db.stop());

const access = () => ({
  endpoint: db.endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
});

const countsOf = ({ history }: { history: Parameters<typeof countBetween>[0] }, endAt: number) =>
  shop.monitors.map(({ key }) => {
    const { passed, failed } = countBetween(history, key, startAt - minuteMs, endAt);
    return [passed, failed];
  });

describe.each(['0.1.0', 'whole-state', 'split-state'])('what %s left', (name) => {
  const { endAt, ledger, links } = readFixture(name);

  it('is gone on with: every probe counts, what could not be told is told, what fires is not told again and resolves', async () => {
    await fill(db.client, table, ledger);
    const today = goOn(db.client, table);
    const { state, outbox } = await today.alerts.load();
    const ours = (ids: readonly string[]) => ids.filter((id) => !id.startsWith('monitor/service-'));
    expect(ours(Object.keys(state.alerts))).toEqual(['monitor/api/0', 'slo/shop/page-1h', 'monitor/site/0']);
    expect(outbox).toHaveLength({ '0.1.0': 1, 'whole-state': 2 }[name] ?? 62);
    const isAnswered = name !== '0.1.0';
    expect(state.incidents['0abb385f2d83']?.acknowledged?.by).toBe(isAnswered ? 'ann' : undefined);
    const silenced = Object.values(state.silences ?? {}).flatMap(({ alerts }) => alerts);
    expect(silenced).toEqual(isAnswered ? ['coverage/api'] : []);
    await today.judge(endAt + 30_000);
    expect(countsOf(today.memory, endAt)).toEqual([
      [1_551, 15],
      [1_563, 3],
    ]);
    await today.run(endAt, 12);
    const own = today.told().filter((each) => !each.includes('monitor/service-'));
    expect(own.filter((each) => each.startsWith('fired'))).toEqual(['fired monitor/site/0']);
    const answers = own.filter((each) => each.startsWith('acknowledged'));
    expect(answers).toEqual(isAnswered ? ['acknowledged incident/0abb385f2d83'] : []);
    expect(own.filter((each) => each.startsWith('resolved')).toSorted()).toEqual([
      'resolved monitor/api/0',
      'resolved monitor/site/0',
      'resolved slo/shop/page-1h',
    ]);
    expect(new Set(today.sent.map(({ id }) => id)).size).toBe(today.sent.length);
    const after = await today.alerts.load();
    expect([Object.keys(after.state.alerts), after.outbox]).toEqual([[], []]);
    expect((await today.alerts.loadIncidents(1_000)).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['370fbabce336', '0abb385f2d83']),
    );
    expect(today.unread).toEqual([]);
  }, 60_000);

  it('is redirected to: links with their clicks, and those that end', async () => {
    await fill(db.client, table, links);
    const store = createStore(table, access());
    const link = { code: 'kept', url: 'https://example.com/a?b=c', createdAt: endAt - hourMs, isDisabled: false };
    expect(await store.loadLink('kept', endAt, never)).toEqual({ ...link, clicks: 1 });
    expect(await store.loadLink('ends', endAt + hourMs, never)).toBeUndefined();
    expect((await store.listLinks(10, undefined, endAt, never)).links.map(({ code }) => code).toSorted()).toEqual([
      'ends',
      'kept',
    ]);
  });
});

describe.each(['whole-state', 'split-state'])('what other functions kept in %s', (name) => {
  const { endAt, ledger } = readFixture(name);

  it('is read by those of today', async () => {
    await fill(db.client, table, ledger);
    const { client } = db;
    const bursts = createBurstStore(client, table);
    expect((await bursts.loadRuns('peak', endAt, 9)).map(({ runAt, tally }) => [runAt, tally.requests])).toEqual([
      [startAt, 100],
    ]);
    expect((await bursts.loadParts(run)).map(({ shard, state }) => [shard, state])).toEqual([
      [0, 'sent'],
      [1, 'sent'],
    ]);
    expect(await createRunCountsReader(client, table)('peak', startAt, endAt)).toMatchObject([{ good: 98, bad: 2 }]);
    expect(await createVerdictReader(client, table)()).toMatchObject([{ burst: 'peak', outcome: 'failed' }]);
    expect(await createHeartbeatReader(client, table)(77)).toEqual({ lastSuccessAt: endAt - hourMs });
    expect(await createDrillStore(client, table, Date.now).loadSince(startAt)).toMatchObject([{ notify: ['oncall'] }]);
    expect(await createNotifyStore(client, table, Date.now).load('message-1')).toEqual(
      new Map([['chat', { isTold: true, toldAt: endAt }]]),
    );
    expect(await createAlarmMemory(client, table, Date.now).load('shop-dev-alarm')).toEqual({
      firedAt: endAt - hourMs,
    });
    const [hour] = await createCountedStore(client, table).loadHours('series', startAt, startAt);
    expect(hour?.counts[59]).toMatchObject({ passed: 9, failed: 1 });
  });
});

/** What only a later release can have written: the rows of this one, in the format after its own. */
function newer(row: Row): Row {
  const data = row['data']?.B;
  if (data === undefined || row['pk']?.S === 'alerts') return { ...row, format: { N: '2' } };
  return { ...row, data: { B: Buffer.from([data[0] === 1 ? 2 : 99, ...data.subarray(1)]) } };
}

describe('after a rollback, what a later release wrote', () => {
  const { endAt, ledger } = readFixture('whole-state');
  const of = (pk: string) => ledger.filter((row) => row['pk']?.S?.startsWith(pk));

  const readers: readonly (readonly [what: string, pk: string, read: () => Promise<unknown>])[] = [
    ['the state of the alerts', 'alerts', () => goOn(db.client, table).judge(endAt + 30_000)],
    ['the run of a burst', 'burst#', () => createBurstStore(db.client, table).loadRuns('peak', endAt, 9)],
    ['a part of it', 'burst-part#', () => createBurstStore(db.client, table).loadParts(run)],
    ['its counts', 'burst-count#', () => createRunCountsReader(db.client, table)('peak', startAt, endAt)],
    ['its verdict', 'burst-verdict', () => createVerdictReader(db.client, table)()],
    [
      'its verdict, by who writes the next one',
      'burst-verdict',
      () =>
        createVerdictWriter(db.client, table)({ burst: 'peak', runAt: endAt, outcome: 'passed', reasons: [], more: 0 }),
    ],
    ['a heartbeat, by the probe', 'heartbeat', () => createHeartbeatReader(db.client, table)(77)],
    ['a heartbeat, by who takes its call', 'heartbeat', () => createHeartbeatStore(db.client, table).load(77)],
    ['a drill', 'drill', () => createDrillStore(db.client, table, Date.now).loadSince(startAt)],
    ['who was told', 'notify', () => createNotifyStore(db.client, table, Date.now).load('message-1')],
    ['since when an alarm rings', 'notify', () => createAlarmMemory(db.client, table, Date.now).load('shop-dev-alarm')],
    ['counted metrics', 'metric#', () => createCountedStore(db.client, table).loadHours('series', startAt, startAt)],
  ];

  it.each(readers)('%s is never read wrongly, nor written over: an error says what to do', async (_, pk, read) => {
    const rows = of(pk).map(newer);
    expect(rows).not.toEqual([]);
    await fill(db.client, table, rows);
    const before = await rowsIn(db.client, table);
    await expect(read()).rejects.toMatchObject({
      code: 'BURN_FORMAT_NEWER',
      message: expect.stringMatching(/ has format 2, and this release reads up to 1: .* Deploy that one again/),
    });
    expect(await rowsIn(db.client, table)).toEqual(before);
  });

  it('a link is neither followed, changed nor deleted, and is not taken for one that is not there', async () => {
    const { links } = readFixture('whole-state');
    await fill(db.client, table, links.map(newer));
    const store = createStore(table, access());
    const cause = {
      message: expect.stringMatching(/has format 2, and this release reads up to 1.*Deploy that one again/),
    };
    await expect(store.loadLink('kept', endAt, never)).rejects.toMatchObject({ cause });
    await expect(store.listLinks(10, undefined, endAt, never)).rejects.toMatchObject({ cause });
    await expect(store.deleteLink('kept', endAt, never)).rejects.toMatchObject({ cause });
    expect(await store.changeLink('kept', true, endAt, never)).toBeUndefined();
    expect((await rowsIn(db.client, table)).get('link#kept link')).toEqual(newer(links[1] as Row));
  });

  it('a heartbeat hides none of the others', async () => {
    const [row] = of('heartbeat');
    await fill(db.client, table, [newer(row as Row), { ...row, sk: { S: '78' } }]);
    const read = createHeartbeatReader(db.client, table);
    expect(await Promise.allSettled([read(77), read(78)])).toMatchObject([
      { status: 'rejected' },
      { status: 'fulfilled', value: { lastSuccessAt: endAt - hourMs } },
    ]);
  });

  it('an undelivered message and a closed incident wait where they are, and the rest goes on', async () => {
    const state = of('alerts')[0] as Row;
    const [name] = Object.keys(state).filter((each) => each.startsWith('out#'));
    const entry = { ...JSON.parse(state[name ?? '']?.S ?? ''), format: 2 };
    const other = { kind: 'page-turned', id: 'later' };
    await fill(db.client, table, [
      ...ledger.filter((row) => row['pk']?.S !== 'incidents'),
      ...of('incidents').map(newer),
      { ...state, [name ?? '']: { S: JSON.stringify(entry) }, 'out#later': { S: JSON.stringify(other) } },
    ]);
    const today = goOn(db.client, table);
    await today.run(endAt, 3);
    expect(today.told()).toContain('resolved monitor/api/0');
    expect(today.told()).not.toContain('fired monitor/site/0');
    expect((await today.alerts.loadIncidents(9)).map(({ id }) => id)).not.toContain('370fbabce336');
    const kept = (await rowsIn(db.client, table)).get('alerts state');
    expect([kept?.[name ?? '']?.S, kept?.['out#later']?.S]).toEqual([JSON.stringify(entry), JSON.stringify(other)]);
    expect(new Set(today.unread.map((error) => (error as { code: string }).code))).toEqual(
      new Set(['BURN_FORMAT_NEWER']),
    );
  });

  it('a message in a part is kept with its part when all that can be read of it is told', async () => {
    const split = readFixture('split-state');
    await fill(db.client, table, split.ledger);
    const { gunzipSync, gzipSync } = await import('node:zlib');
    const key = 'alerts outbox#11#writer-split#0';
    const part = (await rowsIn(db.client, table)).get(key) as Row;
    const [first, ...rest] = JSON.parse(gunzipSync(part['data']?.B ?? '').toString());
    const data = { B: gzipSync(JSON.stringify([{ ...first, format: 2 }, ...rest])) };
    await fill(db.client, table, [{ ...part, data }]);
    const today = goOn(db.client, table);
    const { outbox } = await today.alerts.load();
    expect([outbox.length, today.unread.length]).toEqual([61, 1]);
    await today.alerts.acknowledge(outbox.map(({ id }) => id));
    const rows = await rowsIn(db.client, table);
    expect(rows.get(key)?.['expiresAt']).toBeUndefined();
    expect(rows.get('alerts state')?.['more#11#writer-split#0']).toBeDefined();
    expect((await goOn(db.client, table).alerts.load()).outbox).toEqual([]);
  });

  it('rows of ticks count as missing, are told of, and nothing is folded without them', async () => {
    const lastHour = `tick#eu-west-1#2026-03-03T02`;
    const ahead = ledger.map((row) => (row['pk']?.S === lastHour ? newer(row) : row));
    await fill(db.client, table, ahead);
    const rolledBack = goOn(db.client, table);
    await rolledBack.run(endAt, 60);
    expect(rolledBack.unread[0]).toMatchObject({
      code: 'BURN_FORMAT_NEWER',
      message: expect.stringMatching(
        /^the ledger's item tick#eu-west-1#2026-03-03T02 \d\d:00#s00: a tick has format 2, and this release reads up to 1:/,
      ),
    });
    expect(countsOf(rolledBack.memory, endAt)[0]).toEqual([1_551 - 1, 10]);
    const hours = [...(await rowsIn(db.client, table)).keys()].filter((key) => key.startsWith('hour#'));
    expect(hours).toHaveLength(26);
    // The release that wrote them comes back, and finds all of it.
    await fill(db.client, table, ledger);
    const back = goOn(db.client, table);
    await back.judge(endAt + 61 * minuteMs);
    expect(countsOf(back.memory, endAt)[0]).toEqual([1_551, 15]);
    expect([...(await rowsIn(db.client, table)).keys()].filter((key) => key.startsWith('hour#'))).toHaveLength(27);
  }, 60_000);

  it('an hour that cannot be read keeps its day from being folded, and is not written over', async () => {
    const noon = 'hour#eu-west-1#2026-03-02 12';
    const isNoon = ({ pk, sk }: Row) => `${pk?.S} ${sk?.S}` === noon;
    const rows = ledger
      .map((row) => (isNoon(row) ? newer(row) : row))
      .filter((row) => row['pk']?.S !== 'day#eu-west-1');
    await fill(db.client, table, rows);
    const before = await rowsIn(db.client, table);
    const rolledBack = goOn(db.client, table);
    await rolledBack.judge(endAt + 30_000);
    const after = await rowsIn(db.client, table);
    expect([...after.keys()].filter((key) => key.startsWith('day#'))).toEqual([]);
    expect(after.get(noon)).toEqual(before.get(noon));
    expect(rolledBack.unread.length).toBeGreaterThan(0);
  });
});
