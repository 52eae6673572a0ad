import type { Drill } from '../../../shared/alert/drill.ts';
import type { OutboxEntry, Transition } from '../../../shared/alert/model.ts';
import { deliver } from '../../../shared/app/deliver.ts';
import { newDrill, startScheduledDrill } from '../../../shared/app/drill/drill.ts';
import type { DrillNote, DrillStore, KeptDrill } from '../../../shared/app/drill/model.ts';
import { type EvaluateDeps, evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { Remembered } from '../../../shared/app/notify/model.ts';
import { renderTransitions } from '../../../shared/app/render.ts';
import type { Channel, Config } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { aSlack } from '../../support/channels.ts';
import { aConfig } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const channels: readonly Channel[] = [
  { id: 'oncall', type: 'email', to: 'a@example.com' },
  { ...aSlack(), id: 'chat' },
];
const calm: Config = aConfig({
  channels,
  monitors: [],
  slos: [],
  drill: { schedule: { expression: 'cron(0 9 ? * MON *)', timezone: 'UTC' }, notify: ['oncall', 'chat'] },
});

/** Rows of drills in memory, with the table's rules. */
function memoryDrills(now: () => number): { store: DrillStore; rows: Map<string, KeptDrill> } {
  const rows = new Map<string, KeptDrill>();
  const store: DrillStore = {
    save: async (drill) => {
      if (rows.has(drill.id)) return 'duplicate';
      rows.set(drill.id, { ...drill, writtenAt: now(), notes: [] });
      return 'saved';
    },
    load: async (id) => rows.get(id),
    loadSince: async (fromAt) => [...rows.values()].filter(({ startedAt }) => startedAt >= fromAt),
    saveNote: async (id, note) => {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, notes: [...row.notes.filter((each) => keyOf(each) !== keyOf(note)), note] });
    },
  };
  return { store, rows };
}
const keyOf = (note: DrillNote) => (note.outcome === 'published' ? note.message : note.kind);

type Sent = { readonly at: number; readonly message: Message };
/** What a crash does: the call that it hits either did its work, or did not; nothing of the invocation comes after it. */
type Crash = { readonly call: number; readonly isAfter: boolean };

/** A drill's world; `evaluateAt` runs one evaluation so many minutes after its start. */
function setUp(config = calm) {
  const clock = { now: startAt };
  const { store, rows } = memoryDrills(() => clock.now);
  const alerts = memoryAlerts();
  const ledger = memoryLedger();
  const sent: Sent[] = [];
  const warnings: string[] = [];
  const world = { isTopicDown: false, isReadable: true, told: new Map<string, ReadonlyMap<string, Remembered>>() };
  const context = { environment: 'dev', outputs: () => undefined, links: [] };
  const deps: EvaluateDeps = {
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => [],
    notify: async (message) => {
      if (world.isTopicDown) throw new Error('the topic is down');
      sent.push({ at: (clock.now - startAt) / minuteMs, message });
      if (world.told.get(message.id) === undefined)
        world.told.set(message.id, new Map([['chat', { isTold: true, toldAt: clock.now }]]));
      return 'receipt';
    },
    drills: {
      store: {
        ...store,
        loadSince: async (fromAt) => {
          if (!world.isReadable) throw new Error('the table is busy');
          return store.loadSince(fromAt);
        },
      },
      loadTold: async (id) => world.told.get(id) ?? new Map(),
      now: () => clock.now,
    },
    publishMetrics: async () => {},
    render: (transitions, view) => renderTransitions(transitions, view, context),
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    writer: 'w',
    remainingMs: () => 30_000,
    onWarning: (message) => warnings.push(message),
  };
  let hasCrashed = false;
  const evaluateAt = async (minute: number, crash?: Crash) => {
    clock.now = startAt + minute * minuteMs;
    const onCrash = () => {
      hasCrashed = true;
    };
    const own = crash === undefined ? deps : crashing(deps, crash, onCrash);
    const done = evaluate(config, createMemory(), { ...own, writer: `w${minute}` }, clock.now);
    // One whose notes alone are lost ends well.
    await (crash === undefined ? done : done.catch((error) => expect(String(error)).toMatch(/Crashed|be delivered/)));
  };
  return { crashed: () => hasCrashed, store, rows, alerts, sent, warnings, world, evaluateAt, config };
}

class Crashed extends Error {
  override readonly name = 'Crashed';
}

