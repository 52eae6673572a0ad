import fc from 'fast-check';
import type { BurnRule } from '../../../shared/config/model.ts';
import { emptyHistory, type History, withTicks } from '../../../shared/ledger/history.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import { earliestResolution } from '../../../shared/slo/resolution.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  fastPage,
  hourMs,
  minuteMs,
  monday,
  slowPage,
  slowTicket,
  weekly,
} from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const start = monday + 12 * hourMs;

/** A probe each minute from `start`, failed where `failed` says so. */
function history(minutes: number, failed: (minute: number) => boolean): History {
  const each = (_: unknown, minute: number) =>
    aTick(start + minute * minuteMs, [anOutcome(1, failed(minute) ? 'failed' : 'passed')]);
  return withTicks(emptyHistory(), Array.from({ length: minutes }, each));
}

/** Runs the rule minute by minute while everything passes, as an alert would be stepped. */
function resolvesByStepping(rule: BurnRule, failed: readonly boolean[], from: number, clearSince?: number): number {
  const past = history(failed.length + 1500, (minute) => failed[minute] ?? false);
  let since = clearSince;
  for (let at = from; ; at += minuteMs) {
    const { condition, resolveDelayMs } = evaluateBurn(anSlo, rule, monitorEvents(anSlo, [api], [], past), at);
    since = condition === 'clear' ? (since ?? at) : undefined;
    if (since !== undefined && at - since >= resolveDelayMs) return at;
  }
}

describe('the earliest resolution', () => {
  // Minutes after the last bad event of an outage of twenty minutes: the short window, then as long again.
  it.each([
    ['1h/5m', fastPage, 10],
    ['6h/30m', slowPage, 60],
    ['3d/6h', slowTicket, 720],
  ] as const)('of %s is the short window and the delay after the last bad event', (_, rule, minutes) => {
    const past = history(20, () => true);
    const lastBadAt = start + 19 * minuteMs;
    for (const now of [lastBadAt, lastBadAt + minuteMs, lastBadAt + 4 * minuteMs]) {
      expect(earliestResolution(anSlo, rule, monitorEvents(anSlo, [api], [], past), now)).toBe(
        lastBadAt + minutes * minuteMs,
      );
    }
  });

  it('counts from the instant since which it has been clear', () => {
    const past = history(20, () => false);
    const now = start + 20 * minuteMs;
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], past), now)).toBe(now + 5 * minuteMs);
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], past), now, now - 2 * minuteMs)).toBe(
      now + 3 * minuteMs,
    );
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], past), now, now - hourMs)).toBe(now);
  });

  it('forgets since when it was clear once it fails again', () => {
    const past = history(20, (minute) => minute === 19);
    const now = start + 19 * minuteMs;
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], past), now, now - hourMs)).toBe(
      now + 10 * minuteMs,
    );
  });

  it('is an evaluation at a whole minute, even when asked in the middle of one', () => {
    const past = history(20, () => true);
    const now = start + 19 * minuteMs + 30_000;
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], past), now)).toBe(start + 29 * minuteMs);
  });

  it('does not count a minute in which nothing was judged as clear', () => {
    const now = start + 30 * minuteMs;
    const silent = history(20, () => false);
    expect(earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [api], [], silent), now, now - hourMs)).toBe(
      now + 6 * minuteMs,
    );
  });

  it('comes no later for maintenance that begins meanwhile', () => {
    const plan = { ...weekly, every: ['monday' as const], startMinute: 12 * 60 + 20, timezone: 'UTC' };
    const now = start + 19 * minuteMs;
    expect(
      earliestResolution(
        anSlo,
        fastPage,
        monitorEvents(
          anSlo,
          [api],
          [plan],
          history(20, () => true),
        ),
        now,
      ),
    ).toBe(now + 10 * minuteMs);
  });

  it('starts anew when maintenance leaves so few events that one failure weighs more', () => {
    // At 98 % one failure of five is clear, one of three is not.
    const slo = { ...anSlo, objectivePpm: 980_000 };
    const past = history(40, (minute) => (minute >= 10 && minute < 30) || minute === 39);
    const plan = { ...weekly, every: ['monday' as const], startMinute: 12 * 60 + 40, timezone: 'UTC' };
    const now = start + 39 * minuteMs;
    expect(earliestResolution(slo, fastPage, monitorEvents(slo, [api], [], past), now)).toBe(now + 5 * minuteMs);
    expect(earliestResolution(slo, fastPage, monitorEvents(slo, [api], [plan], past), now)).toBe(now + 10 * minuteMs);
  });

  it('is where stepping the rule minute by minute ends', () => {
    const runs = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
    const quiet = { ...anSlo, objectivePpm: 950_000 };
    const rules = [fastPage, slowPage, { ...fastPage, longMs: 10 * minuteMs, budgetPpm: 300 }];
    fc.assert(
      fc.property(runs, fc.constantFrom(...rules), fc.option(fc.nat(10), { nil: undefined }), (failed, rule, ago) => {
        const now = start + (failed.length - 1) * minuteMs;
        const since = ago === undefined ? undefined : now - ago * minuteMs;
        const past = history(failed.length, (minute) => failed[minute] ?? false);
        const found = earliestResolution(anSlo, rule, monitorEvents(anSlo, [api], [], past), now, since);
        expect(found).toBe(resolvesByStepping(rule, failed, now, since));
        expect(earliestResolution(quiet, rule, monitorEvents(quiet, [api], [], past), now, since)).toBeLessThanOrEqual(
          found,
        );
      }),
      { numRuns: 40 },
    );
  });
});
