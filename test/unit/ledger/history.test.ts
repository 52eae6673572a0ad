import fc from 'fast-check';
import { foldDay, foldHour } from '../../../shared/ledger/fold.ts';
import {
  countBetween,
  countMinutes,
  details,
  emptyHistory,
  firstSeenAt,
  forget,
  type History,
  lastOutcomeAt,
  newestJudgedAt,
  oldestAt,
  outcomesBetween,
  withDays,
  withHours,
  withTicks,
} from '../../../shared/ledger/history.ts';
import { type Counts, noCounts, type Tick } from '../../../shared/ledger/model.ts';
import { anOutcome, aTick, dayMs, hourMs, minuteMs, monday } from '../../support/budget-examples.ts';
import { anyTicks, minuteOf } from '../../support/ledger-arbitraries.ts';

const historyOf = (ticks: readonly Tick[]): History => withTicks(emptyHistory(), ticks);
const passed = (count: number): Counts => ({ ...noCounts, passed: count });
const all = (history: History) => countBetween(history, 1, monday - 2 * dayMs, monday + 9 * dayMs);

/** A tick every `stepMs` from `fromAt` on, before `toAt`. */
const steady = (fromAt: number, toAt: number, stepMs = minuteMs): Tick[] =>
  Array.from({ length: Math.ceil((toAt - fromAt) / stepMs) }, (_, i) => aTick(fromAt + i * stepMs, [anOutcome(1)]));

/** The counts of one monitor, by the definition: per place and second once, the smallest shard first. */
function countByHand(ticks: readonly Tick[], key: number, from: number, to: number): Counts {
  const seen = new Set<string>();
  let sum = noCounts;
  for (const tick of [...ticks].sort((a, b) => (a.shard < b.shard ? -1 : 1))) {
    const outcome = tick.outcomes.find(({ monitorKey }) => monitorKey === key);
    const isIn = minuteOf(tick.at) > minuteOf(from) && minuteOf(tick.at) <= minuteOf(to);
    if (outcome === undefined || !isIn || seen.has(`${tick.location}${tick.at}`)) continue;
    seen.add(`${tick.location}${tick.at}`);
    if (outcome.isRepeat) continue;
    const kind = outcome.outcome === 'unknown' || outcome.outcome === 'blocked' ? 'unjudged' : outcome.outcome;
    const counted = outcome.isMaintenance ? 'maintenance' : kind;
    sum = { ...sum, [counted]: sum[counted] + 1 };
  }
  return sum;
}

const rangeMinutes = fc.tuple(fc.integer({ min: -30, max: 200 }), fc.integer({ min: -30, max: 200 }));

