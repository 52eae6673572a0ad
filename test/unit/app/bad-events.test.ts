import fc from 'fast-check';
import { badEventsOf } from '../../../shared/app/bad-events.ts';
import type { ErrorType, Slo } from '../../../shared/config/model.ts';
import { foldDay, foldHour } from '../../../shared/ledger/fold.ts';
import { emptyHistory, type History, withDays, withHours, withTicks } from '../../../shared/ledger/history.ts';
import type { Tick, TickOutcome } from '../../../shared/ledger/model.ts';
import { evaluateBudget } from '../../../shared/slo/budget.ts';
import { onlyKey } from '../../../shared/slo/events.ts';
import { type EventSources, eventsOf } from '../../../shared/slo/sources.ts';
import { aMonitor, anOutcome, anSlo, aTick, dayMs, hourMs, minuteMs, monday } from '../../support/budget-examples.ts';
import { anyTicks } from '../../support/ledger-arbitraries.ts';

const monitors = [aMonitor('api', 1), aMonitor('web', 2)];
const now = monday + 12 * hourMs;
const daily: Slo = { ...anSlo, windowMs: dayMs, objective: '99%', objectivePpm: 990_000 };
const both: Slo = { ...daily, indicator: { kind: 'probes', monitors: ['api', 'web'], isDegradedBad: false } };
const strict: Slo = { ...daily, indicator: { kind: 'probes', monitors: ['api', 'web'], isDegradedBad: true } };
const fast: Slo = {
  ...daily,
  indicator: { kind: 'latency', monitors: ['api'], isDegradedBad: false, belowMs: 300, keys: { api: 3 } },
};
const kinds: readonly (readonly [string, Slo])[] = [
  ['of probes', both],
  ['of probes, degraded ones too', strict],
  ['of latencies', fast],
  ['of slices', { ...both, slices: { sliceMs: 5 * minuteMs, targetPpm: 900_000 } }],
  ['of a month of the calendar', { ...both, calendar: { unit: 'month', timezone: 'Europe/Amsterdam' } }],
];

const sourcesOf = (history: History): EventSources => ({ monitors, maintenance: [], history, counted: new Map() });
const locations = ['local', 'eu-west-1'];
const hoursOf = (ticks: readonly Tick[]) =>
  locations.flatMap((location) => [0, 1, 2].map((hour) => foldHour(location, monday + hour * hourMs, ticks)));
/** The same past as rows, as minutes and as days. */
const pasts: readonly (readonly [string, (ticks: readonly Tick[]) => History])[] = [
  ['rows', (ticks) => withTicks(emptyHistory(), ticks)],
  ['rows and minutes', (ticks) => withHours(withTicks(emptyHistory(), ticks), hoursOf(ticks).slice(0, 4))],
  ['minutes', (ticks) => withHours(emptyHistory(), hoursOf(ticks))],
  [
    'days',
    (ticks) =>
      withDays(
        withHours(emptyHistory(), hoursOf(ticks).slice(0, 1)),
        locations.map((location) => foldDay(location, monday, hoursOf(ticks))),
      ),
  ],
];

