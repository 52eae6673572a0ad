import type { HeartbeatMonitor } from '../../../shared/config/model.ts';
import { judgeHeartbeat } from '../../../shared/probe/heartbeat.ts';
import { runProbe } from '../../../shared/probe/run.ts';
import { minuteMs, monday } from '../../support/budget-examples.ts';
import { type CallAt, fail, heartbeatMonitor, recordOf, start, success } from '../../support/heartbeat.ts';
import { probeDeps } from '../../support/http-monitor.ts';

const monitor = heartbeatMonitor();
const minutes = (count: number): number => monday + count * minuteMs;
/** What the tick of a minute finds: each call is there when its minute has come, however late the tick is. */
const seen = (calls: readonly CallAt[], at: number, lateMs = 0, one: HeartbeatMonitor = monitor) =>
  judgeHeartbeat(
    one,
    recordOf(
      calls.filter((call) => call.at <= at + lateMs),
      one,
    ),
    at,
  );
/** `F` a failure that counts, `f` one that repeats, `P` and `p` the same of passes, `.` nothing to write down. */
const story = (calls: readonly CallAt[], from: number, to: number, one: HeartbeatMonitor = monitor): string =>
  Array.from({ length: to - from }, (_, index) => {
    const { outcome, isRepeat, isWaiting } = seen(calls, minutes(from + index), 0, one);
    if (isWaiting) return '.';
    const letter = outcome === 'failed' ? 'F' : 'P';
    return isRepeat ? letter.toLowerCase() : letter;
  }).join('');