describe('counting between two instants', () => {
  it.each([
    ['the minute of the start is out, that of the end is in', monday, monday + minuteMs, 1],
    ['a range inside a minute is empty', monday + 1, monday + minuteMs - 1, 0],
    ['a range that crosses a minute holds the whole of it', monday + minuteMs - 1, monday + minuteMs + 1, 1],
    ['a range before everything is empty', monday - hourMs, monday - minuteMs, 0],
    ['a range that goes backwards is empty', monday + hourMs, monday, 0],
    ['a range without ends holds everything', -Infinity, Infinity, 120],
  ])('%s', (_, from, to, count) => {
    const history = historyOf(steady(monday, monday + 2 * hourMs));
    expect(countBetween(history, 1, from, to)).toEqual(passed(count));
  });

  it('knows nothing of a monitor that was never seen', () => {
    expect(countBetween(historyOf(steady(monday, monday + hourMs)), 2, 0, Infinity)).toEqual(noCounts);
    expect(countBetween(emptyHistory(), 1, 0, Infinity)).toEqual(noCounts);
  });

  it('counts ticks as their definition says', () => {
    fc.assert(
      fc.property(anyTicks(), rangeMinutes, fc.integer({ min: 1, max: 4 }), (ticks, [a, b], key) => {
        const [from, to] = [monday + a * minuteMs, monday + b * minuteMs];
        expect(countBetween(historyOf(ticks), key, from, to)).toEqual(countByHand(ticks, key, from, to));
      }),
    );
  });

  it('tells every minute what it tells their sum, folded or not', () => {
    fc.assert(
      fc.property(anyTicks(), fc.subarray([0, 1, 2]), rangeMinutes, (ticks, folded, [a, b]) => {
        const hours = folded.flatMap((hour) =>
          ['local', 'eu-west-1'].map((location) => foldHour(location, monday + hour * hourMs, ticks)),
        );
        const history = withHours(historyOf(ticks), hours);
        const [from, to] = [monday + a * minuteMs + 17, monday + b * minuteMs + 17];
        const minutes = countMinutes(history, 1, from, to);
        expect(minutes).toEqual(
          Array.from({ length: Math.max(0, b - a) }, (_, index) =>
            countBetween(history, 1, from + index * minuteMs, from + (index + 1) * minuteMs),
          ),
        );
      }),
    );
  });

  it('counts the same whether hours are folded or not, and never both', () => {
    fc.assert(
      fc.property(anyTicks(), fc.subarray([0, 1, 2]), rangeMinutes, (ticks, folded, [a, b]) => {
        const hours = folded.flatMap((hour) =>
          ['local', 'eu-west-1'].map((location) => foldHour(location, monday + hour * hourMs, ticks)),
        );
        const [from, to] = [monday + a * minuteMs, monday + b * minuteMs];
        const both = withHours(historyOf(ticks), hours);
        expect(countBetween(both, 1, from, to)).toEqual(countBetween(historyOf(ticks), 1, from, to));
      }),
    );
  });

  it('takes the folded hour for good: a tick that came after folding is not counted', () => {
    const rollup = foldHour('local', monday, steady(monday, monday + hourMs - minuteMs));
    const late = aTick(monday + hourMs - minuteMs, [anOutcome(1, 'failed')]);
    expect(all(withTicks(withHours(emptyHistory(), [rollup]), [late]))).toEqual(passed(59));
  });

  it('keeps the first rollup of an hour and of a day', () => {
    const [one, two] = [foldHour('local', monday, steady(monday, monday + 60_000)), foldHour('local', monday, [])];
    expect(all(withHours(withHours(emptyHistory(), [one]), [two]))).toEqual(passed(1));
    const [first, second] = [foldDay('local', monday, [one]), foldDay('local', monday, [])];
    expect(all(withDays(withDays(emptyHistory(), [first, second]), [second]))).toEqual(passed(1));
  });

  describe('where days are folded', () => {
    const ticks = steady(monday, monday + 3 * dayMs, 10 * minuteMs);
    const hours = Array.from({ length: 72 }, (_, hour) => foldHour('local', monday + hour * hourMs, ticks));
    const days = [0, 1, 2].map((day) => foldDay('local', monday + day * dayMs, hours));

    it.each([
      ['days alone', []],
      ['days and all hours', hours],
      ['days and the hours of the last day', hours.slice(48)],
      ['days and a part of a day', hours.slice(30)],
    ])('counts whole days once from %s', (_, some) => {
      const history = withDays(withHours(emptyHistory(), some), days);
      expect(countBetween(history, 1, monday - 1, monday + 3 * dayMs - 1)).toEqual(passed(3 * 144));
      expect(countBetween(history, 1, monday - 1, monday + dayMs - 1)).toEqual(passed(144));
    });

    it('counts nothing of a day that lies inside in part, unless its hours are known', () => {
      const [from, to] = [monday + 12 * hourMs - 1, monday + 2 * dayMs - 1];
      expect(countBetween(withDays(emptyHistory(), days), 1, from, to)).toEqual(passed(144));
      expect(countBetween(withDays(withHours(emptyHistory(), hours), days), 1, from, to)).toEqual(passed(144 + 72));
    });

    it('counts nothing of a day that only begins inside', () => {
      const history = withDays(emptyHistory(), days);
      expect(countBetween(history, 1, monday - 1, monday + 1.5 * dayMs - 1)).toEqual(passed(144));
      expect(countBetween(history, 1, monday - 1, monday + 2 * dayMs - minuteMs - 1)).toEqual(passed(144));
    });

    it('takes the newest day for newer than the hours before it, and the oldest for older than those after it', () => {
      const early = withDays(withHours(emptyHistory(), hours.slice(0, 24)), days.slice(1, 2));
      expect(newestJudgedAt(early, 1)).toBe(monday + 2 * dayMs - minuteMs);
      const late = withDays(withHours(emptyHistory(), hours.slice(48)), days.slice(1, 2));
      expect(firstSeenAt(late, 1)).toBe(monday + dayMs);
    });

    it('does not count the ticks of a folded day again', () => {
      expect(all(withDays(historyOf(ticks), days))).toEqual(passed(3 * 144));
    });
  });

  it('adds the places', () => {
    const ticks = [aTick(monday, [anOutcome(1)]), aTick(monday, [anOutcome(1)], 's00', 'eu-west-1')];
    expect(all(historyOf(ticks))).toEqual(passed(2));
  });
});

