import type { AlertState, FiringAlert, Incident } from '../../../shared/alert/model.ts';
import { emptyAlertState } from '../../../shared/alert/model.ts';
import { timelineOf } from '../../../shared/app/timeline.ts';

const minute = 60_000;
const began = Date.UTC(2026, 10, 20, 10, 3);
const at = (minutes: number) => began + minutes * minute;

const incident: Incident = {
  id: '4714205da574',
  openedAt: began,
  severity: 'page',
  monitors: ['api'],
  alerts: [
    { alertId: 'monitor/api/0', firedAt: began, resolvedAt: at(12) },
    { alertId: 'slo/shop/page-1h', firedAt: at(2) },
    { alertId: 'slo/shop/ticket-3d', firedAt: at(3), heldBack: 'page' },
  ],
  acknowledged: { at: at(5), by: 'ann', note: 'rolling back' },
};
const page: FiringAlert = {
  firedAt: at(2),
  incidentId: incident.id,
  severity: 'page',
  notify: ['oncall'],
  monitors: ['api'],
  remindedAt: at(62),
  reminders: 2,
  escalatedAt: at(32),
  escalatedTo: ['boss'],
};
const state = (change: Partial<AlertState> = {}): AlertState => ({
  ...emptyAlertState,
  alerts: { 'slo/shop/page-1h': page },
  incidents: { [incident.id]: incident },
  ...change,
});
const told = (of: Incident, among: AlertState, now = at(70)) =>
  timelineOf(of, among, now).map(({ kind, at: instant, title }) => [kind, (instant - began) / minute, title]);

describe('the timeline of an incident', () => {
  it('tells what fired, joined, was held back, was followed up, acknowledged and resolved, in its order', () => {
    expect(told(incident, state())).toEqual([
      ['fired', 0, 'api failing'],
      ['joined', 2, 'shop burning (page 1h)'],
      ['heldBack', 3, 'shop burning (ticket 3d)'],
      ['acknowledged', 5, undefined],
      ['resolved', 12, 'api failing'],
      ['escalated', 32, 'shop burning (page 1h)'],
      ['reminded', 62, 'shop burning (page 1h)'],
    ]);
  });

  it('has by whom and why, for how long, which reminder, and to whom', () => {
    const of = (kind: string) => timelineOf(incident, state(), at(70)).find((moment) => moment.kind === kind);
    expect(of('acknowledged')).toMatchObject({ by: 'ann', note: 'rolling back', lastedMs: 5 * minute });
    expect(of('resolved')).toMatchObject({ lastedMs: 12 * minute });
    expect(of('reminded')).toMatchObject({ n: 2 });
    expect(of('escalated')).toMatchObject({ to: ['boss'] });
    expect(of('heldBack')).toMatchObject({ heldBack: 'page' });
  });

  it.each([
    ['one of its alerts', ['slo/shop/page-1h'], true],
    ['all alerts of a monitor of it', ['monitor/api/'], true],
    ['something else', ['monitor/blog/'], false],
  ])('has a silence of %s: %j', (_, alerts, isThere) => {
    const silence = { id: 's1', alerts, fromAt: at(20), untilAt: at(80), by: 'ann', reason: 'known' };
    const moments = timelineOf(incident, state({ silences: { s1: silence } }), at(70));
    const [found] = moments.filter(({ kind }) => kind === 'silenced');
    expect(found).toEqual(
      isThere ? { kind: 'silenced', at: at(20), by: 'ann', note: 'known', untilAt: at(80) } : undefined,
    );
    expect(timelineOf(incident, state({ silences: { s1: silence } }), at(80)).some((m) => m.kind === 'silenced')).toBe(
      false,
    );
  });

  it('ends with its end, after what resolved with it', () => {
    const alerts = incident.alerts.map((alert) => ({ ...alert, resolvedAt: at(40) }));
    const over: Incident = { ...incident, alerts, closedAt: at(40) };
    const moments = timelineOf(over, emptyAlertState, at(70));
    expect(moments.at(-1)).toEqual({ kind: 'closed', at: at(40), lastedMs: 40 * minute });
    expect(moments.some(({ kind }) => kind === 'reminded' || kind === 'escalated')).toBe(false);
  });

  it('takes no reminder of the same alert that fires once more, for another incident', () => {
    const other = { ...page, incidentId: 'ffffffffffff' };
    expect(told(incident, state({ alerts: { 'slo/shop/page-1h': other } })).map(([kind]) => kind)).not.toContain(
      'reminded',
    );
  });
});
