import type { HttpRequest, Load } from '../../../shared/config/model.ts';
import { type AdHoc, buildAdHocBurst } from '../../../shared/config/parse/index.ts';

const request: HttpRequest = {
  method: 'GET',
  url: 'http://127.0.0.1:3000/',
  query: [],
  headers: {},
  followRedirects: false,
  maxRedirects: 5,
  httpVersion: '1.1',
};
const held = (perSecond: number, durationMs: number): Load => ({
  model: 'open',
  stages: [{ fromPerSecond: perSecond, toPerSecond: perSecond, durationMs }],
});
const search: Load = {
  model: 'breakingPoint',
  fromPerSecond: 50,
  toPerSecond: 2_000,
  holdMs: 5_000,
  factor: 2,
  precisionPpm: 50_000,
};
const p99 = { text: 'p99 < 300ms', metric: 'p99', op: 'lt', value: 300 } as const;
const asked = (load: Load, more: Partial<AdHoc> = {}): AdHoc => ({ id: 'here', request, load, ...more });
const burstOf = (load: Load, more: Partial<AdHoc> = {}) => {
  const built = buildAdHocBurst(asked(load, more));
  if (!built.ok) throw new Error(built.message);
  return built.burst;
};
const told = (load: Load, more: Partial<AdHoc> = {}) => {
  const built = buildAdHocBurst(asked(load, more));
  return built.ok ? 'good' : built.message;
};

describe('a burst of the command line', () => {
  it('may have 800 requests under way, private addresses, and what it is scheduled to send', () => {
    expect(burstOf(held(200, 10_000))).toEqual({
      id: 'here',
      mix: [{ weight: 1, request }],
      data: [],
      load: held(200, 10_000),
      timeoutMs: 5_000,
      allowPrivate: true,
      freshConnections: false,
      limits: { concurrency: 800, requests: 2_000, durationMs: 10_000 },
      failureStatuses: [{ from: 400, to: 599 }],
      thresholds: [],
      shards: 1,
      alerts: [],
    });
  });

  it('takes what is said of it', () => {
    const more = { timeoutMs: 1_000, thresholds: [p99], freshConnections: true, concurrency: 20 };
    expect(burstOf(held(200, 10_000), more)).toMatchObject({
      timeoutMs: 1_000,
      thresholds: [p99],
      freshConnections: true,
      limits: { concurrency: 20 },
    });
  });

  it('of the closed model has as many sockets as callers', () => {
    expect(burstOf({ model: 'closed', concurrency: 10, requests: 1_000 }).limits).toEqual({
      concurrency: 10,
      requests: 1_000,
      durationMs: 780_000,
    });
    expect(burstOf({ model: 'closed', concurrency: 10, forMs: 5_000 }).limits).toMatchObject({ durationMs: 5_000 });
  });

  it('that searches has time for the last answers of its steps', () => {
    expect(burstOf(search, { thresholds: [p99], timeoutMs: 1_000 }).limits).toEqual({
      concurrency: 800,
      requests: 265_750,
      durationMs: 217_000,
    });
  });

  it.each<[string, Load, Partial<AdHoc>]>([
    ['--rate must be at most 50,000/s, got 60000/s', held(60_000, 1_000), {}],
    ['--rate would send 24,000,000 requests: a burst sends at most 2,000,000', held(40_000, 600_000), {}],
    ['--rate would send nothing: all of its rates are 0, or too low for its time', held(0, 1_000), {}],
    ['--for would take 20m: a run takes at most 13m', held(1, 1_200_000), {}],
    ['--for must be at least 100ms', held(1_000, 99), {}],
    [
      '--ramp must be at least 100ms',
      {
        model: 'open',
        stages: [
          { fromPerSecond: 0, toPerSecond: 9, durationMs: 1 },
          { fromPerSecond: 9, toPerSecond: 9, durationMs: 1_000 },
        ],
      },
      {},
    ],
    [
      '--requests would send 1,000,000,000 requests: a burst sends at most 2,000,000',
      { model: 'closed', concurrency: 1, requests: 1e9 },
      {},
    ],
    ['--concurrency must be at most 800, got 801', { model: 'closed', concurrency: 801, requests: 1_000 }, {}],
    ['--for would take 14m: a run takes at most 13m', { model: 'closed', concurrency: 1, forMs: 840_000 }, {}],
    ['--limit-concurrency must be at most 800, got 900', held(1, 1_000), { concurrency: 900 }],
    ['--timeout must be between 100ms and 1m, got 50ms', held(1, 1_000), { timeoutMs: 50 }],
    ['--timeout must be between 100ms and 1m, got 2m', held(1, 1_000), { timeoutMs: 120_000 }],
    ["--breaking-point needs a threshold that breaks, such as --threshold 'p99 < 300ms'", search, {}],
    ['--to must be above the first rate, 50/s, got 50/s', { ...search, toPerSecond: 50 }, { thresholds: [p99] }],
    ['--to must be at most 50,000/s, got 90000/s', { ...search, toPerSecond: 90_000 }, { thresholds: [p99] }],
    ['--hold would take 14m: a run takes at most 13m', { ...search, holdMs: 120_000 }, { thresholds: [p99] }],
    ['--hold must be at least 1s', { ...search, holdMs: 500 }, { thresholds: [p99] }],
  ])('is told: %s', (message, load, more) => {
    expect(told(load, more)).toBe(message);
  });
});
