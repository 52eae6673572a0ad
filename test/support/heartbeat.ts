import type { HeartbeatMonitor } from '../../shared/config/model.ts';
import { type HeartbeatCall, type HeartbeatRecord, stepHeartbeat } from '../../shared/probe/heartbeat-record.ts';
import { minuteMs } from './budget-examples.ts';

/** A job that calls every hour, and may be ten minutes late. */
export function heartbeatMonitor(changes: Partial<HeartbeatMonitor> = {}): HeartbeatMonitor {
  return {
    id: 'backup',
    key: 7,
    type: 'heartbeat',
    intervalMs: minuteMs,
    timeoutMs: 5_000,
    retry: { limit: 0, delayMs: 0 },
    allowPrivate: false,
    dependsOn: [],
    assertions: [],
    alerts: [],
    periodMs: 60 * minuteMs,
    graceMs: 10 * minuteMs,
    ...changes,
  };
}

export type CallAt = { readonly at: number; readonly call: HeartbeatCall };

export const success = (at: number): CallAt => ({ at, call: { kind: 'success' } });
export const start = (at: number): CallAt => ({ at, call: { kind: 'start' } });
export const fail = (at: number, exitCode?: number): CallAt => ({
  at,
  call: exitCode === undefined ? { kind: 'fail' } : { kind: 'fail', exitCode },
});

/** What these calls leave behind; undefined when there are none. */
export function recordOf(calls: readonly CallAt[], monitor: HeartbeatMonitor): HeartbeatRecord | undefined {
  return calls.reduce<HeartbeatRecord | undefined>(
    (record, { at, call }) => stepHeartbeat(record ?? {}, call, at, monitor),
    undefined,
  );
}
