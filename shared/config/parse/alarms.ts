import type { Alarm, AlarmUnit, Severity, Watched } from '../model.ts';
import { type Limit, type Preset, presetNames, presets } from './alarm-presets.ts';
import type { TypedLimit } from './alarm-values.ts';
import type { ShortCode } from './codes.ts';
import { day, minute, second } from './limits.ts';
import { type Fault, quote } from './problem.ts';
import type { AlarmEntry } from './schema-alarm.ts';
import { renderDuration } from './units.ts';

export type Alarms = { readonly alarms: readonly Alarm[]; readonly faults: Fault[]; readonly warnings: Fault[] };
/** The functions that the stack of this configuration has. */
export type AlarmsAround = { readonly functions: ReadonlySet<string> };

/** What is wrong, and where in the entry. */
type Wrong = { readonly code: ShortCode; readonly at?: readonly string[]; readonly message: string };
type Built = { readonly alarms: readonly Alarm[]; readonly wrong: readonly Wrong[] };

const usual = { window: { datapoints: 3, of: 5 }, periodMs: minute, runbook: 'docs/runbooks/own-alarm.md' };

/** Names that the stack gives to alarms of its own. */
const taken = ['probe-dead', 'evaluate-dead', 'undelivered'];

/** Alarms with every default put in; an entry with levels, or of a preset that watches several metrics, is several alarms. */
export function buildAlarms(entries: ReadonlyMap<string, AlarmEntry>, around: AlarmsAround): Alarms {
  const built = [...entries].map(([id, entry]) => ({ id, ...buildAlarm(id, entry, around) }));
  const faults = built.flatMap(({ id, wrong }) => wrong.map((each) => faultOf(id, each)));
  const alarms = built.flatMap((each) => each.alarms);
  return { alarms, faults: [...faults, ...checkIds(built)], warnings: [] };
}

function faultOf(id: string, { code, at = [], message }: Wrong): Fault {
  return { code: `BURN_CONFIG_${code}`, path: ['alarms', id, ...at], message };
}

function checkIds(built: readonly (Built & { readonly id: string })[]): Fault[] {
  const owners = new Map(taken.map((id) => [id, 'the stack itself']));
  return built.flatMap(({ id: entry, alarms }) =>
    alarms.flatMap(({ id }): Fault[] => {
      const owner = owners.get(id);
      owners.set(id, quote(entry));
      if (owner === undefined) return [];
      const message = `makes an alarm ${quote(id)}, and so does ${owner}: give it another name`;
      return [faultOf(entry, { code: 'ALARM', message })];
    }),
  );
}

function buildAlarm(id: string, entry: AlarmEntry, around: AlarmsAround): Built {
  const asked = subjectOf(entry, around);
  if ('message' in asked) return { alarms: [], wrong: [asked] };
  const { parts, unit, preset, of } = asked;
  const limits = limitsOf(entry, unit, preset?.limit(of));
  if ('message' in limits) return { alarms: [], wrong: [limits] };
  const window =
    entry.for === undefined
      ? (preset?.window ?? usual.window)
      : { ...entry.for, of: entry.for.of ?? entry.for.datapoints };
  const periodMs = entry.period ?? usual.periodMs;
  const reason = entry.reason ?? preset?.reason(of);
  const wrong = [
    ...checkWindow(window),
    ...parts.slice(0, 1).flatMap(({ watched }) => checkPeriod(periodMs, window.of, watched, entry)),
    ...(reason === undefined ? [missingReason] : []),
  ];
  const alarms = parts.flatMap(({ suffix, watched }) =>
    limits.map(
      ({ level, ...limit }): Alarm => ({
        id: [id, suffix, level].filter((part) => part !== undefined).join('-'),
        watches: watched,
        ...limit,
        unit,
        periodMs,
        ...window,
        missing: entry.missing ?? 'notBreaching',
        notify: entry.notify,
        reason: reason ?? '',
        runbook: entry.runbook ?? preset?.runbook ?? usual.runbook,
      }),
    ),
  );
  return { alarms, wrong };
}

const missingReason: Wrong = { code: 'MISSING', at: ['reason'], message: 'is missing: say in one line why it matters' };

type Subject = {
  readonly parts: readonly { readonly suffix?: string; readonly watched: Watched }[];
  readonly unit: AlarmUnit;
  readonly preset?: Preset;
  /** What of the stack a preset watches. */
  readonly of: string;
};

