import type { Slo } from '../../../shared/config/model.ts';
import { coursesOf } from '../../../shared/slo/courses.ts';
import { forecastBudget } from '../../../shared/slo/forecast.ts';
import { countedEvents, minuteEnd, type SeriesMinute, seriesEvents } from '../../../shared/slo/series.ts';
import { aMonitor, anSlo, dayMs, hourMs, minuteMs } from '../../support/budget-examples.ts';

const good: SeriesMinute = { good: 1, bad: 0 };
const bad: SeriesMinute = { good: 0, bad: 1 };
const calm = (minutes: number): SeriesMinute[] => Array(minutes).fill(good);
const out = (minutes: number): SeriesMinute[] => Array(minutes).fill(bad);
/** So many failures, evenly spread over the last six hours. */
const spread = (count: number): SeriesMinute[] =>
  calm(360).map((_, minute) =>
    Math.floor((minute * count) / 360) < Math.floor(((minute + 1) * count) / 360) ? bad : good,
  );

const month = 30 * 1440;
/** 99.9 % over 30 days at a probe a minute: 43.2 may fail. */
function forecast(series: readonly SeriesMinute[], slo: Slo = anSlo) {
  return forecastBudget(slo, seriesEvents(series, [aMonitor('api', 1)]), minuteEnd(series.length));
}
const now = minuteEnd(month);
const days = (at: number | undefined) => Number((((at ?? Infinity) - now) / dayMs).toFixed(2));

describe('the forecast of a budget', () => {
  it('is a band around what is left ÷ what burns, wide where few failures tell of it', () => {
    const seen = forecast([...calm(month - 360), ...spread(3)]);
    if (seen.kind !== 'burning') throw new Error(seen.kind);
    expect(seen).toMatchObject({ judged: 360, bad: 3, lookbackMs: 6 * hourMs, untilAt: now + anSlo.windowMs });
    // 40.2 events at 12 a day: 3.4 days.
    expect([days(seen.earliestAt), days(seen.likelyAt), days(seen.latestAt)]).toEqual([1.26, 3.16, 9.48]);
  });

  it('is narrow where many tell of it', () => {
    const counts = (failed: number) => ({ good: 1_000 - failed, bad: failed });
    const series = [
      ...Array(month - 360).fill(counts(0)),
      ...Array.from({ length: 360 }, (_, i) => counts(8 + (i % 2))),
    ];
    const seen = forecastBudget(anSlo, countedEvents(series), now);
    if (seen.kind !== 'burning') throw new Error(seen.kind);
    // 40,140 events at 12,240 a day: 3.28 days.
    expect([days(seen.earliestAt), days(seen.likelyAt), days(seen.latestAt)]).toEqual([3.22, 3.28, 3.34]);
  });

  it('sees what errors have become since a deployment, not what they are on average', () => {
    const series = [...calm(month - 60), ...Array.from({ length: 60 }, (_, i) => (i % 10 === 0 ? bad : good))];
    const seen = forecast(series);
    if (seen.kind !== 'burning') throw new Error(seen.kind);
    // 37.2 events: at 6 an hour they last 6 hours, at 6 in six hours a day and a half.
    expect((seen.likelyAt ?? 0) - now).toBeLessThan(12 * hourMs);
    expect((seen.earliestAt ?? 0) - now).toBeLessThan(6 * hourMs);
    expect((seen.latestAt ?? 0) - now).toBeGreaterThan(dayMs);
  });

  it('counts what leaves the window: an old outage makes room before the rest is spent', () => {
    const early = [...calm(2 * 1440), ...out(30), ...calm(month - 360 - 2 * 1440 - 30), ...spread(1)];
    const late = [...calm(20 * 1440), ...out(30), ...calm(month - 360 - 20 * 1440 - 30), ...spread(1)];
    const [soon, never] = [forecast(early), forecast(late)];
    if (soon.kind !== 'burning' || never.kind !== 'burning') throw new Error('neither burns');
    expect(days(soon.latestAt)).toBeGreaterThan(days(never.latestAt));
    expect(days(soon.earliestAt)).toBeCloseTo(days(never.earliestAt), 0);
  });

  it('says nothing of an end that does not come at this pace', () => {
    const slow = { ...anSlo, objective: '99%', objectivePpm: 990_000 };
    // 432 may fail; one in six hours makes 120 in the window.
    const seen = forecast([...calm(month - 360), ...spread(1)], slow);
    expect(seen).toMatchObject({ kind: 'burning' });
    expect(seen).not.toHaveProperty('likelyAt');
    expect(seen).not.toHaveProperty('latestAt');
  });

  it('with nothing bad is at least what the rule of three says', () => {
    const seen = forecast(calm(month));
    // At most 3 in 360 fail: 43.2 at 12 a day.
    expect(seen).toMatchObject({ kind: 'calm', bad: 0, judged: 360 });
    if (seen.kind === 'calm') expect((seen.lastsUntilAt - now) / dayMs).toBeCloseTo(44 / 12, 2);
    const many = forecastBudget(anSlo, countedEvents(Array(month).fill({ good: 100, bad: 0 })), now);
    expect(many).toMatchObject({ kind: 'calm', lastsUntilAt: now + anSlo.windowMs });
  });

  it('knows a budget that is spent, and when it is back if nothing more is bad', () => {
    const spent = forecast([...calm(3 * 1440), ...out(50), ...calm(month - 3 * 1440 - 50)]);
    // Seven of the fifty have to leave, the first of which does so after three days.
    expect(spent).toMatchObject({ kind: 'spent', backAt: now + (3 * 1440 + 7) * minuteMs });
    const objective = { ...anSlo, objectivePpm: 999_500 };
    const twice = forecast([...calm(month - 50), ...out(50)], objective);
    expect(twice.kind).toBe('spent');
    if (twice.kind === 'spent') expect(days(twice.backAt)).toBeGreaterThan(29.9);
  });

  it('knows a calendar that brings a new budget', () => {
    const slo: Slo = { ...anSlo, windowMs: 30 * dayMs, calendar: { unit: 'month', timezone: 'UTC' } };
    const today = new Date(now);
    const nextMonth = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1);
    const slow = forecast([...calm(month - 360), ...spread(3)], { ...slo, objectivePpm: 990_000 });
    expect(slow).toMatchObject({ kind: 'burning', untilAt: nextMonth });
    expect(slow).not.toHaveProperty('likelyAt');
    expect(forecast([...calm(month - 50), ...out(50)], slo)).toMatchObject({ kind: 'spent', backAt: nextMonth });
  });

  it.each([
    ['before the first event', []],
    ['after a day without any', [...calm(month - 1440), ...Array(1440).fill(null)]],
  ] as const)('is unknown %s, unless a longer look back tells', (name, series) => {
    const seen = forecast(series);
    expect(seen.kind).toBe(name === 'before the first event' ? 'unknown' : 'calm');
    if (name !== 'before the first event') expect(seen.lookbackMs).toBe(72 * hourMs);
  });

  it('makes the most of a young history', () => {
    const seen = forecast([...calm(19), bad]);
    expect(seen).toMatchObject({ kind: 'burning', judged: 20, bad: 1 });
    const total = forecast(out(3));
    if (total.kind !== 'burning') throw new Error(total.kind);
    // 40.2 more at one a minute.
    expect(((total.earliestAt ?? 0) - minuteEnd(3)) / minuteMs).toBeLessThan(41);
  });

  it('looks back as far as it must where events are rare', () => {
    const hourly = aMonitor('api', 1, hourMs);
    const series = Array.from({ length: month }, (_, i) =>
      i % 60 === 0 ? (i > month - 7_200 && i % 240 === 0 ? bad : good) : null,
    );
    const slo = { ...anSlo, objectivePpm: 900_000 };
    const seen = forecastBudget(slo, seriesEvents(series, [hourly]), now);
    expect(seen).toMatchObject({ kind: 'burning', lookbackMs: 72 * hourMs, judged: 72, bad: 18 });
  });
});

