import type { BurstView, LocationView, MonitorView, Overview, SloView } from '../../../shared/app/overview/model.ts';
import { shownMs } from '../../../shared/app/overview/overview.ts';
import { formatShortDuration, plural } from '../../../shared/message/format.ts';

/** As the alert on lost coverage takes it. */
const leastSilenceMs = 5 * 60_000;
const silentIntervals = 3;

/** What is wrong, a line each: empty where all is well. */
export function troublesOf({
  locations = [],
  monitors,
  slos,
  unknownSlos = [],
  bursts,
  incidents,
  at,
}: Overview): readonly string[] {
  const open = incidents.filter(({ closedAt }) => closedAt === null).length;
  return [
    ...locations.flatMap((each) => named(`location ${each.id}`, locationTrouble(each, at))),
    ...monitors.flatMap((monitor) => named(monitor.id, monitorTrouble(monitor, at))),
    ...slos.flatMap((slo) => named(slo.id, sloTrouble(slo))),
    ...unknownSlos.map((id) => `${id}: what it counts could not be read`),
    ...bursts.flatMap((burst) => named(burst.id, burstTrouble(burst))),
    ...(open === 0 ? [] : [`${plural(open, 'open incident')}: npx burnwatch incidents`]),
  ];
}

const named = (id: string, trouble: string | undefined): string[] =>
  trouble === undefined ? [] : [`${id}: ${trouble}`];

/** Of several locations: one from which nothing comes. What it probes is judged by the others. */
export function locationTrouble({ state, lastTickAt }: LocationView, now: number): string | undefined {
  if (state === 'heard') return undefined;
  if (lastTickAt === undefined) return 'nothing has come from it yet: is its stack deployed? (npx burnwatch locations)';
  return `nothing has come from it for ${formatShortDuration(now - lastTickAt)}: npx burnwatch locations`;
}

/** Undefined where it is well, is under maintenance, or is probed too seldom for the view to hold three of its probes. */
export function monitorTrouble(monitor: MonitorView, now: number): string | undefined {
  const { state, lastProbeAt, eventIntervalMs, isUnderMaintenance, errorType } = monitor;
  if (isUnderMaintenance) return undefined;
  const isSeldom = silentIntervals * eventIntervalMs > shownMs;
  if (lastProbeAt === undefined)
    return isSeldom ? undefined : `no probe in the last ${formatShortDuration(shownMs)}: npx burnwatch doctor`;
  const silentMs = now - lastProbeAt;
  if (silentMs > Math.max(leastSilenceMs, silentIntervals * eventIntervalMs))
    return `no probe for ${formatShortDuration(silentMs)}: npx burnwatch doctor`;
  switch (state) {
    case 'passed':
    case 'degraded':
    case 'waiting':
      return undefined;
    case 'failed':
    case 'unknown':
    case 'blocked':
      return errorType === undefined || errorType === state ? state : `${state} (${errorType})`;
    default:
      return state satisfies never;
  }
}

/** A rule fires, or nothing is left of the budget. One without any event yet has spent nothing. */
export function sloTrouble({ rules, budgetLeftRatio, badEvents }: SloView): string | undefined {
  const firing = rules.filter(({ status }) => status === 'firing').map(({ severity }) => severity);
  if (firing.length > 0) return `burns (${[...new Set(firing)].join(', ')})`;
  return budgetLeftRatio <= 0 && badEvents > 0 ? 'nothing is left of its budget' : undefined;
}

export function burstTrouble({ state, runs }: BurstView): string | undefined {
  if (state !== 'failed') return undefined;
  const reason = runs.find(({ outcome }) => outcome === 'failed')?.reasons[0];
  return reason === undefined ? 'failed' : `failed: ${reason}`;
}
