import type { Monitor } from '../../../shared/config/model.ts';
import { flowMonitor } from '../flow-monitor.ts';
import { type Expected, expectations, type HostileRow, timeoutOf } from './row.ts';

const httpOf = (monitor: Monitor) => {
  if (monitor.type !== 'http') throw new Error(`${monitor.id} is no http monitor`);
  return monitor;
};

/** Only what a flow says as its step does. */
const outline = ({ outcome, errorType }: Expected): Expected => ({
  ...(outcome ? { outcome } : {}),
  ...(errorType ? { errorType } : {}),
});

/** The same server as the first step of a flow, and once more as its clean-up. */
export function inFlow({ check: _check, ...row }: HostileRow): HostileRow {
  const timeoutMs = timeoutOf(row.expected);
  return {
    ...row,
    name: `${row.name}, in a flow`,
    expected: expectations(row.expected).map(outline),
    monitor: (port) => {
      const { request, assertions, maxBodyBytes, allowPrivate } = httpOf(row.monitor(port));
      const step = { request, assertions, maxBodyBytes, extract: [], timeoutMs };
      const steps = [
        { ...step, id: 'first', always: false },
        { ...step, id: 'never', always: false, assertions: [] },
        { ...step, id: 'clean-up', always: true },
      ];
      return flowMonitor(steps, { timeoutMs: 1.5 * timeoutMs, allowPrivate });
    },
  };
}

/** The same server, with two more attempts after short delays. */
export function retried({ check: _check, ...row }: HostileRow): HostileRow {
  const retry = { limit: 2, delayMs: 30 };
  return {
    ...row,
    name: `${row.name}, three times`,
    expected: expectations(row.expected).map((each) => ({ ...each, attempts: 3 })),
    monitor: (port) => ({ ...row.monitor(port), retry }),
  };
}

const stopped: Expected = { outcome: 'unknown', errorType: 'monitor', message: /stopped/ };

/** The same server, and the probe is stopped from outside, each at another time. */
export function stoppedEarly({ check: _check, ...row }: HostileRow, index: number): HostileRow {
  const stopAfterMs = (index * 7) % 120;
  return {
    ...row,
    name: `${row.name}, stopped after ${stopAfterMs} ms`,
    stopAfterMs,
    expected: [...expectations(row.expected).map(outline), stopped],
  };
}
