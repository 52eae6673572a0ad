import { z } from 'zod';
import {
  type Config,
  dashboardNames,
  isSent,
  type Locations,
  type Monitor,
  notifiedChannels,
  type Slo,
  type Text,
} from '../model.ts';
import { type Alarms, buildAlarms } from './alarms.ts';
import { buildMonitor, type Defaults } from './assemble.ts';
import type { BurstEntry } from './assemble-burst.ts';
import { buildMaintenance } from './assemble-slo.ts';
import { checkData } from './burst-data.ts';
import { type Bursts, buildBursts, toAllowed } from './bursts.ts';
import { buildChannels, type Channels } from './channels.ts';
import { checkDependencies } from './dependencies.ts';
import { buildDrill, type DrillEntry } from './drill.ts';
import type { Context } from './fields.ts';
import { type Asked, checkAgreement } from './locations.ts';
import { assignKeys, checkNames, checkRepeats, type Hash, namesIn } from './names.ts';
import { isPlainMap, type Plain } from './plain.ts';
import type { Fault } from './problem.ts';
import { createSchemas, fileSchema, type Schemas } from './schema.ts';
import { buildSlos, type SlosAround } from './slos.ts';
import { readBy } from './translate.ts';
import { checkVariables } from './variables.ts';

export type FileOptions = Pick<Context, 'env'> & {
  readonly hash: Hash;
  readonly intervalMs: number | undefined;
  readonly isTrial: boolean;
};
export type FileResult = { readonly config?: Config; readonly faults: Fault[]; readonly warnings: Fault[] };
type Root = Readonly<Record<string, Plain>>;
/** What one section gave: its good entries, by name or index. */
type Section<T> = { readonly entries: ReadonlyMap<string, T>; readonly faults: Fault[]; readonly warnings: Fault[] };

/**
 * From the plain values of the file to the configuration. Every entry is read for itself, so that each of them shows
 * its own faults; what needs several entries (an SLO and its monitors) is judged where all of them are good.
 */
export function readFile(value: Plain, options: FileOptions): FileResult {
  if (!isPlainMap(value)) {
    return {
      faults: [
        { code: 'BURN_CONFIG_TYPE', path: [], message: 'the file must be a map with version, service and monitors' },
      ],
      warnings: [],
    };
  }
  const root = withoutExtensions(value);
  const schemas = createSchemas({
    env: options.env,
    channels: namesIn(root['channels']),
    monitors: namesIn(root['monitors']),
    slos: namesIn(root['slos']),
    bursts: namesIn(root['bursts']),
  });
  const frame = readBy(frameSchema(schemas), root, []);
  const channels = readChannels(root['channels'], schemas);
  const defaults = readDefaults(root['defaults'], schemas);
  const locations = readLocations(root, schemas);
  const monitors = readMonitors(root, schemas, { defaults: defaults.value, asked: locations.asked, ...options });
  const sent = readSection(root['bursts'], 'bursts', schemas.burst);
  const slos = readSlos(root['slos'], schemas, { monitors: monitors.entries, bursts: sent.entries, ...options });
  const allow = readSection(root['allow'], 'allow', schemas.allowed);
  const around = { defaults: defaults.value, monitors, slos, allow };
  const bursts = readBursts(sent, root['bursts'], around);
  const maintenance = readSection(root['maintenance'], 'maintenance', schemas.maintenance);
  const alarms = readAlarms(root['alarms'], schemas, functionsOf(channels, sent));
  const data = checkData(root, options.env);
  const drill = readDrill(root['drill'], schemas);
  const dashboards = readDashboards(root['dashboards'], schemas);
  const sections = [channels, monitors, slos, allow, bursts, alarms, data, maintenance];
  const all = [frame, defaults, drill, dashboards, locations, ...sections].flatMap((section) => section.faults);
  const faults = [...all, ...checkRoot(root, options.env)];
  const warnings = sections.flatMap((section) => section.warnings);
  if (faults.length > 0 || !frame.value) return { faults, warnings };
  const config: Config = {
    version: 1,
    service: String(frame.value['service']),
    channels: channels.channels,
    monitors: [...monitors.entries.values()],
    slos: [...slos.entries.values()],
    bursts: bursts.bursts,
    allow: [...allow.entries.values()].map(toAllowed),
    maintenance: [...maintenance.entries.values()].map(buildMaintenance),
    ...(alarms.alarms.length > 0 ? { alarms: alarms.alarms } : {}),
    ...dashboardsOf(dashboards.value),
    ...(frame.value['acknowledge'] === 'link' ? { acknowledge: 'link' } : {}),
    ...(locations.value ? { locations: locations.value } : {}),
  };
  const built = drill.value && buildDrill(drill.value, notifiedChannels(config));
  if (built && built.faults.length > 0) return { faults: built.faults, warnings };
  return { config: { ...config, ...(built && { drill: built.value }) }, faults, warnings };
}

