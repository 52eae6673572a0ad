import { acknowledgeIncident } from '../../../shared/alert/acknowledge.ts';
import { type AlertState, emptyAlertState, type Observation, type OutboxEntry } from '../../../shared/alert/model.ts';
import { addSilence } from '../../../shared/alert/silence.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, start, toldOf, transitionsOf } from './sample.ts';

type Told = readonly [minute: number, kind: string, alert: string, channels: string];

/** A story by the minute: what is seen, who does what by hand, and all that is told of it. */
function story() {
  let state: AlertState = emptyAlertState;
  let at = start;
  const entries: OutboxEntry[] = [];
  const take = (step: { readonly state: AlertState; readonly entries: readonly OutboxEntry[] }) => {
    state = step.state;
    entries.push(...step.entries);
  };
  const life = {
    state: () => state,
    entries,
    /** So many minutes in which the same is seen. */
    go: (minutes: number, ...observations: readonly Observation[]) => {
      for (let count = 0; count < minutes; count += 1) {
        take(stepAlerts(state, observations, at));
        at += minute;
      }
      return life;
    },
    acknowledge: (by = 'ann') => {
      for (const id of Object.keys(state.incidents)) take(acknowledgeIncident(state, id, { by }, at));
      return life;
    },
    silence: (minutes: number, ...alerts: readonly string[]) => {
      take(addSilence(state, { alerts, untilAt: at + minutes * minute, by: 'ann', reason: 'deploy' }, at));
      return life;
    },
    told: (): Told[] =>
      toldOf(entries).map(({ at: when, kind, alertId, facts, notify }) => [
        (when - start) / minute,
        kind,
        facts.kind === 'incident' ? '' : alertId,
        notify.join(' '),
      ]),
  };
  return life;
}

const hourly = { repeatEveryMs: 60 * minute };
const climbing = { escalate: { afterMs: 30 * minute, notify: ['boss'] } };
const met = (more: Partial<Observation> = {}) => observe('a', 'met', more);
const clear = (more: Partial<Observation> = {}) => observe('a', 'clear', more);