describe('the ways in which errors may go on', () => {
  const bins = (count: (index: number) => number) =>
    Array.from({ length: 72 }, (_, index) => ({ bad: count(index), judged: 500 }));

  it('weigh one together, and are the average alone where nothing changes', () => {
    const courses = coursesOf(bins(() => 25));
    expect(courses.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(courses[0]?.weight).toBeGreaterThan(0.8);
    expect(courses[0]?.ratio).toBeCloseTo(0.05, 3);
  });

  it('are what came after a jump, or a rise that may go on, where that is plain', () => {
    const jump = coursesOf(bins((index) => (index < 60 ? 0 : 100)));
    expect(
      jump.filter(({ ratio }) => Math.abs(ratio - 0.2) < 0.01).reduce((sum, { weight }) => sum + weight, 0),
    ).toBeGreaterThan(0.5);
    const rise = coursesOf(bins((index) => Math.max(0, index - 36) * 3)).filter(({ slope }) => slope > 0);
    expect(new Set(rise.map(({ growsFor }) => growsFor > 0))).toEqual(new Set([true, false]));
    expect(rise[0]?.ratio).toBeCloseTo(0.21, 1);
  });

  it('take failures in clumps for fewer than they are', () => {
    const even = coursesOf(bins(() => 10))[0];
    const clumped = coursesOf(bins((index) => (index % 12 < 2 ? 60 : 0)))[0];
    expect(even?.evidence).toBeGreaterThan(100 * (clumped?.evidence ?? 0));
  });

  it('never grow beyond everything', () => {
    for (const { ratio, slope, growsFor } of coursesOf(bins((index) => 6 * index)))
      expect(ratio + slope * growsFor).toBeLessThan(1.01);
  });
});
