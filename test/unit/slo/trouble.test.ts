import fc from 'fast-check';
import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { detectionMinutes, eventsIn, troubleSeries } from '../../../shared/slo/trouble.ts';
import {
  aMonitor,
  anSlo,
  dayMs,
  fastPage,
  hourMs,
  minuteMs,
  slowPage,
  slowTicket,
} from '../../support/budget-examples.ts';

const fastTicket: BurnRule = { ...slowTicket, id: 'slo/api/ticket-1d', longMs: dayMs, shortMs: 2 * hourMs };
const rules = [fastPage, slowPage, fastTicket, slowTicket];
const plenty: Slo = { ...anSlo, alerts: rules };
const api = aMonitor('api', 1);

describe('a series with trouble in it', () => {
  const pages: Slo = { ...anSlo, alerts: [fastPage] };
  const bad = (monitors: Parameters<typeof troubleSeries>[1], errorPpm: number, minutes: number, slo = pages) => {
    const { series, calmMinutes } = troubleSeries(slo, monitors, { errorPpm, minutes }, 10);
    return { series: series.slice(calmMinutes, calmMinutes + minutes), calmMinutes, length: series.length };
  };

  it('is calm for a long window before it, and as long as asked after it', () => {
    const { series, calmMinutes, length } = bad([api], 1_000_000, 3);
    expect([calmMinutes, length]).toEqual([60, 73]);
    expect(series).toEqual([0, 1, 2].map(() => ({ good: 0, bad: 1 })));
  });

  it('spreads errors evenly', () => {
    expect(bad([api], 200_000, 10).series.map((minute) => minute?.bad)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('has the events that the monitors make, and a thousand a minute where nothing is scheduled', () => {
    const slow = { ...aMonitor('slow', 2, 5 * minuteMs) };
    const slo = { ...pages, indicator: { ...pages.indicator, monitors: ['api', 'slow'] } } as Slo;
    expect(bad([api, slow], 1_000_000, 6, slo).series.map((minute) => minute?.bad)).toEqual([2, 1, 1, 1, 1, 2]);
    expect(bad([], 10_000, 1).series).toEqual([{ good: 990, bad: 10 }]);
  });

  it('has as many bad events as the error ratio allows, whatever the ratio and the interval', () => {
    const seconds = fc.constantFrom(10, 30, 60, 300);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        seconds,
        fc.integer({ min: 1, max: 200 }),
        (ppm, s, minutes) => {
          const { series } = bad([aMonitor('api', 1, s * 1_000)], ppm, minutes);
          const sum = (of: 'good' | 'bad') => series.reduce((all, minute) => all + (minute?.[of] ?? 0), 0);
          expect(sum('bad')).toBe(Math.floor(((sum('good') + sum('bad')) * ppm) / 1_000_000));
        },
      ),
    );
  });
});

describe('how soon a rule fires', () => {
  // At 99.9 % over 30 days, with plenty of events: measured with promtool 2.42, and by formula.
  it.each([
    [1_000_000, 1, 3, 5, 5],
    [500_000, 2, 5, 9, 9],
    [100_000, 9, 22, 44, 44],
    [50_000, 18, 44, 87, 87],
    [20_000, 44, 109, 217, 217],
    [10_000, undefined, 217, 433, 433],
    [5_000, undefined, undefined, 865, 865],
    [1_500, undefined, undefined, undefined, 2_881],
  ])('at %i ppm of errors is what Prometheus says', (errorPpm, ...minutes) => {
    expect(rules.map((rule) => detectionMinutes(plenty, rule, [], errorPpm))).toEqual(minutes);
  });

  it('waits for the bad events that it takes', () => {
    const page = { ...fastPage, minBadEvents: 3 };
    const ratios = [1_000_000, 100_000, 50_000, 20_000];
    expect(ratios.map((ppm) => detectionMinutes(anSlo, page, [api], ppm))).toEqual([3, 30, 60, undefined]);
  });

  it('waits for slices to end', () => {
    const slo: Slo = { ...anSlo, slices: { sliceMs: 5 * minuteMs, targetPpm: 950_000 } };
    const page = { ...fastPage, shortMs: 15 * minuteMs, minBadEvents: 2 };
    expect(
      [1_000_000, 100_000, 40_000].map((ppm) => detectionMinutes(slo, page, [aMonitor('api', 1, 5_000)], ppm)),
    ).toEqual([10, 10, undefined]);
  });

  it('is never later with more errors, where there are plenty of events', () => {
    const ppm = fc.integer({ min: 1_000, max: 1_000_000 });
    fc.assert(
      fc.property(ppm, ppm, fc.constantFrom(...rules), (a, b, rule) => {
        const at = (errorPpm: number) => detectionMinutes(plenty, rule, [], errorPpm) ?? Number.POSITIVE_INFINITY;
        expect(at(Math.max(a, b))).toBeLessThanOrEqual(at(Math.min(a, b)));
      }),
      { numRuns: 10 },
    );
  });
});

describe('the events of a span', () => {
  it.each([
    ['of one monitor', anSlo, [api], 60],
    ['of two', anSlo, [api, aMonitor('web', 2, 30_000)], 180],
    ['of slices', { ...anSlo, slices: { sliceMs: 5 * minuteMs, targetPpm: 1 } }, [api], 12],
    [
      'of slices that are shorter than the interval',
      { ...anSlo, slices: { sliceMs: minuteMs, targetPpm: 1 } },
      [aMonitor('a', 1, 300_000)],
      12,
    ],
    ['that nobody schedules', anSlo, [], 60_000],
  ])('%s are counted', (_, slo: Slo, monitors, expected) => {
    expect(eventsIn(slo, monitors, hourMs)).toBe(expected);
  });
});
