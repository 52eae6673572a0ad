import { monitorLookbackMs, observeMonitor, type SeenOutcome } from '../../../shared/alert/monitor.ts';
import type { MonitorAlert, Outcome } from '../../../shared/config/model.ts';
import { alert, minute, monitor, start } from './sample.ts';

const outcomeOf: Readonly<Record<string, Outcome>> = {
  P: 'passed',
  D: 'degraded',
  F: 'failed',
  U: 'unknown',
  B: 'blocked',
  M: 'failed',
};
/** One letter a minute; `.` is a gap, `M` a failure and `m` a success under maintenance. The last one is at `end`. */
function outcomes(story: string): SeenOutcome[] {
  return [...story].flatMap((letter, index) => {
    if (letter === '.') return [];
    const outcome = outcomeOf[letter.toUpperCase()] ?? 'passed';
    const isMaintenance = letter === 'M' || letter === 'm';
    const at = end - (story.length - 1 - index) * minute;
    return [
      {
        at,
        outcome: letter === 'm' ? 'passed' : outcome,
        isMaintenance,
        ...(outcome === 'failed' && { errorType: 'timeout' as const }),
      },
    ];
  });
}
const end = start + 30 * minute;
const now = end + 20_000;
const see = (story: string, more: { resolvedAt?: number; firedAt?: number; alert?: Partial<MonitorAlert> } = {}) =>
  observeMonitor({ ...alert, ...more.alert }, monitor, outcomes(story), more.resolvedAt, more.firedAt, now);

describe('an m-of-n alert that is quiet (3 of 5)', () => {
  it.each([
    ['PPPPP', 'clear', 0],
    ['PPPFF', 'clear', 2],
    ['PPFFF', 'met', 3],
    ['FPFPF', 'met', 3],
    ['FFF', 'met', 3],
    ['FF', 'clear', 2],
    ['FPPFFP', 'clear', 2],
    ['FFFPP', 'met', 3],
    ['DDDDD', 'clear', 0],
    ['FUFBF', 'met', 3],
    ['F.F.F', 'met', 3],
    ['F..F.F', 'clear', 2],
    ['FUUFUF', 'clear', 2],
    ['FMMMF', 'clear', 2],
    ['FmFmF', 'met', 3],
    ['FFF..', 'met', 3],
    ['FFFMM', 'met', 3],
    ['UUUUU', 'unknown', 0],
    ['BBBBB', 'unknown', 0],
    ['MMMMM', 'unknown', 0],
    ['mmmmm', 'unknown', 0],
    ['', 'unknown', 0],
  ])('sees %s as %s with %i failures', (story, condition, failures) => {
    expect(see(story)).toMatchObject({ condition, facts: { failures, of: 5 } });
  });

  it('looks no further back than its window and the lateness of a tick, even when it is given more', () => {
    expect(monitorLookbackMs(alert, monitor)).toBe(8 * minute);
    expect(see('FFF........').condition).toBe('unknown');
  });

  it('does not see the future', () => {
    expect(observeMonitor(alert, monitor, outcomes('FFF'), undefined, undefined, end - 1).facts).toMatchObject({
      failures: 2,
    });
  });

  it('starts afresh after a resolution: what lies at or before it is ignored', () => {
    expect(see('FFFF', { resolvedAt: end - 2 * minute }).facts).toMatchObject({ failures: 2 });
    expect(see('FFFF', { resolvedAt: end }).condition).toBe('unknown');
  });

  it('counts a slot once, by its newest judged outcome, however many outcomes it holds', () => {
    const extra = [10_000, 20_000, 30_000].map((offset) => ({
      at: start + offset,
      outcome: 'failed' as const,
      isMaintenance: false,
    }));
    const one = observeMonitor(alert, monitor, extra, undefined, undefined, start + minute);
    expect(one).toMatchObject({ condition: 'clear', facts: { failures: 1, firstFailureAt: start + 30_000 } });
    const mended = [...extra, { at: start + 40_000, outcome: 'passed' as const, isMaintenance: false }];
    expect(observeMonitor(alert, monitor, mended, undefined, undefined, start + minute).facts).toMatchObject({
      failures: 0,
    });
  });

  it('keeps slots of the monitor’s own interval', () => {
    const quick = { ...monitor, intervalMs: 10_000 };
    const failed = [0, 10_000, 20_000].map((offset) => ({
      at: start + offset,
      outcome: 'failed' as const,
      isMaintenance: false,
    }));
    expect(observeMonitor(alert, quick, failed, undefined, undefined, start + 21_000).condition).toBe('met');
  });

  it('does not depend on the order of the outcomes', () => {
    expect(observeMonitor(alert, monitor, outcomes('PFFPF').reverse(), undefined, undefined, now)).toEqual(
      see('PFFPF'),
    );
  });
});

describe('an m-of-n alert that fires (recovers after 2)', () => {
  const firing = (story: string, firedMinutesAgo: number, more: Partial<MonitorAlert> = {}) =>
    see(story, { firedAt: end - firedMinutesAgo * minute, alert: more }).condition;

  it.each([
    ['resolves after two good probes', 'FFFPP', 2, 'clear'],
    ['holds after one', 'FFPFP', 2, 'met'],
    ['holds below m, as long as it has not recovered', 'FFFPPFP', 3, 'holding'],
    ['takes degraded as good', 'FFFDP', 2, 'clear'],
    ['does not resolve by the data that fired it', 'FFFPP', 0, 'met'],
    ['does not resolve by half of the data that fired it', 'FFFPP', 0.5, 'met'],
    ['lets unknown, blocked and gaps neither help nor harm', 'FFFPUB.P', 5, 'clear'],
    ['recovers by good probes under maintenance', 'FFFmm', 2, 'clear'],
    ['does not recover while it fails under maintenance', 'FFFmM', 2, 'met'],
    ['says unknown when nothing was judged', 'UUUUUUUUU', 4, 'unknown'],
    ['holds when there is only one good probe to see', '........P', 4, 'holding'],
  ])('%s', (_, story, firedMinutesAgo, condition) => {
    expect(firing(story, firedMinutesAgo)).toBe(condition);
  });

  it('can ask for more good probes than its window holds', () => {
    expect(firing('FPPPPPP', 6, { failures: 1, of: 1, recoverSuccesses: 6 })).toBe('clear');
    expect(firing('FPPPPP', 6, { failures: 1, of: 1, recoverSuccesses: 6 })).toBe('holding');
  });
});

describe('what an m-of-n alert tells', () => {
  it('names the first and the last failure of the window and the newest error', () => {
    expect(see('FPFFP').facts).toEqual({
      kind: 'monitor',
      failures: 3,
      of: 5,
      errorType: 'timeout',
      firstFailureAt: end - 4 * minute,
      lastFailureAt: end - minute,
    });
  });

  it('has no instants and no error when nothing failed', () => {
    expect(see('PP').facts).toEqual({ kind: 'monitor', failures: 0, of: 5, firstFailureAt: 0, lastFailureAt: 0 });
  });

  it('carries its alert, its channels and its monitor', () => {
    expect(see('P')).toMatchObject({
      alertId: 'monitor/api/0',
      severity: 'page',
      notify: ['oncall'],
      monitors: ['api'],
      resolveDelayMs: 0,
    });
  });
});
