import { incidentDetailView } from '../../../shared/app/incident/detail.ts';
import { sloDetailView } from '../../../shared/app/overview/detail.ts';
import type { Slo } from '../../../shared/config/model.ts';
import { hourMs, minuteMs } from '../../support/budget-examples.ts';
import {
  ago,
  openIncident,
  type Scene,
  sceneConfig,
  sceneDeps,
  sceneNow,
  usualFailure,
  usualIncident,
} from '../../support/slo-scene.ts';

const [slo] = sceneConfig.slos as [Slo];
const config = {
  ...sceneConfig,
  slos: [{ ...slo, alerts: slo.alerts.map((rule) => ({ ...rule, runbook: 'docs/runbooks/api.md' })) }],
};
const deps = async (scene: Scene = {}) => ({ ...(await sceneDeps({ config, ...scene })), config });
const detailOf = async (scene: Scene = {}) => {
  const detail = await sloDetailView(config.slos[0] as Slo, await deps(scene), sceneNow);
  if (detail === undefined) throw new Error('nobody knows');
  return detail;
};

describe('everything about one SLO', () => {
  it('has what is left in minutes in which everything may fail', async () => {
    // 99.9 % of 30 days: 43.2 minutes, of which 21.2 are left.
    expect((await detailOf()).outageLeftMs).toBe(21 * minuteMs);
    expect((await detailOf({ failureAt: (minutes) => (minutes < 60 ? 'timeout' : undefined) })).outageLeftMs).toBe(0);
  });

  it('burns down by the minutes of its last hours, and never rises', async () => {
    const { burnDown, budgetLeftRatio } = await detailOf();
    const lefts = burnDown.map(({ leftRatio }) => leftRatio);
    expect(lefts).toEqual(lefts.toSorted((a, b) => b - a));
    expect(lefts.at(-1)).toBe(budgetLeftRatio);
    expect(burnDown.filter(({ at }) => at > sceneNow - 6 * hourMs).length).toBeGreaterThan(180);
    expect(burnDown[0]?.at).toBeLessThan(sceneNow - 29 * 24 * hourMs);
  });

  it('has its gaps, and none where every probe came', async () => {
    expect((await detailOf()).gaps).toEqual([]);
    const [gap, ...others] = (
      await detailOf({ failureAt: (minutes) => (minutes > 100 && minutes < 130 ? null : usualFailure(minutes)) })
    ).gaps;
    expect(others).toEqual([]);
    expect(((gap?.toAt ?? 0) - (gap?.fromAt ?? 0)) / minuteMs).toBe(30);
  });

  it('says of each rule what it will do if things go on like this', async () => {
    const calm = await detailOf();
    expect(calm.lately).toEqual({ lookbackMs: 3 * minuteMs, judged: 3, bad: 0 });
    // The ticket is met already: the next evaluation fires it.
    expect(calm.rules.map(({ ahead }) => ahead?.kind)).toEqual(['stays', 'resolves', 'fires']);
    const outage = await detailOf({ failureAt: (minutes) => (minutes < 3 ? 'timeout' : undefined) });
    expect(outage.lately.bad).toBe(3);
    expect(outage.rules.map(({ ahead }) => ahead?.kind)).toEqual(['fires', 'stays', 'fires']);
  });

  it('names its incidents, and where the budget went', async () => {
    const { incidents, spending, badEvents } = await detailOf();
    expect(incidents.map(({ id }) => id)).toEqual([openIncident.id, usualIncident.id]);
    expect(spending.bad).toBe(badEvents);
  });

  it('is unknown where what it counts could not be read', async () => {
    const unread: Slo = { ...slo, indicator: { kind: 'bursts', bursts: ['nightly'] } };
    expect(await sloDetailView(unread, await deps({ days: 1 }), sceneNow)).toBeUndefined();
  });
});

describe('everything about one incident', () => {
  it('has what it cost, the failed probes around it, whom it told, and its runbook', async () => {
    const detail = await incidentDetailView(openIncident.id, await deps(), sceneNow);
    expect(detail?.moments.map(({ kind }) => kind)).toEqual(['fired']);
    expect(detail?.spent).toEqual([{ sloId: 'availability', badEvents: 3, spentPpm: 69_444 }]);
    // Failures come every 47 minutes: at 52 minutes, before it opened, and at 5.
    expect(detail?.failures.map(({ at, errorType }) => [Math.round((ago(0) - at) / minuteMs), errorType])).toEqual([
      [5, 'timeout'],
      [52, 'timeout'],
    ]);
    expect(detail).toMatchObject({ failureCount: 2, told: [] });
    expect(detail?.runbooks).toEqual([{ name: 'availability', runbook: 'docs/runbooks/api.md' }]);
  });

  it('is there for one that is over, to its end', async () => {
    const detail = await incidentDetailView(usualIncident.id, await deps(), sceneNow);
    expect(detail?.incident.closedAt).toBe(usualIncident.closedAt);
    expect(detail?.moments.map(({ kind }) => kind)).toEqual(['fired', 'resolved', 'closed']);
    expect(detail?.failureCount).toBe(8);
    expect(detail?.spent[0]).toMatchObject({ sloId: 'availability', badEvents: 8 });
  });

  it.each(['000000000000', '__proto__', 'constructor', ''])('is none of %j', async (id) => {
    expect(await incidentDetailView(id, await deps({ days: 1 }), sceneNow)).toBeUndefined();
  });
});
