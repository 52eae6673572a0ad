import { emptyAlertState, type Observation } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, run, said, start, transitionsOf } from './sample.ts';

const slow = { resolveDelayMs: 2 * minute };
const letters: Readonly<Record<string, Observation['condition']>> = {
  M: 'met',
  C: 'clear',
  H: 'holding',
  U: 'unknown',
};
const rounds = (story: string, more: Partial<Observation> = {}) =>
  [...story].map((letter) => (letter === '-' ? [] : [observe('a', letters[letter] ?? 'unknown', more)]));

describe('an alert', () => {
  it.each([
    ['fires when its condition is met', 'M', 'fired a'],
    ['says nothing more while it stays met', 'MMMM', 'fired a'],
    ['does not fire on no data', 'U', ''],
    ['does not fire between the thresholds', 'H', ''],
    ['does not resolve on no data', 'MUUUU', 'fired a'],
    ['does not resolve between the thresholds', 'MHHHH', 'fired a'],
    ['resolves at once without a delay, and closes its incident', 'MC', 'fired a, resolved a, closed'],
    ['says nothing more once it is resolved', 'MCCUH', 'fired a, resolved a, closed'],
    ['fires again', 'MCM', 'fired a, resolved a, closed, fired a'],
    ['is resolved when it leaves the configuration', 'M-', 'fired a, resolved a, closed'],
    ['is not missed when it leaves the configuration quiet', 'C-', ''],
  ])('%s', (_, story, expected) => {
    expect(said(run(rounds(story)).entries)).toBe(expected);
  });

  it.each([
    ['waits for the delay', 'MCC', 'fired a'],
    ['resolves when it was clear for exactly the delay', 'MCCC', 'fired a, resolved a, closed'],
    ['starts anew when the clear time is broken by a new failure', 'MCCMCC', 'fired a'],
    ['starts anew when it was between the thresholds', 'MCCHCC', 'fired a'],
    ['starts anew when nobody saw what happened in between', 'MCCUCC', 'fired a'],
    ['resolves after a clear time that follows a gap', 'MCCUCCC', 'fired a, resolved a, closed'],
  ])('with a delay %s', (_, story, expected) => {
    expect(said(run(rounds(story, slow)).entries)).toBe(expected);
  });

  it('keeps the same state object when nothing changes', () => {
    const { state } = run(rounds('M'));
    expect(stepAlerts(state, [observe('a', 'met')], start + minute)).toEqual({ state, entries: [] });
    expect(stepAlerts(state, [observe('a', 'met')], start + minute).state).toBe(state);
    expect(stepAlerts(emptyAlertState, [observe('a', 'clear')], start).state).toBe(emptyAlertState);
  });

  it('raises the version by one a change, and batches its transitions under it', () => {
    const { state, entries } = run([
      [observe('a', 'met'), observe('b', 'met')],
      [observe('a', 'clear'), observe('b', 'met')],
    ]);
    expect(state.version).toBe(2);
    expect(transitionsOf(entries).map(({ batch }) => batch)).toEqual([1, 1, 2]);
  });

  it('changes the state without an entry when it begins to be clear', () => {
    const { state, entries } = run(rounds('MC', slow));
    expect(state).toMatchObject({ version: 2, alerts: { a: { clearSince: start + minute } } });
    expect(said(entries)).toBe('fired a');
  });

  it('says who is told, when, why and in which incident', () => {
    const { state, entries } = run([[observe('a', 'met')]]);
    const [fired] = transitionsOf(entries);
    expect(fired).toEqual({
      id: 'e1835d8483a5f4fe',
      kind: 'fired',
      alertId: 'a',
      severity: 'page',
      notify: ['oncall'],
      at: start,
      firedAt: start,
      incidentId: state.alerts['a']?.incidentId,
      batch: 1,
      facts: observe('a', 'met').facts,
    });
  });

  it('tells those of its end who were told of its beginning', () => {
    const { entries } = run([[observe('a', 'met')], [observe('a', 'clear', { notify: ['chat'], severity: 'ticket' })]]);
    expect(transitionsOf(entries)[1]).toMatchObject({ kind: 'resolved', notify: ['oncall'], severity: 'page' });
  });

  it('says that it was withdrawn, with facts of its kind', () => {
    const ids = ['monitor/api/0', 'coverage/api', 'slo/api/page-1h'];
    const { entries } = run([ids.map((id) => observe(id, 'met')), []]);
    const withdrawn = transitionsOf(entries).filter(({ kind }) => kind === 'resolved');
    expect(withdrawn.map(({ alertId, isWithdrawn, facts }) => [alertId, isWithdrawn, facts.kind])).toEqual([
      ['coverage/api', true, 'coverage'],
      ['monitor/api/0', true, 'monitor'],
      ['slo/api/page-1h', true, 'burn'],
    ]);
  });

  it('goes by the first of two observations of one alert', () => {
    expect(said(run([[observe('a', 'clear'), observe('a', 'met')]]).entries)).toBe('');
  });
});

