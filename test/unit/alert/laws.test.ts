import fc from 'fast-check';
import { acknowledgeIncident } from '../../../shared/alert/acknowledge.ts';
import { type AlertState, emptyAlertState, type Observation, type OutboxEntry } from '../../../shared/alert/model.ts';
import { addSilence, endSilence } from '../../../shared/alert/silence.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, start, toldOf, transitionsOf } from './sample.ts';

/** Six alerts over three monitors, a page and a ticket of one SLO among them; some steps see them twice, some after a restart. */
const shapes: Readonly<Record<string, Partial<Observation>>> = {
  'monitor/x/0': { monitors: ['x'], rememberResolvedMs: 3 * minute, repeatEveryMs: 5 * minute },
  'monitor/y/0': { monitors: ['y'], escalate: { afterMs: 2 * minute, notify: ['boss', 'oncall'] } },
  'slo/x/page-1h': { monitors: ['x'], resolveDelayMs: 2 * minute },
  'slo/x/ticket-3d': { monitors: ['x'], severity: 'ticket', notify: ['chat'], repeatEveryMs: 3 * minute },
  'slo/xy/ticket-3d': { monitors: ['x', 'y'], severity: 'ticket', resolveDelayMs: minute },
  'coverage/z': { monitors: ['z'], severity: 'ticket' },
};
const condition = fc.constantFrom<Observation['condition'] | 'absent'>(
  'met',
  'met',
  'clear',
  'clear',
  'holding',
  'unknown',
  'absent',
);
/** What somebody does before a round. */
type Hand = 'none' | 'acknowledge' | 'silence x' | 'silence slo x' | 'end';
const round = fc.record({
  conditions: fc.tuple(condition, condition, condition, condition, condition, condition),
  hand: fc.constantFrom<Hand>('none', 'none', 'none', 'acknowledge', 'silence x', 'silence slo x', 'end'),
  afterMs: fc.constantFrom(0, 1, 1_000, minute, minute, 5 * minute, 2_000 * minute),
  restarts: fc.boolean(),
  twice: fc.boolean(),
});
type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;
const story = fc.array(round, { maxLength: 40 });

function observationsOf({ conditions }: Round): Observation[] {
  return Object.entries(shapes).flatMap(([id, shape], index) => {
    const seen = conditions[index] ?? 'absent';
    return seen === 'absent' ? [] : [observe(id, seen, shape)];
  });
}

type Told = { state: AlertState; entries: OutboxEntry[]; now: number };

function byHand(state: AlertState, hand: Hand, now: number): { state: AlertState; entries: readonly OutboxEntry[] } {
  const silence = (alert: string) =>
    addSilence(state, { alerts: [alert], untilAt: now + 4 * minute, by: 'ann', reason: 'deploy' }, now);
  const [incident = ''] = Object.keys(state.incidents);
  const [last = ''] = Object.keys(state.silences ?? {});
  switch (hand) {
    case 'none':
      return { state, entries: [] };
    case 'acknowledge':
      return acknowledgeIncident(state, incident, { by: 'ann' }, now);
    case 'silence x':
      return silence('monitor/x/');
    case 'silence slo x':
      return silence('slo/x/');
    case 'end':
      return endSilence(state, last, now);
    default:
      return hand satisfies never;
  }
}

function tell(
  rounds: readonly Round[],
  from: Told,
  check?: (before: AlertState, told: Told, each: Round) => void,
): Told {
  let { state, now } = from;
  const entries = [...from.entries];
  for (const each of rounds) {
    now += each.afterMs;
    const hand = byHand(state, each.hand, now);
    entries.push(...hand.entries);
    const before = each.restarts ? (JSON.parse(JSON.stringify(hand.state)) as AlertState) : hand.state;
    const step = stepAlerts(before, observationsOf(each), now);
    state = step.state;
    entries.push(...step.entries);
    if (each.twice) expect(stepAlerts(state, observationsOf(each), now)).toEqual({ state, entries: [] });
    check?.(before, { state, entries: [...step.entries], now }, each);
  }
  return { state, entries, now };
}

