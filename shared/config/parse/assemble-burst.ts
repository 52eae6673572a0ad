import type { z } from 'zod';
import { parseSchedule, shortestGapMs } from '../cron.ts';
import type { AbortIf, Burst, BurstAlert, BurstUnit, Compare } from '../model.ts';
import type { Built, Defaults } from './assemble.ts';
import { buildFollowUp } from './assemble-alert.ts';
import { buildHttpRequest, checkHttpRequest, type HttpRequestEntry } from './assemble-http.ts';
import { buildLoad } from './assemble-load.ts';
import type { ShortCode } from './codes.ts';
import { second } from './limits.ts';
import type { Fault, Path } from './problem.ts';
import type { Schemas } from './schema.ts';
import { warnOfBlockedRequest } from './target.ts';
import { renderDuration } from './units.ts';

export type BurstEntry = z.output<Schemas['burst']>;
type UnitEntry = NonNullable<BurstEntry['mix']>[number];
/** `requireBudget` is put in later, when every SLO is known. */
export type LoneBurst = Omit<Burst, 'requireBudget'>;

const standard = { timeoutMs: 5 * second, abortAfterMs: 2 * second, failures: [{ from: 400, to: 599 }] };
const standardCompare: Compare = { baseline: 5, toleratePpm: 200_000 };

/** A burst with every default put in; without a value where it does not say what it sends, or how much. */
export function buildBurst(
  id: string,
  entry: BurstEntry,
  defaults: Defaults,
  path: Path,
): Omit<Built<LoneBurst>, 'value'> & { readonly value?: LoneBurst } {
  const units = unitsOf(entry, path);
  const timeoutMs = entry.timeout ?? defaults.timeout ?? standard.timeoutMs;
  const { load, limits, faults } = buildLoad(entry, timeoutMs, path);
  const own = [...checkUnits(units, entry, path), ...faults];
  if (load === undefined || own.length > 0)
    return { faults: [...own, ...checkTimes(entry, undefined, path)], warnings: [] };
  const value: LoneBurst = {
    id,
    ...scheduleOf(entry),
    mix: units.map(({ unit }) => toUnit(unit)),
    data: entry.data ?? [],
    load,
    timeoutMs,
    allowPrivate: entry.allowPrivate ?? false,
    freshConnections: entry.freshConnections ?? false,
    limits,
    failureStatuses: entry.failures ?? standard.failures,
    ...abortOf(entry),
    thresholds: entry.thresholds ?? [],
    ...compareOf(entry),
    shards: entry.shards ?? 1,
    alerts: alertsOf(id, entry),
  };
  return {
    value,
    faults: [
      ...checkTimes(entry, value, path),
      ...checkPurpose(entry, value, path),
      ...checkShards(entry, value, path),
    ],
    warnings: [...warnOfOverlap(value, path), ...warnOfTargets(units, value)],
  };
}

/** A unit, and where it stands: `request` is short for a mix of one. */
type Placed = { readonly unit: UnitEntry; readonly at: Path };

function unitsOf({ request, mix }: BurstEntry, path: Path): Placed[] {
  if (request !== undefined) return [{ unit: { weight: 1, request }, at: path }];
  return (mix ?? []).map((unit, index) => ({ unit, at: [...path, 'mix', index] }));
}

function toUnit(unit: UnitEntry): BurstUnit {
  const { weight, request, flow } = unit;
  return request === undefined ? { weight, flow } : { weight, request: buildHttpRequest(request) };
}

function checkUnits(units: readonly Placed[], { request, mix }: BurstEntry, path: Path): Fault[] {
  if (request !== undefined && mix !== undefined) {
    return [fault('MIX', [...path, 'mix'], 'stands beside request: put the request into the mix')];
  }
  if (units.length === 0) return [fault('MIX', path, 'must say what it sends: request, or mix')];
  return units.flatMap(({ unit, at }) => (unit.request ? checkRequest(unit.request, [...at, 'request']) : []));
}

function checkRequest(request: HttpRequestEntry, path: Path): Fault[] {
  const faults = checkHttpRequest(request, path);
  if (String(request.httpVersion) !== '2') return faults;
  return [
    fault(
      'HTTP_VERSION',
      [...path, 'httpVersion'],
      'must be 1.1: bursts speak no HTTP/2, where requests share a connection',
    ),
  ];
}

function scheduleOf({ schedule, timezone = 'UTC' }: BurstEntry): Pick<Burst, 'schedule'> {
  return schedule === undefined ? {} : { schedule: { expression: schedule, timezone } };
}

