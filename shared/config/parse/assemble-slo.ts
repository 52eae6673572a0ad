import type { z } from 'zod';
import type { BurnRule, Maintenance, Slo } from '../model.ts';
import type { Fault, Path } from './problem.ts';
import type { Schemas } from './schema.ts';
import { renderDuration } from './units.ts';

export type SloEntry = z.output<Schemas['slo']>;
export type MaintenanceEntry = z.output<Schemas['maintenance']>;
type RuleEntry = NonNullable<SloEntry['alerts']>[number];

const minute = 60_000;
const minBadEvents = { page: 3, ticket: 5 } as const;

/**
 * An SLO with its rules: their ids, short windows and floors follow from what was typed and from `slowestMs`, the
 * longest time between two events of its monitors.
 */
export function buildSlo(id: string, entry: SloEntry, slowestMs: number): { value: Slo; faults: Fault[] } {
  const path = ['slos', id, 'alerts'];
  const alerts = (entry.alerts ?? []).map((rule) => buildRule(id, rule, slowestMs));
  const windows = alerts.flatMap((rule, index) => checkLong(rule, entry, [...path, index, 'long']));
  const { text: objective, value: objectivePpm } = entry.objective;
  const { monitors } = entry.indicator;
  const indicator = { kind: 'probes' as const, monitors, isDegradedBad: false };
  const value = { id, indicator, objective, objectivePpm, windowMs: entry.window, alerts };
  return { value, faults: [...windows, ...checkRepeats(alerts, path)] };
}

/** The short window is a twelfth of the long one, but never less than three probes of the slowest monitor. */
function buildRule(slo: string, rule: RuleEntry, slowestMs: number): BurnRule {
  return {
    id: `slo/${slo}/${rule.severity}-${rule.long.text}`,
    severity: rule.severity,
    budgetPpm: rule.budget,
    longMs: rule.long.value,
    shortMs: Math.ceil(Math.max(rule.long.value / 12, 3 * slowestMs) / minute) * minute,
    minBadEvents: rule.minBadEvents ?? minBadEvents[rule.severity],
    notify: rule.notify,
    ...(rule.runbook === undefined ? {} : { runbook: rule.runbook }),
  };
}

function checkLong({ longMs, shortMs }: BurnRule, { window }: SloEntry, path: Path): Fault[] {
  const code = 'BURN_CONFIG_LONG_WINDOW';
  const long = renderDuration(longMs);
  if (longMs > window) {
    return [
      { code, path, message: `must not be longer than the window of the SLO, ${renderDuration(window)}, got ${long}` },
    ];
  }
  if (longMs > shortMs) return [];
  const short = `its short window of ${renderDuration(shortMs)}, three intervals of the slowest monitor`;
  return [{ code, path, message: `must be longer than ${short}, got ${long}` }];
}

function checkRepeats(alerts: readonly BurnRule[], path: Path): Fault[] {
  return alerts.flatMap((rule, index) => {
    const first = alerts.findIndex((other) => other.severity === rule.severity && other.longMs === rule.longMs);
    if (first === index) return [];
    const message = `is a second ${rule.severity} rule over the same long window as alerts[${first}]: change one of them`;
    return [{ code: 'BURN_CONFIG_REPEATED_RULE' as const, path: [...path, index], message }];
  });
}

export function buildMaintenance(entry: MaintenanceEntry): Maintenance {
  return {
    monitors: entry.monitors,
    startMinute: entry.start,
    durationMs: entry.duration,
    every: entry.every,
    timezone: entry.timezone ?? 'UTC',
    reason: entry.reason,
  };
}
