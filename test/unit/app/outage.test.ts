import type { OutboxEntry, Transition } from '../../../shared/alert/model.ts';
import { type EvaluateDeps, evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { Channel, Outcome } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { aWebhook } from '../../support/channels.ts';
import { aConfig, aMonitor, anAlert } from '../../support/config.ts';
import { tickOf, wellDeps } from '../../support/evaluation.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');

/** So many monitors that have nothing in common. */
function setUp(size: number, channels: readonly Channel[], writes?: (entries: readonly OutboxEntry[]) => void) {
  const notify = channels.map(({ id }) => id);
  const monitors = Array.from({ length: size }, (_, index) => {
    const id = `service-${String(index).padStart(4, '0')}`;
    return aMonitor({ id, key: index + 1, alerts: [anAlert({ id: `monitor/${id}/0`, notify })] });
  });
  const config = aConfig({ channels, monitors, slos: [] });
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const sent: Message[] = [];
  const world = { writer: 0, crashAt: Number.POSITIVE_INFINITY, calls: 0 };
  const pass = () => {
    world.calls += 1;
    if (world.calls >= world.crashAt) throw new Error('killed');
  };
  const deps: EvaluateDeps = {
    ...wellDeps,
    ledger: ledger.store,
    alerts: {
      ...alerts.store,
      save: async (...args) => {
        pass();
        const answer = await alerts.store.save(...args);
        if (answer === 'saved') writes?.(args[1]);
        pass();
        return answer;
      },
      acknowledge: async (ids) => {
        pass();
        await alerts.store.acknowledge(ids);
      },
    },
    notify: async (message) => {
      pass();
      sent.push(message);
      pass();
    },
  };
  let memory = createMemory();
  const minute = async (count: number, outcome: Outcome) => {
    const at = startAt + count * minuteMs;
    await ledger.store.saveTick(tickOf(config, at, outcome), `id-${at}`);
    try {
      return await evaluate(config, memory, { ...deps, writer: `writer-${count}` }, at + 800);
    } catch (error) {
      memory = createMemory();
      if (!Number.isFinite(world.crashAt)) throw error;
      return undefined;
    }
  };
  return { minute, sent, alerts, world };
}

const oncall: Channel = { id: 'oncall', type: 'email', to: 'oncall@example.com' };
const idsIn = ({ json }: Message): string[] =>
  (json as unknown as { transitions: { id: string }[] }).transitions.map(({ id }) => id);
const firedIn = (entries: readonly OutboxEntry[]): Transition[] =>
  entries.flatMap((entry) =>
    entry.kind === 'transition' && entry.transition.kind === 'fired' ? [entry.transition] : [],
  );

describe('an outage of everything', () => {
  it('of 10,000 monitors that have nothing in common is one incident, and one mail that says so', async () => {
    const { minute, sent, alerts } = setUp(10_000, [oncall]);
    for (const count of [1, 2]) await minute(count, 'failed');
    const begin = performance.now();
    expect(await minute(3, 'failed')).toMatchObject({ firing: 10_000, fired: 10_000, sent: 1 });
    // An invocation has 30 s; here it takes about two, and more on a busy machine.
    expect(performance.now() - begin).toBeLessThan(25_000);
    expect(sent.map(({ subject }) => subject)).toEqual([
      '[PAGE] service-0000 failing: 3 of 5 probes +9999 more (shop dev)',
    ]);
    expect(sent[0]?.json).toMatchObject({ omittedTransitionsCount: 9_950 });
    // SNS takes 256 KB, the text and the JSON together.
    expect(Buffer.byteLength(JSON.stringify(sent[0]))).toBeLessThan(250_000);
    expect([alerts.outbox.size, Object.keys(alerts.state().incidents).length]).toEqual([0, 1]);
  }, 60_000);

  it('ends as one, and is archived as far as an item has room', async () => {
    const { minute, sent, alerts } = setUp(2_000, [oncall]);
    for (const count of [1, 2, 3]) await minute(count, 'failed');
    for (const count of [4, 5]) await minute(count, 'passed');
    expect(sent.slice(1).map(({ subject }) => subject)).toEqual([
      'Resolved: service-0000 after 2 min +1999 more (shop dev)',
    ]);
    const [incident] = alerts.incidents.values();
    expect(incident).toMatchObject({ omittedAlerts: 1_500 });
    expect(JSON.stringify(incident).length).toBeLessThan(350_000);
    expect(alerts.outbox.size).toBe(0);
  }, 60_000);

  it('reaches channels that keep account of alerts with every single one of them', async () => {
    const told: string[] = [];
    const { minute, sent } = setUp(130, [oncall, aWebhook({ id: 'hook' })], (entries) => {
      told.push(...firedIn(entries).map(({ id }) => id));
    });
    for (const count of [1, 2, 3]) await minute(count, 'failed');
    expect(sent.map(({ channels }) => channels.join(' '))).toEqual(['hook oncall', 'hook', 'hook']);
    expect(sent.flatMap(idsIn).toSorted()).toEqual(told.toSorted());
    expect(told).toHaveLength(130);
  });

  it('of a few monitors is told of each for itself', async () => {
    const { minute, sent } = setUp(20, [oncall]);
    for (const count of [1, 2, 3]) await minute(count, 'failed');
    expect(sent).toHaveLength(20);
  });

  it('is told whole and under the same ids, wherever an invocation breaks off', async () => {
    const calls = await countCalls();
    for (let crashAt = 1; crashAt <= calls; crashAt += 1) {
      const told = new Map<string, string>();
      const { minute, sent, world } = setUp(130, [oncall, aWebhook({ id: 'hook' })], (entries) => {
        for (const { id, alertId } of firedIn(entries)) told.set(alertId, id);
      });
      for (const count of [1, 2]) await minute(count, 'failed');
      world.crashAt = world.calls + crashAt;
      await minute(3, 'failed');
      world.crashAt = Number.POSITIVE_INFINITY;
      await minute(4, 'failed');
      expect(told.size).toBe(130);
      expect([...new Set(sent.filter(({ channels }) => channels.includes('hook')).flatMap(idsIn))].toSorted()).toEqual(
        [...told.values()].toSorted(),
      );
      // However often it was sent, each message has the same id and says the same.
      const bodies = Map.groupBy(sent, ({ id }) => id);
      for (const same of bodies.values()) expect(new Set(same.map((each) => idsIn(each).join())).size).toBe(1);
    }
  }, 60_000);
});

async function countCalls(): Promise<number> {
  const { minute, world } = setUp(130, [oncall, aWebhook({ id: 'hook' })]);
  for (const count of [1, 2]) await minute(count, 'failed');
  const before = world.calls;
  await minute(3, 'failed');
  return world.calls - before;
}