const subjects = ['preset', 'metric', 'ratio'] as const;

function subjectOf(entry: AlarmEntry, around: AlarmsAround): Subject | Wrong {
  const [kind, other] = subjects.filter((each) => entry[each] !== undefined);
  if (kind === undefined) return wrong(`must say what it watches: ${subjects.join(', ')}`);
  if (other !== undefined) return wrong(`stands beside ${kind}: write an alarm of its own`, other);
  if (entry.perSecond === true && kind !== 'metric')
    return wrong('is told of a metric: it belongs beside one', 'perSecond');
  if (entry.preset !== undefined) return presetOf(entry, presets[entry.preset], around);
  for (const key of ['function', 'table'] as const)
    if (entry[key] !== undefined) return wrong('belongs beside a preset', key);
  return entry.ratio === undefined ? metricOf(entry) : ratioOf(entry.ratio);
}

function presetOf(entry: AlarmEntry, preset: Preset, { functions }: AlarmsAround): Subject | Wrong {
  for (const key of ['function', 'table'] as const) {
    if (key !== preset.of && entry[key] !== undefined) return wrong(`is nothing that ${entry.preset} is told of`, key);
    if (key === preset.of && entry[key] === undefined)
      return { code: 'MISSING', at: [key], message: `is missing: ${entry.preset} watches one` };
  }
  const of = entry.function ?? entry.table ?? '';
  if (entry.function !== undefined && !functions.has(of))
    return wrong(`is none that this configuration has: ${[...functions].join(', ')}`, 'function');
  return { parts: preset.watches(of), unit: preset.unit, preset, of };
}

/** A duration is compared in milliseconds, as nearly all of AWS's latencies are; these are not. */
const inSeconds: readonly string[] = ['AWS/ApplicationELB TargetResponseTime', 'AWS/ELB Latency'];

function metricOf({ metric, perSecond = false, above, below, levels }: AlarmEntry): Subject | Wrong {
  if (metric === undefined) return wrong('must say what it watches');
  const { namespace, name, dimensions = {}, stat } = metric;
  if (perSecond && stat !== undefined && stat !== 'Sum')
    return wrong('divides a sum: the stat must be sum', 'perSecond');
  if (perSecond) return single({ namespace, dimensions, kind: 'rate', name }, 'perSecond');
  if (stat === undefined)
    return { code: 'MISSING', at: ['metric', 'stat'], message: 'is missing: sum, average, p99 …' };
  const isSpan = (above ?? below ?? levels?.page)?.of === 'span';
  if (isSpan && inSeconds.includes(`${namespace} ${name}`))
    return { code: 'ALARM_LIMIT', at: ['metric', 'name'], message: 'is in seconds to CloudWatch: write 0.3 for 300ms' };
  return single({ namespace, dimensions, kind: 'metric', name, stat }, isSpan ? 'milliseconds' : 'none');
}

function ratioOf({ namespace, dimensions = {}, bad, total }: NonNullable<AlarmEntry['ratio']>): Subject {
  return single({ namespace, dimensions, kind: 'ratio', bad, total }, 'ratio');
}

const single = (watched: Watched, unit: AlarmUnit): Subject => ({ parts: [{ watched }], unit, of: '' });
const wrong = (message: string, ...at: string[]): Wrong => ({ code: 'ALARM', at, message });

type Limits = readonly (Pick<Alarm, 'comparison' | 'threshold' | 'severity'> & { readonly level?: Severity })[];

function limitsOf(entry: AlarmEntry, unit: AlarmUnit, preset: Limit | undefined): Limits | Wrong {
  const { above, below, levels } = entry;
  const [key, other] = (['above', 'below', 'levels'] as const).filter((each) => entry[each] !== undefined);
  if (other !== undefined) return wrong(`stands beside ${key}: one of above, below and levels is enough`, other);
  const typed = [
    ['above', above],
    ['below', below],
    ['levels', levels?.ticket, 'ticket'],
    ['levels', levels?.page, 'page'],
  ] as const;
  const [odd] = typed.flatMap(
    ([name, limit, level]) => misfit(limit, unit, level === undefined ? [name] : [name, level]) ?? [],
  );
  if (odd !== undefined) return odd;
  if (levels !== undefined) return levelsOf({ ticket: levels.ticket?.value, page: levels.page?.value }, entry);
  if (preset !== undefined && 'levels' in preset && key === undefined) return levelsOf(preset.levels, entry);
  const limit = above ?? below;
  const single = preset !== undefined && 'threshold' in preset ? preset : undefined;
  const threshold = limit?.value ?? single?.threshold;
  if (threshold === undefined) return wrong('must say from where on it is too much: above, below or levels');
  const severity = entry.severity ?? single?.severity ?? 'page';
  return [{ comparison: below === undefined ? 'above' : 'below', threshold, severity }];
}