describe('a history', () => {
  it('is left as it was by what is added to it or dropped from it', () => {
    const before = historyOf(steady(monday, monday + hourMs));
    withTicks(before, steady(monday + hourMs, monday + 2 * hourMs));
    withTicks(before, [aTick(monday, [anOutcome(1, 'failed')], 'a')]);
    withHours(before, [foldHour('local', monday, [])]);
    forget(before, monday + 9 * dayMs);
    expect(all(before)).toEqual(passed(60));
  });

  it('is the same whether ticks come at once, in two parts, in any order, or twice', () => {
    const parts = anyTicks().chain((ticks) =>
      fc.tuple(fc.constant(ticks), fc.subarray(ticks), fc.shuffledSubarray(ticks, { minLength: ticks.length })),
    );
    fc.assert(
      fc.property(parts, ([ticks, some, shuffled]) => {
        const rest = ticks.filter((tick) => !some.includes(tick));
        const once = outcomesBetween(historyOf(ticks), 1, 0, Infinity);
        for (const other of [withTicks(historyOf(some), rest), withTicks(historyOf(rest), [...shuffled, ...ticks])]) {
          expect(new Set(outcomesBetween(other, 1, 0, Infinity))).toEqual(new Set(once));
          expect(all(other)).toEqual(all(historyOf(ticks)));
        }
      }),
    );
  });

  it('forgets what ends before an instant, and nothing that goes on after it', () => {
    const hours = [0, 1, 2].map((hour) =>
      foldHour('local', monday + hour * hourMs, steady(monday, monday + 3 * hourMs)),
    );
    const history = withHours(historyOf(steady(monday + 3 * hourMs, monday + 5 * hourMs)), hours);
    expect(all(forget(history, monday + hourMs - 1))).toEqual(passed(300));
    expect(all(forget(history, monday + hourMs))).toEqual(passed(240));
    expect(all(forget(history, monday + 4 * hourMs))).toEqual(passed(60));
    expect(oldestAt(forget(history, monday + 9 * hourMs))).toBeUndefined();
  });

  it('forgets the ticks of folded hours sooner, and counts the same without them', () => {
    const ticks = steady(monday, monday + 10 * hourMs);
    const hours = [0, 1, 2, 3].map((hour) => foldHour('local', monday + hour * hourMs, ticks));
    const history = forget(withHours(historyOf(ticks), hours), monday - dayMs);
    expect(all(history)).toEqual(passed(600));
    const shards = outcomesBetween(history, 1, monday - 1, monday + 10 * hourMs).map(({ shard }) => shard);
    expect(shards.filter((shard) => shard === '').length).toBe(240);
    const later = forget(withHours(historyOf(ticks), hours), monday - dayMs, monday + 2 * hourMs);
    expect(outcomesBetween(later, 1, 0, Infinity).filter(({ shard }) => shard === '').length).toBe(120);
  });

  it('never forgets ticks early that no rollup counts for', () => {
    const history = forget(historyOf(steady(monday, monday + 10 * hourMs)), monday - dayMs, monday + 9 * hourMs);
    expect(all(history)).toEqual(passed(600));
  });
});

