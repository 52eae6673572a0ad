import fc from 'fast-check';
import type { BurnRule } from '../../../shared/config/model.ts';
import { emptyHistory, type History, withTicks } from '../../../shared/ledger/history.ts';
import type { TickOutcome } from '../../../shared/ledger/model.ts';
import { type BurnCounts, evaluateBurn, readBurnRule } from '../../../shared/slo/burn.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  dayMs,
  fastPage,
  hourMs,
  minuteMs,
  monday,
  slowPage,
  slowTicket,
  weekly,
} from '../../support/budget-examples.ts';
import { overMonitors } from '../../support/config.ts';

const counts = (longBad: number, longExpected: number, shortBad: number, shortExpected: number): BurnCounts => ({
  longBad,
  longExpected,
  shortBad,
  shortExpected,
  shortJudged: 1,
});
const condition = (counted: BurnCounts, rule: BurnRule = fastPage) => readBurnRule(anSlo, rule, counted).condition;

describe('a burn rule held against counts', () => {
  it.each([
    ['nothing bad', counts(0, 60, 0, 5), 'clear'],
    ['both windows above', counts(1, 60, 1, 5), 'met'],
    ['a calm long window', counts(1, 100, 1, 5), 'clear'],
    ['a calm short window', counts(60, 60, 0, 5), 'clear'],
    ['exactly at the threshold', counts(144, 10_000, 144, 10_000), 'holding'],
    ['one event above the threshold', counts(145, 10_000, 145, 10_000), 'met'],
    ['exactly at 0.9 × the threshold', counts(1296, 100_000, 1296, 100_000), 'holding'],
    ['one event below 0.9 × the threshold', counts(1295, 100_000, 1296, 100_000), 'clear'],
    ['only the short window at the threshold', counts(145, 10_000, 144, 10_000), 'holding'],
    ['nothing expected', counts(0, 0, 0, 0), 'clear'],
    ['bad events though none were expected', counts(3, 0, 3, 0), 'clear'],
  ])('with %s', (_, counted, expected) => {
    expect(condition(counted)).toBe(expected);
  });

  it('needs its bad events in the long window before it fires, and holds without them', () => {
    const rule = { ...fastPage, minBadEvents: 3 };
    expect([1, 2, 3].map((bad) => condition(counts(bad, 60, bad, 5), rule))).toEqual(['holding', 'holding', 'met']);
  });

  it('is unknown when nothing was judged though something was expected, whatever the long window says', () => {
    expect(condition({ ...counts(60, 60, 0, 5), shortJudged: 0 })).toBe('unknown');
    expect(condition({ ...counts(60, 60, 0, 0), shortJudged: 0 })).toBe('clear');
    expect(condition({ ...counts(60, 60, 0, 0), shortJudged: 0, judgeableExpected: 1 })).toBe('unknown');
  });

  it('gives the numbers of the moment with it', () => {
    expect(readBurnRule(anSlo, slowPage, counts(36, 360, 3, 30))).toEqual({
      sloId: 'api',
      ruleId: 'slo/api/page-6h',
      severity: 'page',
      longMs: 6 * hourMs,
      shortMs: 30 * minuteMs,
      longBad: 36,
      longExpected: 360,
      shortBad: 3,
      shortExpected: 30,
      condition: 'met',
      threshold: 6,
      longBurnRate: 100,
      shortBurnRate: 100,
      resolveDelayMs: 30 * minuteMs,
    });
  });

  it('stays clear for five minutes at least before it resolves', () => {
    const rule = { ...fastPage, shortMs: 3 * minuteMs };
    expect(readBurnRule(anSlo, rule, counts(0, 60, 0, 3)).resolveDelayMs).toBe(5 * minuteMs);
  });

  // Thresholds of the SRE Workbook's table 5-8, and of windows other than 30 days as Sloth computes them.
  it.each([
    [30, fastPage, 14.4],
    [30, slowPage, 6],
    [30, slowTicket, 1],
    [28, fastPage, 13.44],
    [28, slowPage, 5.6],
    [7, fastPage, 3.36],
  ] as const)('over %p days has the threshold of its budget share', (days, rule, threshold) => {
    const slo = { ...anSlo, windowMs: days * dayMs };
    expect(readBurnRule(slo, rule, counts(0, 1, 0, 1)).threshold).toBeCloseTo(threshold, 12);
  });

  const anyCounted = fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), fc.nat(5000), fc.nat(5000))
    .map(([a, b, c, d]) => {
      const [long, short] = [Math.max(a, b), Math.min(a, b)];
      const shortBad = Math.min(short, c);
      return counts(Math.min(long, shortBad + d), long, shortBad, short);
    });
  const anyRule = fc.constantFrom(fastPage, slowPage, slowTicket);

  it('burns in proportion to the bad events', () => {
    fc.assert(
      fc.property(anyCounted, anyRule, (counted, rule) => {
        const one = readBurnRule(anSlo, rule, { ...counted, longBad: 1, shortBad: 1 });
        const many = readBurnRule(anSlo, rule, counted);
        expect(many.longBurnRate).toBeCloseTo(counted.longBad * one.longBurnRate, 6);
        expect(many.shortBurnRate).toBeCloseTo(counted.shortBad * one.shortBurnRate, 6);
      }),
    );
  });

  it('says the same when all counts are multiplied', () => {
    fc.assert(
      fc.property(anyCounted, anyRule, fc.integer({ min: 2, max: 1_000_000 }), (counted, rule, factor) => {
        const scaled = Object.fromEntries(Object.entries(counted).map(([key, value]) => [key, value * factor]));
        const free = { ...rule, minBadEvents: 0 };
        expect(condition({ ...counted, ...scaled }, free)).toBe(condition(counted, free));
      }),
    );
  });

  it('never comes closer to resolving by a bad event more', () => {
    const order = ['clear', 'holding', 'met'];
    fc.assert(
      fc.property(anyCounted, anyRule, fc.boolean(), (counted, rule, isRecent) => {
        const worse = { ...counted, longBad: counted.longBad + 1, shortBad: counted.shortBad + (isRecent ? 1 : 0) };
        expect(order.indexOf(condition(worse, rule))).toBeGreaterThanOrEqual(order.indexOf(condition(counted, rule)));
      }),
    );
  });

  // Minutes until a constant error ratio fires at 99.9 % over 30 days: measured with promtool 2.42 and by formula.
  it.each([
    [1, 1, 3, 5],
    [0.5, 2, 5, 9],
    [0.1, 9, 22, 44],
    [0.05, 18, 44, 87],
    [0.02, 44, 109, 217],
    [0.01, undefined, 217, 433],
    [0.0015, undefined, undefined, 2881],
  ])('fires after the known number of minutes at an error ratio of %p', (ratio, ...minutes) => {
    const perMinute = 10_000;
    const fires = [fastPage, slowPage, slowTicket].map((rule) => {
      const [long, short] = [rule.longMs / minuteMs, rule.shortMs / minuteMs];
      for (let minute = 1; minute <= long; minute += 1) {
        const bad = (window: number) => Math.min(minute, window) * perMinute * ratio;
        if (condition(counts(bad(long), long * perMinute, bad(short), short * perMinute), rule) === 'met')
          return minute;
      }
      return undefined;
    });
    expect(fires).toEqual(minutes);
  });
});

