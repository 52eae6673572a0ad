import fc from 'fast-check';
import { foldDay, foldHour } from '../../../shared/ledger/fold.ts';
import { emptyHistory, type History, withDays, withHours, withTicks } from '../../../shared/ledger/history.ts';
import type { TickOutcome } from '../../../shared/ledger/model.ts';
import { burnDown, evaluateBudget } from '../../../shared/slo/budget.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  dayMs,
  hourMs,
  minuteMs,
  monday,
  weekly,
} from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
/** 99 % over a day: 14.4 of 1,440 events may fail. */
const daily = { ...anSlo, objective: '99%', objectivePpm: 990_000, windowMs: dayMs };
const now = monday + dayMs;

type Each = (minute: number) => TickOutcome['outcome'] | undefined;
/** A tick each minute after Monday midnight, up to Tuesday midnight. */
function day(each: Each = () => 'passed', from = 1): History {
  const minutes = Array.from({ length: 1440 - from + 1 }, (_, i) => from + i);
  const ticks = minutes.flatMap((minute) => {
    const outcome = each(minute);
    return outcome === undefined ? [] : [aTick(monday + minute * minuteMs, [anOutcome(1, outcome)])];
  });
  return withTicks(emptyHistory(), ticks);
}
const read = (past: History, slo = daily) => evaluateBudget(slo, monitorEvents(slo, [api], [], past), now);
const failedFor =
  (count: number): Each =>
  (minute) =>
    minute <= count ? 'failed' : 'passed';

describe('the error budget', () => {
  it('is a share of the events that the schedule holds in the window', () => {
    expect(read(day(failedFor(3)))).toEqual({
      sloId: 'api',
      expected: 1440,
      good: 1437,
      bad: 3,
      unjudged: 0,
      maintenance: 0,
      budget: 14.4,
      leftPpm: 791_666,
      coverageRatio: 1,
      isWarmingUp: false,
    });
  });

  it.each([
    [0, 1_000_000],
    [1, 930_555],
    [14, 27_777],
    [15, -41_667],
    [144, -9_000_000],
    [1440, -99_000_000],
  ])('after %p bad events has %p parts per million left, never clamped', (bad, leftPpm) => {
    expect(read(day(failedFor(bad))).leftPpm).toBe(leftPpm);
  });

  it('counts degraded as good, and unknown, blocked and maintenance as neither', () => {
    const outcomes = ['degraded', 'unknown', 'blocked', 'failed'] as const;
    const planned = aTick(monday + 5 * minuteMs, [{ ...anOutcome(1, 'failed'), isMaintenance: true }]);
    const past = withTicks(
      day((minute) => outcomes[minute - 1], 1),
      [planned],
    );
    expect(read(past)).toMatchObject({ good: 1, unjudged: 2, bad: 1, maintenance: 1 });
  });

  it('is whole before the first event, and knows that its history is short', () => {
    expect(read(emptyHistory())).toMatchObject({
      leftPpm: 1_000_000,
      budget: 14.4,
      coverageRatio: 1,
      isWarmingUp: true,
    });
  });

  it('is whole when nothing at all is expected', () => {
    const reading = evaluateBudget(daily, monitorEvents(daily, [], [], day(failedFor(9))), now);
    expect(reading).toMatchObject({ expected: 0, budget: 0, bad: 0, leftPpm: 1_000_000, coverageRatio: 1 });
  });

  it('shrinks by what is under maintenance', () => {
    const plan = { ...weekly, every: ['monday' as const], durationMs: 12 * hourMs, timezone: 'UTC' };
    expect(evaluateBudget(daily, monitorEvents(daily, [api], [plan], day()), now)).toMatchObject({
      expected: 720,
      budget: 7.2,
    });
  });

  it.each([
    ['the whole window is known', 1, false],
    ['the first interval is missing', 2, true],
    ['half of the window is missing', 720, true],
  ])('warms up: %s', (_, from, isWarmingUp) => {
    expect(read(day(undefined, from)).isWarmingUp).toBe(isWarmingUp);
  });

  it('loses what it had spent as events leave the window', () => {
    const past = day(failedFor(3));
    const later = [1, 2, 3].map(
      (minutes) => evaluateBudget(daily, monitorEvents(daily, [api], [], past), now + minutes * minuteMs).bad,
    );
    expect(later).toEqual([2, 1, 0]);
  });

  it('never gains by a bad event, and is exact to one part per million', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 999_999 }), (bad, objectivePpm) => {
        const left = read(day(failedFor(bad)), { ...daily, objectivePpm }).leftPpm;
        const more = read(day(failedFor(bad + 1)), { ...daily, objectivePpm }).leftPpm;
        expect(more).toBeLessThan(left);
        const exact = 1e6 - (bad * 1e12) / (1440 * (1e6 - objectivePpm));
        expect(exact - left).toBeGreaterThanOrEqual(-1e-3);
        expect(exact - left).toBeLessThan(1.001);
      }),
      { numRuns: 20 },
    );
  });
});

