import {
  type Drill,
  drillAlertId,
  drillHorizonMs,
  drillId,
  drillOf,
  observeDrill,
  observePath,
  observeUnread,
  pathAlertId,
  secondOf,
} from '../../../shared/alert/drill.ts';
import { type AlertState, emptyAlertState, type Observation } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, said, start, toldOf } from './sample.ts';

const drill: Drill = {
  id: drillId(start, '4f1c'),
  startedAt: start,
  untilAt: start + 5 * minute,
  notify: ['chat', 'oncall'],
  isScheduled: false,
};
const alertId = drillAlertId(drill.id);

/** Evaluations at these minutes after the drill was asked for, each going on until nothing changes, as `evaluate` does. */
function evaluateAt(minutes: readonly number[], of: (state: AlertState, now: number) => readonly Observation[]) {
  let state = emptyAlertState;
  return minutes.map((at) => {
    const now = start + at * minute;
    const entries = [];
    for (let round = 0; round < 8; round += 1) {
      const step = stepAlerts(state, of(state, now), now);
      if (step.state === state) break;
      state = step.state;
      entries.push(...step.entries);
    }
    return said(entries);
  });
}
const ofDrill = (state: AlertState, now: number) => [observeDrill(drill, state, now)];

describe('a drill', () => {
  it('has an id that says when, sorts by it, and makes the id of its alert', () => {
    expect(drill.id).toBe('20261120t100000-4f1c');
    expect(drillOf(alertId)).toBe(drill.id);
    expect(drillOf('monitor/drill/0')).toBeUndefined();
    expect([drillId(start + 1_000, '0000'), drill.id, secondOf(start)].toSorted()[0]).toBe(secondOf(start));
  });

  it('fires at the first evaluation, is over at the next, and never comes again', () => {
    expect(evaluateAt([0.2, 1, 2, 3, 119], ofDrill)).toEqual([
      `fired ${alertId}`,
      `resolved ${alertId}, closed`,
      '',
      '',
      '',
    ]);
  });

  it('is not over in the evaluation that fired it, nor in another one of the same instant', () => {
    expect(evaluateAt([1, 1, 1], ofDrill)).toEqual([`fired ${alertId}`, '', '']);
  });

  it.each([
    ['fires at its last instant', 5, `fired ${alertId}`],
    ['does not fire once its time is over', 5.01, ''],
  ])('%s', (_, at, expected) => {
    expect(evaluateAt([at], ofDrill)).toEqual([expected]);
  });

  it('ends itself where its row is not looked at any more', () => {
    const [first, last] = evaluateAt([1, drillHorizonMs / minute + 1], (state, now) =>
      now > start + drillHorizonMs ? [] : ofDrill(state, now),
    );
    expect([first, last]).toEqual([`fired ${alertId}`, `resolved ${alertId}, closed`]);
  });

  it('goes on, and does not fire a second time, while nobody can read the rows', () => {
    const unread = (state: AlertState, now: number) =>
      now === start + minute || now >= start + 4 * minute ? ofDrill(state, now) : observeUnread(state);
    expect(evaluateAt([1, 2, 3, 4, 5], unread)).toEqual([
      `fired ${alertId}`,
      '',
      '',
      `resolved ${alertId}, closed`,
      '',
    ]);
    const after = (state: AlertState, now: number) =>
      now === start + 3 * minute ? [...observeUnread(state), observe('a', 'met')] : ofDrill(state, now);
    expect(evaluateAt([1, 2, 3, 4], after)).toEqual([
      `fired ${alertId}`,
      `resolved ${alertId}, closed`,
      'fired a',
      'resolved a, closed',
    ]);
  });

  it('has an incident of its own beside whatever else fires, and another drill has another', () => {
    const other = { ...drill, id: drillId(start, '0001') };
    const all = [observeDrill(drill, emptyAlertState, start), observeDrill(other, emptyAlertState, start)];
    const { state } = stepAlerts(emptyAlertState, [...all, observe('a', 'met'), observe('b', 'met')], start);
    const groups = Object.values(state.incidents).map(({ alerts }) => alerts.map((each) => each.alertId));
    expect(groups.toSorted()).toEqual([['a', 'b'], [drillAlertId(other.id)], [alertId]].toSorted());
  });

  it('waits where real alerts fill a step, and takes no room of theirs', () => {
    const crowd = Array.from({ length: 50 }, (_, index) =>
      observe(`monitor/m${index}/0`, 'met', { severity: 'ticket', monitors: [`m${index}`] }),
    );
    const observations = [observeDrill(drill, emptyAlertState, start), ...crowd];
    const first = stepAlerts(emptyAlertState, observations, start, 50);
    expect(toldOf(first.entries).map((each) => each.alertId)).not.toContain(alertId);
    expect(first.entries).toHaveLength(50);
    expect(said(stepAlerts(first.state, observations, start).entries)).toBe(`fired ${alertId}`);
  });

  it('resolves after what is real', () => {
    const fired = stepAlerts(
      emptyAlertState,
      [observeDrill(drill, emptyAlertState, start), observe('monitor/z/0', 'met')],
      start,
    );
    const now = start + minute;
    const { entries } = stepAlerts(
      fired.state,
      [observeDrill(drill, fired.state, now), observe('monitor/z/0', 'clear')],
      now,
    );
    expect(said(entries)).toBe(`resolved monitor/z/0, closed, resolved ${alertId}, closed`);
  });
});

describe('the alert on the way of alerts', () => {
  const broken = { isHeld: false, hop: 'chat', seen: 'no delivery is recorded' } as const;
  const held = { isHeld: true } as const;
  const at = (minutes: number, change: Partial<Drill> = {}): Drill => ({
    ...drill,
    isScheduled: true,
    startedAt: start + minutes * minute,
    ...change,
  });
  it.each([
    ['is met by a scheduled drill that broke', [{ drill: at(0), end: broken }], 'met'],
    [
      'is cleared by a later one that held',
      [
        { drill: at(0), end: broken },
        { drill: at(9), end: held },
      ],
      'clear',
    ],
    [
      'is met by a later one that broke',
      [
        { drill: at(9), end: broken },
        { drill: at(0), end: held },
      ],
      'met',
    ],
    [
      'does not care for a drill by hand that broke',
      [{ drill: at(0, { isScheduled: false }), end: broken }],
      'holding',
    ],
    [
      'is cleared by one by hand that went to all of its channels',
      [
        { drill: at(0), end: broken },
        { drill: at(9, { isScheduled: false }), end: held },
      ],
      'clear',
    ],
    [
      'is not cleared by one by hand that left a channel out',
      [
        { drill: at(0), end: broken },
        { drill: at(9, { isScheduled: false, notify: ['oncall'] }), end: held },
      ],
      'met',
    ],
    ['stays as it is where no drill is known any more', [], 'holding'],
  ])('%s', (_, ended, condition) => {
    const observation = observePath(ended, ['chat', 'oncall'], ['boss', 'chat']);
    expect(observation).toMatchObject({
      alertId: pathAlertId,
      severity: 'ticket',
      notify: ['boss', 'chat'],
      condition,
    });
  });

  it('says at which hop it broke, and what was seen there', () => {
    expect(observePath([{ drill: at(1), end: broken }], ['chat'], ['chat']).facts).toEqual({
      kind: 'path',
      startedAt: start + minute,
      hop: 'chat',
      seen: 'no delivery is recorded',
    });
  });
});