/** Counts the calls that change something, and breaks off at one of them. */
function crashing(deps: EvaluateDeps, { call, isAfter }: Crash, onCrash: () => void): EvaluateDeps {
  let calls = 0;
  let isDead = false;
  const cut =
    <Args extends unknown[], Answer>(work: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      calls += 1;
      if (isDead || calls !== call) {
        if (isDead) throw new Crashed();
        return work(...args);
      }
      isDead = true;
      onCrash();
      if (isAfter) await work(...args);
      throw new Crashed();
    };
  const { alerts, drills } = deps;
  if (drills === undefined) throw new Error('there are drills');
  return {
    ...deps,
    notify: cut(deps.notify),
    alerts: {
      ...alerts,
      save: cut(alerts.save),
      acknowledge: cut(alerts.acknowledge),
      saveIncident: cut(alerts.saveIncident),
    },
    drills: { ...drills, store: { ...drills.store, saveNote: cut(drills.store.saveNote) } },
  };
}

const aDrill = (change: Partial<Drill> = {}): Drill => ({
  ...newDrill({ notify: ['oncall', 'chat'], isScheduled: false, lastsMs: 5 * minuteMs, suffix: '4f1c' }, startAt),
  ...change,
});
const said = (sent: readonly Sent[]) => sent.map(({ at, message }) => `${at} ${message.kind} ${message.subject}`);

describe('a drill', () => {
  it('goes the way of every alert, marked in every subject, and is over with the evaluation after that', async () => {
    const { store, rows, sent, evaluateAt, alerts } = setUp();
    await evaluateAt(0);
    await store.save(aDrill());
    for (const minute of [1, 2, 3, 4]) await evaluateAt(minute);
    expect(said(sent)).toEqual([
      '1 fired [TEST] Drill: nobody has to get up, alerts are tried (shop dev)',
      '2 resolved [TEST] Drill: over after 1 min, nobody has to get up (shop dev)',
    ]);
    for (const { message } of sent)
      expect(message).toMatchObject({ json: { isTest: true, drill: aDrill().id }, channels: ['chat', 'oncall'] });
    expect(rows.get(aDrill().id)?.notes).toMatchObject([
      { kind: 'fired', outcome: 'published', receipt: 'receipt', evaluatedAt: startAt + minuteMs },
      { kind: 'resolved', outcome: 'published', evaluatedAt: startAt + 2 * minuteMs },
    ]);
    expect([alerts.outbox.size, alerts.state().incidents, alerts.incidents.size]).toEqual([0, {}, 1]);
  });

  // State, SNS, acknowledgement, note; in minute 2 the archive before SNS.
  const crashes = [1, 2].flatMap((minute) =>
    Array.from({ length: minute + 3 }, (_, index) => index + 1).flatMap((call) =>
      [false, true].map((isAfter) => ({ minute, call, isAfter })),
    ),
  );
  it.each(crashes)(
    'is told under one id of each kind when minute $minute breaks off at change $call (after it was made: $isAfter)',
    async ({ minute, ...crash }) => {
      const { store, sent, evaluateAt, alerts, crashed } = setUp();
      await store.save(aDrill());
      for (const at of [1, 2, 3, 4, 5, 6]) await evaluateAt(at, at === minute ? crash : undefined);
      expect(crashed()).toBe(true);
      const idsOf = (kind: Message['kind']) =>
        new Set(sent.flatMap(({ message }) => (message.kind === kind ? [message.id] : []))).size;
      expect([idsOf('fired'), idsOf('resolved'), idsOf('mixed')]).toEqual([1, 1, 0]);
      expect([alerts.outbox.size, alerts.state().alerts, alerts.state().incidents]).toEqual([0, {}, {}]);
      expect(alerts.incidents.size).toBe(1);
    },
  );

  it('writes down that SNS refused it, and what came of it when SNS takes it after all', async () => {
    const { store, rows, world, evaluateAt } = setUp();
    await store.save(aDrill());
    world.isTopicDown = true;
    await expect(evaluateAt(1)).rejects.toThrow('the topic is down');
    expect(rows.get(aDrill().id)?.notes).toEqual([
      {
        kind: 'fired',
        outcome: 'refused',
        evaluatedAt: startAt + minuteMs,
        at: startAt + minuteMs,
        problem: 'Error: the topic is down',
      },
    ]);
    world.isTopicDown = false;
    await evaluateAt(2);
    expect(rows.get(aDrill().id)?.notes).toContainEqual(
      expect.objectContaining({ kind: 'fired', outcome: 'published', publishedAt: startAt + 2 * minuteMs }),
    );
  });

  it('whose rows cannot be read keeps nothing else from being judged, and goes on afterwards', async () => {
    const { store, sent, warnings, world, evaluateAt } = setUp();
    await store.save(aDrill());
    await evaluateAt(1);
    world.isReadable = false;
    await evaluateAt(2);
    expect(warnings).toEqual(['drills could not be read: theirs go on as they are']);
    world.isReadable = true;
    await evaluateAt(3);
    expect(sent.map(({ message }) => message.kind)).toEqual(['fired', 'resolved']);
  });

  it('of an evaluator that was dead for longer than it had time tells nobody', async () => {
    const { store, sent, evaluateAt } = setUp();
    await store.save(aDrill());
    await evaluateAt(6);
    expect(sent).toEqual([]);
  });
});