describe('coverage', () => {
  it.each([
    ['one probe in ten is missing', (minute: number) => (minute % 10 === 0 ? undefined : 'passed'), 0.9],
    ['one in ten was our own fault', (minute: number) => (minute % 10 === 0 ? 'unknown' : 'passed'), 0.9],
    ['the last three minutes may still come', (minute: number) => (minute > 1437 ? undefined : 'passed'), 1],
    ['probes stopped half an hour ago', (minute: number) => (minute > 1410 ? undefined : 'passed'), 1410 / 1436],
  ] as const)('when %s', (_, each, ratio) => {
    expect(read(day(each)).coverageRatio).toBeCloseTo(ratio, 3);
  });

  it('begins with the first event, not with the window', () => {
    expect(read(day((minute) => (minute < 1000 ? undefined : 'passed'))).coverageRatio).toBe(1);
  });

  it('begins with the second day where the first one is known as a total only', () => {
    const ticks = [...Array(2040).keys()].map((i) => aTick(monday + 14 * hourMs + i * minuteMs, [anOutcome(1)]));
    const hours = [...Array(48).keys()].map((hour) => foldHour('local', monday + hour * hourMs, ticks));
    const days = [0, 1].map((nth) => foldDay('local', monday + nth * dayMs, hours));
    const weekLong = { ...daily, windowMs: 7 * dayMs };
    const coverage = (past: History) =>
      evaluateBudget(weekLong, monitorEvents(weekLong, [api], [], past), monday + 2 * dayMs).coverageRatio;
    expect(coverage(withDays(withHours(emptyHistory(), hours.slice(24)), days))).toBe(1);
    expect(coverage(withDays(withHours(emptyHistory(), hours), days))).toBe(1);
  });
});

describe('the burn-down', () => {
  it('falls from a whole budget to what is left now', () => {
    const past = day((minute) => (minute === 600 || minute === 1000 ? 'failed' : 'passed'));
    const line = burnDown(daily, monitorEvents(daily, [api], [], past), now, 5);
    expect(line.map(({ at }) => (at - monday) / minuteMs)).toEqual([1, 360, 720, 1080, 1440]);
    expect(line.map(({ leftRatio }) => leftRatio)).toEqual([1, 1, 0.930555, 0.861111, 0.861111]);
  });

  it('begins where the history does', () => {
    expect(burnDown(daily, monitorEvents(daily, [api], [], day(undefined, 720)), now, 3).map(({ at }) => at)).toEqual([
      monday + 720 * minuteMs,
      monday + 1080 * minuteMs,
      now,
    ]);
  });

  it('is one point without any history', () => {
    expect(burnDown(daily, monitorEvents(daily, [api], [], emptyHistory()), now, 2)).toEqual([
      { at: now, leftRatio: 1 },
    ]);
  });

  it('has each instant once, however young the history', () => {
    const young = day(() => 'passed');
    const instants = burnDown(daily, monitorEvents(daily, [api], [], young), now, 5_000).map(({ at }) => at);
    expect(new Set(instants).size).toBe(instants.length);
  });

  it('never rises and ends at the reading, whatever failed', () => {
    const anyDay = fc.array(fc.integer({ min: 1, max: 1440 }), { maxLength: 40 });
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 2, max: 30 }), (failed, points) => {
        const past = day((minute) => (failed.includes(minute) ? 'failed' : 'passed'));
        const ratios = burnDown(daily, monitorEvents(daily, [api], [], past), now, points).map(
          ({ leftRatio }) => leftRatio,
        );
        expect(ratios).toEqual([...ratios].sort((a, b) => b - a));
        expect(ratios.at(-1)).toBe(read(past).leftPpm / 1e6);
        expect(ratios.length).toBe(points);
      }),
      { numRuns: 20 },
    );
  });
});
