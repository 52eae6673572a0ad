import { evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { createPacing } from '../../../shared/app/probe/batch.ts';
import { probeTick } from '../../../shared/app/probe/probe.ts';
import { createRunProbe } from '../../../shared/app/probe/run.ts';
import type { HttpMonitor } from '../../../shared/config/model.ts';
import type { RunHttpAttempt } from '../../../shared/http/model.ts';
import { noWatch } from '../../../shared/probe/watch.ts';
import { evaluateBudget } from '../../../shared/slo/budget.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import { aConfig, aMonitor, anSlo } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const never = new AbortController().signal;

const answerOk: RunHttpAttempt = async () => ({
  ok: true,
  latencyMs: 5,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 1, processingMs: 1, transferMs: 1 },
  redirects: 0,
  response: { statusCode: 200, headers: {}, body: Buffer.alloc(0) },
});

/** A healthy target behind a secret, probed and judged minute by minute. */
function setUp(change: Partial<HttpMonitor>) {
  const request = { ...aMonitor().request, headers: { authorization: ['Bearer ', { ssm: '/shop/token' }] } };
  const config = aConfig({ monitors: [aMonitor({ request, ...change })], slos: [anSlo()] });
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const memory = createMemory();
  const told: string[] = [];
  const world = { at: startAt - minuteMs, parameter: async (): Promise<string | undefined> => 'a secret' };
  const clock = { now: () => world.at, monotonicMs: () => world.at, sleep: async () => {} };
  const common = {
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    onWarning: () => {},
  };
  const references = { parameter: () => world.parameter(), output: () => undefined };
  const probeDeps = {
    ...common,
    clock,
    runProbe: createRunProbe({
      clock,
      runHttp: answerOk,
      allowOrigins: [],
      references,
      signer: () => async () => ({}),
      loadHeartbeat: async () => undefined,
      watch: noWatch,
    }),
    prepare: async () => {},
    pacing: createPacing(1, () => 0),
    loadLedger: async () => ledger.store,
    loadPublisher: async () => async () => {},
    invocationId: 'i',
  };
  const evaluateDeps = {
    ...common,
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => [],
    notify: async ({ subject }: { subject: string }) => void told.push(`${minuteOf(world.at)} ${subject}`),
    publishMetrics: async () => {},
    render: (transitions: readonly { id: string; kind: string; alertId: string }[]) => [
      {
        id: transitions.map(({ id }) => id).join(),
        subject: transitions.map(({ kind, alertId }) => (kind === 'closed' ? kind : `${kind} ${alertId}`)).join(),
        text: '',
        json: null,
        channels: ['oncall'],
        severity: 'ticket' as const,
        kind: 'mixed' as const,
      },
    ],
    writer: 'w',
    remainingMs: () => 30_000,
  };
  const shard = { service: 'shop', shard: 's00', monitors: config.monitors, maintenance: [] };
  const run = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      world.at += minuteMs;
      await probeTick(shard, world.at, probeDeps, never);
      await evaluate(config, memory, evaluateDeps, world.at);
    }
  };
  const sli = () => {
    const [slo = anSlo()] = config.slos;
    const events = monitorEvents(slo, config.monitors, [], memory.history);
    const { good, bad, leftPpm } = evaluateBudget(slo, events, world.at);
    return { good, bad, leftPpm };
  };
  const outcomes = () => [...ledger.ticks.values()].flatMap(({ tick }) => tick.outcomes.map(({ outcome }) => outcome));
  return { world, run, told, sli, outcomes };
}
const minuteOf = (at: number): number => (at - startAt) / minuteMs;

describe('a monitor whose secret stops resolving', () => {
  it.each([
    ['does not exist', async () => undefined],
    ['cannot be read', async () => Promise.reject(new Error('SSM hangs'))],
  ])(
    'is unknown while it %s, leaves its SLI alone, and says after five minutes that nothing is judged',
    async (_, parameter) => {
      const { world, run, told, sli, outcomes } = setUp({});
      await run(10);
      const before = sli();
      expect([before, told]).toEqual([{ good: 10, bad: 0, leftPpm: 1_000_000 }, []]);
      world.parameter = parameter;
      await run(5);
      expect(outcomes().slice(10)).toEqual(Array.from({ length: 5 }, () => 'unknown'));
      expect(told).toEqual([]);
      await run(20);
      // The last judged tick is that of minute 9: at minute 14 it is five minutes old, and no more.
      expect(told).toEqual(['15 fired coverage/api']);
      expect(sli()).toEqual(before);
      world.parameter = async () => 'another secret';
      await run(1);
      expect(told.slice(1)).toEqual(['35 resolved coverage/api,closed']);
      expect(sli()).toEqual({ good: 11, bad: 0, leftPpm: 1_000_000 });
    },
  );

  it('says so after three intervals where these are longer', async () => {
    const { world, run, told } = setUp({ intervalMs: 5 * minuteMs });
    await run(11);
    world.parameter = async () => undefined;
    await run(30);
    expect(told).toEqual(['26 fired coverage/api']);
  });
});
