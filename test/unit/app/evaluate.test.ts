import type { Transition } from '../../../shared/alert/model.ts';
import { type EvaluateDeps, evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import { aConfig, aMonitor, anAlert, anSlo } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');

/** A monitored service, minute by minute: each minute brings the outcomes that are given, then an evaluation. */
function setUp(config = aConfig()) {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const sent: { readonly message: Message; readonly at: number }[] = [];
  const published: Datum[] = [];
  const warnings: string[] = [];
  const world = { at: startAt, memory: createMemory(), isTopicDown: false };
  const deps: EvaluateDeps = {
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => [],
    notify: async (message) => {
      if (world.isTopicDown) throw new Error('the topic is down');
      sent.push({ message, at: world.at });
    },
    publishMetrics: async (datums) => {
      published.push(...datums);
    },
    render: (transitions) => [messageOf(transitions)],
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    writer: 'writer-1',
    remainingMs: () => 30_000,
    onWarning: (message) => warnings.push(message),
  };
  const tick = async (outcome: Outcome | undefined, shard = 's00') => {
    if (outcome === undefined) return;
    const outcomes = config.monitors.map(({ key }) => ({
      monitorKey: key,
      outcome,
      isMaintenance: false,
      isRetried: false,
      isContaminated: false,
    }));
    await ledger.store.saveTick(
      { location: 'eu-west-1', at: world.at, shard, outcomes, details: [] },
      `id-${world.at}`,
    );
  };
  const run = async (outcomes: readonly (Outcome | undefined)[], change: Partial<EvaluateDeps> = {}) => {
    for (const outcome of outcomes) {
      world.at += minuteMs;
      await tick(outcome);
      await evaluate(config, world.memory, { ...deps, ...change }, world.at + 800);
    }
  };
  return { config, ledger, alerts, sent, published, warnings, world, deps, run };
}

/** An entry of the outbox that an earlier evaluation left. */
function waitingEntry(batch: number): string {
  const id = `t${batch}`;
  const facts = { kind: 'coverage', lastJudgedAt: 0 } as const;
  const about = { alertId: 'x', severity: 'page', notify: ['oncall'], at: 1, firedAt: 1 } as const;
  const transition: Transition = { ...about, id, kind: 'fired', batch, incidentId: `i${batch}`, facts };
  return JSON.stringify({ kind: 'transition', id, transition });
}

/** What a message is about, in a line that a test can compare. */
const messageOf = (transitions: readonly Transition[]): Message => ({
  id: transitions.map(({ id }) => id).join('+'),
  subject: transitions.map(({ kind, alertId }) => (kind === 'closed' ? kind : `${kind} ${alertId}`)).join(', '),
  text: '',
  json: null,
  channels: ['oncall'],
  severity: 'page',
  kind: 'mixed',
});

const many = (count: number, outcome: Outcome | undefined): (Outcome | undefined)[] =>
  Array.from({ length: count }, () => outcome);
const minuteOf = (at: number): number => (at - startAt) / minuteMs;

describe('an outage', () => {
  it('is told once, resolved alert by alert, and its incident ends with the last of them', async () => {
    const { run, sent, alerts } = setUp();
    await run(many(20, 'passed'));
    expect(sent).toEqual([]);
    await run([...many(10, 'failed'), ...many(70, 'passed')]);
    expect(sent.map(({ message, at }) => [minuteOf(at), message.subject])).toEqual([
      [23, 'fired monitor/api/0, fired slo/availability/page-1h, fired slo/availability/page-6h'],
      [32, 'resolved monitor/api/0'],
      // Ten minutes after the last bad event, and sixty: the short window, and as long again without trouble.
      [40, 'resolved slo/availability/page-1h'],
      [90, 'resolved slo/availability/page-6h, closed'],
    ]);
    expect(alerts.state().incidents).toEqual({});
    const [incident] = alerts.incidents.values();
    expect(incident?.alerts.map(({ alertId, resolvedAt = 0 }) => [alertId, Math.floor(minuteOf(resolvedAt))])).toEqual([
      ['monitor/api/0', 32],
      ['slo/availability/page-1h', 40],
      ['slo/availability/page-6h', 90],
    ]);
    expect(alerts.outbox.size).toBe(0);
  });

  it('that is a single blip tells nobody', async () => {
    const { run, sent } = setUp();
    await run([...many(20, 'passed'), 'failed', ...many(20, 'passed')]);
    expect(sent).toEqual([]);
  });

  it('keeps firing through a gap: no data is not good news', async () => {
    const { run, sent, world } = setUp();
    await run([...many(10, 'passed'), ...many(5, 'failed')]);
    const before = sent.length;
    await run(many(90, undefined));
    const kinds = sent.slice(before).map(({ message }) => message.subject);
    expect(kinds).toEqual(['fired coverage/api']);
    expect(minuteOf(world.at)).toBe(105);
  });
});

describe('a burn alert', () => {
  it('carries when a probe failed last, in its long window', async () => {
    const { run, deps, world } = setUp();
    const told: Transition[] = [];
    const render = (transitions: readonly Transition[]) => {
      told.push(...transitions);
      return [];
    };
    await run([...many(10, 'passed'), ...many(3, 'failed')], { ...deps, render });
    const burns = told.flatMap(({ facts }) => (facts.kind === 'burn' ? [facts.lastFailureAt] : []));
    expect(burns).toEqual([world.at, world.at]);
  });
});

describe('a calm evaluation', () => {
  it('writes nothing and publishes nothing', async () => {
    const { run, alerts, published } = setUp();
    await run(many(30, 'passed'));
    expect(alerts.calls).toEqual({ save: 0, acknowledge: 0 });
    expect(published).toEqual([]);
  });

  it('reads a handful of partitions when warm', async () => {
    const { run, ledger } = setUp();
    await run(many(2, 'passed'));
    const before = ledger.calls.loadTicks;
    await run(['passed']);
    expect(ledger.calls.loadTicks - before).toBe(1);
  });
});

describe('what cannot be delivered', () => {
  it('stays in the outbox, fails the evaluation visibly, and is sent later under the same id', async () => {
    const { run, sent, world, alerts } = setUp(aConfig({ slos: [] }));
    await run(many(10, 'passed'));
    world.isTopicDown = true;
    await expect(run(many(3, 'failed'))).rejects.toThrow('1 messages could not be delivered: the topic is down');
    const waiting = [...alerts.outbox.keys()];
    expect(waiting).toHaveLength(1);
    world.isTopicDown = false;
    await run(['failed']);
    expect(sent.map(({ message }) => message.id)).toEqual(waiting);
    expect(alerts.outbox.size).toBe(0);
  });

  it('keeps back what comes later of its incident: nobody hears of an end before its beginning', async () => {
    const { run, sent, alerts } = setUp(aConfig({ slos: [] }));
    await run(many(10, 'passed'));
    let refusals = 0;
    const refuseBeginnings: EvaluateDeps['notify'] = async ({ subject }) => {
      refusals += 1;
      throw new Error(`no ${subject}`);
    };
    await expect(run(many(3, 'failed'), { notify: refuseBeginnings })).rejects.toThrow('no fired');
    await expect(run(['passed'], { notify: refuseBeginnings })).rejects.toThrow('no fired');
    await expect(run(['passed'], { notify: refuseBeginnings })).rejects.toThrow('no fired');
    expect([refusals, alerts.outbox.size, alerts.incidents.size]).toEqual([3, 4, 1]);
    await run(['passed']);
    expect(sent.map(({ message }) => message.subject)).toEqual([
      'fired monitor/api/0',
      'resolved monitor/api/0, closed',
    ]);
    expect(alerts.outbox.size).toBe(0);
  });

  it('is sent twice, never lost, when the evaluation dies between sending and acknowledging', async () => {
    const { run, sent, alerts, deps } = setUp(aConfig({ slos: [] }));
    await run(many(10, 'passed'));
    const dying: typeof deps.alerts = { ...deps.alerts, acknowledge: async () => Promise.reject(new Error('killed')) };
    await expect(run(many(3, 'failed'), { alerts: dying })).rejects.toThrow('killed');
    await run(['failed']);
    const ids = sent.map(({ message }) => message.id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect(alerts.outbox.size).toBe(0);
  });

  it('leaves time to decide what is new, however long each message of a backlog hangs', async () => {
    const { run, sent, alerts, world } = setUp(aConfig({ slos: [] }));
    await run(many(2, 'failed'));
    for (let batch = 1; batch <= 10; batch += 1) alerts.outbox.set(`t${batch}`, waitingEntry(batch));
    let leftMs = 30_000;
    let tries = 0;
    const hang = async () => {
      tries += 1;
      leftMs -= 4_300;
      throw new Error('no answer');
    };
    const hanging = { notify: hang, remainingMs: () => leftMs };
    await expect(run(['failed'], hanging)).rejects.toThrow('no answer');
    expect(Object.keys(alerts.state().alerts)).toEqual(['monitor/api/0']);
    expect([alerts.outbox.size, tries, leftMs > 4_000]).toEqual([11, 4, true]);
    await run(['failed']);
    expect(sent).toHaveLength(11);
    expect([alerts.outbox.size, minuteOf(world.at)]).toEqual([0, 4]);
  });

  it('is tried once each time, even when reading took all of the time', async () => {
    const { run, sent, alerts } = setUp(aConfig({ slos: [] }));
    for (let batch = 1; batch <= 2; batch += 1) alerts.outbox.set(`t${batch}`, waitingEntry(batch));
    await run(['passed'], { remainingMs: () => 0 });
    expect([sent.length, alerts.outbox.size]).toEqual([1, 1]);
  });

  it('holds back new decisions while more than a hundred wait', async () => {
    const { run, alerts, world, config } = setUp(aConfig({ slos: [] }));
    for (let batch = 1; batch <= 101; batch += 1) alerts.outbox.set(`t${batch}`, waitingEntry(batch));
    world.isTopicDown = true;
    expect(config.monitors).toHaveLength(1);
    for (let minute = 0; minute < 6; minute += 1) await expect(run(['failed'])).rejects.toThrow('101 messages');
    expect(alerts.state().version).toBe(0);
    world.isTopicDown = false;
    await run(['failed']);
    expect(Object.keys(alerts.state().alerts)).toEqual(['monitor/api/0']);
  });
});

describe('two evaluations at once', () => {
  it('that fails ends when all that it began has ended, so that nothing of it goes on in the next one', async () => {
    const { ledger, alerts, run } = setUp();
    const answers: (() => void)[] = [];
    const late: EvaluateDeps['ledger'] = {
      ...ledger.store,
      loadTicks: async (...range) => {
        await new Promise<void>((answer) => answers.push(answer));
        return ledger.store.loadTicks(...range);
      },
    };
    const refused = { ...alerts.store, load: () => Promise.reject(new Error('refused')) };
    let hasEnded = false;
    const ending = run(['passed'], { ledger: late, alerts: refused }).catch((error: Error) => {
      hasEnded = true;
      return error.message;
    });
    for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
    await new Promise((next) => setImmediate(next));
    expect([answers.length > 0, hasEnded]).toEqual([true, false]);
    while (!hasEnded) {
      for (const answer of answers.splice(0)) answer();
      await new Promise((next) => setImmediate(next));
    }
    expect(await ending).toBe('refused');
  });

  it('decide one transition, and the one that lost the write decides on what the other wrote', async () => {
    const { run, sent, world, config, deps, alerts, ledger } = setUp(aConfig({ slos: [] }));
    await run([...many(10, 'passed'), ...many(2, 'failed')]);
    world.at += minuteMs;
    const outcome = {
      monitorKey: aMonitor().key,
      outcome: 'failed',
      isMaintenance: false,
      isRetried: false,
      isContaminated: false,
    } as const;
    await ledger.store.saveTick(
      { location: 'eu-west-1', at: world.at, shard: 's00', outcomes: [outcome], details: [] },
      'id',
    );
    await Promise.all([
      evaluate(config, createMemory(), { ...deps, writer: 'a' }, world.at + 500),
      evaluate(config, createMemory(), { ...deps, writer: 'b' }, world.at + 500),
    ]);
    expect(sent.map(({ message }) => message.subject)).toEqual(['fired monitor/api/0']);
    expect(alerts.state().version).toBe(1);
  });
});

describe('many alerts at once', () => {
  it('are decided in writes of at most fifty entries, and none is left out', async () => {
    const monitors = Array.from({ length: 120 }, (_, i) =>
      aMonitor({ id: `m${i}`, alerts: [anAlert({ id: `monitor/m${i}/0` })] }),
    );
    const { run, sent, alerts } = setUp(aConfig({ monitors, slos: [] }));
    await run([...many(5, 'passed'), ...many(3, 'failed')]);
    const told = sent.flatMap(({ message }) => message.subject.split(', '));
    expect(new Set(told).size).toBe(120);
    expect(Object.keys(alerts.state().alerts)).toHaveLength(120);
    expect(alerts.outbox.size).toBe(0);
  });
});

describe('the metrics of SLOs', () => {
  it('are the burn rate while it is above zero and the budget that is left while it burns', async () => {
    const { run, published } = setUp(aConfig({ slos: [anSlo({ alerts: [] })] }));
    await run([...many(10, 'passed'), 'failed']);
    const roundedOf = (datum: Datum) => ('value' in datum ? Math.round(datum.value * 100) / 100 : undefined);
    expect(published.map((datum) => [datum.name, roundedOf(datum), datum.unit])).toEqual([
      // 1 of 60 in an hour against 1 of 1,000; 1 of the 43.2 events that 30 days allow.
      ['BurnRate', 16.67, 'None'],
      ['ErrorBudgetLeft', 97.69, 'Percent'],
    ]);
  });

  it('that cannot be published are a warning', async () => {
    const { run, warnings } = setUp();
    await run(['failed'], { publishMetrics: async () => Promise.reject(new Error('throttled')) });
    expect(warnings).toEqual(['the metrics of this evaluation are lost']);
  });
});