describe('reminders', () => {
  it('come at the multiples of their time since it fired, for as long as it fires', () => {
    expect(story().go(185, met(hourly)).go(1, clear(hourly)).told()).toEqual([
      [0, 'fired', 'a', 'oncall'],
      [60, 'reminded', 'a', 'oncall'],
      [120, 'reminded', 'a', 'oncall'],
      [180, 'reminded', 'a', 'oncall'],
      [185, 'resolved', 'a', 'oncall'],
      [185, 'closed', '', 'oncall'],
    ]);
  });

  it('are one, and not three, after a gap in which nobody evaluated', () => {
    const { state } = stepAlerts(emptyAlertState, [met(hourly)], start);
    const late = stepAlerts(state, [met(hourly)], start + 200 * minute);
    expect(transitionsOf(late.entries)).toMatchObject([{ kind: 'reminded', at: start + 200 * minute }]);
    expect(stepAlerts(late.state, [met(hourly)], start + 239 * minute).state).toBe(late.state);
    expect(stepAlerts(late.state, [met(hourly)], start + 240 * minute).entries).toHaveLength(1);
  });

  it('say nothing of what has become clear and waits for its resolution, and come once it is met again', () => {
    const slow = { ...hourly, resolveDelayMs: 30 * minute };
    const told = story().go(55, met(slow)).go(10, clear(slow)).go(1, met(slow)).told();
    expect(told.slice(1)).toEqual([[65, 'reminded', 'a', 'oncall']]);
  });

  it('go on while nobody sees whether it still fails', () => {
    expect(
      story()
        .go(1, met(hourly))
        .go(60, observe('a', 'unknown', hourly))
        .told()
        .map(([, kind]) => kind),
    ).toEqual(['fired', 'reminded']);
  });

  it('begin for what fires already once the configuration asks for them', () => {
    expect(story().go(90, met()).go(31, met(hourly)).told().slice(1)).toEqual([
      [90, 'reminded', 'a', 'oncall'],
      [120, 'reminded', 'a', 'oncall'],
    ]);
  });

  it('have ids of their own, by their number', () => {
    const ids = story()
      .go(185, met(hourly))
      .entries.map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it('are none where they are not asked for', () => {
    expect(story().go(3_000, met()).told()).toHaveLength(1);
  });
});

describe('an escalation', () => {
  it('tells further channels after its time, once, and they are told of the end too', () => {
    expect(story().go(100, met(climbing)).go(1, clear(climbing)).told()).toEqual([
      [0, 'fired', 'a', 'oncall'],
      [30, 'escalated', 'a', 'boss'],
      [100, 'resolved', 'a', 'oncall boss'],
      [100, 'closed', '', 'boss oncall'],
    ]);
  });

  it('does not come to what was resolved or has become clear before', () => {
    expect(story().go(29, met(climbing)).go(5, clear(climbing)).told()).toHaveLength(3);
    const slow = { ...climbing, resolveDelayMs: 10 * minute };
    expect(story().go(29, met(slow)).go(5, clear(slow)).told()).toHaveLength(1);
  });

  it('lets reminders go to everyone who was told, from the next one on', () => {
    const both = { repeatEveryMs: 30 * minute, ...climbing };
    expect(story().go(61, met(both)).told().slice(1)).toEqual([
      [30, 'reminded', 'a', 'oncall'],
      [30, 'escalated', 'a', 'boss'],
      [60, 'reminded', 'a', 'oncall boss'],
    ]);
  });

  it('names each channel once, where it escalates to one that knows already', () => {
    const wide = { escalate: { afterMs: minute, notify: ['oncall', 'boss'] } };
    const [, escalated, resolved] = story().go(2, met(wide)).go(1, clear(wide)).told();
    expect([escalated?.[3], resolved?.[3]]).toEqual(['oncall boss', 'oncall boss']);
  });
});

describe('planned maintenance', () => {
  const both = { ...hourly, ...climbing };

  it('holds reminders and escalations of what fires until it is over, and its end is told', () => {
    const planned = { ...both, isPlanned: true };
    const life = story().go(10, met(both)).go(120, met(planned)).go(1, met(both));
    expect(life.told().slice(1)).toEqual([
      [130, 'reminded', 'a', 'oncall'],
      [130, 'escalated', 'a', 'boss'],
    ]);
    expect(story().go(10, met(both)).go(50, met(planned)).go(1, clear(planned)).told()[1]?.[1]).toBe('resolved');
  });
});

describe('an acknowledgement', () => {
  const both = { ...hourly, ...climbing };

  it('is told to those who were told, and silences reminders and escalation', () => {
    const life = story().go(10, met(both)).acknowledge().go(600, met(both)).go(1, clear(both));
    expect(life.told()).toEqual([
      [0, 'fired', 'a', 'oncall'],
      [10, 'acknowledged', '', 'oncall'],
      [610, 'resolved', 'a', 'oncall'],
      [610, 'closed', '', 'oncall'],
    ]);
  });

  it('is told to whom it was escalated to as well', () => {
    expect(story().go(31, met(both)).acknowledge().told().at(-1)).toEqual([31, 'acknowledged', '', 'boss oncall']);
  });

  it('ends when something new joins, and the times count from there on', () => {
    const life = story().go(10, met(both)).acknowledge().go(90, met(both));
    const b = observe('b', 'met');
    expect(life.go(61, met(both), b).told().slice(2)).toEqual([
      [100, 'fired', 'b', 'oncall'],
      // The next multiple of an hour since it fired, and half an hour since the acknowledgement ended.
      [120, 'reminded', 'a', 'oncall'],
      [130, 'escalated', 'a', 'boss'],
    ]);
    expect(Object.values(life.state().incidents)[0]).not.toHaveProperty('acknowledged');
  });

  it('is one of several with ids of their own, in an incident that goes on', () => {
    const life = story().go(1, met()).acknowledge().acknowledge('bob').go(1, met(), observe('b', 'met')).acknowledge();
    const acknowledged = toldOf(life.entries).filter(({ kind }) => kind === 'acknowledged');
    expect(acknowledged).toHaveLength(2);
    expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(2);
    expect(acknowledged[0]).toMatchObject({
      alertId: `incident/${acknowledged[0]?.incidentId}`,
      firedAt: start,
      severity: 'page',
      facts: { kind: 'incident', by: 'ann' },
    });
  });

  it('changes nothing of an incident that is acknowledged, over or unknown', () => {
    const acknowledged = story().go(1, met()).acknowledge().state();
    const [id = ''] = Object.keys(acknowledged.incidents);
    for (const [from, incident] of [
      [acknowledged, id],
      [acknowledged, 'ffffffffffff'],
      [acknowledged, 'toString'],
      [story().go(1, met()).go(1, clear()).state(), id],
    ] as const)
      expect(acknowledgeIncident(from, incident, { by: 'bob' }, start).state).toBe(from);
  });

  it('of what was written before channels were remembered goes to those of its alerts', () => {
    const { incidents, ...rest } = story().go(1, met()).state();
    const [incident] = Object.values(incidents);
    const { told: _, ...old } = incident as NonNullable<typeof incident>;
    const step = acknowledgeIncident({ ...rest, incidents: { [old.id]: old } }, old.id, { by: 'ann' }, start);
    expect(toldOf(step.entries)).toMatchObject([{ kind: 'acknowledged', notify: ['oncall'] }]);
  });
});

describe('a ticket under a page of its SLO', () => {
  const page = (condition: Observation['condition']) => observe('slo/api/page-1h', condition);
  const ticketOf = (slo: string, condition: Observation['condition'], more: Partial<Observation> = {}) =>
    observe(`slo/${slo}/ticket-3d`, condition, { severity: 'ticket', notify: ['chat'], ...more });
  const ticket = (condition: Observation['condition'], more: Partial<Observation> = {}) =>
    ticketOf('api', condition, more);

  it('fires in silence, and is announced when the page resolves and it still fires', () => {
    const life = story().go(1, page('met')).go(9, page('met'), ticket('met')).go(1, page('clear'), ticket('holding'));
    expect(life.told()).toEqual([
      [0, 'fired', 'slo/api/page-1h', 'oncall'],
      [10, 'resolved', 'slo/api/page-1h', 'oncall'],
      [10, 'fired', 'slo/api/ticket-3d', 'chat'],
    ]);
    expect(toldOf(life.entries).at(-1)).toMatchObject({ firedAt: start + minute, heldBack: 'page', batch: 3 });
  });

  it('says nothing at all when it ends before the page does; its incident keeps it', () => {
    const life = story().go(5, page('met'), ticket('met')).go(1, page('met'), ticket('clear')).go(1, page('clear'));
    expect(life.told().map(([, kind, alert]) => `${kind} ${alert}`)).toEqual([
      'fired slo/api/page-1h',
      'resolved slo/api/page-1h',
      'closed ',
    ]);
    const [archived] = life.entries.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));
    expect(archived?.alerts).toEqual([
      { alertId: 'slo/api/page-1h', firedAt: start, resolvedAt: start + 6 * minute },
      { alertId: 'slo/api/ticket-3d', firedAt: start, resolvedAt: start + 5 * minute, heldBack: 'page' },
    ]);
  });

  it('stays quiet after the page as long as it is clear and waits for its resolution', () => {
    const slow = { resolveDelayMs: 30 * minute };
    const life = story().go(2, page('met'), ticket('met', slow)).go(10, page('clear'), ticket('clear', slow));
    expect(life.told()).toHaveLength(2);
    expect(life.go(1, ticket('met', slow)).told().at(-1)).toEqual([12, 'fired', 'slo/api/ticket-3d', 'chat']);
  });

  it('that was announced before the page neither reminds nor escalates under it, and its end is told', () => {
    const loud = { repeatEveryMs: 5 * minute, escalate: { afterMs: 10 * minute, notify: ['boss'] } };
    const life = story().go(4, ticket('met', loud)).go(60, page('met'), ticket('met', loud));
    expect(life.told()).toHaveLength(2);
    expect(life.go(1, page('met'), ticket('clear', loud)).told().at(-1)).toEqual([
      64,
      'resolved',
      'slo/api/ticket-3d',
      'chat',
    ]);
  });

  it.each([
    ['of another SLO', ticketOf('web', 'met')],
    ['that is no burn rule', observe('coverage/api', 'met', { severity: 'ticket' })],
  ])('holds back none %s', (_, other) => {
    expect(story().go(1, page('met'), other).told()).toHaveLength(2);
  });

  it('is announced beside a page that nobody was told of', () => {
    expect(
      story()
        .silence(60, 'slo/api/page-1h')
        .go(1, page('met'), ticket('met'))
        .told()
        .map(([, , alert]) => alert),
    ).toEqual(['slo/api/ticket-3d']);
  });

  it('counts its escalation from its announcement', () => {
    const loud = { escalate: { afterMs: 10 * minute, notify: ['boss'] } };
    const life = story().go(50, page('met'), ticket('met', loud)).go(15, page('clear'), ticket('met', loud));
    expect(life.told().slice(2)).toEqual([
      [50, 'fired', 'slo/api/ticket-3d', 'chat'],
      [60, 'escalated', 'slo/api/ticket-3d', 'boss'],
    ]);
  });
});

