import type { Maintenance } from '../../../shared/config/model.ts';
import { gapsOf, maintenanceIn } from '../../../shared/slo/gaps.ts';
import { countedEvents, minuteEnd, type Series, seriesEvents } from '../../../shared/slo/series.ts';
import { aMonitor, minuteMs } from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const minutes = (text: string): Series =>
  [...text].map((each) => (each === '-' ? null : { good: each === '+' ? 1 : 0, bad: each === 'x' ? 1 : 0 }));

describe('the gaps of a history', () => {
  const gaps = (text: string, monitors = [api]) => {
    const series = minutes(text);
    const end = minuteEnd(series.length);
    return gapsOf(seriesEvents(series, monitors), minuteEnd(0), end).map(({ fromAt, toAt }) => [
      (fromAt - minuteEnd(0) - 1) / minuteMs,
      (toAt - minuteEnd(0) - 1) / minuteMs,
    ]);
  };

  it.each<[string, string, number[][]]>([
    ['none in a whole one', '++x+++++', []],
    ['none where a tick or two are missing', '++--++---++', []],
    ['one of more than five minutes', '+++------++', [[2, 9]]],
    [
      'several',
      '+------+------+',
      [
        [0, 7],
        [7, 14],
      ],
    ],
    ['none before the first event', '-------+++', []],
  ])('%s', (_, text, expected) => {
    expect(gaps(text)).toEqual(expected);
  });

  it('reach to now where it has stopped', () => {
    const [gap] = gaps('+++--------');
    expect(gap?.[0]).toBe(2);
    expect(gap?.[1]).toBeCloseTo(11, 2);
  });

  it('are none of a monitor that is asked every ten minutes, before three of its intervals', () => {
    const rare = [aMonitor('api', 1, 10 * minuteMs)];
    expect(gaps(`+${'-'.repeat(29)}+`, rare)).toEqual([]);
    expect(gaps(`+${'-'.repeat(39)}+`, rare)).toEqual([[0, 40]]);
  });

  it('are not known of what nobody schedules', () => {
    expect(gapsOf(countedEvents(minutes('+-------+')), minuteEnd(0), minuteEnd(9))).toEqual([]);
  });
});

describe('the maintenance of an SLO', () => {
  const at = (hour: number) => Date.UTC(2026, 10, 20, hour);
  const daily = (hour: number, reason: string, monitors = ['api']): Maintenance => ({
    ...{ monitors, reason, startMinute: hour * 60, durationMs: 60 * minuteMs },
    ...{ every: ['friday'], timezone: 'UTC' },
  });

  it('is that of any of its monitors, what touches as one', () => {
    const plans = [daily(2, 'deploy'), daily(3, 'network', ['shop']), daily(9, 'other', ['blog'])];
    expect(maintenanceIn(plans, ['api', 'shop'], at(0), at(12))).toMatchObject([{ fromAt: at(2), toAt: at(4) }]);
  });
});
