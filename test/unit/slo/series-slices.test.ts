import fc from 'fast-check';
import { minuteEnd, type SeriesMinute, seriesEvents } from '../../../shared/slo/series.ts';
import { slicesAt } from '../../../shared/slo/series-slices.ts';
import { sliceEvents } from '../../../shared/slo/slices.ts';
import { aMonitor, minuteMs } from '../../support/budget-examples.ts';

const monitors = [aMonitor('api', 1, 20_000)];

describe('the slices of a series', () => {
  it('are at the end of each minute those that are seen then, gaps included', () => {
    const minute = fc.constantFrom<SeriesMinute>({ good: 3, bad: 0 }, { good: 2, bad: 1 }, { good: 0, bad: 1 }, null);
    const sliceMs = fc.constantFrom(minuteMs, 5 * minuteMs, 15 * minuteMs);
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 60 }), sliceMs, (series, sliceMs) => {
        const slices = { sliceMs, targetPpm: 650_000 };
        const events = seriesEvents(series, monitors);
        const eventsAt = slicesAt(events, slices);
        for (let end = 1; end <= series.length; end += 1) {
          const [now, exact] = [minuteEnd(end), sliceEvents(events, slices, minuteEnd(end))];
          for (const from of [end - 90, end - 15, end - 5, end - 2].map(minuteEnd)) {
            expect(eventsAt(end).between(from, now)).toEqual(exact.between(from, now));
            expect(eventsAt(end).expected(from, now)).toBe(exact.expected(from, now));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('take what is missing for good as long as it may still come', () => {
    const series: SeriesMinute[] = [{ good: 3, bad: 0 }, { good: 1, bad: 1 }, { good: 3, bad: 0 }, null, null];
    const badAt = (minute: number) =>
      slicesAt(seriesEvents(series, monitors), { sliceMs: minuteMs, targetPpm: 650_000 })(minute).between(
        minuteEnd(0),
        minuteEnd(minute),
      ).bad;
    // One of two is bad, or one of three: until three minutes after its end a third may come.
    expect([2, 3, 4, 5, 6].map(badAt)).toEqual([0, 0, 0, 0, 1]);
  });
});