describe('a silence', () => {
  it('lets alerts change their state and tells nothing; their incident knows', () => {
    const life = story().silence(60, 'a').go(5, met(hourly)).go(1, clear());
    expect(life.told()).toEqual([]);
    const [archived] = life.entries.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));
    expect(archived?.alerts[0]).toMatchObject({ alertId: 'a', resolvedAt: start + 5 * minute, heldBack: 'silence' });
  });

  it('tells at its end what fired in it and still fires, and is forgotten', () => {
    const life = story().silence(60, 'a').go(60, met(climbing));
    expect(life.told()).toEqual([]);
    expect(life.go(31, met(climbing)).told()).toEqual([
      [60, 'fired', 'a', 'oncall'],
      [90, 'escalated', 'a', 'boss'],
    ]);
    expect(toldOf(life.entries)[0]).toMatchObject({ firedAt: start, heldBack: 'silence' });
    expect(life.state()).not.toHaveProperty('silences');
  });

  it('reminds at its end of what fired before it, and still fires, whether or not that repeats', () => {
    expect(story().go(10, met()).silence(60, 'a').go(100, met()).told()).toEqual([
      [0, 'fired', 'a', 'oncall'],
      [70, 'reminded', 'a', 'oncall'],
    ]);
  });

  it('keeps reminders and escalations back, and the end of what was announced is told all the same', () => {
    const both = { ...hourly, ...climbing };
    const life = story().go(10, met(both)).silence(600, 'a').go(300, met(both)).go(1, clear(both));
    expect(life.told().map(([at, kind]) => [at, kind])).toEqual([
      [0, 'fired'],
      [310, 'resolved'],
      [310, 'closed'],
    ]);
  });

  it('does not remind of what somebody is at', () => {
    expect(story().go(10, met()).acknowledge().silence(60, 'a').go(100, met()).told()).toHaveLength(2);
  });

  it('covers the alerts that it names, and all that begin with what ends in a slash', () => {
    const ids = ['monitor/api/0', 'monitor/api/1', 'monitor/api-2/0', 'coverage/api'];
    const life = story()
      .silence(60, 'monitor/api/', 'coverage/api')
      .go(1, ...ids.map((id) => observe(id, 'met')));
    expect(life.told().map(([, , alert]) => alert)).toEqual(['monitor/api-2/0']);
  });

  it('lets the longer of two hold on', () => {
    const life = story().silence(10, 'a').silence(30, 'a').go(40, met());
    expect(life.told()).toEqual([[30, 'fired', 'a', 'oncall']]);
  });

  it('does not lift an acknowledgement by what it keeps back', () => {
    const life = story().go(1, met()).acknowledge().silence(60, 'b').go(1, met(), observe('b', 'met'));
    expect(Object.values(life.state().incidents)[0]?.acknowledged).toMatchObject({ by: 'ann' });
  });

  it('costs one write at its end, and none before', () => {
    const life = story().silence(10, 'x');
    const { version } = life.state();
    expect(life.go(10, clear()).state().version).toBe(version);
    expect(life.go(5, clear()).state().version).toBe(version + 1);
  });

  it('tells everything at its end, however much that is', () => {
    const ids = Array.from({ length: 130 }, (_, index) => `monitor/m${index}/0`);
    const all = ids.map((id) => observe(id, 'met', { monitors: [id] }));
    const life = story()
      .silence(5, 'monitor/')
      .go(5, ...all);
    expect([Object.keys(life.state().alerts).length, life.told().length]).toEqual([130, 0]);
    let state = life.state();
    const told: string[] = [];
    for (;;) {
      const step = stepAlerts(state, all, start + 5 * minute, 50);
      if (step.state === state) break;
      expect(step.entries.length).toBeLessThanOrEqual(50);
      told.push(...transitionsOf(step.entries).map(({ kind, alertId }) => `${kind} ${alertId}`));
      state = step.state;
    }
    expect(told.sort()).toEqual(ids.map((id) => `fired ${id}`).sort());
    expect(state).not.toHaveProperty('silences');
  });
});

