import fc from 'fast-check';
import { type BadEvents, type KnownIncident, spendingOf } from '../../../shared/slo/spending.ts';
import { dayMs, hourMs, minuteMs, monday } from '../../support/budget-examples.ts';

const gapMs = 5 * minuteMs;
const at = (minute: number) => monday + minute * minuteMs;
const bad = (minute: number, change: Partial<BadEvents> = {}): BadEvents => ({
  fromAt: at(minute),
  toAt: at(minute + 1),
  count: 1,
  ...change,
});
const wholeDay = (day: number, count: number): BadEvents => ({
  fromAt: monday - day * dayMs,
  toAt: monday - (day - 1) * dayMs,
  count,
});
const spans = (all: readonly BadEvents[], incidents: readonly KnownIncident[] = []) =>
  spendingOf(all, incidents, gapMs).episodes.map(({ fromAt, toAt, bad: spent, incidentId }) => [
    (fromAt - monday) / minuteMs,
    (toAt - monday) / minuteMs,
    spent,
    ...(incidentId === undefined ? [] : [incidentId]),
  ]);

describe('where a budget went', () => {
  it('by episodes: bad minutes in a row, small gaps included, the dearest first', () => {
    expect(spans([bad(0), bad(20), bad(21), bad(27), bad(33, { count: 2 })])).toEqual([
      [20, 34, 5],
      [0, 1, 1],
    ]);
    expect(spans([bad(0), bad(7)])).toHaveLength(2);
    expect(spans([bad(0), bad(6)])).toHaveLength(1);
  });

  it('by the incidents of alerts: what happened while one was open is one episode, with its name', () => {
    const incidents = [
      { id: 'i2', openedAt: at(103), closedAt: at(160) },
      { id: 'i1', openedAt: at(4), closedAt: at(60) },
    ];
    const all = [bad(0), bad(1), bad(2), bad(40), bad(99), bad(100), bad(61), bad(200)];
    expect(spans(all, incidents)).toEqual([
      [0, 41, 4, 'i1'],
      [99, 101, 2, 'i2'],
      [200, 201, 1],
      [61, 62, 1],
    ]);
    expect(spans([bad(0)], [{ id: 'open', openedAt: at(-30) }])).toEqual([[0, 1, 1, 'open']]);
    expect(spans([bad(0)], [{ id: 'later', openedAt: at(7) }])).toEqual([[0, 1, 1]]);
  });

  it('keeps a day of which no more is known for itself', () => {
    const { episodes } = spendingOf([wholeDay(3, 7), bad(-3 * 1440 + 5), wholeDay(3, 2)], [], gapMs);
    expect(episodes.map(({ bad: spent, isWholeDay }) => [spent, isWholeDay])).toEqual([
      [9, true],
      [1, undefined],
    ]);
  });

  it('by monitor, location and reason, what nobody knows without a name', () => {
    const all = [
      bad(0, { monitor: 'api', location: 'eu', reason: 'timeout' }),
      bad(1, { monitor: 'api', location: 'us', reason: 'assertion', count: 2 }),
      bad(2, { monitor: 'web', location: 'eu' }),
    ];
    const { byMonitor, byLocation, byReason, episodes } = spendingOf(all, [], gapMs);
    expect(byMonitor).toEqual([
      { name: 'api', bad: 3, sharePpm: 750_000 },
      { name: 'web', bad: 1, sharePpm: 250_000 },
    ]);
    expect(byLocation.map(({ name, bad: spent }) => [name, spent])).toEqual([
      ['eu', 2],
      ['us', 2],
    ]);
    expect(byReason).toEqual([
      { name: 'assertion', bad: 2, sharePpm: 500_000 },
      { bad: 1, sharePpm: 250_000 },
      { name: 'timeout', bad: 1, sharePpm: 250_000 },
    ]);
    expect(episodes).toMatchObject([{ monitor: 'api', reason: 'assertion' }]);
  });

  it('is nothing where nothing was spent', () => {
    expect(spendingOf([], [], gapMs)).toEqual({ bad: 0, episodes: [], byMonitor: [], byLocation: [], byReason: [] });
  });

  it('adds up exactly, however it is looked at', () => {
    const name = (names: readonly string[]) => fc.constantFrom(undefined, ...names);
    const anything = fc
      .record({
        minute: fc.integer({ min: 0, max: 3 * 1440 }),
        isDay: fc.boolean(),
        count: fc.integer({ min: 1, max: 1_000_000_000 }),
        monitor: name(['api', 'web', 'mail']),
        location: name(['eu', 'us']),
        reason: name(['timeout', 'assertion', 'slow']),
      })
      .map(({ minute, isDay, count, ...known }): BadEvents => {
        const fromAt = isDay ? monday + Math.floor(minute / 1440) * dayMs : at(minute);
        const named = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
        return { fromAt, toAt: fromAt + (isDay ? dayMs : minuteMs), count, ...named };
      });
    const incident = fc
      .tuple(fc.integer({ min: 0, max: 3 * 1440 }), fc.integer({ min: 1, max: 300 }))
      .map(([from, length]) => ({ id: `i${from}`, openedAt: at(from), closedAt: at(from + length) }));
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 40 }), fc.array(incident), (all, incidents) => {
        const spending = spendingOf(all, incidents, hourMs);
        const spent = all.reduce((sum, { count }) => sum + count, 0);
        expect(spending.bad).toBe(spent);
        for (const parts of [spending.episodes, spending.byMonitor, spending.byLocation, spending.byReason]) {
          expect(parts.reduce((sum, part) => sum + part.bad, 0)).toBe(spent);
          expect(parts.reduce((sum, part) => sum + part.sharePpm, 0)).toBe(1_000_000);
          for (const part of parts) expect(Math.abs(part.sharePpm - (1e6 * part.bad) / spent)).toBeLessThan(1);
        }
      }),
    );
  });
});
