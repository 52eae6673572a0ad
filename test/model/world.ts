import { acknowledge } from '../../shared/app/alert-change/acknowledge.ts';
import { silence, unsilence } from '../../shared/app/alert-change/silence.ts';
import { type EvaluateDeps, evaluate } from '../../shared/app/evaluate.ts';
import { createMemory, type LedgerMemory } from '../../shared/app/history.ts';
import { createPacing } from '../../shared/app/probe/batch.ts';
import { type ProbeTickDeps, probeTick } from '../../shared/app/probe/probe.ts';
import { renderTransitions } from '../../shared/app/render.ts';
import { parseEvaluationTime } from '../../shared/app/tick.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Outcome } from '../../shared/config/model.ts';
import type { Message } from '../../shared/message/model.ts';
import type { Datum } from '../../shared/metrics/model.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import type { Delivery, Evaluation, Fault, Hand, History, Minute } from './history.ts';
import type { Scene } from './scene.ts';
import { type Attempt, createTable, type Item, type Table } from './table.ts';
import { createTurns } from './turns.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const location = 'eu-west-1';
/** A Monday. */
const eleven = Date.parse('2026-03-02T23:00:00Z');
const calmMinutes = 17;
const stepMs = 20_000;
const timeoutMs = 30_000;
/** The client waits so long for an answer that does not come. */
const lostMs = 2_000;
const attempts = { read: 2, write: 2, publish: 2, metrics: 1 } as const;
const tablesName = 'ledger';

/** What happened, in its order. `by` is the invocation. */
export type Event =
  | { readonly kind: 'evaluation'; readonly by: number; readonly now: number; readonly faults: readonly Fault[] }
  /** The first row of a shard and second that was written, with what its invocation saw. */
  | { readonly kind: 'row'; readonly by: number; readonly row: Row }
  /** The ticks of an hour were read: so many hours after 1970. */
  | { readonly kind: 'read'; readonly by: number; readonly hour: number }
  /** The alerts' state was written: everything that is kept of it afterwards. */
  | { readonly kind: 'state'; readonly by: number; readonly items: ReadonlyMap<string, Item> }
  | { readonly kind: 'announced'; readonly by: number; readonly message: Message }
  | { readonly kind: 'metrics'; readonly by: number; readonly datums: readonly Datum[] }
  | {
      readonly kind: 'probed';
      readonly by: number;
      readonly at: number;
      readonly shard: number;
      readonly saved: string;
    }
  | { readonly kind: 'ended'; readonly by: number; readonly how: 'well' | 'failed' | 'died'; readonly error?: unknown };

export type Row = {
  readonly at: number;
  readonly shard: number;
  readonly outcomes: Readonly<Record<string, Outcome>>;
};

/** What a test may put in the place of what the product does, to see whether anybody notices. */
export type Sabotage = {
  readonly table?: (table: Table) => Table;
  readonly evaluate?: (deps: EvaluateDeps, now: number) => EvaluateDeps;
  readonly probe?: (deps: ProbeTickDeps) => ProbeTickDeps;
};

export type Lived = { readonly events: readonly Event[]; readonly table: Table; readonly endAt: number };

/** Lives a history through, and some calm minutes after it, in which everything works and every target answers. */
export async function live(scene: Scene, history: History, sabotage: Sabotage = {}): Promise<Lived> {
  const world = createWorld(scene, history, sabotage);
  const startAt = eleven + history.startMinute * minuteMs;
  const calls = [...planOf(scene, history, startAt, world)].sort((a, b) => a.at - b.at);
  for (const group of Map.groupBy(calls, ({ at }) => at).values()) {
    world.now = group[0]?.at ?? 0;
    await world.turns.runAll(group.map(({ call }) => call));
  }
  return { events: world.events, table: world.table, endAt: world.now };
}

type Call = { readonly at: number; readonly call: () => Promise<void> };
type World = ReturnType<typeof createWorld>;

