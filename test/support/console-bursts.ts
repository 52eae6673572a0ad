import type { LivePoint, LiveRun } from '../../infra/local/console/state.ts';
import type { BurstRunView, BurstView } from '../../shared/app/overview/model.ts';
import type { BreakingPointStep, BurstSummary, Second } from '../../shared/burst/model.ts';
import { aDistribution, aSummary, dayMs } from './burst.ts';

/** Bursts as the console has them, all relative to one instant: `redirects`, 0 to 200/s in 5 s and held for 10 s. */
const rateAt = (second: number): number => (second < 5 ? 20 + 40 * second : 200);
const wave = (second: number): number => 1 + 0.16 * Math.sin(second * 1.7) + 0.05 * ((second * 7) % 3);

/** A calm second; `isSlow` one in which the target was slow and some requests failed. */
function secondOf(second: number, isSlow = false): Second {
  const requests = Math.round(rateAt(second) * (isSlow ? 0.86 : 1));
  const p50Ms = 11 * wave(second) * (isSlow ? 6 : 1);
  const p99Ms = 42 * wave(second + 3) * (isSlow ? 11 : 1);
  const failures = isSlow ? Math.round(requests * 0.07) : 0;
  return { requests, failures, p50Ms, p99Ms, maxMs: p99Ms * 1.4, intended: rateAt(second) };
}

export const secondsOf = (count: number, isSlow: (second: number) => boolean = () => false): readonly Second[] =>
  Array.from({ length: count }, (_, second) => secondOf(second, isSlow(second)));

/** Runs of the nights before, the newest first; `p99` of each, and what it did not hold. */
function runsOf(now: number, p99s: readonly number[], change: Partial<BurstSummary>): readonly BurstRunView[] {
  return p99s.map((p99, index): BurstRunView => {
    const isHeld = p99 < 300;
    const summary = aSummary({
      ...(index === 0 ? change : {}),
      startedAt: new Date(now - 3_600_000 - index * dayMs).toISOString(),
      throughputPerSecond: 166.4 - (p99 > 300 ? 3.1 : 0),
      latencyMs: aDistribution({
        p50: 11.2 + index / 5,
        p75: 12.9,
        p90: 14.7,
        p95: p99 / 3,
        p99,
        p999: p99 * 1.2,
        max: p99 * 1.4,
      }),
      thresholds: [
        { threshold: 'p99 < 300ms', passed: isHeld, actual: p99 },
        { threshold: 'errorRatio < 0.1%', passed: isHeld, actual: isHeld ? 0 : 0.0213 },
        { threshold: 'dropped == 0', passed: true, actual: 0 },
      ],
    });
    const reasons = isHeld ? [] : [`p99 ${p99} ms, wanted < 300 ms`, 'error ratio 2.13 %, wanted < 0.1 %'];
    return { runAt: now - 3_600_000 - index * dayMs, outcome: isHeld ? 'passed' : 'failed', reasons, more: 0, summary };
  });
}

const same = { changeRatio: 0.021, pValue: 0.41, verdict: 'same' } as const;

export function burstView(now: number, patch: Partial<BurstView> = {}): BurstView {
  return {
    id: 'redirects',
    state: 'passed',
    model: 'open',
    sent: ['GET http://127.0.0.1:4001/demo'],
    load: 'ramp from 0/s to 200/s over 5 s, hold 200/s for 10 s',
    wanted: 'p99 < 300ms, errorRatio < 0.1%, dropped == 0, at most 20 % worse than its last 5 good runs',
    thresholds: ['p99 < 300ms', 'errorRatio < 0.1%', 'dropped == 0'],
    plannedMs: 15_000,
    rates: [
      { atMs: 0, perSecond: 0 },
      { atMs: 5_000, perSecond: 200 },
      { atMs: 5_000, perSecond: 200 },
      { atMs: 15_000, perSecond: 200 },
    ],
    schedule: 'cron(0 3 * * ? *)',
    timezone: 'Europe/Amsterdam',
    nextRunAt: now + 14 * 3_600_000,
    runs: runsOf(now, [48.6, 52.3, 46.1, 412, 49.9, 51.2, 47.7, 55.4], {
      comparison: {
        verdict: 'same',
        baseline: 5,
        quantities: [
          { quantity: 'p50', baseline: 11.4, actual: 11.2, ...same, changeRatio: -0.0175 },
          { quantity: 'p95', baseline: 17.1, actual: 16.2, ...same, changeRatio: -0.0526 },
          { quantity: 'errorRatio', baseline: 0, actual: 0, ...same, changeRatio: 0 },
        ],
      },
    }),
    seconds: secondsOf(15),
    alerts: [{ id: 'burst/redirects/0', severity: 'ticket', status: 'inactive', notify: ['oncall'] }],
    ...patch,
  };
}