describe('a burn rule held against the ledger', () => {
  const api = aMonitor('api', 1);
  const now = monday + 12 * hourMs;

  /** An hour of passed probes before `now`, but for the minutes (before now) that say otherwise. */
  function history(changes: Record<number, TickOutcome['outcome'] | 'none'>, key = 1): History {
    const ticks = Array.from({ length: 60 }, (_, back) => {
      const outcome = changes[back] ?? 'passed';
      return outcome === 'none' ? [] : [aTick(now - back * minuteMs, [anOutcome(key, outcome)])];
    });
    return withTicks(emptyHistory(), ticks.flat());
  }
  const read = (past: History, rule: BurnRule = fastPage, at = now) =>
    evaluateBurn(anSlo, rule, monitorEvents(anSlo, [api], [], past), at);

  it.each([
    ['a failure at this very minute', { 0: 'failed' }, 'met', 1, 1],
    ['a failure at the last minute of the short window', { 4: 'failed' }, 'met', 1, 1],
    ['a failure a minute before the short window', { 5: 'failed' }, 'clear', 1, 0],
    ['degraded probes', { 0: 'degraded', 1: 'degraded' }, 'clear', 0, 0],
    ['probes that policy blocked or that were our own fault', { 0: 'blocked', 1: 'unknown' }, 'clear', 0, 0],
    ['missing ticks beside a failure', { 0: 'failed', 1: 'none', 2: 'none' }, 'met', 1, 1],
    [
      'nothing judged in the short window',
      { 0: 'none', 1: 'unknown', 2: 'blocked', 3: 'none', 4: 'none' },
      'unknown',
      0,
      0,
    ],
  ] as const)('sees %s', (_, changes, expected, longBad, shortBad) => {
    const reading = read(history(changes));
    expect([reading.condition, reading.longBad, reading.shortBad]).toEqual([expected, longBad, shortBad]);
    expect([reading.longExpected, reading.shortExpected]).toEqual([60, 5]);
  });

  it('divides by what was expected, so that a gap or a first day inflates nothing', () => {
    const rule = { ...slowTicket, minBadEvents: 1 };
    const reading = read(history({ 0: 'failed', 1: 'failed', 2: 'failed', 3: 'failed' }), rule);
    expect([reading.condition, reading.longBad, reading.longExpected]).toEqual(['holding', 4, 4320]);
  });

  it('leaves maintenance out of both sides', () => {
    const plan = { ...weekly, every: ['monday' as const], startMinute: 690, timezone: 'UTC' };
    const reading = evaluateBurn(anSlo, fastPage, monitorEvents(anSlo, [api], [plan], history({ 0: 'failed' })), now);
    expect([reading.longExpected, reading.shortExpected]).toEqual([30, 1]);
    const all = evaluateBurn(
      anSlo,
      fastPage,
      monitorEvents(anSlo, [api], [{ ...plan, durationMs: hourMs }], emptyHistory()),
      now,
    );
    expect([all.shortExpected, all.condition]).toEqual([0, 'clear']);
  });

  it('adds the monitors of the SLO and leaves others out', () => {
    const slo = { ...anSlo, indicator: overMonitors('api', 'web') };
    const past = withTicks(history({ 0: 'failed' }), [
      aTick(now, [anOutcome(2, 'failed'), anOutcome(3, 'failed')], 's01'),
    ]);
    const monitors = [api, aMonitor('web', 2), aMonitor('other', 3)];
    const reading = evaluateBurn(slo, fastPage, monitorEvents(slo, monitors, [], past), now);
    expect([reading.longBad, reading.longExpected, reading.shortBad, reading.shortExpected]).toEqual([2, 120, 2, 10]);
  });

  it('looks back three intervals before it says that nothing was judged', () => {
    const slow = aMonitor('api', 1, 10 * minuteMs);
    const past = withTicks(emptyHistory(), [aTick(now - 20 * minuteMs, [anOutcome(1)])]);
    expect(evaluateBurn(anSlo, fastPage, monitorEvents(anSlo, [slow], [], past), now + minuteMs).condition).toBe(
      'clear',
    );
    expect(evaluateBurn(anSlo, fastPage, monitorEvents(anSlo, [slow], [], past), now + 10 * minuteMs).condition).toBe(
      'unknown',
    );
  });

  it('says the same from a history that came in two parts', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('passed', 'failed', 'none'), { maxLength: 60 }), fc.nat(60), (list, cut) => {
        const changes = Object.fromEntries(list.entries()) as Record<number, 'passed' | 'failed' | 'none'>;
        const ticks = list.flatMap((outcome, back) =>
          outcome === 'none' ? [] : [aTick(now - back * minuteMs, [anOutcome(1, outcome)])],
        );
        const whole = withTicks(emptyHistory(), ticks);
        const parts = withTicks(withTicks(emptyHistory(), ticks.slice(cut)), ticks.slice(0, cut + 1));
        expect(read(parts)).toEqual(read(whole));
        expect(read(whole).longBad).toBe(Object.values(changes).filter((outcome) => outcome === 'failed').length);
      }),
    );
  });
});