function* planOf(scene: Scene, { spells }: History, startAt: number, world: World): Generator<Call> {
  const calm: Minute = {
    ticks: scene.shards.map(() => [{ delay: 0, faults: [] }]),
    evaluations: [{ delay: 0, faults: [], sandbox: 0, isEager: false }],
    hands: [],
  };
  const minutes = [
    ...spells.flatMap(({ weather, minutes: mine }) => mine.map((minute) => ({ weather, minute }))),
    ...Array.from({ length: calmMinutes }, () => ({ weather: [], minute: calm })),
  ];
  for (const [index, { weather, minute }] of minutes.entries()) {
    const at = startAt + (index + 1) * minuteMs;
    for (const [shard, deliveries] of minute.ticks.entries())
      for (const [nth, each] of deliveries.entries())
        yield arrival(at, each, shard * 1_000, () => world.probe(shard, at, seenBy(scene, shard, weather, nth), each));
    for (const each of minute.evaluations)
      yield arrival(at, each, each.isEager ? 0 : 5_000, () => world.evaluate(at, each));
    for (const each of minute.hands) yield arrival(at, each, 5_000, () => world.hand(each));
  }
}

function arrival(at: number, { delay }: Delivery, offsetMs: number, call: () => Promise<void>): Call {
  return { at: at + Math.min(180_000, delay * stepMs + offsetMs), call };
}

/** Whoever comes second to a tick sees the opposite of what the first one saw. */
function seenBy({ config, shards }: Scene, shard: number, weather: readonly Outcome[], nth: number) {
  const outcomeOf = (id: string): Outcome => {
    const first =
      weather[config.monitors.findIndex((monitor) => monitor.id === id) % (weather.length || 1)] ?? 'passed';
    return nth === 0 ? first : first === 'failed' ? 'passed' : 'failed';
  };
  return Object.fromEntries((shards[shard] ?? []).map((id) => [id, outcomeOf(id)]));
}

/** An invocation that ended in the middle of something: nothing of it goes on. */
const dead = new Promise<never>(() => {});

