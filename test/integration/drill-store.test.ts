import { newDrill } from '../../shared/app/drill/drill.ts';
import { createDrillStore } from '../../shared/aws/drill-store.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

const table = 'shop-dev-ledger';
const start = Date.UTC(2026, 10, 20, 10);
const minute = 60_000;

let db: Awaited<ReturnType<typeof startDynamoDb>>;
beforeEach(async () => {
  db = await startDynamoDb(table);
});
afterEach(() => db.stop());
const open = () => createDrillStore(db.client, table, () => start + 40);
const drillAt = (at: number, suffix = '4f1c') =>
  newDrill({ notify: ['chat'], isScheduled: false, lastsMs: 5 * minute, suffix }, at);
const published = { kind: 'fired', outcome: 'published', evaluatedAt: start + 1, publishedAt: start + 2 } as const;

describe('the rows of drills, in the table', () => {
  it('are written once, and read as they were written', async () => {
    const store = open();
    const drill = drillAt(start);
    expect(await store.load(drill.id)).toBeUndefined();
    expect(await store.save(drill)).toBe('saved');
    expect(await store.save({ ...drill, notify: ['other'] })).toBe('duplicate');
    expect(await store.load(drill.id)).toEqual({ ...drill, writtenAt: start + 40, notes: [] });
  });

  it('are found from an instant on, the newest first, ten at most', async () => {
    const store = open();
    for (let index = 0; index < 12; index += 1) await store.save(drillAt(start + index * minute));
    const ids = (await store.loadSince(start + 2 * minute)).map(({ startedAt }) => (startedAt - start) / minute);
    expect(ids).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    expect(await store.loadSince(start + 11 * minute + 1_000)).toEqual([]);
  });

  it('keep of each message the first publication, and of refusals the last', async () => {
    const store = open();
    const { id } = drillAt(start);
    await store.save(drillAt(start));
    const refused = { kind: 'fired', outcome: 'refused', evaluatedAt: start, at: start, problem: 'busy' } as const;
    await store.saveNote(id, refused);
    await store.saveNote(id, { ...refused, problem: 'still busy' });
    await store.saveNote(id, { ...published, message: 'm1' });
    await store.saveNote(id, { ...published, message: 'm1', publishedAt: start + 99 });
    const notes = (await store.load(id))?.notes ?? [];
    expect(notes).toHaveLength(2);
    expect(notes).toContainEqual({ ...refused, problem: 'still busy' });
    expect(notes).toContainEqual({ ...published, message: 'm1' });
  });

  it('are not made by a note on one that is gone', async () => {
    await expect(open().saveNote('20261120t100000-none', { ...published, message: 'm1' })).rejects.toThrow();
    expect(await open().loadSince(start)).toEqual([]);
  });
});
