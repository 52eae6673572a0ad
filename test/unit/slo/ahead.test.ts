import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { latelyOf, lookAhead } from '../../../shared/slo/ahead.ts';
import { earliestResolution } from '../../../shared/slo/resolution.ts';
import { countedEvents, minuteEnd, type Series, seriesEvents } from '../../../shared/slo/series.ts';
import { detectionMinutes, troubleSeries } from '../../../shared/slo/trouble.ts';
import { aMonitor, anSlo, fastPage, minuteMs, slowPage, slowTicket } from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const slo: Slo = { ...anSlo, alerts: [fastPage, slowPage, slowTicket] };

/** What a rule does as seen so many minutes into trouble that goes on; in minutes of that trouble. */
function seenAt(rule: BurnRule, errorPpm: number, minutes: number) {
  const troubled = troubleSeries({ ...slo, alerts: [rule] }, [api], { errorPpm, minutes }, 0);
  const now = minuteEnd(troubled.calmMinutes + minutes);
  const ahead = lookAhead(slo, rule, troubled.events, latelyOf(troubled.events, now), now);
  return 'at' in ahead ? Math.floor((ahead.at - minuteEnd(troubled.calmMinutes)) / minuteMs) + 1 : ahead.kind;
}

describe('what a quiet rule will do', () => {
  it.each([
    ['an outage, the ticket', slowTicket, 1_000_000, 3],
    ['a third of the events, the slow page', slowPage, 333_334, 6],
    ['a third of the events, the ticket', slowTicket, 333_334, 6],
  ])('is to fire when the rule really would, of %s', (_, rule, errorPpm, minutes) => {
    const fires = detectionMinutes(slo, rule, [api], errorPpm) ?? Number.NaN;
    expect(fires).toBeGreaterThan(minutes);
    expect(seenAt(rule, errorPpm, minutes)).toBe(fires);
  });

  it('is nothing while nothing is bad', () => {
    expect(seenAt(fastPage, 0, 10)).toBe('stays');
  });

  it('is nothing where the errors are too few for its threshold, however long they go on', () => {
    const events = seriesEvents(
      Array.from({ length: 6_000 }, () => ({ good: 999, bad: 1 })),
      [],
    );
    const now = minuteEnd(6_000);
    expect(lookAhead(slo, fastPage, events, latelyOf(events, now), now)).toEqual({ kind: 'stays' });
  });

  it('is known of events that nobody schedules, too', () => {
    // One in five is bad for ten minutes: the slow page needs six times the objective over six hours.
    const series: Series = [
      ...Array.from({ length: 500 }, () => ({ good: 100, bad: 0 })),
      ...Array.from({ length: 10 }, () => ({ good: 80, bad: 20 })),
    ];
    const events = countedEvents(series);
    const now = minuteEnd(series.length);
    const ahead = lookAhead(slo, slowPage, events, latelyOf(events, now), now);
    // 20 × m > 6 × 0.001 × 36,000 from m = 11 on.
    expect(ahead).toEqual({ kind: 'fires', at: now + 1 + minuteMs });
  });

  it('is unknown where nothing was judged lately', () => {
    const events = seriesEvents(
      Array.from({ length: 30 }, () => null),
      [api],
    );
    const now = minuteEnd(30);
    expect(lookAhead(slo, fastPage, events, latelyOf(events, now), now)).toEqual({ kind: 'unknown' });
  });
});

describe('what a rule that fires will do', () => {
  const outage = (bad: number, good: number): Series => [
    ...Array.from({ length: 400 }, () => ({ good: 1, bad: 0 })),
    ...Array.from({ length: bad }, () => ({ good: 0, bad: 1 })),
    ...Array.from({ length: good }, () => ({ good: 1, bad: 0 })),
  ];
  const ahead = (series: Series, rule = fastPage, clearSince?: number) => {
    const events = seriesEvents(series, [api]);
    const now = minuteEnd(series.length);
    const firing = clearSince === undefined ? {} : { clearSince };
    return { events, now, ahead: lookAhead(slo, rule, events, latelyOf(events, now), now, firing) };
  };

  it('is to resolve as soon as it can, once nothing is bad any more', () => {
    const seen = ahead(outage(10, 6));
    expect(seen.ahead).toEqual({ kind: 'resolves', at: earliestResolution(slo, fastPage, seen.events, seen.now) });
  });

  it('is to go on as long as everything fails', () => {
    expect(ahead(outage(10, 0)).ahead).toEqual({ kind: 'stays' });
  });

  it('is to resolve although some go on to be bad, where they are fewer than its threshold', () => {
    // One event in 180 is bad: 5.6 times the objective. The short window is below the threshold as soon as the outage has left it.
    const series: Series = [
      ...Array.from({ length: 400 }, () => ({ good: 60, bad: 0 })),
      ...Array.from({ length: 20 }, () => ({ good: 0, bad: 60 })),
      ...Array.from({ length: 10 }, (_, index) => (index % 3 === 0 ? { good: 59, bad: 1 } : { good: 60, bad: 0 })),
    ];
    const events = seriesEvents(series, [aMonitor('api', 1, 1_000)]);
    const now = minuteEnd(series.length);
    const clearSince = minuteEnd(426);
    const seen = lookAhead(slo, fastPage, events, latelyOf(events, now), now, { clearSince });
    // Clear since four minutes, and it asks for five.
    expect(seen).toEqual({ kind: 'resolves', at: now + 1 + minuteMs });
  });
});