/** A word is `all`, or the name of one. */
function dashboardsOf(written: DashboardsEntry | undefined): Pick<Config, 'dashboards'> {
  if (written === undefined) return {};
  if (written === 'all') return { dashboards: dashboardNames };
  return { dashboards: typeof written === 'string' ? [written] : written };
}

/** What is judged by the file as it was written, whatever else is wrong with it. */
function checkRoot(root: Root, env: Context['env']): Fault[] {
  return [...checkNames(root), ...checkRepeats(root), ...checkDependencies(root), ...checkVariables(root, env)];
}

function withoutExtensions(root: Root): Root {
  return Object.fromEntries(Object.entries(root).filter(([key]) => !key.startsWith('x-')));
}

/** The outermost keys alone; what is in the sections is read by `readSection`. */
function frameSchema(schemas: Schemas) {
  const any = z.unknown();
  return fileSchema({
    ...schemas,
    defaults: any,
    channel: any,
    monitor: any,
    slo: any,
    burst: any,
    alarm: any,
    allowed: any,
    maintenance: any,
    dashboards: any,
    drill: any,
    locations: any,
    quorum: any.optional(),
    minLocations: any.optional(),
  });
}

function readSection<T extends z.ZodType>(section: Plain | undefined, name: string, schema: T): Section<z.output<T>> {
  const entries = new Map<string, z.output<T>>();
  const faults: Fault[] = [];
  for (const [key, value] of entriesOf(section)) {
    const read = readBy(schema, value, [name, key]);
    for (const fault of read.faults) faults.push(fault);
    if (read.faults.length === 0) entries.set(String(key), read.value as z.output<T>);
  }
  return { entries, faults, warnings: [] };
}

function entriesOf(section: Plain | undefined): [string | number, Plain][] {
  if (Array.isArray(section)) return section.map((value, index) => [index, value]);
  return isPlainMap(section) ? Object.entries(section) : [];
}

function readChannels(section: Plain | undefined, schemas: Schemas): Channels {
  const read = readSection(section, 'channels', schemas.channel);
  const { channels, faults, warnings } = buildChannels(read.entries);
  // One that cannot be read may well be the e-mail address that seems to be missing.
  return { channels, faults: [...read.faults, ...faults], warnings: read.faults.length > 0 ? [] : warnings };
}

function readDefaults(written: Plain | undefined, schemas: Schemas): { value: Defaults; faults: Fault[] } {
  if (written === undefined) return { value: {}, faults: [] };
  const { value = {}, faults } = readBy(schemas.defaults, written, ['defaults']);
  return { value, faults };
}

function readDrill(written: Plain | undefined, schemas: Schemas): { value?: DrillEntry; faults: Fault[] } {
  return written === undefined ? { faults: [] } : readBy(schemas.drill, written, ['drill']);
}

type DashboardsEntry = z.output<Schemas['dashboards']>;

function readDashboards(written: Plain | undefined, schemas: Schemas): { value?: DashboardsEntry; faults: Fault[] } {
  return written === undefined ? { faults: [] } : readBy(schemas.dashboards, written, ['dashboards']);
}

