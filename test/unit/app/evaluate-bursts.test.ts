import { type EvaluateDeps, evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { renderTransitions } from '../../../shared/app/render.ts';
import { type BurstVerdict, unsentOf, withVerdict } from '../../../shared/burst/verdict.ts';
import type { Config } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import { aBurst, aBurstAlert, aVerdict, dayMs, ranAt } from '../../support/burst.ts';
import { aConfig } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const slow = aVerdict({ reasons: ['p99 412 ms, wanted < 300 ms'] });
const context = { environment: 'dev', outputs: () => undefined, links: [] };

/** A service with a burst of which runs become known; `minutes` evaluates it so often. */
function setUp(config: Config = aConfig({ bursts: [aBurst()] })) {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const sent: Message[] = [];
  const warnings: string[] = [];
  const world = { at: ranAt + minuteMs, runs: [] as readonly BurstVerdict[], reads: 0, memory: createMemory() };
  const deps: EvaluateDeps = {
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => {
      world.reads += 1;
      return world.runs;
    },
    notify: async (message) => {
      sent.push(message);
    },
    publishMetrics: async () => {},
    render: (transitions, view) => renderTransitions(transitions, view, context),
    identity: { service: 'shop', environment: 'dev' },
    location: 'here',
    writer: 'w',
    remainingMs: () => 30_000,
    onWarning: (message) => warnings.push(message),
  };
  const minutes = async (count: number, change: Partial<EvaluateDeps> = {}, config2 = config) => {
    for (let minute = 0; minute < count; minute += 1) {
      world.at += minuteMs;
      await evaluate(config2, world.memory, { ...deps, ...change }, world.at);
    }
  };
  const run = (verdict: BurstVerdict) => {
    world.runs = withVerdict(world.runs, verdict);
  };
  const subjects = () => sent.splice(0).map(({ subject }) => subject);
  return { ledger, alerts, warnings, world, deps, minutes, run, sent, subjects };
}

describe('a burst', () => {
  it('that did not hold is told once, and resolved by the next run that does', async () => {
    const { minutes, run, subjects, alerts } = setUp();
    run(aVerdict({ runAt: ranAt - dayMs }));
    await minutes(3);
    expect(subjects()).toEqual([]);
    run(slow);
    await minutes(5);
    expect(subjects()).toEqual(['[TICKET] redirects: p99 412 ms, wanted < 300 ms (shop dev)']);
    run(aVerdict({ runAt: ranAt + dayMs }));
    await minutes(5);
    expect(subjects()).toEqual(['Resolved: redirects burst after 5 min (shop dev)']);
    expect([alerts.outbox.size, alerts.incidents.size]).toEqual([0, 1]);
  });

  it('that was refused neither fires nor resolves', async () => {
    const { minutes, run, subjects } = setUp();
    run(unsentOf('redirects', ranAt - dayMs, 'refused', 'too little budget left'));
    await minutes(2);
    expect(subjects()).toEqual([]);
    run(slow);
    await minutes(2);
    expect(subjects()).toHaveLength(1);
    run(unsentOf('redirects', ranAt + dayMs, 'refused', 'too little budget left'));
    await minutes(2);
    expect(subjects()).toEqual([]);
  });

  it('fires again when it fails again after it had resolved', async () => {
    const { minutes, run, subjects } = setUp();
    for (const day of [0, 1, 2]) {
      run(day === 1 ? aVerdict({ runAt: ranAt + dayMs }) : { ...slow, runAt: ranAt + day * dayMs });
      await minutes(2);
    }
    expect(subjects().map((subject) => subject.split(' ')[0])).toEqual(['[TICKET]', 'Resolved:', '[TICKET]']);
  });

  it('with two alerts of one channel is one message, and one incident', async () => {
    const alerts = [aBurstAlert(), aBurstAlert({ id: 'burst/redirects/1', severity: 'page' })];
    const { minutes, run, subjects, alerts: store } = setUp(aConfig({ bursts: [aBurst({ alerts })] }));
    run(slow);
    await minutes(2);
    expect(subjects()).toEqual(['[PAGE] redirects: p99 412 ms, wanted < 300 ms (shop dev)']);
    expect(Object.keys(store.state().incidents)).toHaveLength(1);
  });

  it('that leaves the configuration while its alert fires is withdrawn', async () => {
    const { minutes, run, subjects } = setUp();
    run(slow);
    await minutes(1);
    await minutes(2, {}, aConfig());
    expect(subjects().at(-1)).toBe('Resolved: redirects withdrawn after 1 min, no longer configured (shop dev)');
  });

  it('is told although its verdict is gone when the message is sent', async () => {
    const { minutes, run, sent, world, deps } = setUp();
    run(slow);
    const down = { notify: async () => Promise.reject(new Error('the topic is down')) };
    await expect(minutes(1, down)).rejects.toThrow('the topic is down');
    world.runs = [];
    await minutes(1, { ...deps, loadVerdicts: async () => Promise.reject(new Error('throttled')) });
    expect(sent[0]?.subject).toBe('[TICKET] redirects: p99 412 ms, wanted < 300 ms (shop dev)');
    expect(sent[0]?.text).toContain('p99 412 ms, wanted < 300 ms');
  });
});

describe('the verdicts of bursts', () => {
  it('are not read where no burst has alerts', async () => {
    const { minutes, world } = setUp(aConfig({ bursts: [aBurst({ alerts: [] })] }));
    await minutes(3);
    expect(world.reads).toBe(0);
  });

  it('that cannot be read are a warning: a burst stays as it is, and monitors are told of', async () => {
    const { minutes, run, subjects, warnings, world, ledger } = setUp();
    run(slow);
    await minutes(1);
    subjects();
    const failing = { loadVerdicts: async () => Promise.reject(new Error('throttled')) };
    const outcome = { outcome: 'failed', isMaintenance: false, isRetried: false, isContaminated: false } as const;
    for (let minute = 0; minute < 3; minute += 1) {
      const [monitor] = aConfig().monitors;
      const outcomes = [{ monitorKey: monitor?.key ?? 0, ...outcome }];
      const row = { location: 'here', at: world.at + minuteMs, shard: 's00', outcomes, details: [] };
      await ledger.store.saveTick(row, String(row.at));
      await minutes(1, failing);
    }
    expect(subjects().map((subject) => subject.slice(0, 20))).toEqual(['[PAGE] api failing: ']);
    expect(new Set(warnings)).toEqual(
      new Set(['the verdicts of bursts could not be read: their alerts stay as they are']),
    );
  });
});