/** The same burst after a night in which the target was slow, what sent the load as well, and the alert fired. */
export function failedBurst(now: number, patch: Partial<BurstView> = {}): BurstView {
  return burstView(now, {
    state: 'failed',
    runs: runsOf(now, [418, 52.3, 46.1, 51, 49.9, 51.2, 47.7, 55.4], {
      failures: 53,
      dropped: 4,
      requests: 2_496,
      errorRatio: 0.0213,
      statusCodes: { '302': 2_443, '503': 41 },
      errors: { timeout: 12 },
      generatorSaturated: true,
      startLagMs: aDistribution({ p99: 24.6 }),
      comparison: {
        verdict: 'worse',
        baseline: 5,
        quantities: [
          { quantity: 'p50', baseline: 11.4, actual: 11.2, ...same, changeRatio: -0.0175 },
          { quantity: 'p95', baseline: 17.1, actual: 139.3, changeRatio: 7.146, pValue: 0.0001, verdict: 'worse' },
          { quantity: 'errorRatio', baseline: 0, actual: 0.0213, changeRatio: 0, pValue: 0.0001, verdict: 'worse' },
        ],
      },
    }),
    seconds: secondsOf(16, (second) => second >= 8 && second < 12),
    alerts: [
      {
        id: 'burst/redirects/0',
        severity: 'ticket',
        status: 'firing',
        firedAt: now - 3_500_000,
        notify: ['oncall'],
      },
    ],
    ...patch,
  });
}

function stepOf(ratePerSecond: number, p99Ms: number, change: Partial<BreakingPointStep> = {}): BreakingPointStep {
  return {
    ratePerSecond,
    throughputPerSecond: ratePerSecond * 0.998,
    errorRatio: 0,
    p50Ms: 3 + p99Ms / 12,
    p99Ms,
    dropped: 0,
    generatorSaturated: false,
    passed: p99Ms < 300,
    ...change,
  };
}

/** A search that found where the target breaks. */
export function searchBurst(now: number, patch: Partial<BurstView> = {}): BurstView {
  const curve = [
    stepOf(50, 18),
    stepOf(100, 21),
    stepOf(200, 31),
    stepOf(400, 142),
    stepOf(800, 1_900, { errorRatio: 0.082, dropped: 311, throughputPerSecond: 611 }),
    stepOf(800, 2_050, { errorRatio: 0.09, dropped: 340, throughputPerSecond: 606 }),
    stepOf(600, 903, { throughputPerSecond: 575 }),
    stepOf(500, 391, { throughputPerSecond: 494 }),
    stepOf(450, 318, { throughputPerSecond: 447 }),
    stepOf(425, 214),
  ];
  const summary = aSummary({
    burst: 'limit',
    model: 'breakingPoint',
    durationMs: 56_300,
    requests: 12_480,
    failures: 610,
    errorRatio: 0.0489,
    throughputPerSecond: 210.8,
    thresholds: [],
    statusCodes: { '302': 11_870, '503': 610 },
    breakingPoint: {
      sustainedPerSecond: 425,
      brokenPerSecond: 450,
      broken: { threshold: 'p99 < 300ms', passed: false, actual: 318 },
      end: 'found',
      curve,
    },
  });
  const { schedule: _, timezone: __, nextRunAt: ___, plannedMs: ____, ...rest } = burstView(now);
  return {
    ...rest,
    id: 'limit',
    model: 'breakingPoint',
    load: 'search from 50/s to 2,000/s, each rate held for 5 s',
    wanted: 'p99 < 300ms',
    thresholds: ['p99 < 300ms'],
    rates: [],
    runs: [{ runAt: now - 600_000, outcome: 'passed', reasons: [], more: 0, summary }],
    seconds: secondsOf(56, (second) => second > 20 && second < 30),
    alerts: [],
    ...patch,
  };
}

/** A burst that has never run. */
export function freshBurst(now: number): BurstView {
  return burstView(now, {
    id: 'callers',
    state: 'waiting',
    model: 'closed',
    sent: ['3 of 4: GET http://127.0.0.1:4001/demo', '1 of 4: flow shorten-and-follow'],
    load: '10 at once, 1,000 requests',
    wanted: '',
    thresholds: [],
    rates: [],
    runs: [],
    seconds: [],
    alerts: [],
  });
}

/** The same run of `redirects` after so many seconds. */
export function liveRun(now: number, seconds: number, patch: Partial<LiveRun> = {}): LiveRun {
  return {
    id: 'run-1',
    burst: 'redirects',
    trigger: 'hand',
    isRecorded: true,
    beganAt: now - seconds * 1_000 - 400,
    points: livePoints(seconds),
    ...patch,
  };
}

function livePoints(count: number): readonly LivePoint[] {
  let [requests, failures] = [0, 0];
  return secondsOf(count, (second) => second === 6).map((each, second): LivePoint => {
    requests += each.requests;
    failures += each.failures;
    return {
      second,
      elapsedMs: (second + 1) * 1_000 + 3,
      scheduled: 2_500,
      requests,
      failures,
      underWay: 3,
      waiting: second === 6 ? 14 : 0,
      perSecond: each.requests,
      p50Ms: each.p50Ms,
      p99Ms: each.p99Ms,
    };
  });
}
