import { hostNameOf, hostTextOf, hostTextsOf, isOutputHost } from '../host-text.ts';
import {
  type Burst,
  type BurstUnit,
  type Monitor,
  monitorIdsOf,
  type RequireBudget,
  type Slo,
  type Text,
} from '../model.ts';
import type { Defaults } from './assemble.ts';
import { type BurstEntry, buildBurst, type LoneBurst } from './assemble-burst.ts';
import { most } from './limits.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { type Fault, type Path, quote } from './problem.ts';
import { usesEnvironment } from './uses.ts';

/** What a burst leans on. `isWhole`: all of it could be read, so that what is not there is missing indeed. */
export type Surroundings = {
  readonly defaults: Defaults;
  readonly monitors: ReadonlyMap<string, Monitor>;
  readonly slos: ReadonlyMap<string, Slo>;
  readonly allow: readonly Text[];
  readonly isWhole: boolean;
  /** The section as it was written. */
  readonly written: Plain | undefined;
};
export type Bursts = { readonly bursts: readonly Burst[]; readonly faults: Fault[]; readonly warnings: Fault[] };

/** Bursts with their defaults, each judged for itself, and where everything else is good beside the monitors and SLOs. */
export function buildBursts(entries: ReadonlyMap<string, BurstEntry>, around: Surroundings): Bursts {
  const hosts = [...[...around.monitors.values()].flatMap(hostTextsOf), ...around.allow];
  const known: ReadonlySet<string> = new Set(entries.size === 0 ? [] : hosts.map(keyOf));
  const bursts: Burst[] = [];
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  for (const [id, entry] of entries) {
    const path = ['bursts', id];
    const built = buildBurst(id, entry, around.defaults, path);
    faults.push(...built.faults);
    warnings.push(...built.warnings);
    if (built.value === undefined) continue;
    const { value, faults: beside } = settle(built.value, entry, around, path);
    faults.push(...beside, ...(around.isWhole ? checkHosts(value, known, around.written, path) : []));
    bursts.push(value);
  }
  return { bursts, faults: [...faults, ...checkSchedules(bursts)], warnings };
}

/** A burst beside the rest of the file: its flows, and the SLOs whose budget it asks for. */
function settle(
  burst: LoneBurst,
  { requireBudget }: BurstEntry,
  around: Surroundings,
  path: Path,
): { readonly value: Burst; readonly faults: Fault[] } {
  const faults = checkFlows(burst, around, path);
  if (requireBudget === undefined) return { value: burst, faults };
  const asked = typeof requireBudget === 'number' ? { left: requireBudget } : requireBudget;
  const slos = 'slos' in asked && asked.slos ? asked.slos : slosOf(burst, around);
  const budget: RequireBudget = { leftPpm: asked.left, slos };
  const value: Burst = { ...burst, requireBudget: budget };
  if (slos.length > 0 || !around.isWhole) return { value, faults };
  const message = `finds no SLO over a monitor of the same host: write one, or name others as in requireBudget: { left: 50%, slos: [api] }`;
  return { value, faults: [...faults, { code: 'BURN_CONFIG_NO_BUDGET', path: [...path, 'requireBudget'], message }] };
}

function checkFlows({ mix }: LoneBurst, { monitors }: Surroundings, path: Path): Fault[] {
  return mix.flatMap((unit, index) => {
    const type = 'flow' in unit ? (monitors.get(unit.flow)?.type ?? 'flow') : 'flow';
    if (type === 'flow') return [];
    const message = `names a monitor of type ${type}, and takes one of type flow: write its request instead`;
    return [{ code: 'BURN_CONFIG_FLOW' as const, path: [...path, 'mix', index, 'flow'], message }];
  });
}

/** Nothing is loaded that nobody watches, unless the file says that it may be. */
function checkHosts({ id, mix }: Burst, known: ReadonlySet<string>, section: Plain | undefined, path: Path): Fault[] {
  const written = isPlainMap(section) ? section[id] : undefined;
  const isShort = isPlainMap(written) && written['mix'] === undefined;
  return mix.flatMap((unit, index) => {
    const host = 'flow' in unit ? undefined : hostTextOf(unit.request.url);
    if (host === undefined || isOutputHost(host) || known.has(keyOf(host))) return [];
    const at = [...path, ...(isShort ? [] : ['mix', index]), 'request', 'url'];
    return [{ code: 'BURN_CONFIG_NOT_ALLOWED' as const, path: at, message: notAllowed(host, written) }];
  });
}

const keyOf = (host: Text): string => JSON.stringify(host);

/** What may have come out of the environment is not shown. */
function notAllowed(host: Text, written: Plain | undefined): string {
  const isShown = typeof host === 'string' && host.length <= 100 && !usesEnvironment(written);
  const [who, how] = isShown
    ? [`${quote(host)}, a host`, `allow: [${/^[\w.-]+$/.test(host) ? host : quote(host)}]`]
    : ['a host', 'it under allow,'];
  return `asks ${who} that no monitor asks: if you may load it, write ${how} at the top of the file`;
}

function slosOf({ mix }: LoneBurst, { monitors, slos }: Surroundings): readonly string[] {
  const hosts = new Set(mix.flatMap((unit) => hostsOf(unit, monitors)).map(keyOf));
  const isAsked = (id: string) => {
    const monitor = monitors.get(id);
    return monitor !== undefined && hostTextsOf(monitor).some((host) => hosts.has(keyOf(host)));
  };
  return [...slos.values()].filter((slo) => monitorIdsOf(slo).some(isAsked)).map(({ id }) => id);
}

function hostsOf(unit: BurstUnit, monitors: ReadonlyMap<string, Monitor>): readonly Text[] {
  if ('request' in unit) return [hostTextOf(unit.request.url)];
  const flow = monitors.get(unit.flow);
  return flow === undefined ? [] : hostTextsOf(flow);
}

function checkSchedules(bursts: readonly Burst[]): Fault[] {
  const count = bursts.filter(({ schedule }) => schedule !== undefined).reduce((sum, { shards }) => sum + shards, 0);
  if (count <= most.schedules) return [];
  const message = `must have at most ${most.schedules} schedules together, one for each shard, got ${count}`;
  return [{ code: 'BURN_CONFIG_COUNT', path: ['bursts'], message }];
}

/** A host under `allow`, in the form in which those of URLs are. */
export function toAllowed(host: Text): Text {
  if (typeof host === 'string') return hostNameOf(host);
  return host.map((part) => (typeof part === 'string' ? part.toLowerCase() : part));
}