const beginning: Told = { state: emptyAlertState, entries: [], now: start };
const always = (law: (rounds: readonly Round[]) => void) => fc.assert(fc.property(story, law), { numRuns: 500 });

describe('whatever is observed', () => {
  it('of each alert it is told that it fired, how it went on, and that it resolved, in this order, and no id is used twice', () => {
    always((rounds) => {
      const { entries } = tell(rounds, beginning);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      for (const each of Map.groupBy(transitionsOf(entries), ({ alertId }) => alertId).values()) {
        const words = each.map(({ kind }) => kind).join(' ');
        expect(words).toMatch(/^(fired( reminded| escalated)* resolved ?)*(fired( reminded| escalated)*)?$/);
        expect(words).not.toMatch(/escalated( reminded)* escalated/);
        for (const [index, { at }] of each.entries()) expect(at).toBeGreaterThanOrEqual(each[index - 1]?.at ?? 0);
      }
    });
  });

  it('what fires or stops firing is told, unless it is held back, and what is held back is told as soon as it may be', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state, entries }) => {
        const isLoud = (from: AlertState, id: string) => id in from.alerts && !from.alerts[id]?.heldBack;
        const expected = [
          ...Object.keys(state.alerts)
            .filter((id) => isLoud(state, id) && !isLoud(before, id))
            .map((id) => `fired ${id}`),
          ...Object.keys(before.alerts)
            .filter((id) => isLoud(before, id) && !(id in state.alerts))
            .map((id) => `resolved ${id}`),
        ];
        expect(
          transitionsOf(entries)
            .filter(({ kind }) => kind === 'fired' || kind === 'resolved')
            .map(({ kind, alertId }) => `${kind} ${alertId}`)
            .sort(),
        ).toEqual(expected.sort());
      });
    });
  });

  it('who was told that something fired, or that it escalated, is told of its end and of its incident\u2019s', () => {
    always((rounds) => {
      const { entries } = tell(rounds, beginning);
      const told = toldOf(entries);
      for (const end of told.filter(({ kind }) => kind === 'resolved' || kind === 'closed')) {
        const mine = told.filter(({ alertId, firedAt, incidentId }) =>
          end.kind === 'closed' ? incidentId === end.incidentId : alertId === end.alertId && firedAt === end.firedAt,
        );
        expect([...end.notify].sort()).toEqual([...new Set(mine.flatMap(({ notify }) => notify))].sort());
      }
    });
  });

  it('nothing is told under a silence but ends, and of a ticket nothing but its end under a page of its SLO', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state, entries, now }) => {
        for (const { kind, alertId } of transitionsOf(entries)) {
          if (kind === 'resolved') continue;
          const isSilent = Object.values(before.silences ?? {}).some(
            ({ alerts, untilAt }) => now < untilAt && alerts.some((each) => alertId.startsWith(each)),
          );
          expect(isSilent).toBe(false);
          const page = state.alerts['slo/x/page-1h'];
          if (alertId === 'slo/x/ticket-3d') expect(page === undefined || page.heldBack !== undefined).toBe(true);
        }
      });
    });
  });

  it('an acknowledged incident neither reminds nor escalates', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state, entries }) => {
        for (const { kind, incidentId } of transitionsOf(entries)) {
          const isTaken = before.incidents[incidentId]?.acknowledged && state.incidents[incidentId]?.acknowledged;
          if (isTaken) expect(['reminded', 'escalated']).not.toContain(kind);
        }
      });
    });
  });

  it('no data neither fires nor resolves, and a met condition always fires', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state }, each) => {
        for (const { alertId, condition: seen } of observationsOf(each)) {
          if (seen === 'unknown' || seen === 'holding') expect(alertId in state.alerts).toBe(alertId in before.alerts);
          if (seen === 'met') expect(alertId in state.alerts).toBe(true);
        }
      });
    });
  });

  it('the open incidents divide the firing alerts among them', () => {
    always((rounds) => {
      tell(rounds, beginning, (_, { state }) => {
        const inIncidents = Object.values(state.incidents).flatMap((incident) =>
          incident.alerts
            .filter(({ resolvedAt }) => resolvedAt === undefined)
            .map(({ alertId, firedAt }) => `${incident.id} ${alertId} ${firedAt}`),
        );
        const firing = Object.entries(state.alerts).map(
          ([id, { incidentId, firedAt }]) => `${incidentId} ${id} ${firedAt}`,
        );
        expect(inIncidents.sort()).toEqual(firing.sort());
        const busy = new Set(Object.values(state.alerts).map(({ incidentId }) => incidentId));
        expect(Object.keys(state.incidents).sort()).toEqual([...busy].sort());
      });
    });
  });

  it('every incident that opened is archived once, when nothing of it fires any more', () => {
    always((rounds) => {
      const opened = new Set<string>();
      const { state, entries } = tell(rounds, beginning, (_, told) => {
        for (const { incidentId } of Object.values(told.state.alerts)) opened.add(incidentId);
      });
      const archived = entries.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));
      expect([...archived.map(({ id }) => id), ...Object.keys(state.incidents)].sort()).toEqual([...opened].sort());
      for (const { id, openedAt, closedAt, alerts, told } of archived) {
        expect(closedAt).toBeGreaterThanOrEqual(openedAt);
        expect(closedAt).toBe(Math.max(...alerts.map(({ resolvedAt }) => resolvedAt ?? Number.POSITIVE_INFINITY)));
        const ends = toldOf(entries).filter(({ kind, incidentId }) => kind === 'closed' && incidentId === id);
        expect(ends.map(({ at, firedAt }) => [at, firedAt])).toEqual(
          (told ?? []).length === 0 ? [] : [[closedAt, openedAt]],
        );
      }
    });
  });

  it('a run that is cut in two says what one run says', () => {
    fc.assert(
      fc.property(story, fc.nat(40), (rounds, at) => {
        const half = tell(rounds.slice(0, at), beginning);
        const restarted = JSON.parse(JSON.stringify(half)) as Told;
        expect(tell(rounds.slice(at), restarted)).toEqual(tell(rounds, beginning));
      }),
      { numRuns: 300 },
    );
  });

  it('the version rises by one with each change and never otherwise', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state, entries }) => {
        expect(state.version).toBe(state === before ? before.version : before.version + 1);
        if (state === before) expect(entries).toEqual([]);
        else expect({ ...state, version: 0, steppedAt: 0 }).not.toEqual({ ...before, version: 0, steppedAt: 0 });
        for (const { batch } of toldOf(entries)) expect(batch).toBe(state.version);
      });
    });
  });

  it('the order of the observations does not matter', () => {
    fc.assert(
      fc.property(round, (each) => {
        const observations = observationsOf(each);
        expect(stepAlerts(emptyAlertState, [...observations].reverse(), start)).toEqual(
          stepAlerts(emptyAlertState, observations, start),
        );
      }),
    );
  });

  it('a clock that runs backwards still lets what is told of a firing come in its order', () => {
    const jumpy = fc.array(fc.tuple(round, fc.integer({ min: -500 * minute, max: 500 * minute })), { maxLength: 30 });
    fc.assert(
      fc.property(jumpy, (rounds) => {
        let state: AlertState = emptyAlertState;
        const told: OutboxEntry[] = [];
        for (const [each, offset] of rounds) {
          const hand = byHand(state, each.hand, start + offset);
          const step = stepAlerts(hand.state, observationsOf(each), start + offset);
          state = step.state;
          told.push(...hand.entries, ...step.entries);
        }
        for (const each of Map.groupBy(transitionsOf(told), ({ alertId, firedAt }) => `${alertId} ${firedAt}`).values())
          for (const [index, { at, firedAt }] of each.entries()) {
            expect(at).toBeGreaterThanOrEqual(firedAt);
            expect(at).toBeGreaterThanOrEqual(each[index - 1]?.at ?? 0);
          }
      }),
    );
  });
});
