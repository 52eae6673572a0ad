import fc from 'fast-check';
import type { Timeslices } from '../../../shared/config/model.ts';
import { emptyHistory, type History, withTicks } from '../../../shared/ledger/history.ts';
import type { TickOutcome } from '../../../shared/ledger/model.ts';
import { evaluateBudget } from '../../../shared/slo/budget.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { type Events, minutesOf, monitorEvents } from '../../../shared/slo/events.ts';
import { sliceEvents } from '../../../shared/slo/slices.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  dayMs,
  fastPage,
  hourMs,
  minuteMs,
  monday,
  weekly,
} from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const oneMinute: Timeslices = { sliceMs: minuteMs, targetPpm: 950_000 };
const fiveMinutes: Timeslices = { sliceMs: 5 * minuteMs, targetPpm: 800_000 };
const none = { good: 0, bad: 0, unjudged: 0, maintenance: 0 };

type Outcome = TickOutcome['outcome'] | undefined;
/** One tick a minute from Monday midnight on. */
function probes(outcomes: readonly Outcome[]): History {
  const ticks = outcomes.flatMap((outcome, minute) =>
    outcome === undefined ? [] : [aTick(monday + minute * minuteMs, [anOutcome(1, outcome)])],
  );
  return withTicks(emptyHistory(), ticks);
}
const eventsOf = (history: History): Events => monitorEvents(anSlo, [api], [], history);
const before = monday - 1;
/** What the slices of the first minutes come to, long after them. */
const slicesOf = (outcomes: readonly Outcome[], slices: Timeslices, toMinute = outcomes.length) =>
  sliceEvents(eventsOf(probes(outcomes)), slices, monday + dayMs).between(before, monday + toMinute * minuteMs - 1);

describe('a slice of time', () => {
  it.each([
    ['four good of five at 80 %', ['failed', 'passed', 'passed', 'degraded', 'passed'], { good: 1 }],
    ['three good of five', ['failed', 'passed', 'passed', 'failed', 'passed'], { bad: 1 }],
    ['a gap makes no event of itself', ['failed', 'passed', undefined, 'passed', 'passed'], { bad: 1 }],
    ['nothing but gaps is no slice', [undefined, undefined, undefined, undefined, undefined], {}],
    [
      'nothing but our own faults is unjudged',
      ['unknown', 'blocked', undefined, undefined, 'unknown'],
      { unjudged: 1 },
    ],
    [
      'what is judged in it decides, be it one probe',
      ['unknown', 'failed', 'unknown', 'unknown', 'unknown'],
      { bad: 1 },
    ],
  ] as const)('%s', (_, outcomes, expected) => {
    expect(slicesOf(outcomes, fiveMinutes)).toEqual({ ...none, ...expected });
  });

  it('counts in the minute in which it ends, once', () => {
    const outcomes = Array.from({ length: 15 }, () => 'failed' as const);
    expect([0, 4, 5, 9, 10, 14, 15].map((minute) => slicesOf(outcomes, fiveMinutes, minute).bad)).toEqual([
      0, 0, 1, 1, 2, 2, 3,
    ]);
  });

  it('is not bad for what may still come', () => {
    const events = eventsOf(probes(['failed', 'passed', 'passed', 'passed']));
    const end = monday + 5 * minuteMs;
    const judgedAt = (now: number) => sliceEvents(events, fiveMinutes, now).between(before, end - 1);
    expect(judgedAt(end)).toEqual({ ...none, good: 1 });
    expect(judgedAt(end + 3 * minuteMs)).toEqual({ ...none, bad: 1 });
  });

  it('is bad at once where nothing that may come can mend it', () => {
    const events = eventsOf(probes(['failed', 'passed', 'failed']));
    const end = monday + 5 * minuteMs;
    expect(sliceEvents(events, fiveMinutes, end).between(before, end - 1)).toEqual({ ...none, bad: 1 });
  });

  it('under maintenance is expected by nobody', () => {
    const plan = { ...weekly, every: ['monday' as const], startMinute: 5, durationMs: 5 * minuteMs, timezone: 'UTC' };
    const events = monitorEvents(anSlo, [api], [plan], probes(Array.from({ length: 15 }, () => 'passed' as const)));
    expect(sliceEvents(events, fiveMinutes, monday + hourMs).expected(before, monday + 15 * minuteMs - 1)).toBe(2);
  });

  it('is expected where the schedule holds an event in it', () => {
    const slow = aMonitor('api', 1, 10 * minuteMs);
    const events = sliceEvents(monitorEvents(anSlo, [slow], [], emptyHistory()), oneMinute, monday);
    expect([hourMs, dayMs, 5 * minuteMs].map((ms) => events.expected(before, before + ms))).toEqual([6, 144, 1]);
    expect(events.intervalMs).toBe(10 * minuteMs);
  });

  it('is judged by integers: a ratio right at the target is good', () => {
    const exact: Events = {
      between: (from, to) => (from < monday && to >= monday ? { ...none, good: 999, bad: 1 } : none),
      expected: () => 0,
      coverageRatio: () => 1,
      firstSeenAt: monday,
      intervalMs: 0,
    };
    const at = (targetPpm: number) =>
      sliceEvents(exact, { sliceMs: minuteMs, targetPpm }, monday + hourMs).between(before, monday);
    expect([at(999_000), at(999_001)]).toEqual([
      { ...none, good: 1 },
      { ...none, bad: 1 },
    ]);
  });
});