type ReadLocations = { readonly value?: Locations; readonly asked: Asked; readonly faults: Fault[] };

/** The locations, and what the file asks of them. */
function readLocations(root: Root, schemas: Schemas): ReadLocations {
  const [written, quorum, minLocations] = [root['locations'], root['quorum'], root['minLocations']];
  const locations = written === undefined ? { faults: [] } : readBy(schemas.locations, written, ['locations']);
  const needed = {
    quorum: readBy(schemas.quorum, quorum, ['quorum']),
    minLocations: readBy(schemas.minLocations, minLocations, ['minLocations']),
  };
  const count = written === undefined ? 1 : locations.value && 1 + locations.value.also.length;
  const asked = { quorum: needed.quorum.value, minLocations: needed.minLocations.value };
  const faults = [locations, needed.quorum, needed.minLocations].flatMap((read) => read.faults);
  return {
    ...(locations.value && { value: locations.value }),
    asked: { ...asked, count, ...(locations.value && { home: locations.value.home }) },
    faults: [...faults, ...checkAgreement(asked, count, [])],
  };
}

function readMonitors(
  root: Root,
  schemas: Schemas,
  { intervalMs, hash, defaults, asked }: FileOptions & { readonly defaults: Defaults; readonly asked: Asked },
): Section<Monitor> {
  const { keys, faults: keyFaults } = assignKeys(isPlainMap(root['monitors']) ? root['monitors'] : {}, hash);
  const read = readSection(root['monitors'], 'monitors', schemas.monitor);
  const entries = new Map<string, Monitor>();
  const faults = [...keyFaults, ...read.faults];
  const warnings: Fault[] = [];
  for (const [id, entry] of read.entries) {
    const built = buildMonitor(id, entry, { key: keys.get(id) ?? 0, defaults, intervalMs, asked });
    entries.set(id, built.value);
    faults.push(...built.faults);
    warnings.push(...built.warnings);
  }
  return { entries, faults, warnings };
}

function readSlos(section: Plain | undefined, schemas: Schemas, around: SlosAround): Section<Slo> {
  const read = readSection(section, 'slos', schemas.slo);
  const { entries, faults, warnings } = buildSlos(read.entries, around);
  return { entries, faults: [...read.faults, ...faults], warnings };
}

type Around = {
  readonly defaults: Defaults;
  readonly monitors: Section<Monitor>;
  readonly slos: Section<Slo>;
  readonly allow: Section<Text>;
};

function readBursts(
  read: Section<BurstEntry>,
  section: Plain | undefined,
  { defaults, monitors, slos, allow }: Around,
): Bursts {
  const { bursts, faults, warnings } = buildBursts(read.entries, {
    defaults,
    monitors: monitors.entries,
    slos: slos.entries,
    allow: [...allow.entries.values()].map(toAllowed),
    isWhole: [monitors, slos, allow].every((each) => each.faults.length === 0),
    written: section,
  });
  return { bursts, faults: [...read.faults, ...faults], warnings };
}

function readAlarms(section: Plain | undefined, schemas: Schemas, functions: ReadonlySet<string>): Alarms {
  const read = readSection(section, 'alarms', schemas.alarm);
  const { alarms, faults, warnings } = buildAlarms(read.entries, { functions });
  return { alarms, faults: [...read.faults, ...faults], warnings };
}

/**
 * The functions that the stack may have, as far as can be read: one too many hides no fault but its own. Of `status` the deployment
 * decides, too, which refuses an alarm on what it does not have.
 */
function functionsOf({ channels }: Channels, bursts: Section<BurstEntry>): ReadonlySet<string> {
  return new Set([
    'probe',
    'evaluate',
    'shortener',
    'status',
    ...(bursts.entries.size > 0 ? ['burst'] : []),
    ...(channels.some(isSent) ? ['notify'] : []),
  ]);
}
