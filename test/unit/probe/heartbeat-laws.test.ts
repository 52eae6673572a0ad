import fc from 'fast-check';
import type { HeartbeatMonitor } from '../../../shared/config/model.ts';
import { judgeHeartbeat } from '../../../shared/probe/heartbeat.ts';
import { type HeartbeatRecord, stepHeartbeat } from '../../../shared/probe/heartbeat-record.ts';
import { minuteMs, monday } from '../../support/budget-examples.ts';
import { type CallAt, fail, heartbeatMonitor, recordOf, start, success } from '../../support/heartbeat.ts';

/** A period of 2 to 30 minutes, a grace of up to a minute more than it. */
const anyMonitor: fc.Arbitrary<HeartbeatMonitor> = fc
  .tuple(fc.integer({ min: 2, max: 30 }), fc.double({ min: 0.02, max: 1, noNaN: true }))
  .map(([period, part]) =>
    heartbeatMonitor({ periodMs: period * minuteMs, graceMs: Math.ceil(part * (period + 1)) * minuteMs }),
  );

/** Calls in their order, the gaps between them in parts of a period. */
const callsWithGaps = (monitor: HeartbeatMonitor, gaps: readonly number[], kindOf: (index: number) => number) => {
  const make = [success, fail, start];
  let at = monday;
  return gaps.map((gap, index): CallAt => {
    at += Math.max(1, Math.floor((gap * monitor.periodMs) / 1_000)) * 1_000 + 7;
    return (make[kindOf(index)] ?? success)(at);
  });
};

const gap = fc.oneof(
  fc.double({ min: 0, max: 0.1, noNaN: true }),
  fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  fc.double({ min: 0, max: 5, noNaN: true }),
);
const anyHistory = fc
  .tuple(anyMonitor, fc.array(fc.tuple(gap, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 12 }))
  .map(([monitor, steps]) => ({
    monitor,
    calls: callsWithGaps(
      monitor,
      steps.map(([each]) => each),
      (index) => steps[index]?.[1] ?? 0,
    ),
  }));

type Event = { readonly at: number; readonly isBad: boolean };

/** Every event that counts, by the ticks of each minute until `toAt`. */
function eventsOf(monitor: HeartbeatMonitor, calls: readonly CallAt[], toAt: number) {
  const events: Event[] = [];
  const failedAts: number[] = [];
  let [record, next] = [undefined as HeartbeatRecord | undefined, 0];
  for (let at = monday; at <= toAt; at += monitor.intervalMs) {
    for (; (calls[next]?.at ?? Infinity) <= at; next += 1) record = recordFrom(record, calls[next] as CallAt, monitor);
    const { outcome, isRepeat } = judgeHeartbeat(monitor, record, at);
    if (outcome === 'failed') failedAts.push(at);
    if (outcome !== 'unknown' && !isRepeat) events.push({ at, isBad: outcome === 'failed' });
  }
  return { events, failedAts };
}

const recordFrom = (record: HeartbeatRecord | undefined, { at, call }: CallAt, monitor: HeartbeatMonitor) =>
  stepHeartbeat(record ?? {}, call, at, monitor);
const tickAfter = (at: number): number => Math.ceil(at / minuteMs) * minuteMs;

describe('the laws of a heartbeat', () => {
  it('makes at most one bad event in any span of a period', () => {
    fc.assert(
      fc.property(anyHistory, ({ monitor, calls }) => {
        const { events } = eventsOf(monitor, calls, (calls.at(-1)?.at ?? 0) + 5 * monitor.periodMs);
        const bad = events.filter(({ isBad }) => isBad).map(({ at }) => at);
        for (const [index, at] of bad.entries())
          expect(at - (bad[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(monitor.periodMs);
      }),
    );
  });

  it('makes one event a period, give or take one, and one less for each failure that was reported and stayed', () => {
    fc.assert(
      fc.property(anyHistory, ({ monitor, calls }) => {
        const toAt = (calls.at(-1)?.at ?? 0) + 5 * monitor.periodMs;
        const { events } = eventsOf(monitor, calls, toAt);
        const firstAt = events[0]?.at ?? toAt;
        const periods = (toAt - firstAt) / monitor.periodMs;
        const reported = calls.filter(({ call }) => call.kind === 'fail').length;
        expect(events.length).toBeLessThanOrEqual(periods + 2);
        expect(events.length).toBeGreaterThanOrEqual(Math.floor(periods) - 1 - reported);
      }),
    );
  });

  it('makes a bad event of every period that was missed, at the first tick after its grace', () => {
    fc.assert(
      fc.property(anyMonitor, fc.array(gap, { minLength: 2, maxLength: 12 }), (monitor, gaps) => {
        const calls = callsWithGaps(monitor, gaps, () => 0);
        const { events } = eventsOf(monitor, calls, calls.at(-1)?.at ?? 0);
        const bad = new Set(events.filter(({ isBad }) => isBad).map(({ at }) => at));
        const lastAt = calls.at(-1)?.at ?? 0;
        for (const [index, { at }] of calls.entries()) {
          const nextAt = calls[index + 1]?.at ?? 0;
          const { periodMs, graceMs } = monitor;
          for (let dueAt = at + periodMs + graceMs; dueAt < nextAt; dueAt += periodMs)
            if (tickAfter(dueAt) <= lastAt) expect(bad).toContain(tickAfter(dueAt));
        }
      }),
    );
  });

  it('never fails a job that is late by its grace at most, and makes of it nothing but a pass a period', () => {
    fc.assert(
      fc.property(
        anyMonitor,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4 }),
        (monitor, parts) => {
          const { periodMs, graceMs } = monitor;
          const most = (periodMs + graceMs - 1_007) / periodMs;
          const calls = callsWithGaps(
            monitor,
            parts.map((part) => part * most),
            () => 0,
          );
          const [firstAt, lastAt] = [calls[0]?.at ?? 0, calls.at(-1)?.at ?? 0];
          const { events, failedAts } = eventsOf(monitor, calls, lastAt);
          expect(failedAts).toEqual([]);
          expect(events.length).toBe(Math.floor(lastAt / periodMs) - Math.ceil(tickAfter(firstAt) / periodMs) + 1);
        },
      ),
    );
  });

  it('remembers the same when calls come twice, or come once more much later', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(), ({ monitor, calls }, pick) => {
        const record = recordOf(calls, monitor);
        expect(
          recordOf(
            calls.flatMap((call) => [call, call]),
            monitor,
          ),
        ).toEqual(record);
        const again = calls[pick % calls.length];
        if (record !== undefined && again !== undefined) expect(recordFrom(record, again, monitor)).toBe(record);
      }),
    );
  });
});
