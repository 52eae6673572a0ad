import { reasonToRefuse } from '../../../shared/app/burst/budget.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { overview } from '../../../shared/app/overview/overview.ts';
import type { RunCounts } from '../../../shared/app/ports.ts';
import { configOf, monitored } from '../../support/monitored.ts';

const minuteMs = 60_000;
const startAt = Date.parse('2026-03-02T10:00:00Z');
const config = configOf(`version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://example.com/ } }
bursts:
  load: { schedule: rate(1 hour), request: { url: https://example.com/ }, stages: [{ hold: 100/s for 10s }] }
  spare: { request: { url: https://example.com/ }, stages: [{ hold: 100/s for 10s }] }
slos:
  answers:
    indicator: { bursts: [load, spare] }
    objective: 99.9%
    window: 30d
    alerts: [{ severity: page, budget: 5%, long: 6h, notify: [oncall] }]
`);

/** Runs at whole hours (and one of every hour's requests failing), which become known a minute after their end. */
function setUp() {
  const runs: RunCounts[] = [];
  const asked: string[] = [];
  const world = { isDown: false };
  const loadRunCounts = async (burst: string, fromAt: number, toAt: number) => {
    asked.push(`${burst} ${(toAt - fromAt) / minuteMs}`);
    if (world.isDown) throw new Error('throttled');
    return runs.filter((run) => run.burst === burst && run.runAt >= fromAt && run.runAt <= toAt);
  };
  const shop = monitored(config, startAt, { counted: { loadRunCounts } });
  const hour = async (bad: number, burst = 'load') => {
    const runAt = shop.world.at;
    await shop.run(1);
    runs.push({ burst, runAt, endedAt: runAt + 15_000, good: 1_000 - bad, bad });
    await shop.run(59);
  };
  const subjects = () => shop.sent.splice(0).map(({ minute, message }) => `${minute} ${message.subject}`);
  return { ...shop, runs, asked, loadRunCounts, hour, subjects, state: world };
}

describe('an SLO over bursts', () => {
  it('burns by the requests of their runs, until a run is good again', async () => {
    const { hour, subjects } = setUp();
    for (const bad of [0, 0, 0, 0]) await hour(bad);
    expect(subjects()).toEqual([]);
    // 500 of 5,000 requests in six hours: 100× of what may fail.
    await hour(500);
    expect(subjects()).toEqual([expect.stringMatching(/^242 \[PAGE\] answers burns 100x/)]);
    await hour(500);
    await hour(0);
    await hour(0);
    await hour(0);
    // The short window holds a run, so it is clear an hour and a quarter after the last bad one; then it stays so as long again.
    expect(subjects()).toEqual([expect.stringMatching(/^45\d Resolved: answers budget burn/)]);
  });

  it('has a budget of as many requests as were sent, by all of them', async () => {
    const { hour, published, alerts, ledger, world, loadRunCounts } = setUp();
    await hour(0);
    await hour(3, 'spare');
    const view = await overview(
      {
        config,
        environment: 'dev',
        location: 'here',
        ledger: ledger.store,
        alerts: alerts.store,
        memory: createMemory(),
        counted: { loadRunCounts },
        showUrl: () => '',
        outputs: () => undefined,
        loadVerdicts: async () => [],
        loadRuns: async () => [],
        runMemory: new Map(),
      },
      world.at,
    );
    expect(view.slos[0]).toMatchObject({ id: 'answers', goodEvents: 1_997, badEvents: 3, budgetEvents: 2 });
    expect(view).not.toHaveProperty('unknownSlos');
    expect(published.find(({ name }) => name === 'BurnRate')).toMatchObject({
      value: 3,
      dimensions: { Slo: 'answers' },
    });
  });

  it('reads the whole window once, and then what is new', async () => {
    const { run, asked } = setUp();
    await run(2);
    expect(asked).toEqual([`load ${30 * 1_440 + 45}`, `spare ${30 * 1_440 + 45}`, 'load 46', 'spare 46']);
  });

  it('counts a run once, however often it is read', async () => {
    const { hour, world } = setUp();
    await hour(10);
    const [memory] = [world.memory.counted.runs.get('load')];
    expect([...(memory?.runs.values() ?? [])].map(({ bad }) => bad)).toEqual([10]);
  });

  it('that cannot be read is unknown: nothing fires, what fires goes on, other SLOs are judged, and a warning says so', async () => {
    const { hour, run, subjects, state, warnings, published, alerts } = setUp();
    await hour(0);
    await hour(600);
    expect(subjects()).toHaveLength(1);
    published.length = 0;
    state.isDown = true;
    await run(12 * 60);
    expect(subjects()).toEqual([]);
    expect(Object.keys(alerts.state().alerts)).toEqual(['slo/answers/page-6h']);
    expect(warnings[0]).toBe('the runs of the burst load could not be read: nobody knows how the SLOs over it stand');
    expect(published).toEqual([]);
    state.isDown = false;
    await run(3 * 60);
    expect(subjects()).toEqual([expect.stringContaining('Resolved: answers')]);
  });

  it('stands alone in its incident, and lets no burst be sent that requires its budget while that is open', async () => {
    const { hour, alerts, ledger, loadRunCounts, world } = setUp();
    await hour(0);
    const refusal = (at: number) =>
      reasonToRefuse(
        { leftPpm: 500_000, slos: ['answers'] },
        config,
        {
          ledger: ledger.store,
          alerts: alerts.store,
          memory: createMemory(),
          location: 'here',
          counted: { loadRunCounts },
        },
        at,
        new AbortController().signal,
      );
    expect(await refusal(world.at)).toBeUndefined();
    await hour(600);
    expect(Object.values(alerts.state().incidents)).toMatchObject([{ monitors: [] }]);
    expect(await refusal(world.at)).toBe('an incident of the SLO answers is open since 2026-03-02T11:02Z');
  });
});
