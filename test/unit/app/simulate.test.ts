import { simulate } from '../../../shared/app/simulate.ts';
import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { aMonitor, anSlo, fastPage, minuteMs, slowPage, slowTicket } from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const rules: readonly BurnRule[] = [
  { ...fastPage, minBadEvents: 3 },
  { ...slowPage, minBadEvents: 3 },
  { ...slowTicket, minBadEvents: 5 },
];
const slo: Slo = { ...anSlo, alerts: rules };
const minutesOf = (simulated: ReturnType<typeof simulate>) =>
  simulated.rules.map(({ firedMinute, toldMinute, resolvedMinute }) => [firedMinute, toldMinute, resolvedMinute]);

describe('a simulated outage', () => {
  it('says when each rule fires and resolves, and what it takes of the budget', () => {
    const outage = simulate(slo, [api], { errorPpm: 1_000_000, minutes: 10 });
    expect([outage.events, outage.bad]).toEqual([10, 10]);
    // 43.2 may be bad.
    expect(outage.budgetSpentRatio).toBeCloseTo(10 / 43.2, 12);
    // Ten minutes, sixty minutes and twelve hours after its end; the ticket waits for the second page.
    expect(minutesOf(outage)).toEqual([
      [3, 3, 20],
      [3, 3, 70],
      [5, 70, 730],
    ]);
  });

  it('says what does not fire', () => {
    const blip = simulate(slo, [api], { errorPpm: 1_000_000, minutes: 2 });
    expect(minutesOf(blip)).toEqual(rules.map(() => [undefined, undefined, undefined]));
    expect(minutesOf(simulate({ ...slo, alerts: [] }, [api], { errorPpm: 1_000_000, minutes: 2 }))).toEqual([]);
  });

  it('never tells of a ticket that is over before its page', () => {
    const short = { ...slowTicket, longMs: 60 * minuteMs, shortMs: 5 * minuteMs, budgetPpm: 20_000, minBadEvents: 5 };
    const outage = simulate({ ...slo, alerts: [{ ...slowPage, minBadEvents: 3 }, short] }, [api], {
      errorPpm: 1_000_000,
      minutes: 10,
    });
    expect(minutesOf(outage)[1]).toEqual([5, undefined, 20]);
  });

  it('may take more than the whole budget', () => {
    expect(simulate(slo, [api], { errorPpm: 500_000, minutes: 432 }).budgetSpentRatio).toBeCloseTo(5, 12);
  });

  it('has plenty of events where nothing is scheduled', () => {
    const plenty = simulate({ ...slo, alerts: [fastPage] }, [], { errorPpm: 50_000, minutes: 60 });
    expect([plenty.events, plenty.bad]).toEqual([60_000, 3_000]);
    expect(plenty.budgetSpentRatio).toBeCloseTo(3_000 / 43_200, 12);
    // As Prometheus has it, 5 % for an hour fire in minute 18; four minutes after it one in a hundred of the short window is bad.
    expect(minutesOf(plenty)).toEqual([[18, 18, 69]]);
  });

  it('counts slices of time where the SLO does', () => {
    const slices = { sliceMs: 5 * minuteMs, targetPpm: 950_000 };
    const outage = simulate(
      { ...slo, slices, alerts: [{ ...fastPage, shortMs: 15 * minuteMs, minBadEvents: 2 }] },
      [api],
      {
        errorPpm: 1_000_000,
        minutes: 12,
      },
    );
    // The third slice is bad with two of its five minutes, and counts at its end.
    expect(outage.badSlices).toBe(3);
    expect(outage.budgetSpentRatio).toBeCloseTo(3 / 8.64, 12);
    expect(minutesOf(outage)).toEqual([[10, 10, 45]]);
  });
});
