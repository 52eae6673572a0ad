import fc from 'fast-check';
import type { Monitor } from '../../../shared/config/model.ts';
import { emptyHistory, withTicks } from '../../../shared/ledger/history.ts';
import { minutesOf, monitorEvents } from '../../../shared/slo/events.ts';
import { countedEvents, minuteEnd, type SeriesMinute, seriesEvents } from '../../../shared/slo/series.ts';
import { aMonitor, anOutcome, anSlo, aTick } from '../../support/budget-examples.ts';

const good = { good: 1, bad: 0 };
const bad = { good: 0, bad: 1 };
const api = aMonitor('api', 1);

/** The window of so many minutes that ends with a minute of the series. */
const windowOf = (minutes: number, minute: number) => [minuteEnd(minute - minutes), minuteEnd(minute)] as const;

describe('the events of a series', () => {
  const series = [good, bad, null, bad, good];

  it('are those of the minutes that a window holds', () => {
    const { between } = seriesEvents(series, [api]);
    expect(between(...windowOf(1, 2))).toEqual({ good: 0, bad: 1, unjudged: 0, maintenance: 0 });
    expect(between(...windowOf(3, 4))).toMatchObject({ good: 0, bad: 2 });
    expect(between(...windowOf(1, 3))).toMatchObject({ good: 0, bad: 0 });
    expect(between(...windowOf(60, 5))).toMatchObject({ good: 2, bad: 2 });
  });

  it.each([
    ['what the schedule holds, before the first minute and in gaps too', series, [api], 60, 5, 60],
    ['what the schedules of all monitors hold', series, [api, aMonitor('web', 2)], 5, 5, 10],
    [
      'the ticks of a slow schedule, of which the first minute holds one',
      [good, null, null, good],
      [aMonitor('api', 1, 180_000)],
      4,
      4,
      2,
    ],
    ['the ticks of a fast schedule', series, [aMonitor('api', 1, 10_000)], 5, 5, 30],
    ['what was counted, where that is more', [{ good: 999, bad: 1 }], [api], 60, 1, 1000],
    ['what was counted, where nothing is scheduled', series, [], 60, 5, 4],
    ['something in a gap even there, lest it look like a calm', [good, null, null], [], 2, 3, 2],
    ['nothing where nobody called and nothing is scheduled', [{ good: 0, bad: 0 }], [], 60, 1, 0],
  ])('expect %s', (_, minutes: readonly SeriesMinute[], monitors: readonly Monitor[], length, minute, expected) => {
    expect(seriesEvents(minutes, monitors).expected(...windowOf(length, minute))).toBe(expected);
  });

  it('of the textbook expect what is in a window, and nothing else', () => {
    const { expected, intervalMs } = countedEvents(series);
    expect([expected(...windowOf(60, 5)), expected(...windowOf(1, 3)), intervalMs]).toEqual([4, 0, 0]);
  });

  it('cover what was due since the first of them', () => {
    expect(seriesEvents([null, good, null, bad, good], [api]).coverageRatio(...windowOf(60, 5))).toBe(0.75);
    expect(seriesEvents([null], [api]).coverageRatio(...windowOf(60, 1))).toBe(1);
  });

  it('are the same minute by minute', () => {
    const list = [good, null, { good: 5, bad: 5 }, bad];
    for (const events of [seriesEvents(list, [api]), seriesEvents(list, []), countedEvents(list)]) {
      const { minutes: _, ...slow } = events;
      const window = [minuteEnd(-3), minuteEnd(7)] as const;
      expect(minutesOf(events, ...window)).toEqual(minutesOf(slow, ...window));
    }
  });

  it('are those that the ledger has of the same ticks', () => {
    const minutes = fc.array(fc.constantFrom(good, bad, null), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(minutes, fc.integer({ min: -5, max: 95 }), fc.integer({ min: 1, max: 95 }), (list, from, to) => {
        const ticks = list.flatMap((minute, index) =>
          minute === null ? [] : [aTick(minuteEnd(index) + 1, [anOutcome(1, minute.bad === 1 ? 'failed' : 'passed')])],
        );
        const ledger = monitorEvents(anSlo, [api], [], withTicks(emptyHistory(), ticks));
        const events = seriesEvents(list, [api]);
        const [fromAt, toAt] = [minuteEnd(Math.min(from, to)), minuteEnd(to)];
        expect(events.between(fromAt, toAt)).toEqual(ledger.between(fromAt, toAt));
        expect(events.expected(fromAt, toAt)).toBe(ledger.expected(fromAt, toAt));
        expect([events.firstSeenAt, events.intervalMs]).toEqual([ledger.firstSeenAt, ledger.intervalMs]);
        expect(minutesOf(events, fromAt, toAt)).toEqual(minutesOf(ledger, fromAt, toAt));
      }),
    );
  });
});
