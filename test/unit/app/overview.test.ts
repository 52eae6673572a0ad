import { evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { Overview } from '../../../shared/app/overview/model.ts';
import { overview } from '../../../shared/app/overview/overview.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import { aConfig, aMonitor } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');

/** Runs a service through its outcomes, one a minute, and gives the view at the end of them. */
async function viewAfter(
  outcomes: readonly (Outcome | undefined)[],
  config = aConfig(),
  isContaminated: (minute: number) => boolean = () => false,
): Promise<Overview> {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const memory = createMemory();
  let at = startAt;
  for (const outcome of outcomes) {
    at += minuteMs;
    if (outcome !== undefined)
      await ledger.store.saveTick(
        {
          location: 'here',
          at,
          shard: 's00',
          outcomes: config.monitors.map(({ key }) => ({
            monitorKey: key,
            outcome,
            latencyMs: 20,
            ...(outcome === 'failed' ? { errorType: 'assertion' as const } : {}),
            isMaintenance: false,
            isRetried: false,
            isContaminated: isContaminated((at - startAt) / minuteMs),
          })),
          details:
            outcome === 'failed'
              ? config.monitors.map(({ key }) => ({ monitorKey: key, statusCode: 503, message: 'status 503' }))
              : [],
        },
        String(at),
      );
    await evaluate(
      config,
      memory,
      {
        ledger: ledger.store,
        alerts: alerts.store,
        loadVerdicts: async () => [],
        notify: async () => {},
        publishMetrics: async () => {},
        render: () => [],
        identity: { service: 'shop', environment: 'dev' },
        location: 'here',
        writer: 'w',
        remainingMs: () => 30_000,
        onWarning: () => {},
      },
      at + 500,
    );
  }
  const deps = { config, environment: 'dev', location: 'here', ledger: ledger.store, alerts: alerts.store };
  const none = { loadVerdicts: async () => [], loadRuns: async () => [], runMemory: new Map(), outputs: {} };
  return overview({ ...deps, ...none, memory: createMemory(), showUrl: () => 'https://example.com/health' }, at + 900);
}

const many = (count: number, outcome: Outcome | undefined) => Array.from({ length: count }, () => outcome);

describe('the overview', () => {
  it('before the first probe waits, with a whole budget and no incident', async () => {
    const view = await viewAfter([]);
    expect(view.monitors[0]).toMatchObject({ id: 'api', state: 'waiting', history: [] });
    expect(view.slos[0]).toMatchObject({ budgetLeftRatio: 1, badEvents: 0, burnRate: 0 });
    expect(view.incidents).toEqual([]);
  });

  it('of a calm service says since when it has been up, and how fast it answers', async () => {
    const view = await viewAfter(many(10, 'passed'));
    expect(view.monitors[0]).toMatchObject({
      state: 'passed',
      since: startAt + minuteMs,
      lastProbeAt: startAt + 10 * minuteMs,
      latencyMs: 20,
      alerts: [{ status: 'inactive', failures: 0, needed: 3, of: 5 }],
    });
    expect(view.monitors[0]?.history).toHaveLength(10);
  });

  it('shows no time that this machine was too busy to measure', async () => {
    const [api] = (await viewAfter(many(4, 'passed'), aConfig(), (minute) => minute > 2)).monitors;
    expect(api?.history.map(({ latencyMs, isContaminated }) => [latencyMs, isContaminated])).toEqual([
      [20, undefined],
      [20, undefined],
      [null, true],
      [null, true],
    ]);
    expect(api).toMatchObject({ state: 'passed', latencyMs: 20, lastProbeAt: startAt + 4 * minuteMs });
    expect((await viewAfter(many(4, 'passed'), aConfig(), () => true)).monitors[0]).not.toHaveProperty('latencyMs');
  });

  it('shows an alert coming: two failures of the three that it takes', async () => {
    const view = await viewAfter([...many(10, 'passed'), ...many(2, 'failed')]);
    expect(view.monitors[0]?.alerts[0]).toMatchObject({ status: 'pending', failures: 2, needed: 3 });
    expect(view.slos[0]?.rules.map(({ status }) => status)).toEqual(['pending', 'inactive']);
  });

  it('in an outage names the reason, the incident with its alerts, and when each burn rule can resolve', async () => {
    const view = await viewAfter([...many(10, 'passed'), ...many(6, 'failed')]);
    expect(view.monitors[0]).toMatchObject({
      state: 'failed',
      since: startAt + 11 * minuteMs,
      errorType: 'assertion',
      statusCode: 503,
      message: 'status 503',
    });
    expect(view.incidents).toHaveLength(1);
    expect(view.incidents[0]).toMatchObject({ closedAt: null, severity: 'page', monitors: ['api'] });
    expect(view.incidents[0]?.alerts.map(({ title }) => title).sort()).toEqual([
      'api failing',
      'availability burning (page 1h)',
      'availability burning (page 6h)',
    ]);
    const lastBadAt = startAt + 16 * minuteMs;
    expect(
      view.slos[0]?.rules.map(({ status, resolvesAt = 0 }) => [status, (resolvesAt - lastBadAt) / minuteMs]),
    ).toEqual([
      ['firing', 10],
      ['firing', 60],
    ]);
    expect(view.slos[0]?.budgetLeftRatio).toBeCloseTo(1 - 6 / 43.2, 5);
    expect(view.slos[0]?.burnDown.at(-1)?.leftRatio).toBeCloseTo(1 - 6 / 43.2, 5);
  });

  it('names what holds an alert: the monitors that its own depends on, while they are down', async () => {
    const monitors = [aMonitor(), aMonitor({ id: 'shop', dependsOn: ['api'] })];
    const view = await viewAfter([...many(10, 'passed'), ...many(6, 'failed')], aConfig({ monitors }));
    const [api, shop] = view.monitors.map(({ alerts }) => alerts[0]);
    expect(api).toMatchObject({ status: 'firing' });
    expect(api).not.toHaveProperty('heldBy');
    expect(shop).toMatchObject({ status: 'pending', failures: 5, heldBy: ['api'] });
    expect(view.incidents.flatMap(({ monitors: hurt }) => hurt)).not.toContain('shop');
    const later = await viewAfter([...many(10, 'failed'), ...many(10, 'passed')], aConfig({ monitors }));
    expect(later.incidents.flatMap(({ monitors: hurt }) => hurt)).not.toContain('shop');
  });

  it('keeps the closed incident in sight, with each resolution', async () => {
    const view = await viewAfter([...many(10, 'passed'), ...many(6, 'failed'), ...many(62, 'passed')]);
    expect(view.incidents).toHaveLength(1);
    expect(view.incidents[0]?.closedAt).not.toBeNull();
    expect(view.incidents[0]?.alerts.every(({ resolvedAt }) => resolvedAt !== null)).toBe(true);
  });

  it('takes a gap as a gap', async () => {
    const view = await viewAfter([...many(5, 'passed'), ...many(5, undefined), ...many(5, 'passed')]);
    expect(view.monitors[0]?.history).toHaveLength(10);
    expect(view.slos[0]?.coverageRatio).toBeLessThan(1);
  });
});