function createWorld(scene: Scene, history: History, sabotage: Sabotage) {
  const { config, shards } = scene;
  const events: Event[] = [];
  const table = (sabotage.table ?? ((same) => same))(createTable());
  let turn = 0;
  const turns = createTurns((waiting) => (history.turns[turn++ % (history.turns.length || 1)] ?? 0) % (waiting || 1));
  const sandboxes = new Map<number, LedgerMemory>();
  const busy = new Set<number>();
  const rows = new Set<string>();
  const identity = { service: config.service, environment: 'dev' };
  let invocations = 0;

  /** One invocation: what it reaches of the world, and how it ends. */
  function invocation(faults: readonly Fault[]) {
    invocations += 1;
    const by = invocations;
    const counts = { read: 0, write: 0, publish: 0, metrics: 0 };
    let remainingMs = timeoutMs;
    let isDead = false;
    let die = () => {};
    const death = new Promise<'died'>((resolve) => {
      die = () => {
        isDead = true;
        resolve('died');
      };
    });
    const faultOf = (port: Fault['port']): Fault | undefined => {
      const nth = counts[port]++;
      return faults.find((fault) => fault.port === port && (fault.nth === 'every' || fault.nth === nth));
    };
    /** Tries, as the SDK does, and answers or throws what came of it in the end. */
    const reach = async <Answer>(port: Fault['port'], run: () => Answer): Promise<Answer> => {
      const fault = faultOf(port);
      for (let attempt = 1; ; attempt += 1) {
        await turns.wait();
        if (isDead) return dead;
        const fate = attempt === 1 || fault?.isStubborn ? fault?.fate : undefined;
        if (fate === 'dies before') return perish();
        if (fate === undefined) return run();
        if (fate === 'throttled') {
          if (attempt === attempts[port]) throw new Error(`throttled ${port}`);
          continue;
        }
        // Where the world itself refuses there is an answer, and it is that which is lost.
        try {
          run();
        } catch {}
        if (fate === 'dies after') return perish();
        remainingMs -= lostMs;
        if (attempt === attempts[port]) throw new Error(`lost the answer of ${port}`);
      }
    };
    const perish = (): Promise<never> => {
      die();
      return dead;
    };
    const carry = (attempt: Attempt) =>
      reach(attempt.port, () => {
        const { answer, isChanged } = attempt.run();
        if (attempt.port === 'read' && attempt.pk.startsWith('tick#'))
          events.push({ kind: 'read', by, hour: Date.parse(`${attempt.pk.slice(-13)}:00Z`) / hourMs });
        if (isChanged && attempt.pk.startsWith('alerts'))
          events.push({ kind: 'state', by, items: new Map(table.partition(attempt.pk)) });
        if (isChanged && attempt.pk.startsWith('tick#')) onRow();
        return answer;
      });
    let onRow = () => {};
    const client = table.clientOf(carry);
    return {
      by,
      client,
      remainingMs: () => remainingMs,
      publish: (message: Message) => reach('publish', () => void events.push({ kind: 'announced', by, message })),
      putMetrics: (datums: readonly Datum[]) =>
        reach('metrics', () => void events.push({ kind: 'metrics', by, datums: [...datums] })),
      onRow: (run: () => void) => {
        onRow = run;
      },
      run: async (work: () => Promise<void>): Promise<'well' | 'failed' | 'died'> => {
        try {
          const how = await Promise.race([work().then(() => 'well' as const), death]);
          events.push({ kind: 'ended', by, how });
          return how;
        } catch (error) {
          events.push({ kind: 'ended', by, how: 'failed', error });
          return 'failed';
        }
      },
    };
  }

  const world = {
    now: 0,
    events,
    table,
    turns,
    probe: async (shard: number, at: number, outcomes: Row['outcomes'], { faults }: Delivery) => {
      const own = invocation(faults);
      own.onRow(() => {
        const key = `${shard} ${at}`;
        if (!rows.has(key)) events.push({ kind: 'row', by: own.by, row: { at, shard, outcomes } });
        rows.add(key);
      });
      const mine = { service: config.service, shard: `s0${shard}`, maintenance: config.maintenance };
      const monitors = config.monitors.filter(({ id }) => shards[shard]?.includes(id));
      const arrivedAt = world.now;
      const deps: ProbeTickDeps = {
        clock: { now: () => arrivedAt, monotonicMs: () => 0, sleep: async () => {} },
        runProbe: async ({ id }) => ({ ...standard, monitor: id, outcome: outcomes[id] ?? 'unknown' }),
        prepare: async () => {},
        pacing: createPacing(1, () => 0),
        loadLedger: async () => createLedgerStore(own.client, tablesName),
        loadPublisher: async () => own.putMetrics,
        identity,
        location,
        invocationId: `request-${own.by}`,
        onWarning: () => {},
      };
      await own.run(async () => {
        const probe = sabotage.probe?.(deps) ?? deps;
        const { saved } = await probeTick({ ...mine, monitors }, at, probe, new AbortController().signal);
        events.push({ kind: 'probed', by: own.by, at, shard, saved });
      });
    },
    evaluate: async (scheduledAt: number, { faults, sandbox: wanted }: Evaluation) => {
      const own = invocation(faults);
      // A process serves one invocation at a time.
      let sandbox = wanted;
      while (busy.has(sandbox)) sandbox += 1;
      busy.add(sandbox);
      const memory = sandboxes.get(sandbox) ?? createMemory();
      sandboxes.set(sandbox, memory);
      const time = new Date(scheduledAt).toISOString();
      const now = parseEvaluationTime(time, world.now, memory.loadedAt ?? 0);
      events.push({ kind: 'evaluation', by: own.by, now, faults });
      const context = { environment: 'dev', outputs: () => undefined, links: [] };
      const deps: EvaluateDeps = {
        ledger: createLedgerStore(own.client, tablesName),
        alerts: createAlertStore(own.client, tablesName),
        loadVerdicts: async () => [],
        notify: own.publish,
        publishMetrics: own.putMetrics,
        render: (transitions, view) => renderTransitions(transitions, view, context),
        identity,
        location,
        writer: `writer-${own.by}`,
        remainingMs: own.remainingMs,
        onWarning: () => {},
      };
      const how = await own.run(async () => {
        await evaluate(config, memory, sabotage.evaluate?.(deps, now) ?? deps, now);
      });
      busy.delete(sandbox);
      if (how === 'died') sandboxes.delete(sandbox);
    },
    hand: async ({ faults, what, of, minutes }: Hand) => {
      const own = invocation(faults);
      const alerts = createAlertStore(own.client, tablesName);
      const arrivedAt = world.now;
      const deps = { alerts, writer: `writer-${own.by}`, now: () => arrivedAt };
      await own.run(async () => {
        const { state } = await alerts.load();
        const [incident = ''] = Object.keys(state.incidents);
        const [known = ''] = Object.keys(state.silences ?? {});
        if (what === 'acknowledge') await acknowledge(incident, { by: 'ann' }, deps);
        else if (what === 'unsilence') await unsilence(known, deps);
        else await silence({ alerts: [of], forMs: minutes * minuteMs, by: 'ann', reason: 'deploy' }, deps);
      });
    },
  };
  return world;
}

const standard: ProbeResult = {
  monitor: '',
  outcome: 'passed',
  attempts: 1,
  latencyMs: 20,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 1, processingMs: 16, transferMs: 1 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