describe('outcomes between two instants', () => {
  it('are those after the first and up to the second, the oldest first', () => {
    const history = historyOf(steady(monday, monday + 5 * minuteMs).reverse());
    const ats = outcomesBetween(history, 1, monday, monday + 2 * minuteMs).map(({ at }) => at);
    expect(ats).toEqual([monday + minuteMs, monday + 2 * minuteMs]);
  });

  it('say where they come from, the smallest shard speaking for a second', () => {
    const history = historyOf([aTick(monday, [anOutcome(1)], 's01'), aTick(monday, [anOutcome(1, 'failed')], 's00')]);
    expect(outcomesBetween(history, 1, monday - 1, monday)).toEqual([
      { at: monday, outcome: anOutcome(1, 'failed'), shard: 's00', location: 'local' },
    ]);
  });

  it('are made from the counts of a minute where only a rollup is known, the failures last', () => {
    const outcome = (name: 'passed' | 'failed' | 'degraded' | 'blocked', isMaintenance = false) => ({
      ...anOutcome(1, name),
      isMaintenance,
    });
    const ticks = [
      outcome('failed'),
      outcome('passed'),
      outcome('degraded'),
      outcome('blocked'),
      outcome('passed', true),
    ];
    const rows = ticks.map((each, second) => aTick(monday + minuteMs + second * 10_000, [each]));
    const history = withHours(emptyHistory(), [foldHour('local', monday, rows)]);
    const found = outcomesBetween(history, 1, monday, monday + hourMs);
    expect(found.map(({ at, shard }) => [at - monday, shard])).toEqual(Array(5).fill([minuteMs, '']));
    expect(found.map(({ outcome }) => [outcome.outcome, outcome.isMaintenance])).toEqual([
      ['unknown', true],
      ['unknown', false],
      ['passed', false],
      ['degraded', false],
      ['failed', false],
    ]);
  });

  it('come from the ticks of a folded hour while those are remembered, never from both', () => {
    const ticks = steady(monday, monday + hourMs, 10_000);
    const history = withHours(historyOf(ticks), [foldHour('local', monday, ticks)]);
    expect(outcomesBetween(history, 1, 0, Infinity).map(({ at }) => at)).toEqual(ticks.map(({ at }) => at));
  });

  it('add up to the counts, however much is folded', () => {
    fc.assert(
      fc.property(anyTicks(), fc.subarray([0, 1, 2]), (ticks, folded) => {
        const hours = folded.map((hour) => foldHour('local', monday + hour * hourMs, ticks));
        const history = withHours(historyOf(ticks), hours);
        const rebuilt = historyOf(
          outcomesBetween(history, 1, 0, Infinity).map((entry, i) => ({
            ...aTick(entry.at, [entry.outcome], entry.shard, `${entry.location}-${i}`),
          })),
        );
        expect(all(rebuilt)).toEqual(all(history));
      }),
    );
  });
});

