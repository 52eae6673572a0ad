import { readFileSync } from 'node:fs';
import { badEventsToFire, previewSlo } from '../../../shared/slo/preview.ts';
import { aMonitor, anSlo, fastPage, minuteMs, slowPage, slowTicket } from '../../support/budget-examples.ts';

const page = readFileSync(new URL('../../../docs/error-budgets.md', import.meta.url), 'utf8');
const slo = { ...anSlo, alerts: [fastPage, slowPage, slowTicket] };

describe('the preview of an SLO', () => {
  it('says how many events its window holds, and how many of them may be bad', () => {
    expect(previewSlo(slo, [aMonitor('api', 1)])).toMatchObject({ expected: 43_200, budget: 43.2 });
    expect(previewSlo(slo, [])).toMatchObject({ expected: undefined, budget: undefined });
  });

  it('says of each rule what trips it, how soon it fires, and when it resolves', () => {
    const [first] = previewSlo({ ...slo, alerts: [{ ...fastPage, minBadEvents: 3 }] }, [aMonitor('api', 1)]).rules;
    expect(first).toMatchObject({ badEvents: 3, expected: 60, resolvesAfterMs: 10 * minuteMs });
    expect(first?.threshold).toBeCloseTo(14.4, 12);
    expect(first?.detection).toEqual([3, 6, 30, 60, undefined, undefined]);
  });

  it('counts as many failures as the page about error budgets', () => {
    const rows = [...page.matchAll(/^\| (10s|1m|5m) \| ([\d.]+) % \| (\d+) \| (\d+) \| (\d+) \|$/gm)];
    expect(rows.length).toBe(10);
    const intervals: Record<string, number> = { '10s': 10_000, '1m': minuteMs, '5m': 5 * minuteMs };
    for (const [, interval = '', objective = '', ...failures] of rows) {
      const objectivePpm = Math.round(Number(objective) * 10_000);
      const counts = slo.alerts.map((rule) =>
        badEventsToFire({ ...slo, objectivePpm }, rule, rule.longMs / (intervals[interval] ?? Number.NaN)),
      );
      expect([interval, objective, ...counts.map(String)]).toEqual([interval, objective, ...failures]);
    }
  });

  it('says where no number of failures is enough', () => {
    const [first] = previewSlo({ ...slo, objectivePpm: 900_000 }, [aMonitor('api', 1)]).rules;
    expect(first).toMatchObject({ badEvents: undefined, expected: 60 });
    expect(first?.detection).toEqual(Array(6).fill(undefined));
  });

  it('finds what the lint finds', () => {
    const { findings } = previewSlo({ ...slo, alerts: [fastPage] }, [aMonitor('api', 1)]);
    expect(findings).toMatchObject([{ code: 'BURN_SLO_ONE_BLIP', ruleIndex: 0 }]);
  });
});
