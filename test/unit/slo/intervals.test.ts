import type { HeartbeatMonitor, Monitor } from '../../../shared/config/model.ts';
import { emptyHistory, type History, withTicks } from '../../../shared/ledger/history.ts';
import { evaluateBudget } from '../../../shared/slo/budget.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { monitorEvents } from '../../../shared/slo/events.ts';
import { expectedEvents } from '../../../shared/slo/expected.ts';
import { slowestIntervalMs } from '../../../shared/slo/indicator.ts';
import { lintSlo } from '../../../shared/slo/lint.ts';
import { earliestResolution } from '../../../shared/slo/resolution.ts';
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
  weekly,
} from '../../support/budget-examples.ts';

const now = monday + 12 * hourMs;

/** A row for each of a monitor's instants in the last `spanMs`; all of them failed in the last `outageMs`. */
function historyOf(monitor: Monitor, everyMs: number, spanMs: number, outageMs: number, until = now): History {
  const count = Math.floor(spanMs / everyMs);
  const ticks = Array.from({ length: count }, (_, index) => {
    const at = (Math.floor(until / everyMs) - index) * everyMs;
    return aTick(at, [anOutcome(monitor.key, until - at < outageMs ? 'failed' : 'passed')]);
  });
  return withTicks(emptyHistory(), ticks);
}

describe.each([5_000, 10_000, 30_000])('a monitor with an interval of %i ms', (intervalMs) => {
  const monitor = aMonitor('api', 1, intervalMs);

  it.each([0, 5_000, 20_000, 59_000])('burns in a total outage as fast as it can, %i ms into a minute', (intoMs) => {
    const at = now + intoMs;
    const history = historyOf(monitor, intervalMs, 10 * minuteMs, 10 * minuteMs, at);
    const reading = evaluateBurn(anSlo, fastPage, monitorEvents(anSlo, [monitor], [], history), at);
    expect(reading.shortBurnRate).toBeCloseTo(1_000, 6);
    expect(reading.shortBad).toBe(reading.shortExpected);
    expect(reading.condition).toBe('met');
  });

  it('has a budget of its own size, and each bad event costs its share of it', () => {
    const history = historyOf(monitor, intervalMs, hourMs, minuteMs);
    const budget = evaluateBudget(anSlo, monitorEvents(anSlo, [monitor], [], history), now);
    const events = (30 * dayMs) / intervalMs;
    expect(budget).toMatchObject({ expected: events, bad: minuteMs / intervalMs, coverageRatio: 1 });
    expect(budget.budget).toBeCloseTo(events / 1_000, 9);
  });

  it('resolves as soon as one with an interval of a minute: ten minutes after its last failure', () => {
    const until = now - 5_000;
    const history = historyOf(monitor, intervalMs, hourMs, 20 * minuteMs, until);
    const resolvesAt = earliestResolution(anSlo, fastPage, monitorEvents(anSlo, [monitor], [], history), now);
    expect(resolvesAt - now).toBeLessThanOrEqual(10 * minuteMs);
    expect(resolvesAt - now).toBeGreaterThan(8 * minuteMs);
  });

  it('is left out of the total under maintenance, to the tick', () => {
    const sunday = monday + 6 * dayMs;
    expect(expectedEvents([monitor], [weekly], sunday, sunday + dayMs)).toBe((dayMs - 30 * minuteMs) / intervalMs);
  });
});

describe('a heartbeat', () => {
  const { request: _request, maxBodyBytes: _bytes, ...base } = aMonitor('api', 1);
  const job: HeartbeatMonitor = { ...base, type: 'heartbeat', periodMs: hourMs, graceMs: 5 * minuteMs };

  it('is judged each minute, and expected once a period', () => {
    expect(slowestIntervalMs([job, aMonitor('other', 2)])).toBe(hourMs);
    expect(expectedEvents([job], [], monday, monday + dayMs)).toBe(24);
    expect(expectedEvents([job, { ...job, id: 'b' }, aMonitor('other', 2)], [], monday, monday + hourMs)).toBe(62);
  });

  it('has a budget and coverage in periods', () => {
    const slo = { ...anSlo, objective: '95%', objectivePpm: 950_000 };
    const history = historyOf(job, hourMs, dayMs, 2 * hourMs);
    expect(evaluateBudget(slo, monitorEvents(slo, [job], [], history), now)).toMatchObject({
      expected: 720,
      budget: 36,
      bad: 2,
      good: 22,
      coverageRatio: 1,
    });
  });

  it('is warned of when its budget holds too few periods', () => {
    const codes = lintSlo(anSlo, [job]).map(({ code }) => code);
    expect(codes).toContain('BURN_SLO_BUDGET_EMPTY');
    expect(lintSlo(anSlo, [aMonitor('api', 1)]).map(({ code }) => code)).not.toContain('BURN_SLO_BUDGET_EMPTY');
  });

  it('is not unknown between two of its events', () => {
    const rule = { ...fastPage, longMs: dayMs, shortMs: 3 * hourMs, budgetPpm: 100_000 };
    const slo = { ...anSlo, objective: '95%', objectivePpm: 950_000 };
    const history = historyOf(job, hourMs, dayMs, 0);
    expect(evaluateBurn(slo, rule, monitorEvents(slo, [job], [], history), now + 40 * minuteMs).condition).toBe(
      'clear',
    );
    expect(
      evaluateBurn(slo, { ...rule, shortMs: minuteMs }, monitorEvents(slo, [job], [], history), now + 150 * minuteMs)
        .condition,
    ).toBe('clear');
    expect(
      evaluateBurn(slo, { ...rule, shortMs: minuteMs }, monitorEvents(slo, [job], [], history), now + 190 * minuteMs)
        .condition,
    ).toBe('unknown');
  });
});
