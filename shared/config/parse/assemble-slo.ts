import type { z } from 'zod';
import {
  type CalendarUnit,
  eventIntervalMs,
  type Indicator,
  type Maintenance,
  type Monitor,
  type Slo,
  type Timeslices,
} from '../model.ts';
import { buildRule, checkRules, type LeastShort, usualRules } from './assemble-rules.ts';
import { day, minute } from './limits.ts';
import type { Hash } from './names.ts';
import type { Fault, Path } from './problem.ts';
import type { Schemas } from './schema.ts';
import { renderDuration } from './units.ts';

export type SloEntry = z.output<Schemas['slo']>;
export type MaintenanceEntry = z.output<Schemas['maintenance']>;

/** What an SLO leans on: the monitors that it names, the longest gap between runs of its bursts, what makes keys for the ledger. */
export type SloAround = { readonly own: readonly Monitor[]; readonly gapMs: number; readonly hash: Hash };

/** An SLO with its rules, and what is wrong with it for itself; whether it can be kept is judged by `lintSlo`. */
export function buildSlo(id: string, entry: SloEntry, around: SloAround): { value: Slo; faults: Fault[] } {
  const path = ['slos', id];
  const slices = slicesOf(entry);
  const window = windowOf(entry);
  const least = leastShort(around, slices);
  const alerts = isUsual(entry)
    ? usualRules(id, window.windowMs, entry.notify ?? [], least)
    : (entry.alerts ?? []).map((rule) => buildRule(id, rule, least));
  const value: Slo = {
    id,
    indicator: indicatorOf(id, entry, around),
    objective: entry.objective.text,
    objectivePpm: entry.objective.value,
    ...window,
    ...(slices === undefined ? {} : { slices }),
    alerts,
  };
  const faults = [
    ...checkLatency(value.indicator, around, path),
    ...checkSlices(entry, value, path),
    ...checkNotify(entry, path),
    ...checkRules(value, least, [...path, 'alerts']),
  ];
  return { value, faults };
}

/** Whether it names only whom to tell, and leaves to us when. */
export function isUsual({ alerts, notify }: SloEntry): boolean {
  return alerts === undefined && notify !== undefined;
}

function indicatorOf(id: string, { indicator }: SloEntry, { own, hash }: SloAround): Indicator {
  if ('bursts' in indicator) return { kind: 'bursts', bursts: indicator.bursts };
  if ('cloudwatch' in indicator) return { kind: 'cloudwatch', ...indicator.cloudwatch };
  const { monitors, good = {}, degraded = 'good' } = indicator;
  const base = { monitors, isDegradedBad: degraded === 'bad' };
  const { belowMs } = good;
  if (belowMs === undefined) return { kind: 'probes', ...base };
  const keys = Object.fromEntries(own.map((monitor) => [monitor.id, hash(`slo/${id}/${monitor.key}`)]));
  return { kind: 'latency', ...base, belowMs, keys };
}

/** What the thresholds of rules take a span of the calendar for. */
const nominalDays: Readonly<Record<CalendarUnit, number>> = { week: 7, month: 30, quarter: 90, year: 365 };

function windowOf({ window }: SloEntry): Pick<Slo, 'windowMs' | 'calendar'> {
  if (typeof window === 'number') return { windowMs: window };
  const { calendar: unit, timezone = 'UTC' } = window;
  return { windowMs: nominalDays[unit] * day, calendar: { unit, timezone } };
}

function slicesOf({ budgetingMethod, timeSliceTarget, timeSliceWindow }: SloEntry): Timeslices | undefined {
  if (budgetingMethod !== 'Timeslices' || timeSliceTarget === undefined) return undefined;
  return { sliceMs: timeSliceWindow ?? minute, targetPpm: timeSliceTarget };
}

/** What a run takes at most, and until it is kept: the next one begins a gap after it, and is in the window before it ends. */
const longestRunMs = 15 * minute;

/** An alert must not end in the gap between two events. */
function leastShort({ own, gapMs }: SloAround, slices: Timeslices | undefined): LeastShort {
  if (gapMs > 0) return { ms: gapMs + longestRunMs, why: 'which holds at least one run' };
  const slowestMs = Math.max(0, ...own.map(eventIntervalMs));
  const sliceMs = slices?.sliceMs ?? 0;
  if (sliceMs > slowestMs) return { ms: 3 * sliceMs, why: 'three slices' };
  return { ms: 3 * slowestMs, why: 'three intervals of the slowest monitor' };
}

/** What never takes so long, or has no latency at all, is never slow. */
function checkLatency(indicator: Indicator, { own }: SloAround, path: Path): Fault[] {
  if (indicator.kind !== 'latency') return [];
  const { belowMs, monitors } = indicator;
  return own.flatMap((monitor) => {
    const at = [...path, 'indicator', 'monitors', monitors.indexOf(monitor.id)];
    if (monitor.type === 'heartbeat') return [fault(at, 'is a heartbeat, which has no latency: take another monitor')];
    if (belowMs < monitor.timeoutMs) return [];
    const limit = `the ${monitor.type === 'flow' ? 'deadline' : 'timeout'} of ${renderDuration(monitor.timeoutMs)}`;
    const message = `never passes slower than ${renderDuration(belowMs)}: the latency must be below ${limit}`;
    return [fault(at, message)];
  });
}

/** Minutes are kept for so long, and slices are made of them. */
const longestSliced = 35 * day;

function checkSlices(entry: SloEntry, { windowMs }: Slo, path: Path): Fault[] {
  const { budgetingMethod, timeSliceTarget, timeSliceWindow } = entry;
  if (budgetingMethod !== 'Timeslices') {
    const odd = timeSliceTarget === undefined ? 'timeSliceWindow' : 'timeSliceTarget';
    if (timeSliceTarget === undefined && timeSliceWindow === undefined) return [];
    return [fault([...path, odd], 'belongs to slices of time: write budgetingMethod: Timeslices, too')];
  }
  if (timeSliceTarget === undefined) {
    const message = 'needs timeSliceTarget, the part of a slice that must be good, such as 95%';
    return [fault([...path, 'budgetingMethod'], message)];
  }
  if (windowMs <= longestSliced) return [];
  return [fault([...path, 'window'], `must be at most 35d with Timeslices: minutes are kept for so long`)];
}

function checkNotify({ alerts, notify }: SloEntry, path: Path): Fault[] {
  if (alerts === undefined || notify === undefined) return [];
  const message = 'stands beside alerts, each of which says whom it tells: leave one of the two out';
  return [fault([...path, 'notify'], message)];
}

const fault = (path: Path, message: string): Fault => ({ code: 'BURN_CONFIG_SLO', path, message });

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