describe('the bad events of a budget', () => {
  it.each(kinds.flatMap(([kind, slo]) => pasts.map(([past, pastOf]) => [kind, past, slo, pastOf] as const)))(
    '%s are as many as it counts, known as %s',
    (_kind, _past, slo, pastOf) => {
      fc.assert(
        fc.property(anyTicks(), fc.constantFrom(now, monday + 90 * minuteMs, monday + dayMs + hourMs), (ticks, at) => {
          const sources = sourcesOf(pastOf(ticks));
          const events = eventsOf(slo, sources, at);
          const found = badEventsOf(slo, sources, at);
          expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(events && evaluateBudget(slo, events, at).bad);
          expect(found.every(({ count }) => count > 0)).toBe(true);
        }),
        { numRuns: 40 },
      );
    },
  );

  const failed = (errorType: ErrorType, key = 1): TickOutcome => ({ ...anOutcome(key, 'failed'), errorType });
  const at = monday + hourMs;

  it('say of verdicts which locations saw it, as long as single rows tell, and no name of a place after that', () => {
    const agreement = { quorum: 'majority', minLocations: 1 } as const;
    const together = { ...sourcesOf(emptyHistory()), monitors: [{ ...aMonitor('api', 1), agreement }] };
    const seen = { failed: ['us-east-1', 'sa-east-1'], good: ['eu-west-1'], silent: [] };
    const tick = { ...aTick(at, [failed('timeout')], 'verdict', 'eu-west-1'), sights: new Map([[1, seen]]) };
    const span = { fromAt: at, toAt: at + minuteMs, count: 1, monitor: 'api' };
    const own = { ...daily, indicator: { kind: 'probes', monitors: ['api'], isDegradedBad: false } } as const;
    expect(badEventsOf(own, { ...together, history: withTicks(emptyHistory(), [tick]) }, now)).toEqual([
      { ...span, location: 'us-east-1, sa-east-1', reason: 'timeout' },
    ]);
    const folded = withHours(emptyHistory(), [foldHour('eu-west-1', at, [tick])]);
    expect(badEventsOf(own, { ...together, history: folded }, now)).toEqual([span]);
  });

  it('say of which monitor, where, when and why', () => {
    const history = withTicks(emptyHistory(), [
      aTick(at, [failed('timeout'), anOutcome(2)]),
      aTick(at, [failed('assertion'), failed('tls', 2)], 's00', 'eu-west-1'),
      aTick(at + minuteMs, [{ ...failed('timeout'), isMaintenance: true }]),
    ]);
    const span = { fromAt: at, toAt: at + minuteMs, count: 1 };
    expect(badEventsOf(both, sourcesOf(history), now)).toEqual([
      { ...span, monitor: 'api', location: 'local', reason: 'timeout' },
      { ...span, monitor: 'api', location: 'eu-west-1', reason: 'assertion' },
      { ...span, monitor: 'web', location: 'eu-west-1', reason: 'tls' },
    ]);
  });

  it('do not say why once only minutes are known, nor when once only days are', () => {
    const ticks = [aTick(at, [failed('timeout')]), aTick(at + 1_000, [failed('timeout')])];
    const hour = foldHour('local', at, ticks);
    const where = { monitor: 'api', location: 'local', count: 2 };
    expect(badEventsOf(both, sourcesOf(withHours(emptyHistory(), [hour])), now)).toEqual([
      { ...where, fromAt: at, toAt: at + minuteMs },
    ]);
    const old = withDays(emptyHistory(), [foldDay('local', at, [hour])]);
    expect(badEventsOf({ ...both, windowMs: 7 * dayMs }, sourcesOf(old), now + dayMs)).toEqual([
      { ...where, fromAt: monday, toAt: monday + dayMs },
    ]);
  });

  it('tell what was slow from what failed, and what was degraded', () => {
    const slow = anOutcome(3, 'failed');
    const ticks = [
      aTick(at, [anOutcome(1), slow]),
      aTick(at + minuteMs, [failed('connect'), slow]),
      aTick(at + 2 * minuteMs, [anOutcome(1, 'degraded'), anOutcome(3, 'degraded')]),
    ];
    const reasons = (slo: Slo, history: History) =>
      badEventsOf(slo, sourcesOf(history), now).map(({ reason }) => reason);
    const rows = withTicks(emptyHistory(), ticks);
    expect(reasons(fast, rows)).toEqual(['slow', 'connect']);
    expect(reasons(strict, rows)).toEqual(['connect', 'degraded']);
    const minutes = withHours(emptyHistory(), [foldHour('local', at, ticks)]);
    expect(reasons(fast, minutes)).toEqual(['slow', undefined]);
    expect(reasons(strict, minutes)).toEqual([undefined, 'degraded']);
  });

  it('are of a bad slice what most of the bad events in it are', () => {
    const ticks = [0, 1, 2, 3].map((minute) =>
      aTick(at + minute * minuteMs, [failed(minute === 1 ? 'tls' : 'timeout'), anOutcome(2)]),
    );
    const slices: Slo = { ...both, slices: { sliceMs: 5 * minuteMs, targetPpm: 900_000 } };
    expect(badEventsOf(slices, sourcesOf(withTicks(emptyHistory(), ticks)), now)).toEqual([
      { fromAt: at, toAt: at + 5 * minuteMs, count: 1, monitor: 'api', location: 'local', reason: 'timeout' },
    ]);
  });

  it('of what others count have a time and nothing else', () => {
    const minutes = [{ passed: 90, degraded: 0, failed: 2_000_000, unjudged: 0, maintenance: 0 }];
    const own = withHours(emptyHistory(), [
      { location: 'metrics', hourAt: at, monitors: new Map([[onlyKey, minutes]]) },
    ]);
    const slo: Slo = { ...daily, indicator: { kind: 'bursts', bursts: ['nightly'] } };
    const sources = { ...sourcesOf(emptyHistory()), counted: new Map([[slo.id, own]]) };
    expect(badEventsOf(slo, sources, now)).toEqual([{ fromAt: at, toAt: at + minuteMs, count: 2_000_000 }]);
    expect(badEventsOf(slo, sourcesOf(emptyHistory()), now)).toEqual([]);
  });
});
