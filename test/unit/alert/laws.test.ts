import fc from 'fast-check';
import { type AlertState, emptyAlertState, type Observation, type OutboxEntry } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { minute, observe, start, transitionsOf } from './sample.ts';

/** Five alerts over three monitors; some steps see them twice, and some after a restart. */
const shapes: Readonly<Record<string, Partial<Observation>>> = {
  'monitor/x/0': { monitors: ['x'], rememberResolvedMs: 3 * minute },
  'monitor/y/0': { monitors: ['y'] },
  'slo/x/page-1h': { monitors: ['x'], resolveDelayMs: 2 * minute },
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
const round = fc.record({
  conditions: fc.tuple(condition, condition, condition, condition, condition),
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

function tell(
  rounds: readonly Round[],
  from: Told,
  check?: (before: AlertState, told: Told, each: Round) => void,
): Told {
  let { state, now } = from;
  const entries = [...from.entries];
  for (const each of rounds) {
    const before = each.restarts ? (JSON.parse(JSON.stringify(state)) as AlertState) : state;
    now += each.afterMs;
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
  it('fired and resolved alternate for each alert, and no id is used twice', () => {
    always((rounds) => {
      const { entries } = tell(rounds, beginning);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      const kinds = Map.groupBy(transitionsOf(entries), ({ alertId }) => alertId);
      for (const each of kinds.values())
        expect(each.map(({ kind }) => kind)).toEqual(each.map((_, index) => (index % 2 === 0 ? 'fired' : 'resolved')));
    });
  });

  it('what fires or stops firing is told, and nothing else is', () => {
    always((rounds) => {
      tell(rounds, beginning, (before, { state, entries }) => {
        const expected = [
          ...Object.keys(state.alerts)
            .filter((id) => !(id in before.alerts))
            .map((id) => `fired ${id}`),
          ...Object.keys(before.alerts)
            .filter((id) => !(id in state.alerts))
            .map((id) => `resolved ${id}`),
        ];
        expect(
          transitionsOf(entries)
            .map(({ kind, alertId }) => `${kind} ${alertId}`)
            .sort(),
        ).toEqual(expected.sort());
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
      const { state, entries } = tell(rounds, beginning);
      const opened = new Set(transitionsOf(entries).map(({ incidentId }) => incidentId));
      const archived = entries.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));
      expect([...archived.map(({ id }) => id), ...Object.keys(state.incidents)].sort()).toEqual([...opened].sort());
      for (const { openedAt, closedAt, alerts } of archived) {
        expect(closedAt).toBeGreaterThanOrEqual(openedAt);
        expect(closedAt).toBe(Math.max(...alerts.map(({ resolvedAt }) => resolvedAt ?? Number.POSITIVE_INFINITY)));
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
        else expect({ ...state, version: 0 }).not.toEqual({ ...before, version: 0 });
        for (const { batch } of transitionsOf(entries)) expect(batch).toBe(state.version);
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

  it('a clock that runs backwards still lets fired and resolved alternate, each resolution after its firing', () => {
    const jumpy = fc.array(fc.tuple(round, fc.integer({ min: -500 * minute, max: 500 * minute })), { maxLength: 30 });
    fc.assert(
      fc.property(jumpy, (rounds) => {
        let state: AlertState = emptyAlertState;
        const last = new Map<string, string>();
        for (const [each, offset] of rounds) {
          const step = stepAlerts(state, observationsOf(each), start + offset);
          state = step.state;
          for (const { alertId, kind, at, firedAt } of transitionsOf(step.entries)) {
            expect(kind).toBe(last.get(alertId) === 'fired' ? 'resolved' : 'fired');
            expect(at).toBeGreaterThanOrEqual(firedAt);
            last.set(alertId, kind);
          }
        }
      }),
    );
  });
});
