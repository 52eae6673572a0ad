import { coverageLimitMs, observeCoverage } from '../../../shared/alert/coverage.ts';
import { monitorLookbackMs, observeMonitor, type SeenOutcome } from '../../../shared/alert/monitor.ts';
import { alert, monitor, start } from './sample.ts';

describe.each([5_000, 10_000])('an m-of-n alert of a monitor with an interval of %i ms', (intervalMs) => {
  const fast = { ...monitor, intervalMs };
  const outcomes = (story: string): SeenOutcome[] =>
    [...story].map((letter, index) => ({
      at: start + index * intervalMs,
      outcome: letter === 'F' ? 'failed' : 'passed',
      isMaintenance: false,
    }));
  const see = (story: string, firedAt?: number, now = start + story.length * intervalMs) =>
    observeMonitor(alert, fast, outcomes(story), undefined, firedAt, now).condition;

  it('counts its slots, of which there are many a minute', () => {
    expect(['PPPPPPPP', 'PPPPPPFF', 'PPPPPFFF', 'FFFPPPPP', 'FPFPFPPP'].map((story) => see(story))).toEqual([
      'clear',
      'clear',
      'met',
      'clear',
      'clear',
    ]);
    expect(see('PPPFPFPF')).toBe('met');
    const { facts } = observeMonitor(alert, fast, outcomes('PPPPPPFF'), undefined, undefined, start + 8 * intervalMs);
    expect(facts).toMatchObject({ failures: 2 });
  });

  it('is still seen when its row comes minutes late, and resolves after so many good ones', () => {
    const lookbackMs = monitorLookbackMs(alert, fast);
    expect(lookbackMs).toBe(5 * intervalMs + 180_000);
    expect(see('FFFFF', undefined, start + 5 * intervalMs + 170_000)).toBe('met');
    expect(see('FFFPP', start + 2 * intervalMs)).toBe('clear');
    expect(see('FFFFP', start + 2 * intervalMs)).toBe('met');
  });

  it('leaves five minutes before coverage is lost', () => {
    expect(coverageLimitMs(fast)).toBe(300_000);
    const presence = { newestJudgedAt: start, firstSeenAt: start };
    expect(observeCoverage(fast, presence, ['oncall'], start + 300_000).condition).toBe('clear');
    expect(observeCoverage(fast, presence, ['oncall'], start + 300_001).condition).toBe('met');
  });
});