describe('what a history knows of a monitor', () => {
  const detail = { monitorKey: 1, statusCode: 503, message: 'status == 200 failed' };

  it('are the details of a failure at its very instant', () => {
    const history = historyOf([{ ...aTick(monday, [anOutcome(1, 'failed'), anOutcome(2)]), details: [detail] }]);
    expect(details(history, 1, monday)).toEqual(detail);
    expect(details(history, 2, monday)).toBeUndefined();
    expect(details(history, 1, monday + 1000)).toBeUndefined();
  });

  it('is the newest instant at which it was judged: not unknown, not blocked, but under maintenance too', () => {
    const at = (minute: number, outcome: 'failed' | 'unknown' | 'blocked' | 'passed', isMaintenance = false) =>
      aTick(monday + minute * minuteMs, [{ ...anOutcome(1, outcome), isMaintenance }]);
    const ticks = [at(0, 'failed'), at(1, 'unknown'), at(2, 'blocked')];
    expect(newestJudgedAt(historyOf(ticks), 1)).toBe(monday);
    expect(newestJudgedAt(historyOf([...ticks, at(3, 'passed', true)]), 1)).toBe(monday + 3 * minuteMs);
    expect(newestJudgedAt(historyOf([...ticks, at(3, 'unknown', true)]), 1)).toBe(monday);
    const repeated = aTick(monday + 3 * minuteMs, [{ ...anOutcome(1, 'failed'), isRepeat: true }]);
    expect(newestJudgedAt(historyOf([...ticks, repeated]), 1)).toBe(monday + 3 * minuteMs);
    expect(newestJudgedAt(historyOf(ticks.slice(1)), 1)).toBeUndefined();
    expect(newestJudgedAt(emptyHistory(), 1)).toBeUndefined();
  });

  it('is the minute of a rollup, or the last minute of a day, where nothing finer is known', () => {
    const hour = foldHour('local', monday + hourMs, [aTick(monday + hourMs + 5 * minuteMs + 30_000, [anOutcome(1)])]);
    const byHours = withHours(emptyHistory(), [hour]);
    expect(newestJudgedAt(byHours, 1)).toBe(monday + hourMs + 5 * minuteMs);
    expect(firstSeenAt(byHours, 1)).toBe(monday + hourMs + 5 * minuteMs);
    const byDays = withDays(emptyHistory(), [foldDay('local', monday, [hour])]);
    expect(newestJudgedAt(byDays, 1)).toBe(monday + dayMs - minuteMs);
    expect(firstSeenAt(byDays, 1)).toBe(monday);
    const both = withHours(byDays, [hour]);
    expect([newestJudgedAt(both, 1), firstSeenAt(both, 1)]).toEqual(Array(2).fill(monday + hourMs + 5 * minuteMs));
  });

  it('is the first instant of any outcome, and the first row of all', () => {
    const ticks = [
      aTick(monday + 3000, [anOutcome(1, 'unknown')]),
      aTick(monday, []),
      ...steady(monday + 9000, monday + hourMs),
    ];
    expect(firstSeenAt(historyOf(ticks), 1)).toBe(monday + 3000);
    expect(firstSeenAt(historyOf(ticks), 2)).toBeUndefined();
    expect(oldestAt(historyOf(ticks))).toBe(monday);
    expect(oldestAt(emptyHistory())).toBeUndefined();
  });
});

it('finds the last outcome of a kind that a search through all of them finds, folded or not', () => {
  const kinds = fc.constantFrom(['failed'] as const, ['failed', 'degraded'] as const);
  fc.assert(
    fc.property(anyTicks(), fc.subarray([0, 1, 2]), rangeMinutes, kinds, (ticks, folded, [a, b], wanted) => {
      const [from, to] = [monday + a * minuteMs + 17, monday + b * minuteMs + 17];
      const hours = folded.map((hour) => foldHour('local', monday + hour * hourMs, ticks));
      for (const history of [withHours(historyOf(ticks), hours), withHours(emptyHistory(), hours)]) {
        const found = outcomesBetween(history, 1, from, to).findLast(
          ({ outcome: { outcome, isMaintenance } }) => !isMaintenance && wanted.some((each) => each === outcome),
        );
        expect(lastOutcomeAt(history, 1, wanted, from, to)).toBe(found?.at);
      }
    }),
  );
});
