import fc from 'fast-check';
import { planHours } from '../../../shared/slo/metric-plan.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const now = Date.UTC(2026, 10, 20, 10, 20);
const hour = Math.floor(now / hourMs) * hourMs;
const hoursAgo = (...ages: readonly number[]) => ages.map((age) => hour - age * hourMs);
const told = (hours: readonly number[], minutesFromAt: number) =>
  planHours(hours, minutesFromAt, now).map(
    ({ fromAt, toAt, periodMs }) => `${(hour - fromAt) / hourMs}-${(hour - toAt) / hourMs}/${periodMs / minuteMs}`,
  );
const all = (days: number) => Array.from({ length: days * 24 }, (_, age) => hour - (age + 1) * hourMs);

describe('reading hours from CloudWatch', () => {
  it.each([
    ['none', [], []],
    ['one', hoursAgo(1), ['1-0/1']],
    ['some in a row, in any order', hoursAgo(2, 4, 3), ['4-1/1']],
    ['some with a gap', hoursAgo(1, 2, 5), ['5-4/1', '2-0/1']],
  ])('takes as few spans as possible: %s', (_, hours, expected) => {
    expect(told(hours, hour - dayMs)).toEqual(expected);
  });

  it('asks for hours where nobody needs minutes', () => {
    expect(told(all(30), hour - 2 * dayMs)).toEqual(['720-48/60', '48-0/1']);
  });

  it('asks for the shortest periods that CloudWatch still has, with some room', () => {
    // A minute for 15 days, five for 63, an hour for 455.
    expect(told(all(100), hour - 100 * dayMs)).toEqual(['2400-1487/60', '1487-357/5', '357-0/1']);
  });

  it('leaves out what CloudWatch has forgotten', () => {
    expect(told(all(456), hour)).toEqual([`${454 * 24 - 1}-0/60`]);
  });

  it('covers every hour once, whatever is missing, in periods that exist of it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 24 * 400 }), { maxLength: 60 }),
        fc.nat(400),
        (ages, days) => {
          const hours = hoursAgo(...ages);
          const spans = planHours(hours, hour - days * dayMs, now);
          const covered = spans.flatMap(({ fromAt, toAt }) =>
            Array.from({ length: (toAt - fromAt) / hourMs }, (_, index) => fromAt + index * hourMs),
          );
          expect(covered.toSorted()).toEqual(hours.toSorted());
          for (const { fromAt, periodMs } of spans) {
            const age = now - fromAt;
            expect(periodMs).toBeGreaterThanOrEqual(
              age > 63 * dayMs ? hourMs : age > 15 * dayMs ? 5 * minuteMs : minuteMs,
            );
          }
        },
      ),
    );
  });
});
