import { reportSlo, reportSlos } from '../../../shared/app/slo-report.ts';
import type { Slo } from '../../../shared/config/model.ts';
import { minuteMs } from '../../support/budget-examples.ts';
import {
  ago,
  openIncident,
  type Scene,
  sceneConfig,
  sceneDeps,
  sceneNow,
  usualIncident,
} from '../../support/slo-scene.ts';

const [slo] = sceneConfig.slos as [Slo];
const one = async (scene: Scene = {}, wanted = slo) => {
  const [report] = await reportSlos([wanted], await sceneDeps(scene), scene.now ?? sceneNow);
  if (report === undefined) throw new Error('nobody knows');
  return report;
};

describe('the report of an SLO', () => {
  it('has its budget, its pace over an hour and six, what comes, and its alerts', async () => {
    const report = await one();
    expect(report).toMatchObject({ badEvents: 22, budgetEvents: 43.2, isWatched: true, isWarmingUp: false });
    expect(report.budgetLeftRatio).toBeCloseTo(1 - 22 / 43.2, 5);
    expect(report.burnRate).toBeCloseTo(2 / 60 / 0.001, 5);
    expect(report.slowBurnRate).toBeCloseTo(8 / 360 / 0.001, 5);
    expect(report.forecast).toMatchObject({ kind: 'burning', bad: 8, judged: 360 });
    expect(report.rules.map(({ status }) => status)).toEqual(['inactive', 'firing', 'pending']);
  });

  it.each<[string, Scene['failureAt'], boolean]>([
    ['a probe a minute', () => undefined, true],
    ['nothing for an hour', (minutes) => (minutes < 61 ? null : undefined), false],
    ['one probe in that hour', (minutes) => (minutes < 61 && minutes !== 30 ? null : undefined), true],
    ['nothing at all', () => null, false],
  ])('knows whether anybody looks: %s', async (_, failureAt, isWatched) => {
    expect((await one(failureAt === undefined ? { days: 2 } : { days: 2, failureAt })).isWatched).toBe(isWatched);
  });

  it('is none where what it counts could not be read', async () => {
    const unread: Slo = { ...slo, indicator: { kind: 'bursts', bursts: ['nightly'] } };
    expect(await reportSlos([unread, slo], await sceneDeps({ days: 1 }), sceneNow)).toEqual([
      undefined,
      expect.objectContaining({ id: 'availability' }),
    ]);
    expect(await reportSlo(unread, await sceneDeps({ days: 1 }), sceneNow)).toBeUndefined();
  });

  it('says where the budget went, by the incidents of its alerts, to the last event', async () => {
    const detail = await reportSlo(slo, await sceneDeps(), sceneNow);
    expect(detail?.incidents).toEqual([openIncident, usualIncident]);
    expect(detail?.spending.bad).toBe(detail?.badEvents);
    const minute = (minutes: number) => Math.floor(ago(minutes) / minuteMs) * minuteMs;
    expect(detail?.spending.episodes.slice(0, 3)).toMatchObject([
      { fromAt: minute(2_008), toAt: minute(2_000), bad: 8, incidentId: usualIncident.id, reason: 'assertion' },
      { fromAt: minute(20_005), toAt: minute(20_000), bad: 5 },
      // The failure for which the open incident was opened, and the one since.
      { bad: 2, incidentId: openIncident.id, reason: 'timeout' },
    ]);
  });

  it('knows reasons for three days, minutes for all of the window, and no reason after that', async () => {
    const detail = await reportSlo(slo, await sceneDeps(), sceneNow);
    expect(detail?.spending.byReason).toEqual([
      { name: 'timeout', bad: 9, sharePpm: 409_091 },
      { name: 'assertion', bad: 8, sharePpm: 363_636 },
      { bad: 5, sharePpm: 227_273 },
    ]);
    expect(detail?.spending.episodes.every(({ isWholeDay }) => isWholeDay === undefined)).toBe(true);
  });
});
