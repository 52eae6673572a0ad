import { emptyAlertState } from '../../../shared/alert/model.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { type OverviewDeps, overview } from '../../../shared/app/overview/overview.ts';
import type { SentRun } from '../../../shared/app/ports.ts';
import type { BurstSummary, Tally } from '../../../shared/burst/model.ts';
import { type BurstVerdict, unsentOf, verdictOf } from '../../../shared/burst/verdict.ts';
import type { Config, Load } from '../../../shared/config/model.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';
import { aBurst, aSummary, dayMs, ranAt } from '../../support/burst.ts';
import { aConfig } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const second = { requests: 200, failures: 0, p50Ms: 11, p99Ms: 182, maxMs: 251, intended: 200 };
const tally: Tally = {
  requests: 2_500,
  failures: 0,
  dropped: 0,
  latency: new Histogram(),
  serviceTime: new Histogram(),
  startLag: new Histogram(),
  statusCodes: { '302': 2_500 },
  errors: {},
  startedAt: ranAt,
  durationMs: 15_040,
  seconds: [second],
};
const slow: Partial<BurstSummary> = { thresholds: [{ threshold: 'p99 < 300ms', passed: false, actual: 412 }] };

/** The overview an hour after the newest of some runs, as the stores hold them; `summaries` newest first, a night apart. */
function setUp(summaries: readonly BurstSummary[], config: Config = aConfig({ bursts: [aBurst()] })) {
  const runs = summaries.map((summary, index) => ({
    burst: 'redirects',
    runAt: ranAt - index * dayMs,
    ...({ state: 'sent', summary, tally } satisfies SentRun),
  }));
  const world = {
    verdicts: runs.map(({ summary, runAt }) => verdictOf(summary, runAt)) as readonly BurstVerdict[],
    state: emptyAlertState,
    asked: [] as number[],
    verdictReads: 0,
  };
  const alerts = memoryAlerts().store;
  const deps: OverviewDeps = {
    config,
    environment: 'local',
    location: 'here',
    ledger: memoryLedger().store,
    alerts: { ...alerts, load: async () => ({ state: world.state, outbox: [] }) },
    memory: createMemory(),
    showUrl: () => '',
    loadVerdicts: async () => {
      world.verdictReads += 1;
      return world.verdicts;
    },
    loadRuns: async (_burst, beforeAt, limit) => {
      world.asked.push(limit);
      return runs.filter(({ runAt }) => runAt < beforeAt).slice(0, limit);
    },
    runMemory: new Map(),
    outputs: {},
  };
  const view = async () => (await overview(deps, ranAt + 3_600_000)).bursts[0];
  return { world, deps, view };
}

describe('a burst in the overview', () => {
  it('says what it does, how its newest runs went, and when it comes next', async () => {
    const { view } = setUp([aSummary(), aSummary(slow)]);
    expect(await view()).toEqual({
      id: 'redirects',
      state: 'passed',
      model: 'open',
      sent: ['GET https://example.com/demo'],
      load: 'ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s',
      wanted: 'p99 < 300ms, errorRatio < 0.1%, dropped == 0',
      thresholds: ['p99 < 300ms', 'errorRatio < 0.1%', 'dropped == 0'],
      plannedMs: 15_000,
      rates: [
        { atMs: 0, perSecond: 0 },
        { atMs: 5_000, perSecond: 200 },
        { atMs: 5_000, perSecond: 200 },
        { atMs: 15_000, perSecond: 200 },
      ],
      schedule: 'cron(0 3 * * ? *)',
      timezone: 'UTC',
      nextRunAt: ranAt + dayMs,
      runs: [
        { runAt: ranAt, outcome: 'passed', reasons: [], more: 0, summary: aSummary() },
        {
          runAt: ranAt - dayMs,
          outcome: 'failed',
          reasons: ['p99 412 ms, wanted < 300 ms'],
          more: 0,
          summary: aSummary(slow),
        },
      ],
      seconds: [second],
      alerts: [{ id: 'burst/redirects/0', severity: 'ticket', status: 'inactive', notify: ['oncall'] }],
    });
  });

  it.each<[string, Load, number | undefined]>([
    ['callers for a time', { model: 'closed', concurrency: 10, forMs: 3_000 }, 3_000],
    ['callers with a number of requests', { model: 'closed', concurrency: 10, requests: 100 }, undefined],
    [
      'a search',
      { model: 'breakingPoint', fromPerSecond: 50, toPerSecond: 500, holdMs: 1_000, factor: 2, precisionPpm: 50_000 },
      undefined,
    ],
  ])('of %s has no rates of its own', async (_, load, plannedMs) => {
    const view = await setUp([], aConfig({ bursts: [aBurst({ load })] })).view();
    expect([view?.rates, view?.plannedMs]).toEqual([[], plannedMs]);
  });

  it('waits before its first run, and without a schedule has no next one', async () => {
    const { schedule: _none, ...byHand } = aBurst();
    const view = await setUp([], aConfig({ bursts: [byHand] })).view();
    expect(view).toMatchObject({ state: 'waiting', runs: [], seconds: [] });
    expect(view).not.toHaveProperty('nextRunAt');
  });

  it('whose newest run was refused shows that, and keeps the state of the one before', async () => {
    const { view, world } = setUp([aSummary(slow)]);
    world.verdicts = [unsentOf('redirects', ranAt + 60_000, 'refused', 'too little budget left'), ...world.verdicts];
    const burst = await view();
    expect(burst?.state).toBe('failed');
    expect(burst?.runs.map(({ outcome, reasons }) => [outcome, ...reasons])).toEqual([
      ['refused', 'too little budget left'],
      ['failed', 'p99 412 ms, wanted < 300 ms'],
    ]);
  });

  it('has an alert that is about to fire, or fires', async () => {
    const { view, world } = setUp([aSummary(slow)]);
    expect((await view())?.alerts[0]).toMatchObject({ status: 'pending' });
    const firing = { firedAt: ranAt + 60_000, incidentId: 'i', severity: 'ticket', notify: [], monitors: [] } as const;
    const incident = { id: 'i', openedAt: firing.firedAt, severity: 'ticket', monitors: [] } as const;
    world.state = {
      ...emptyAlertState,
      alerts: { 'burst/redirects/0': firing },
      incidents: { i: { ...incident, alerts: [{ alertId: 'burst/redirects/0', firedAt: firing.firedAt }] } },
    };
    expect((await view())?.alerts[0]).toMatchObject({ status: 'firing', firedAt: firing.firedAt });
  });

  it('names an incident by its burst', async () => {
    const { deps, world } = setUp([aSummary(slow)]);
    const alert = { alertId: 'burst/redirects/0', firedAt: ranAt };
    const incident = { id: 'i', openedAt: ranAt, severity: 'ticket', monitors: [], alerts: [alert] } as const;
    world.state = { ...emptyAlertState, incidents: { i: incident } };
    const [view] = (await overview(deps, ranAt + 1)).incidents;
    expect(view).toMatchObject({ monitors: [], bursts: ['redirects'], alerts: [{ title: 'burst redirects failed' }] });
  });

  it('reads its runs again only when there are others', async () => {
    const { view, world } = setUp([aSummary()]);
    await view();
    await view();
    expect(world.asked).toEqual([10]);
    world.verdicts = [];
    await view();
    expect(world.asked).toEqual([10, 10]);
  });

  it('is not asked for where there is none', async () => {
    const { world, view } = setUp([], aConfig());
    expect(await view()).toBeUndefined();
    expect(world.verdictReads).toBe(0);
  });
});
