import fc from 'fast-check';
import { type CalendarUnit, calendarUnits } from '../../../shared/config/model.ts';
import { emptyHistory, withTicks } from '../../../shared/ledger/history.ts';
import { burnDown, evaluateBudget } from '../../../shared/slo/budget.ts';
import { monitorEvents, observedEvents } from '../../../shared/slo/events.ts';
import { budgetSpan } from '../../../shared/slo/window.ts';
import { aMonitor, anOutcome, anSlo, aTick, dayMs, hourMs, minuteMs, monday } from '../../support/budget-examples.ts';

const in_ = (unit: CalendarUnit, timezone: string) => ({ windowMs: 30 * dayMs, calendar: { unit, timezone } });
const text = (at: number) => new Date(at).toISOString().slice(0, 16);
const spanOf = (unit: CalendarUnit, timezone: string, now: string) => {
  const { fromAt, toAt } = budgetSpan(in_(unit, timezone), Date.parse(now));
  return `${text(fromAt + 1)} ${text(toAt + 1)} ${(toAt - fromAt) / hourMs}`;
};

describe('the span of a budget', () => {
  it('rolls, unless a calendar says otherwise', () => {
    expect(budgetSpan({ windowMs: 30 * dayMs }, monday)).toEqual({ fromAt: monday - 30 * dayMs, toAt: monday });
  });

  it.each([
    ['month', 'UTC', '2026-02-10T12:00Z', '2026-02-01T00:00 2026-03-01T00:00 672'],
    ['month', 'UTC', '2028-02-29T23:59Z', '2028-02-01T00:00 2028-03-01T00:00 696'],
    ['month', 'UTC', '2026-12-31T23:59Z', '2026-12-01T00:00 2027-01-01T00:00 744'],
    ['month', 'UTC', '2026-03-01T00:00Z', '2026-03-01T00:00 2026-04-01T00:00 744'],
    ['quarter', 'UTC', '2026-11-16T00:00Z', '2026-10-01T00:00 2027-01-01T00:00 2208'],
    ['quarter', 'UTC', '2026-02-01T00:00Z', '2026-01-01T00:00 2026-04-01T00:00 2160'],
    ['year', 'UTC', '2028-07-01T00:00Z', '2028-01-01T00:00 2029-01-01T00:00 8784'],
    ['week', 'UTC', '2026-11-16T00:00Z', '2026-11-16T00:00 2026-11-23T00:00 168'],
    ['week', 'UTC', '2026-11-15T23:59Z', '2026-11-09T00:00 2026-11-16T00:00 168'],
    ['week', 'UTC', '1969-12-31T00:00Z', '1969-12-29T00:00 1970-01-05T00:00 168'],
    // Clocks go forward on 29 March 2026 and back on 25 October: an hour less, and an hour more.
    ['month', 'Europe/Amsterdam', '2026-03-15T12:00Z', '2026-02-28T23:00 2026-03-31T22:00 743'],
    ['month', 'Europe/Amsterdam', '2026-10-31T23:00Z', '2026-10-31T23:00 2026-11-30T23:00 720'],
    ['month', 'Europe/Amsterdam', '2026-10-31T22:59Z', '2026-09-30T22:00 2026-10-31T23:00 745'],
    ['week', 'America/New_York', '2026-03-09T03:59Z', '2026-03-02T05:00 2026-03-09T04:00 167'],
    ['week', 'Asia/Kolkata', '2026-11-15T18:30Z', '2026-11-15T18:30 2026-11-22T18:30 168'],
  ] as const)('of a %s in %s at %s', (unit, timezone, now, expected) => {
    expect(spanOf(unit, timezone, now)).toBe(expected);
  });

  it('holds every instant, meets the next one without a gap, and is the same all through it', () => {
    const anyInstant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2035, 0) });
    const anyZone = fc.constantFrom('UTC', 'Europe/Amsterdam', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kathmandu');
    fc.assert(
      fc.property(anyInstant, anyZone, fc.constantFrom(...calendarUnits), (now, timezone, unit) => {
        const { fromAt, toAt } = budgetSpan(in_(unit, timezone), now);
        expect(fromAt).toBeLessThan(now);
        expect(toAt).toBeGreaterThanOrEqual(now);
        expect(budgetSpan(in_(unit, timezone), toAt)).toEqual({ fromAt, toAt });
        expect(budgetSpan(in_(unit, timezone), fromAt + 1)).toEqual({ fromAt, toAt });
        expect(budgetSpan(in_(unit, timezone), toAt + 1).fromAt).toBe(toAt);
      }),
    );
  });
});

describe('the budget of a month', () => {
  /** 99.9 % of November 2026: 43,200 probes, of which 43.2 may fail. */
  const november = { ...anSlo, calendar: { unit: 'month' as const, timezone: 'UTC' } };
  const first = Date.UTC(2026, 10, 1);
  const failing = (from: number, count: number) =>
    withTicks(
      emptyHistory(),
      Array.from({ length: count }, (_, minute) => aTick(from + minute * minuteMs, [anOutcome(1, 'failed')])),
    );
  const eventsOf = (history: ReturnType<typeof failing>) => monitorEvents(november, [aMonitor('api', 1)], [], history);

  it('is whole from its first minute on, and forgets what was before', () => {
    const events = eventsOf(failing(first - 20 * minuteMs, 21));
    expect(evaluateBudget(november, events, first - 1)).toMatchObject({ bad: 20, endsAt: first });
    expect(evaluateBudget(november, events, first)).toMatchObject({
      expected: 43_200,
      budget: 43.2,
      bad: 1,
      endsAt: Date.UTC(2026, 11, 1),
    });
  });

  it('burns down from the first of the month', () => {
    const line = burnDown(november, eventsOf(failing(first, 10)), first + dayMs, 3);
    expect(line.map(({ at }) => text(at))).toEqual(['2026-11-01T00:00', '2026-11-01T12:00', '2026-11-02T00:00']);
    expect(line.at(-1)?.leftRatio).toBeCloseTo(1 - 10 / 43.2, 5);
  });

  it('grows with what was seen where nothing is scheduled', () => {
    const events = observedEvents(emptyHistory());
    expect(evaluateBudget(november, events, first)).toMatchObject({ expected: 0, budget: 0, leftPpm: 1_000_000 });
  });
});