function abortOf({ abortIf }: BurstEntry): { abortIf?: AbortIf } {
  if (abortIf === undefined) return {};
  const { after, errorRatio, latency, statuses } = abortIf;
  return {
    abortIf: {
      afterMs: after ?? standard.abortAfterMs,
      ...(errorRatio === undefined ? {} : { errorRatioPpm: errorRatio }),
      ...(latency === undefined ? {} : { latencyMs: latency }),
      ...(statuses === undefined ? {} : { statuses }),
    },
  };
}

function compareOf({ compare }: BurstEntry): { compare?: Compare } {
  if (compare === undefined) return {};
  const { baseline = standardCompare.baseline, tolerate = standardCompare.toleratePpm } = compare;
  return { compare: { baseline, toleratePpm: tolerate } };
}

function alertsOf(id: string, { alerts = [] }: BurstEntry): BurstAlert[] {
  return alerts.map(({ severity = 'ticket', notify, runbook, ...followUp }, index) => ({
    id: `burst/${id}/${index}`,
    severity,
    notify,
    ...buildFollowUp(followUp),
    ...(runbook === undefined ? {} : { runbook }),
  }));
}

/** What is said of times that never come. */
function checkTimes(entry: BurstEntry, burst: LoneBurst | undefined, path: Path): Fault[] {
  const zone =
    entry.timezone !== undefined && entry.schedule === undefined
      ? [fault('SCHEDULE', [...path, 'timezone'], 'is that of a schedule, and there is none')]
      : [];
  const runMs = burst?.limits.durationMs;
  const afterMs = entry.abortIf?.after;
  if (runMs === undefined || afterMs === undefined || afterMs < runMs) return zone;
  const message = `must be shorter than the run, ${renderDuration(Math.ceil(runMs))}, got ${renderDuration(afterMs)}`;
  return [...zone, fault('ABORT', [...path, 'abortIf', 'after'], message)];
}

/** A search needs what breaks, and an alert something that can fail. */
function checkPurpose({ alerts = [] }: BurstEntry, burst: LoneBurst, path: Path): Fault[] {
  const { load, thresholds, abortIf, compare } = burst;
  if (load.model === 'breakingPoint' && thresholds.length === 0) {
    return [
      fault('MISSING', [...path, 'thresholds'], 'is missing: a search for the breaking point needs one that breaks'),
    ];
  }
  if (alerts.length === 0 || thresholds.length > 0 || abortIf !== undefined || compare !== undefined) return [];
  return [fault('NEVER_FIRES', [...path, 'alerts'], 'can never fire: add thresholds, abortIf or compare')];
}

function checkShards({ schedule }: BurstEntry, { shards, load }: LoneBurst, path: Path): Fault[] {
  if (shards === 1) return [];
  if (load.model === 'breakingPoint') {
    return [
      fault(
        'SHARDS',
        [...path, 'shards'],
        'must be 1: each step of a search follows from the one before, in one invocation',
      ),
    ];
  }
  if (!schedule?.startsWith('rate(')) return [];
  return [
    fault(
      'SHARDS',
      [...path, 'schedule'],
      'must be cron(…) with shards: rate(…) counts for each of them from its own creation',
    ),
  ];
}

/** Two runs at once would be twice the load that was asked for. */
function warnOfOverlap({ schedule, limits, timeoutMs }: LoneBurst, path: Path): Fault[] {
  const parsed = schedule && parseSchedule(schedule.expression);
  if (!parsed?.ok) return [];
  const gapMs = shortestGapMs(parsed.value);
  const runMs = limits.durationMs + timeoutMs;
  if (runMs <= gapMs) return [];
  const [run, gap] = [renderDuration(Math.ceil(runMs / second) * second), renderDuration(gapMs)];
  return [
    fault(
      'OVERLAP',
      [...path, 'schedule'],
      `its runs can take ${run}, longer than the ${gap} between two of them: bound them by limits.duration, or run it less often`,
    ),
  ];
}

function warnOfTargets(units: readonly Placed[], { allowPrivate, mix }: LoneBurst): Fault[] {
  return units.flatMap(({ at }, index) => {
    const unit = mix[index];
    return unit === undefined || 'flow' in unit
      ? []
      : warnOfBlockedRequest(unit.request, allowPrivate, [...at, 'request', 'url']);
  });
}

function fault(code: ShortCode, path: Path, message: string): Fault {
  return { code: `BURN_CONFIG_${code}`, path, message };
}