describe('an SLO over slices', () => {
  const sliced = { ...anSlo, objective: '99%', objectivePpm: 990_000, windowMs: dayMs, slices: fiveMinutes };

  it('has a budget of slices', () => {
    // Two of 288 slices are bad, whatever number of probes failed in them.
    const outcomes = Array.from({ length: 1440 }, (_, minute) => (minute % 720 < 5 ? 'failed' : 'passed') as Outcome);
    const now = monday + dayMs - 1;
    const events = sliceEvents(eventsOf(probes(outcomes)), fiveMinutes, now);
    expect(evaluateBudget(sliced, events, now)).toMatchObject({
      expected: 288,
      good: 286,
      bad: 2,
      budget: 2.88,
      leftPpm: 305_555,
      coverageRatio: 1,
      isWarmingUp: false,
    });
  });

  it('knows how much of it was seen', () => {
    const outcomes = Array.from({ length: 1440 }, (_, minute) => (minute % 50 < 5 ? undefined : 'passed') as Outcome);
    const now = monday + dayMs - 1;
    expect(sliceEvents(eventsOf(probes(outcomes)), fiveMinutes, now).coverageRatio(before, now)).toBeCloseTo(0.9, 2);
    expect(sliceEvents(eventsOf(emptyHistory()), fiveMinutes, now).coverageRatio(before, now)).toBe(1);
  });

  it('fires by slices, and looks back three of them before it says that nothing was judged', () => {
    const outcomes = Array.from({ length: 60 }, (_, minute) => (minute >= 50 ? 'failed' : 'passed') as Outcome);
    const read = (toMinute: number) => {
      const now = monday + toMinute * minuteMs - 1;
      return evaluateBurn(sliced, fastPage, sliceEvents(eventsOf(probes(outcomes)), fiveMinutes, now), now);
    };
    expect([read(60).longBad, read(60).longExpected, read(60).condition]).toEqual([2, 12, 'met']);
    expect([read(74).condition, read(79).condition]).toEqual(['clear', 'unknown']);
  });
});

describe('slices by their laws', () => {
  const anyOutcomes = fc.array(fc.constantFrom<Outcome>('passed', 'degraded', 'failed', 'unknown', undefined), {
    minLength: 1,
    maxLength: 90,
  });
  const anySlices = fc.record({
    sliceMs: fc.constantFrom(1, 2, 5, 10, 15, 30).map((minutes) => minutes * minuteMs),
    targetPpm: fc.integer({ min: 1, max: 1_000_000 }),
  });
  const sum = (a: object, b: object) =>
    Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value + b[key as keyof typeof b]]));

  it('of one minute are the probes themselves where there is one a minute', () => {
    fc.assert(
      fc.property(anyOutcomes, fc.integer({ min: 1, max: 1_000_000 }), (outcomes, targetPpm) => {
        const events = eventsOf(probes(outcomes));
        const sliced = sliceEvents(events, { sliceMs: minuteMs, targetPpm }, monday + dayMs);
        expect(sliced.between(before, monday + hourMs)).toEqual(events.between(before, monday + hourMs));
        expect(sliced.expected(before, monday + hourMs)).toBe(events.expected(before, monday + hourMs));
      }),
    );
  });

  it('add up: two halves of a window are the whole, wherever it is cut, in whatever order it is asked', () => {
    fc.assert(
      fc.property(anyOutcomes, anySlices, fc.nat(120), fc.nat(120), fc.boolean(), (outcomes, slices, a, b, isLate) => {
        const events = sliceEvents(eventsOf(probes(outcomes)), slices, monday + dayMs);
        const [cut, end] = [Math.min(a, b), Math.max(a, b)].map((minute) => monday + minute * minuteMs - 1);
        const parts = () => sum(events.between(before, cut ?? 0), events.between(cut ?? 0, end ?? 0));
        const whole = () => events.between(before, end ?? 0);
        const [first, second] = isLate ? [parts(), whole()] : [whole(), parts()];
        expect(first).toEqual(second);
      }),
    );
  });

  it('are never mended by a bad event, and never broken by a good one', () => {
    fc.assert(
      fc.property(anyOutcomes, anySlices, fc.nat(89), (outcomes, slices, at) => {
        const with_ = (outcome: Outcome) => slicesOf(outcomes.with(at % outcomes.length, outcome), slices, 120);
        expect(with_('failed').bad).toBeGreaterThanOrEqual(with_('passed').bad);
        expect(with_('failed').good).toBeLessThanOrEqual(with_('passed').good);
      }),
    );
  });

  it('read many minutes at once as they read them one by one', () => {
    fc.assert(
      fc.property(
        anyOutcomes,
        fc.boolean(),
        fc.constantFrom(10_000, minuteMs, 3 * minuteMs),
        (outcomes, isPlanned, ms) => {
          const plan = {
            ...weekly,
            every: ['monday' as const],
            startMinute: 7,
            durationMs: 9 * minuteMs,
            timezone: 'UTC',
          };
          const monitors = [aMonitor('api', 1, ms), aMonitor('web', 2)];
          const slo = {
            ...anSlo,
            indicator: { kind: 'probes' as const, monitors: ['api', 'web'], isDegradedBad: true },
          };
          const { minutes, ...slow } = monitorEvents(slo, monitors, isPlanned ? [plan] : [], probes(outcomes));
          const read = (events: Events) => minutesOf(events, monday - 5 * minuteMs, monday + 100 * minuteMs);
          expect(read({ ...slow, ...(minutes ? { minutes } : {}) })).toEqual(read(slow));
        },
      ),
      { numRuns: 50 },
    );
  });
});
