import fc from 'fast-check';
import { expectedEvents } from '../../../shared/slo/expected.ts';
import { isUnderMaintenance } from '../../../shared/slo/maintenance.ts';
import { aMonitor, dayMs, hourMs, minuteMs, monday, weekly } from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);

describe('expected events', () => {
  it.each([
    ['an hour of probes each minute', monday, monday + hourMs, minuteMs, 60],
    ['the start is out and the end is in', monday, monday + minuteMs, minuteMs, 1],
    ['up to a moment before the end', monday, monday + minuteMs - 1, minuteMs, 0],
    ['from a moment before the start', monday - 1, monday, minuteMs, 1],
    ['an interval of an hour', monday - dayMs, monday, hourMs, 24],
    ['an interval of ten seconds', monday, monday + minuteMs, 10_000, 6],
    ['a range that is empty', monday, monday, minuteMs, 0],
    ['a range that goes backwards', monday + hourMs, monday, minuteMs, 0],
  ])('of %s', (_, from, to, intervalMs, count) => {
    expect(expectedEvents([aMonitor('api', 1, intervalMs)], [], from, to)).toBe(count);
  });

  it('leave out those under maintenance: its first minute, not its last', () => {
    const startAt = monday + 6 * dayMs + hourMs;
    expect(expectedEvents([api], [weekly], startAt - minuteMs, startAt)).toBe(0);
    expect(expectedEvents([api], [weekly], startAt - 2 * minuteMs, startAt - minuteMs)).toBe(1);
    expect(expectedEvents([api], [weekly], startAt + 29 * minuteMs, startAt + 30 * minuteMs)).toBe(1);
    expect(expectedEvents([api], [weekly], monday, monday + 7 * dayMs)).toBe(7 * 1440 - 30);
    expect(expectedEvents([api], [weekly, weekly], monday, monday + 7 * dayMs)).toBe(7 * 1440 - 30);
  });

  it('add up over monitors', () => {
    const other = aMonitor('web', 2, 5 * minuteMs);
    expect(expectedEvents([api, other], [weekly], monday, monday + 7 * dayMs)).toBe(7 * 1440 - 30 + 7 * 288);
    expect(expectedEvents([], [], monday, monday + dayMs)).toBe(0);
  });

  it('are as many as counting every tick by hand finds', () => {
    const sunday = monday + 6 * dayMs;
    const instant = fc.integer({ min: sunday - hourMs, max: sunday + 3 * hourMs });
    const intervals = fc.constantFrom(10_000, minuteMs, 5 * minuteMs, 7 * minuteMs);
    const plans = fc.array(
      fc.record({ startMinute: fc.integer({ min: 60, max: 200 }), durationMs: fc.integer({ min: 1, max: hourMs }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(instant, instant, intervals, plans, (from, to, intervalMs, changes) => {
        const maintenance = changes.map((change) => ({ ...weekly, ...change }));
        let count = 0;
        for (let at = Math.ceil(from / intervalMs) * intervalMs; at <= to; at += intervalMs) {
          if (at > from && isUnderMaintenance(maintenance, 'api', at) === undefined) count += 1;
        }
        expect(expectedEvents([aMonitor('api', 1, intervalMs)], maintenance, from, to)).toBe(count);
      }),
    );
  });
});