describe('the memory of a resolution', () => {
  const remember = { rememberResolvedMs: 5 * minute };

  it('holds the instant of the resolution', () => {
    expect(run(rounds('MC', remember)).state.resolvedAt).toEqual({ a: start + minute });
  });

  it('ends when the alert fires again', () => {
    expect(run(rounds('MCM', remember)).state.resolvedAt).toEqual({});
  });

  it('does not cost a write of its own as soon as it is over', () => {
    const { state } = run(rounds('MC', remember));
    expect(stepAlerts(state, [observe('a', 'clear', remember)], start + 60 * minute).state).toBe(state);
  });

  it('is dropped beside another change', () => {
    const { state } = run(rounds('MC', remember));
    const step = stepAlerts(state, [observe('a', 'clear', remember), observe('b', 'met')], start + 60 * minute);
    expect(step.state.resolvedAt).toEqual({});
  });

  it('is kept beside another change while it is needed', () => {
    const { state } = run(rounds('MC', remember));
    const step = stepAlerts(state, [observe('a', 'clear', remember), observe('b', 'met')], start + 3 * minute);
    expect(step.state.resolvedAt).toEqual({ a: start + minute });
  });

  it('is dropped by itself after a day, in one write without entries', () => {
    const { state } = run(rounds('MC', remember));
    const step = stepAlerts(state, [observe('a', 'clear', remember)], start + 1447 * minute);
    expect(step).toMatchObject({ state: { version: 3, resolvedAt: {} }, entries: [] });
  });

  it('is not kept for an alert that was withdrawn: should it come back, its old failures count', () => {
    expect(run(rounds('M-', remember)).state.resolvedAt).toEqual({});
  });
});

describe('time that misbehaves', () => {
  it('gives two firings in one instant two ids', () => {
    let state = emptyAlertState;
    const ids: string[] = [];
    for (const condition of ['met', 'clear', 'met', 'clear'] as const) {
      const step = stepAlerts(state, [observe('a', condition)], start);
      state = step.state;
      ids.push(...step.entries.map(({ id }) => id));
    }
    expect(new Set(ids).size).toBe(8);
  });

  it('gives a firing after a withdrawal in the same instant another id', () => {
    let state = emptyAlertState;
    const ids: string[] = [];
    for (const observations of [[observe('a', 'met')], [], [observe('a', 'met')]]) {
      const step = stepAlerts(state, observations, start);
      state = step.state;
      ids.push(...step.entries.map(({ id }) => id));
    }
    expect(new Set(ids).size).toBe(5);
  });

  it('never lets a resolution lie before its firing', () => {
    const { state } = stepAlerts(emptyAlertState, [observe('a', 'met')], start);
    const { entries } = stepAlerts(state, [observe('a', 'clear')], start - 4 * minute);
    expect(transitionsOf(entries)[0]).toMatchObject({ kind: 'resolved', at: start, firedAt: start });
  });

  it('decides nothing in an evaluation that comes so late that a later one has changed something', () => {
    const fired = stepAlerts(emptyAlertState, [observe('a', 'met')], start);
    const over = run([[observe('a', 'clear')], [observe('b', 'met')]], fired.state);
    expect(over.state.resolvedAt).toEqual({});
    for (const lateMs of [1, minute, 3 * minute]) {
      const now = start + minute - lateMs;
      expect(stepAlerts(over.state, [observe('a', 'met')], now)).toEqual({ state: over.state, entries: [] });
    }
    const isGoingOn = (now: number) => stepAlerts(over.state, [observe('b', 'clear')], now).entries.length > 0;
    expect([start + minute, start - 3 * minute].map(isGoingOn)).toEqual([true, true]);
  });

  it('starts the clear time anew when the clock jumped back, instead of waiting for it to catch up', () => {
    const { state } = run(rounds('MC', slow));
    const back = start - 600 * minute;
    const jumped = stepAlerts(state, [observe('a', 'clear', slow)], back);
    expect(jumped.state.alerts['a']?.clearSince).toBe(back);
    expect(said(stepAlerts(jumped.state, [observe('a', 'clear', slow)], back + 2 * minute).entries)).toMatch(
      'resolved a',
    );
  });
});

describe('a great many alerts at once', () => {
  const ids = Array.from({ length: 120 }, (_, index) => `monitor/m${String(index).padStart(3, '0')}/0`);
  const all = (condition: Observation['condition']) => ids.map((id) => observe(id, condition, { monitors: [id] }));

  it.each(['met', 'clear'] as const)(
    'are decided in steps of a bounded size, none twice and none lost: %s',
    (condition) => {
      let state = condition === 'met' ? emptyAlertState : settled(all('met'));
      const told: string[] = [];
      for (;;) {
        const step = stepAlerts(state, all(condition), start + minute, 50);
        if (step.state === state) break;
        expect(step.entries.length).toBeLessThanOrEqual(50);
        told.push(...transitionsOf(step.entries).map(({ alertId }) => alertId));
        state = step.state;
      }
      expect(told.sort()).toEqual(ids);
    },
  );

  it('lets pages go first', () => {
    const tickets = all('met').map((each) => ({ ...each, severity: 'ticket' as const }));
    const page = observe('z', 'met', { monitors: ['z'] });
    expect(transitionsOf(stepAlerts(emptyAlertState, [...tickets, page], start).entries)[0]?.alertId).toBe('z');
  });

  function settled(observations: readonly Observation[]) {
    let state = emptyAlertState;
    for (;;) {
      const step = stepAlerts(state, observations, start);
      if (step.state === state) return state;
      state = step.state;
    }
  }
});
