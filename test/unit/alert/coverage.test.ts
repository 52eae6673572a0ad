import { coverageChannels, coverageLimitMs, observeCoverage } from '../../../shared/alert/coverage.ts';
import { alert, minute, monitor, start } from './sample.ts';

const ago = (minutes: number) => start - minutes * minute;

describe('lost coverage', () => {
  it.each([
    ['says nothing before the first row', undefined, undefined, 'unknown'],
    ['is clear while probes are judged', ago(1), ago(100), 'clear'],
    ['is clear at the limit', ago(5), ago(100), 'clear'],
    ['is met past the limit', ago(5) - 1, ago(100), 'met'],
    ['counts from the first row where nothing was ever judged', undefined, ago(6), 'met'],
    ['gives a monitor that was never judged its time', undefined, ago(4), 'clear'],
    ['goes by the newest judged tick, even where the first row is not known', ago(6), undefined, 'met'],
    ['is clear when the clock is behind', ago(-3), ago(100), 'clear'],
  ] as const)('%s', (_, newestJudgedAt, firstSeenAt, condition) => {
    expect(observeCoverage(monitor, { newestJudgedAt, firstSeenAt }, ['oncall'], start).condition).toBe(condition);
  });

  it.each([
    [10_000, 5 * minute],
    [minute, 5 * minute],
    [5 * minute, 15 * minute],
  ])('with an interval of %i ms it is lost after %i ms', (intervalMs, limitMs) => {
    expect(coverageLimitMs({ ...monitor, intervalMs })).toBe(limitMs);
  });

  it('is a ticket under an id of its own, to the channels of the monitor', () => {
    expect(observeCoverage(monitor, { newestJudgedAt: ago(9), firstSeenAt: ago(99) }, ['oncall'], start)).toEqual({
      alertId: 'coverage/api',
      severity: 'ticket',
      notify: ['oncall'],
      monitors: ['api'],
      condition: 'met',
      resolveDelayMs: 0,
      rememberResolvedMs: 0,
      facts: { kind: 'coverage', lastJudgedAt: ago(9) },
    });
  });

  it('takes each channel of the monitor’s alerts once', () => {
    const alerts = [
      { ...alert, notify: ['oncall', 'chat'] },
      { ...alert, notify: ['chat', 'audit'] },
    ];
    expect(coverageChannels({ ...monitor, alerts })).toEqual(['audit', 'chat', 'oncall']);
    expect(coverageChannels({ ...monitor, alerts: [] })).toEqual([]);
  });
});
