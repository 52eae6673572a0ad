import fc from 'fast-check';
import { addCounts, foldDay, foldHour } from '../../../shared/ledger/fold.ts';
import { type Counts, noCounts, type Tick } from '../../../shared/ledger/model.ts';
import { anOutcome, aTick, dayMs, hourMs, minuteMs, monday } from '../../support/budget-examples.ts';
import { anyCounts, anyHour, anyTicks } from '../../support/ledger-arbitraries.ts';

const minuteCounts = (ticks: readonly Tick[], minute = 0): Counts | undefined =>
  foldHour('local', monday, ticks).monitors.get(1)?.[minute];

describe('folding an hour', () => {
  it.each([
    ['passed', { passed: 1 }],
    ['degraded', { degraded: 1 }],
    ['failed', { failed: 1 }],
    ['unknown', { unjudged: 1 }],
    ['blocked', { unjudged: 1 }],
  ] as const)('counts a %s outcome as %p', (outcome, counts) => {
    expect(minuteCounts([aTick(monday, [anOutcome(1, outcome)])])).toEqual({ ...noCounts, ...counts });
  });

  it('counts an outcome under maintenance as that alone, whatever it was', () => {
    const outcome = { ...anOutcome(1, 'failed'), isMaintenance: true };
    expect(minuteCounts([aTick(monday, [outcome])])).toEqual({ ...noCounts, maintenance: 1 });
  });

  it('puts the last second of a minute into it and the next one into the next', () => {
    const ticks = [aTick(monday + 59_000, [anOutcome(1)]), aTick(monday + 60_000, [anOutcome(1, 'failed')])];
    expect(minuteCounts(ticks, 0)).toEqual({ ...noCounts, passed: 1 });
    expect(minuteCounts(ticks, 1)).toEqual({ ...noCounts, failed: 1 });
  });

  it('counts a monitor once a second, by the row with the smallest sort key', () => {
    const ticks = [aTick(monday, [anOutcome(1, 'failed')], 's10'), aTick(monday, [anOutcome(1)], 's02')];
    expect(minuteCounts(ticks)).toEqual({ ...noCounts, passed: 1 });
  });

  it('counts two seconds of one minute as two', () => {
    const ticks = [aTick(monday, [anOutcome(1)]), aTick(monday + 10_000, [anOutcome(1)])];
    expect(minuteCounts(ticks)).toEqual({ ...noCounts, passed: 2 });
  });

  it('leaves out other hours and other places', () => {
    const ticks = [
      aTick(monday - 1000, [anOutcome(1)]),
      aTick(monday + hourMs, [anOutcome(1)]),
      aTick(monday, [anOutcome(1)], 's00', 'eu-west-1'),
    ];
    expect(foldHour('local', monday, ticks)).toEqual({ location: 'local', hourAt: monday, monitors: new Map() });
  });

  it('gives sixty minutes for every monitor that was seen', () => {
    const rollup = foldHour('local', monday + 5, [aTick(monday + hourMs - 1000, [anOutcome(1), anOutcome(2)])]);
    expect(rollup.hourAt).toBe(monday);
    expect([...rollup.monitors].map(([key, minutes]) => [key, minutes.length])).toEqual([
      [1, 60],
      [2, 60],
    ]);
  });

  it('does not depend on the order of ticks, nor on how often one comes', () => {
    const shuffled = anyTicks(1).chain((ticks) =>
      fc.tuple(fc.constant(ticks), fc.shuffledSubarray([...ticks, ...ticks], { minLength: 2 * ticks.length })),
    );
    fc.assert(
      fc.property(shuffled, ([ticks, again]) => {
        expect(foldHour('local', monday, again)).toEqual(foldHour('local', monday, ticks));
      }),
    );
  });

  it('counts a repeated judgement as nothing, under maintenance too', () => {
    const outcome = { ...anOutcome(1, 'failed'), isRepeat: true } as const;
    expect(minuteCounts([aTick(monday, [outcome])])).toEqual(noCounts);
    expect(minuteCounts([aTick(monday, [{ ...outcome, isMaintenance: true }])])).toEqual(noCounts);
  });

  it('counts every monitor, place and second exactly once', () => {
    const withoutRepeats = (tick: Tick): Tick => ({
      ...tick,
      outcomes: tick.outcomes.map(({ isRepeat: _, ...outcome }) => outcome),
    });
    fc.assert(
      fc.property(anyTicks(1), (all) => {
        const ticks = all.map(withoutRepeats);
        const mine = ticks.filter(({ location }) => location === 'local');
        const seen = new Set(
          mine.flatMap(({ at, outcomes }) => outcomes.map(({ monitorKey }) => `${monitorKey}@${at}`)),
        );
        const minutes = [...foldHour('local', monday, ticks).monitors.values()].flat();
        const total = Object.values(minutes.reduce(addCounts, noCounts)).reduce((a, b) => a + b, 0);
        expect(total).toBe(seen.size);
      }),
    );
  });
});

describe('folding a day', () => {
  const hour = (hourAt: number, passed: number, location = 'local') => ({
    location,
    hourAt,
    monitors: new Map([[1, [{ ...noCounts, passed }, ...Array(59).fill(noCounts)]]]),
  });

  it('adds the hours of that day and place, each of them once', () => {
    const hours = [
      hour(monday, 1),
      hour(monday, 100),
      hour(monday + dayMs - hourMs, 2),
      hour(monday - hourMs, 1000),
      hour(monday + dayMs, 1000),
      hour(monday, 1000, 'eu-west-1'),
    ];
    const expected = new Map([[1, { ...noCounts, passed: 3 }]]);
    expect(foldDay('local', monday + 5 * minuteMs, hours)).toEqual({
      location: 'local',
      dayAt: monday,
      monitors: expected,
    });
  });

  it('is empty for a day without hours', () => {
    expect(foldDay('local', monday, [])).toEqual({ location: 'local', dayAt: monday, monitors: new Map() });
  });

  it('loses nothing and does not depend on the order of hours', () => {
    fc.assert(
      fc.property(anyHour, anyHour, (first, second) => {
        const later = { ...second, hourAt: monday + hourMs };
        const day = foldDay('local', monday, [later, first]);
        const sum = (all: Iterable<readonly Counts[]>) => [...all].flat().reduce(addCounts, noCounts);
        const parts = addCounts(sum(first.monitors.values()), sum(later.monitors.values()));
        expect([...day.monitors.values()].reduce(addCounts, noCounts)).toEqual(parts);
        expect(foldDay('local', monday, [first, later, first])).toEqual(day);
      }),
      { numRuns: 30 },
    );
  });
});

describe('adding counts', () => {
  it('adds kind by kind, in any order and grouping', () => {
    fc.assert(
      fc.property(anyCounts, anyCounts, anyCounts, (a, b, c) => {
        expect(addCounts(a, noCounts)).toEqual(a);
        expect(addCounts(a, b)).toEqual(addCounts(b, a));
        expect(addCounts(addCounts(a, b), c)).toEqual(addCounts(a, addCounts(b, c)));
        expect(addCounts(a, b).failed).toBe(a.failed + b.failed);
      }),
    );
  });
});
