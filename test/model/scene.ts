import { type Config, weekdays } from '../../shared/config/model.ts';
import { aConfig, aMonitor, anAlert, anSlo, aRule, overMonitors } from '../support/config.ts';

const minuteMs = 60_000;

/** Which monitors are probed together. */
export type Scene = { readonly config: Config; readonly shards: readonly (readonly string[])[] };

const rule = (id: string, change: Parameters<typeof aRule>[0] = {}) =>
  aRule({ id, budgetPpm: 43_000, longMs: 20 * minuteMs, shortMs: 3 * minuteMs, ...change });

/**
 * Three monitors in two shards, one of them with a planned span; two SLOs, one with a ticket beside its page; alerts that remind
 * and escalate. Their windows are short, so that much happens in an hour.
 */
export const usualScene: Scene = {
  shards: [['a', 'b'], ['c']],
  config: aConfig({
    monitors: [
      aMonitor({
        id: 'a',
        alerts: [
          anAlert({
            id: 'monitor/a/0',
            repeatEveryMs: 5 * minuteMs,
            escalate: { afterMs: 6 * minuteMs, notify: ['boss'] },
          }),
        ],
      }),
      aMonitor({
        id: 'b',
        alerts: [anAlert({ id: 'monitor/b/0', failures: 2, of: 2, severity: 'ticket', notify: ['chat'] })],
      }),
      aMonitor({ id: 'c', alerts: [anAlert({ id: 'monitor/c/0', failures: 2, of: 4, recoverSuccesses: 1 })] }),
    ],
    slos: [
      anSlo({
        id: 'x',
        indicator: overMonitors('a'),
        objective: '90%',
        objectivePpm: 900_000,
        windowMs: 24 * 60 * minuteMs,
        alerts: [
          rule('slo/x/page'),
          rule('slo/x/ticket', {
            severity: 'ticket',
            longMs: 40 * minuteMs,
            shortMs: 5 * minuteMs,
            notify: ['chat'],
            repeatEveryMs: 7 * minuteMs,
          }),
        ],
      }),
      anSlo({
        id: 'y',
        indicator: overMonitors('b', 'c'),
        objective: '95%',
        objectivePpm: 950_000,
        windowMs: 24 * 60 * minuteMs,
        alerts: [rule('slo/y/page', { minBadEvents: 4, notify: ['oncall', 'chat'] })],
      }),
    ],
    maintenance: [
      {
        monitors: ['b'],
        startMinute: 23 * 60 + 40,
        durationMs: 6 * minuteMs,
        every: [...weekdays],
        timezone: 'UTC',
        reason: 'backup',
      },
    ],
  }),
};
export const plannedMinutes = { monitor: 'b', from: 23 * 60 + 40, to: 23 * 60 + 46 };

/** So many monitors, all in one shard, each with an SLO of its own: more at once than one write carries. */
export function crowdedScene(count: number): Scene {
  const ids = Array.from({ length: count }, (_, index) => `m${index}`);
  return {
    shards: [ids],
    config: aConfig({
      monitors: ids.map((id) => aMonitor({ id, alerts: [anAlert({ id: `monitor/${id}/0` })] })),
      slos: ids.map((id) =>
        anSlo({
          id,
          indicator: overMonitors(id),
          objective: '90%',
          objectivePpm: 900_000,
          windowMs: 24 * 60 * minuteMs,
          alerts: [rule(`slo/${id}/page`)],
        }),
      ),
    }),
  };
}