describe('a heartbeat', () => {
  it('waits before the first call, and is written down nowhere', () => {
    expect(judgeHeartbeat(monitor, undefined, monday)).toMatchObject({
      outcome: 'unknown',
      errorType: 'monitor',
      message: 'it has not been called yet',
      isWaiting: true,
    });
    expect(story([success(minutes(2))], 0, 4)).toBe('..pp');
  });

  it('passes up to the end of its grace, and fails from then on', () => {
    const calls = [success(minutes(0))];
    expect(seen(calls, minutes(69)).outcome).toBe('passed');
    expect(seen(calls, minutes(70))).toMatchObject({
      outcome: 'failed',
      errorType: 'timeout',
      message: 'no call since 2026-11-16 00:00:00 UTC, one was due by 2026-11-16 01:10:00 UTC',
    });
  });

  it('fails when it says so, and passes when it says that all is well', () => {
    const calls = [success(minutes(0)), fail(minutes(2), 3), success(minutes(4))];
    expect(story(calls, 1, 6)).toBe('pFfpp');
    expect(seen(calls, minutes(3))).toMatchObject({
      errorType: 'assertion',
      message: 'it said at 2026-11-16 00:02:00 UTC that it failed (exit code 3)',
    });
  });

  it('fails when its first call is a failure', () => {
    expect(story([fail(minutes(1))], 0, 3)).toBe('.Ff');
    expect(seen([fail(minutes(1))], minutes(1)).message).toBe('it said at 2026-11-16 00:01:00 UTC that it failed');
  });

  it('that began and never ended waits, then is overdue, even when it begins anew again and again', () => {
    const calls = [start(minutes(0)), start(minutes(40)), start(minutes(65))];
    expect(story(calls, 68, 73)).toBe('..Fff');
    expect(seen(calls, minutes(70)).message).toBe(
      'it began at 2026-11-16 00:00:00 UTC and has not said how it ended, which was due by 2026-11-16 01:10:00 UTC',
    );
  });

  it('that begins a new run is not excused by that', () => {
    expect(story([success(minutes(0)), start(minutes(60))], 69, 72)).toBe('pFf');
  });

  it('counts a failure at once, and again after each further period of silence', () => {
    const counted = [...story([success(minutes(0))], 0, 300)].flatMap((letter, at) => (letter === 'F' ? [at] : []));
    expect(counted).toEqual([70, 130, 190, 250]);
  });

  it('gives the run after a failed one its grace before that period counts too', () => {
    const failedRun = [success(minutes(0)), fail(minutes(60)), success(minutes(121))];
    expect([...story(failedRun, 0, 190)].filter((letter) => letter === 'F')).toHaveLength(1);
    const silence = [...story([success(minutes(0)), fail(minutes(60))], 0, 300)];
    expect(silence.flatMap((letter, at) => (letter === 'F' ? [at] : []))).toEqual([60, 130, 190, 250]);
  });

  it('counts a pass at each multiple of its period, and none in the period of a failure', () => {
    const calls = [
      success(minutes(0)),
      success(minutes(60)),
      fail(minutes(90)),
      success(minutes(95)),
      success(minutes(155)),
    ];
    const found = [...story(calls, 0, 211)];
    expect(found.flatMap((letter, at) => (letter === 'P' ? [at] : []))).toEqual([0, 60, 180]);
    expect(found.flatMap((letter, at) => (letter === 'F' ? [at] : []))).toEqual([90]);
  });

  it('counts a failure once a period, however often it is reported and mended', () => {
    const calls = [0, 5, 10, 15].flatMap((at) => [fail(minutes(at)), success(minutes(at + 2))]);
    expect(story(calls, 0, 20)).toBe('Ffpppffpppffpppffppp');
  });

  it.each([
    ['it was overdue', [success(minutes(0)), success(minutes(70) + 30_000)], 71, 'timeout', 'it was overdue, from'],
    [
      'it said that it failed',
      [success(minutes(60)), fail(minutes(70) + 10_000), success(minutes(70) + 20_000)],
      71,
      'assertion',
      'it said that it failed, from',
    ],
  ])('shows in the next tick that %s for some seconds', (_, calls, minute, errorType, message) => {
    const late = heartbeatMonitor({ graceMs: 10 * minuteMs + 10_000 });
    const found = seen(calls, minutes(minute), 0, late);
    expect(found).toMatchObject({ outcome: 'failed', errorType, message: expect.stringContaining(message) });
    expect(found.isRepeat).toBeUndefined();
    expect(story(calls, 70, 73, late)).toBe('pFp');
  });

  it('is found the same by a tick that comes late, whatever was called meanwhile', () => {
    const calls = [success(minutes(0)), success(minutes(70) + 5_000), fail(minutes(80)), success(minutes(81))];
    const outcome = (lateMs: number) => (_: unknown, minute: number) => {
      const { outcome, isRepeat } = seen(calls, minutes(minute), lateMs);
      return [minute, outcome, isRepeat];
    };
    const onTime = Array.from({ length: 90 }, outcome(0));
    expect(Array.from({ length: 90 }, outcome(50_000))).toEqual(onTime);
    expect(onTime.filter(([, found, isRepeat]) => found === 'failed' && !isRepeat)).toHaveLength(1);
  });
});

describe('the prober of heartbeats', () => {
  const record = recordOf([success(minutes(0))], monitor);
  const deps = (at?: number) =>
    probeDeps({
      loadHeartbeat: async (key) => (key === monitor.key ? record : undefined),
      clock: { now: () => minutes(70), monotonicMs: () => 0, sleep: async () => {} },
      ...(at === undefined ? {} : { at }),
    });

  it('judges at the instant of its tick, sends nothing and measures nothing', async () => {
    const result = await runProbe(monitor, deps(minutes(60)));
    expect(result).toMatchObject({ monitor: 'backup', outcome: 'passed', attempts: 0, latencyMs: 0 });
    expect(result.isRepeat).toBeUndefined();
  });

  it.each([
    ['without a tick', undefined, 'failed'],
    ['between two ticks', minutes(70) + 1_000, 'failed'],
  ])('by hand, %s, judges and never counts', async (_, at, outcome) => {
    expect(await runProbe(monitor, deps(at))).toMatchObject({ outcome, isRepeat: true });
  });

  it('is our own fault when the calls cannot be read', async () => {
    const loadHeartbeat = async () => {
      throw Object.assign(new Error('secret'), { name: 'TimeoutError' });
    };
    expect(await runProbe(monitor, { ...deps(minutes(1)), loadHeartbeat })).toMatchObject({
      outcome: 'unknown',
      errorType: 'monitor',
      message: 'its calls cannot be read (TimeoutError)',
      attempts: 0,
    });
  });
});