describe('the end of an incident', () => {
  const on = (id: string, channel: string, condition: Observation['condition'] = 'met') =>
    observe(id, condition, { notify: [channel] });

  it('is told to everyone who was told of any of it, in the batch of its last resolution', () => {
    const life = story()
      .go(2, on('a', 'oncall'), on('b', 'chat'))
      .go(3, on('a', 'oncall', 'clear'), on('b', 'chat'))
      .go(1, on('b', 'chat', 'clear'));
    expect(life.told().slice(2)).toEqual([
      [2, 'resolved', 'a', 'oncall'],
      [5, 'resolved', 'b', 'chat'],
      [5, 'closed', '', 'chat oncall'],
    ]);
    const [resolved, closed] = toldOf(life.entries).slice(-2);
    expect(closed).toMatchObject({ batch: resolved?.batch, firedAt: start, facts: { kind: 'incident' } });
  });
});

describe('a state that an older release wrote', () => {
  const incidentId = '4714205da574';
  const old = JSON.parse(`{"schema":1,"version":7,
    "alerts":{"a":{"firedAt":${start},"incidentId":"${incidentId}","severity":"page","notify":["oncall"],"monitors":["api"]}},
    "resolvedAt":{"b":${start}},
    "incidents":{"${incidentId}":{"id":"${incidentId}","openedAt":${start},"severity":"page","monitors":["api"],
      "alerts":[{"alertId":"a","firedAt":${start}}]}}}`) as AlertState;

  it('changes nothing while nothing changes', () => {
    expect(stepAlerts(old, [observe('a', 'met')], start + minute).state).toBe(old);
  });

  it('reminds, escalates and resolves as one of today, under the ids that it would have had', () => {
    const both = { ...hourly, ...climbing };
    const later = stepAlerts(old, [met(both)], start + 60 * minute);
    expect(toldOf(later.entries).map(({ kind, notify }) => [kind, notify.join()])).toEqual([
      ['reminded', 'oncall'],
      ['escalated', 'boss'],
    ]);
    const over = stepAlerts(old, [clear()], start + 60 * minute);
    expect(toldOf(over.entries)).toMatchObject([
      { id: '5253979119f95a0e', kind: 'resolved' },
      { kind: 'closed', notify: ['oncall'] },
    ]);
  });
});