it('what is real is delivered before a drill, however long that has been waiting', async () => {
  const { alerts } = setUp();
  const entry = (alertId: string, batch: number): OutboxEntry => {
    const about = { kind: 'fired', severity: 'ticket', notify: ['oncall'], at: 1, firedAt: 1 } as const;
    const facts = { kind: 'coverage', lastJudgedAt: 0 } as const;
    return {
      kind: 'transition',
      id: alertId,
      transition: { ...about, id: alertId, alertId, incidentId: alertId, batch, facts },
    };
  };
  const order: string[] = [];
  const render = ([first]: readonly Transition[]) => {
    order.push(first?.alertId ?? '');
    return [];
  };
  const outbox = [entry('drill/a', 1), entry('monitor/late/0', 3), entry('monitor/api/0', 2)];
  await deliver(outbox, {
    alerts: alerts.store,
    notify: async () => undefined,
    render,
    hasTime: () => true,
    waiting: new Set(),
  });
  expect(order).toEqual(['monitor/api/0', 'monitor/late/0', 'drill/a']);
});

describe('a scheduled drill', () => {
  it('is one row however often it is asked for, and has a quarter of an hour', async () => {
    const { store, rows, config } = setUp();
    await startScheduledDrill(config, store, startAt);
    await startScheduledDrill(config, store, startAt);
    expect([...rows.values()]).toMatchObject([
      { id: '20260302t100000-auto', isScheduled: true, untilAt: startAt + 15 * minuteMs, notify: ['oncall', 'chat'] },
    ]);
  });

  it('without anybody to tell is refused', async () => {
    const { store, config } = setUp();
    const { drill: _, ...bare } = config;
    await expect(startScheduledDrill(bare, store, startAt)).rejects.toThrow('a drill has nobody to tell');
  });

  it('that came through tells of nothing more', async () => {
    const { store, sent, evaluateAt, config } = setUp();
    await startScheduledDrill(config, store, startAt);
    for (let minute = 1; minute <= 30; minute += 1) await evaluateAt(minute);
    expect(sent.map(({ message }) => message.kind)).toEqual(['fired', 'resolved']);
  });

  it('that did not reach a channel is an alert of its own until one comes through', async () => {
    const { store, sent, world, evaluateAt, config } = setUp();
    await startScheduledDrill(config, store, startAt);
    await evaluateAt(1);
    for (const { message } of sent) world.told.set(message.id, new Map());
    for (let minute = 2; minute <= 16; minute += 1) await evaluateAt(minute);
    expect(said(sent.slice(2))).toEqual([
      '16 fired [TICKET] alerts may not arrive: the drill broke at chat, no delivery is recorded (shop dev)',
    ]);
    expect(sent[2]?.message.channels).toEqual(['chat', 'oncall']);
    // Long after nobody looks at its row any more it is still not mended.
    for (const minute of [200, 400]) await evaluateAt(minute);
    expect(sent).toHaveLength(3);
    await startScheduledDrill(config, store, startAt + 401 * minuteMs);
    for (const minute of [401, 402, 403]) await evaluateAt(minute);
    expect(said(sent.slice(3))).toEqual([
      '401 fired [TEST] Drill: nobody has to get up, alerts are tried (shop dev)',
      '402 resolved [TEST] Drill: over after 1 min, nobody has to get up (shop dev)',
      '403 resolved Resolved: alerts arrive, a drill came through after 6 h 27 min (shop dev)',
    ]);
  });

  it('that a channel refused for good is told of at once', async () => {
    const { store, sent, world, evaluateAt, config } = setUp();
    await startScheduledDrill(config, store, startAt);
    await evaluateAt(1);
    const refusal = { invocationId: 'i', problem: 'Slack answered 404', mend: 'Make another.' };
    for (const { message } of sent) world.told.set(message.id, new Map([['chat', { isTold: false, refusal }]]));
    await evaluateAt(2);
    expect(said(sent.slice(1))).toContain(
      '2 fired [TICKET] alerts may not arrive: the drill broke at chat, refused for good: Slack answered 404 (dev)',
    );
  });
});