function levelsOf(levels: Readonly<Record<Severity, number | undefined>>, { severity }: AlarmEntry): Limits | Wrong {
  const { ticket, page } = levels;
  if (severity !== undefined) return wrong('is said by the levels: leave it out, or write above', 'severity');
  if (ticket === undefined || page === undefined) {
    const at = ['levels', ticket === undefined ? 'ticket' : 'page'];
    return { code: 'MISSING', at, message: 'is missing: one level alone is written as above, with its severity' };
  }
  if (page <= ticket) return wrong('must be above the level of the ticket', 'levels', 'page');
  return [
    { comparison: 'above', threshold: ticket, severity: 'ticket', level: 'ticket' },
    { comparison: 'above', threshold: page, severity: 'page', level: 'page' },
  ];
}

/** Why a limit cannot be one of what is watched. */
function misfit(limit: TypedLimit | undefined, unit: AlarmUnit, at: readonly string[]): Wrong | undefined {
  if (limit === undefined) return undefined;
  const { of, value } = limit;
  const no = (message: string): Wrong => ({ code: 'ALARM_LIMIT', at, message });
  if (unit === 'ratio') {
    if (of !== 'share') return no('must be a percentage such as 5%, because a ratio is watched');
    return value < 1 || at[0] === 'below' ? undefined : no('must be below 100%: no ratio is above it');
  }
  if (of === 'share') return no('must be a number: only a ratio has percentages');
  if (unit === 'milliseconds' && of !== 'span') return no('must be a duration such as 300ms');
  if (unit !== 'milliseconds' && of === 'span') return no('must be a number: what is watched is no time');
  return undefined;
}

function checkWindow({ datapoints, of }: { readonly datapoints: number; readonly of: number }): Wrong[] {
  if (datapoints <= of) return [];
  const message = `must be at most ${of}, the periods that are looked at (of), got ${datapoints}`;
  return [{ code: 'ALARM_WINDOW', at: ['for', 'datapoints'], message }];
}

const shortPeriods = [10, 20, 30].map((seconds) => seconds * second);

/**
 * What CloudWatch takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (Period,
 * EvaluationPeriods).
 */
function checkPeriod(periodMs: number, of: number, { namespace }: Watched, { period }: AlarmEntry): Wrong[] {
  const at = period === undefined ? ['for', 'of'] : ['period'];
  const no = (message: string): Wrong[] => [{ code: 'ALARM_WINDOW', at, message }];
  const isShort = shortPeriods.includes(periodMs);
  if (!isShort && periodMs % minute !== 0) return no('must be 10s, 20s, 30s or whole minutes');
  if (isShort && namespace.startsWith('AWS/')) return no('must be 1m or more: AWS sends its own metrics by the minute');
  const longestMs = periodMs < 60 * minute ? day : 7 * day;
  if (periodMs * of <= longestMs) return [];
  const span = `${of} periods of ${renderDuration(periodMs)}`;
  return no(`makes it look back over ${span}, and CloudWatch looks back over ${renderDuration(longestMs)} at most`);
}

/** Every preset with the alarms that it makes, of those that need to be told which thing, for one of these. */
export function presetAlarms(): readonly {
  readonly preset: string;
  readonly of?: 'function' | 'table';
  readonly about: string;
  readonly limitText?: string;
  readonly alarms: readonly Alarm[];
}[] {
  return presetNames.map((name) => {
    const preset: Preset = presets[name];
    const of = preset.of === undefined ? {} : { [preset.of]: preset.of === 'table' ? 'ledger' : 'evaluate' };
    const built = buildAlarm(name, { preset: name, ...of, notify: [] }, { functions: new Set(['evaluate']) });
    return {
      preset: name,
      ...(preset.of && { of: preset.of }),
      about: preset.about,
      ...(preset.limitText && { limitText: preset.limitText }),
      alarms: built.alarms,
    };
  });
}
