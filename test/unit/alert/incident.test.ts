import { emptyAlertState, type Incident, type OutboxEntry } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, run, start } from './sample.ts';

const on = (id: string, monitors: readonly string[], condition: 'met' | 'clear' = 'met') =>
  observe(id, condition, { monitors });
const open = (state: { incidents: Readonly<Record<string, Incident>> }) =>
  Object.values(state.incidents).map((incident) => incident.alerts.map(({ alertId }) => alertId).join(' '));
const closed = (entries: readonly OutboxEntry[]) =>
  entries.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));

describe('an incident', () => {
  it('is opened by an alert, named after it and its instant', () => {
    const { state } = run([[on('a', ['api'])]]);
    const [incident] = Object.values(state.incidents);
    expect(incident).toEqual({
      id: '4714205da574',
      openedAt: start,
      severity: 'page',
      monitors: ['api'],
      alerts: [{ alertId: 'a', firedAt: start }],
      told: ['oncall'],
    });
    expect(state.alerts['a']?.incidentId).toBe(incident?.id);
  });

  it.each([
    [
      'alerts that share a monitor are one incident',
      [
        ['a', ['x']],
        ['b', ['x', 'y']],
      ],
      ['a b'],
    ],
    [
      'alerts that share none are two',
      [
        ['a', ['x']],
        ['b', ['y']],
      ],
      ['a', 'b'],
    ],
    [
      'a third that shares a monitor with each of two others makes them one',
      [
        ['a', ['x']],
        ['b', ['y']],
        ['c', ['x', 'y']],
      ],
      ['a b c'],
    ],
    [
      'the order in which they come does not matter',
      [
        ['c', ['x', 'y']],
        ['b', ['y']],
        ['a', ['x']],
      ],
      ['a b c'],
    ],
    [
      'a chain is one',
      [
        ['a', ['1']],
        ['b', ['3']],
        ['c', ['1', '2']],
        ['d', ['2', '3']],
      ],
      ['a b c d'],
    ],
    [
      'alerts of one burst are one, those of another are not in it',
      [
        ['burst/redirects/0', []],
        ['burst/redirects/1', []],
        ['burst/checkout/0', []],
        ['a', ['x']],
      ],
      ['a', 'burst/checkout/0', 'burst/redirects/0 burst/redirects/1'],
    ],
  ] as const)('in one step: %s', (_, alerts, expected) => {
    expect(open(run([alerts.map(([id, monitors]) => on(id, monitors))]).state).sort()).toEqual(expected);
  });

  it('takes in what fires later and shares a monitor with it', () => {
    const { state } = run([[on('a', ['x'])], [on('a', ['x']), on('b', ['x', 'y'])]]);
    expect(open(state)).toEqual(['a b']);
    const bursts = [on('burst/redirects/0', []), on('burst/checkout/0', []), on('burst/redirects/1', [])];
    expect(open(run([bursts.slice(0, 2), bursts]).state).sort()).toEqual([
      'burst/checkout/0',
      'burst/redirects/0 burst/redirects/1',
    ]);
    expect(Object.values(state.incidents)[0]?.monitors).toEqual(['x', 'y']);
  });

  it('that is the older takes an alert that bridges two, and the other stays', () => {
    const a = on('a', ['x']);
    const b = on('b', ['y']);
    expect(open(run([[b], [b, a], [b, a, on('c', ['x', 'y'])]]).state)).toEqual(['b c', 'a']);
  });

  it('stays open while one of its alerts fires', () => {
    const { state, entries } = run([
      [on('a', ['x']), on('b', ['x'])],
      [on('a', ['x'], 'clear'), on('b', ['x'])],
    ]);
    expect(open(state)).toEqual(['a b']);
    expect(closed(entries)).toEqual([]);
  });

  it('stays open when its last alert resolves as another one joins', () => {
    const { state, entries } = run([[on('a', ['x'])], [on('a', ['x'], 'clear'), on('b', ['x'])]]);
    expect(open(state)).toEqual(['a b']);
    expect(closed(entries)).toEqual([]);
  });

  it('closes with its last alert, leaves the state and goes to the archive', () => {
    const { state, entries } = run([
      [on('a', ['x']), on('b', ['x'])],
      [on('a', ['x'], 'clear'), on('b', ['x'])],
      [on('a', ['x'], 'clear'), on('b', ['x'], 'clear')],
    ]);
    expect(state.incidents).toEqual({});
    expect(closed(entries)).toMatchObject([
      {
        openedAt: start,
        closedAt: start + 2 * minute,
        alerts: [
          { alertId: 'a', firedAt: start, resolvedAt: start + minute },
          { alertId: 'b', firedAt: start, resolvedAt: start + 2 * minute },
        ],
      },
    ]);
  });

  it.each(['ticket', 'page'] as const)(
    'is as severe as the worst alert that it ever held, a %s coming first',
    (first) => {
      const a = observe('a', 'met', { severity: first, monitors: ['x'] });
      const b = observe('b', 'met', { severity: first === 'page' ? 'ticket' : 'page', monitors: ['x'] });
      const { entries } = run([[a], [a, b], [{ ...a, condition: 'clear' }, b], []]);
      expect(closed(entries)[0]?.severity).toBe('page');
    },
  );

  it('keeps each firing of an alert that comes back while it is open', () => {
    const b = on('b', ['x']);
    const { state } = run([
      [on('a', ['x']), b],
      [on('a', ['x'], 'clear'), b],
      [on('a', ['x']), b],
    ]);
    expect(Object.values(state.incidents)[0]?.alerts).toEqual([
      { alertId: 'a', firedAt: start, resolvedAt: start + minute },
      { alertId: 'b', firedAt: start },
      { alertId: 'a', firedAt: start + 2 * minute },
    ]);
  });

  it('forgets the oldest of a great many resolved alerts, but never the first nor one that fires', () => {
    const steady = on('b', ['x']);
    let state = stepAlerts(emptyAlertState, [on('a', ['x']), steady], start).state;
    for (let index = 1; index < 500; index += 1)
      state = stepAlerts(
        state,
        [on('a', ['x'], index % 2 === 1 ? 'clear' : 'met'), steady],
        start + index * minute,
      ).state;
    const alerts = Object.values(state.incidents)[0]?.alerts ?? [];
    expect(alerts).toHaveLength(200);
    expect(alerts.slice(0, 2)).toEqual([
      { alertId: 'a', firedAt: start, resolvedAt: start + minute },
      { alertId: 'b', firedAt: start },
    ]);
    expect(alerts.at(-1)?.firedAt).toBe(start + 498 * minute);
  });
});
