import { renderProgress, sparkline, startProgress } from '../../../infra/cli/burst/progress.ts';
import type { Progress } from '../../../shared/burst/model.ts';
import { createIo } from './io.ts';

const progress: Progress = {
  elapsedMs: 12_034,
  durationMs: 15_000,
  scheduled: 14_000,
  requests: 11_200,
  failures: 3,
  underWay: 12,
  waiting: 0,
  lastSecond: { requests: 1_000, failures: 1, p50Ms: 2, p99Ms: 12.34, maxMs: 40, intended: 1_000 },
};
const rates = [100, 250, 500, 1_000, 1_000, 1_000];

describe('the line of progress', () => {
  it.each([
    [60, '12 s/15 s  ▂▄███  11,200/14,000 sent  3 failed  p99 12.3 ms'],
    [80, '12 s/15 s  ▁▂▄███  11,200/14,000 sent  3 failed  p99 12.3 ms  12 under way'],
    [120, '12 s/15 s  ▁▂▄███  11,200/14,000 sent  3 failed  p99 12.3 ms  12 under way  0 waiting'],
  ])('says at %i columns what there is room for, the most important first', (columns, line) => {
    expect(renderProgress(progress, rates, columns)).toBe(line);
  });

  it.each([10, 30, 60, 80, 120])('never fills a line of %i columns, which a terminal would wrap', (columns) => {
    const long = Array.from({ length: 500 }, (_, index) => index);
    const huge = {
      ...progress,
      requests: 1_999_999,
      scheduled: 2_000_000,
      failures: 999_999,
      waiting: 123_456,
      underWay: 800,
    };
    expect(renderProgress(huge, long, columns).length).toBeLessThan(columns);
  });

  it('says the rate that a search holds, and no quantile of a second in which nothing ended', () => {
    const idle = { ...progress, ratePerSecond: 450, lastSecond: { ...progress.lastSecond, requests: 0, p99Ms: 0 } };
    const { scheduled: _, durationMs: __, ...open } = idle;
    expect(renderProgress(open, [], 120)).toBe(
      '12 s    at 450/s  11,200 sent  3 failed  p99 –  12 under way  0 waiting',
    );
  });

  it.each([
    [[], ''],
    [[0, 0], '▁▁'],
    [[1, 4, 8], '▁▄█'],
  ])('draws %j as %s', (values, line) => {
    expect(sparkline(values)).toBe(line);
  });

  it('is written over itself on a terminal, and wiped away in the end', () => {
    const { io, written } = createIo({ progressColumns: 60 });
    const line = startProgress(io);
    line.show({ ...progress, elapsedMs: 1_001 });
    line.show({ ...progress, elapsedMs: 2_001 });
    line.end();
    expect(written.stderr.split('\r\u001b[K')).toEqual([
      '',
      'starting',
      expect.stringMatching(/^1 s\/15 s {2}█ {2}/),
      expect.stringMatching(/^2 s\/15 s {2}██ {2}/),
      '',
    ]);
    expect(written.stdout + written.stderr).not.toContain('\n');
  });

  it('is not there where standard error is no terminal', () => {
    const { io, written } = createIo();
    const line = startProgress(io);
    line.show(progress);
    line.end();
    expect(written).toEqual({ stdout: '', stderr: '' });
  });
});
