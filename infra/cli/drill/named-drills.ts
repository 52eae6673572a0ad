import { type PresetName, presets } from '../../../shared/config/parse/alarm-presets.ts';
import type { EntryKey } from '../../../shared/metrics/entries.ts';

export type Direction = 'up' | 'down';
/**
 * Which monitors of the shortener fail: `all`; `readiness`, those that ask for its health or its database; `bounded`, those whose
 * timeout, or whose assertion on the latency, is below what the drill adds.
 */
export type HurtMonitors = 'all' | 'readiness' | 'bounded';

/** What PUT /faults of the shortener is told, but for how long. */
export type DrillFault = Readonly<
  Partial<Record<'errorRatio' | 'latencyMs' | 'cpuMs', number> & Record<'databaseDown' | 'cacheCold', true>>
>;

/** A drill with a name: what it does, and exactly what moves while it is on and somebody asks the shortener. */
export type NamedDrill = {
  /** In a few words, for buttons and lists. */
  readonly title: string;
  /** What callers of the shortener meet. */
  readonly does: string;
  readonly fault: DrillFault;
  /** What moves on the dashboards *Application* and *Runtime*: metrics and fields of the log, as the catalogue calls them. */
  readonly metrics: Readonly<Partial<Record<MovingMetric, Direction>>>;
  /** Presets of alarms that ring, where they are deployed. */
  readonly alarms: readonly PresetName[];
  /** Monitors whose alerts fire. */
  readonly hurts: readonly HurtMonitors[];
  /** What else there is to know of what one sees, a whole sentence. */
  readonly note: string;
};

/** A drill that is asked for. */
export type AskedDrill = {
  readonly name: DrillName;
  readonly drill: NamedDrill;
  readonly fault: DrillFault;
  readonly lastsMs: number;
};
/** `mended`: somebody else ended it, or started another one, before its time; `stopped`: Ctrl-C did. */
export type DrillEnd = { readonly outcome: 'ended' | 'mended' | 'stopped'; readonly afterMs: number };

/** What the drill `errors` takes where nobody says how many. */
export const standardErrorRatio = 0.05;

export const namedDrills = {
  outage: {
    title: 'Outage',
    does: 'every request is answered with 503',
    fault: { errorRatio: 1 },
    metrics: { api5xx: 'up', requestErrors: 'up', cacheHits: 'down', cacheMisses: 'down' },
    alarms: ['errorRatio', 'errorRate', 'errorsPerMinute'],
    hurts: ['all', 'readiness', 'bounded'],
    note: 'Nothing reaches the cache any more.',
  },
  slow: {
    title: 'Slow',
    does: 'every answer comes 2 s late',
    fault: { latencyMs: 2_000 },
    metrics: { apiLatency: 'up', functionDuration: 'up' },
    alarms: ['latency'],
    hurts: ['bounded'],
    note: 'Other monitors are degraded where they have degradedAfter, and none fails.',
  },
  errors: {
    title: 'Errors',
    does: 'a share of the requests, 5 % of them, is answered with 503',
    fault: { errorRatio: standardErrorRatio },
    metrics: { api5xx: 'up', requestErrors: 'up' },
    alarms: ['errorRate', 'errorsPerMinute'],
    hurts: [],
    note: 'A probe tries again before it fails, so that monitors hardly notice; errorRatio rings once the share is above its limit.',
  },
  'database-down': {
    title: 'Database down',
    does: 'the database refuses everything; links in memory redirect for ten seconds more',
    fault: { databaseDown: true },
    metrics: { api5xx: 'up', requestErrors: 'up', cacheHits: 'down', cacheMisses: 'up' },
    alarms: ['errorRatio', 'errorRate', 'errorsPerMinute'],
    hurts: ['readiness'],
    note: 'Liveness and /demo go on: they need no database.',
  },
  'cache-cold': {
    title: 'Cache cold',
    does: 'each look-up of a link asks the database',
    fault: { cacheCold: true },
    metrics: { cacheHits: 'down', cacheMisses: 'up' },
    alarms: [],
    hurts: [],
    note: 'Callers get what they asked for, a little later.',
  },
  'cpu-burn': {
    title: 'CPU burn',
    does: 'each request first keeps the CPU busy for 100 ms, at most half of each second',
    fault: { cpuMs: 100 },
    metrics: { apiLatency: 'up', functionDuration: 'up', cpuTime: 'up' },
    alarms: [],
    hurts: [],
    note: 'It tells apart what waits and what works: the CPU is in the log, below Runtime.',
  },
} as const satisfies Readonly<Record<string, NamedDrill>>;

export type DrillName = keyof typeof namedDrills;
export const drillNames = Object.keys(namedDrills) as readonly DrillName[];

export const isDrillName = (text: string): text is DrillName => Object.hasOwn(namedDrills, text);
export const drillNamed = (name: DrillName): NamedDrill => namedDrills[name];

/** The drill `errors` of a share: the alarm on the share of errors rings where that is above its limit. */
export function errorsDrill(errorRatio: number): NamedDrill {
  const drill = drillNamed('errors');
  const { threshold } = presets.errorRatio.limit();
  return errorRatio > threshold ? { ...drill, alarms: ['errorRatio', ...drill.alarms] } : drill;
}

/** Which drill somebody started, told by what goes wrong alone; undefined for one that has no name. */
export function nameDrill(fault: DrillFault & { readonly errorRatio: number }): DrillName | undefined {
  const same = drillNames.find((name) => isSame(fault, drillNamed(name).fault));
  if (same !== undefined) return same;
  const { errorRatio, ...others } = fault;
  const isErrorsAlone = errorRatio > 0 && errorRatio < 1 && isSame(others, {});
  return isErrorsAlone ? 'errors' : undefined;
}

const faultFields = ['errorRatio', 'latencyMs', 'cpuMs', 'databaseDown', 'cacheCold'] as const;

function isSame(one: DrillFault, other: DrillFault): boolean {
  return faultFields.every((field) => Number(one[field] ?? 0) === Number(other[field] ?? 0));
}

const minuteMs = 60_000;
/** CloudWatch has a minute when it is over, and a little later. */
const metricWithinMs = 2 * minuteMs;
/** The usual alert asks for three failed probes. */
const probesNeeded = 3;
/** Where probes come faster than that, attempts, evaluations and a busy machine take their time. */
const soonestAlertMs = 90_000;

/** One thing that is expected, in words, and how long after the beginning it is there at the latest. */
export type Expected = { readonly what: string; readonly withinMs: number };

/** What is expected of a drill, in the order in which it comes. `intervalMs`: that of the monitors. */
export function expectedOf({ metrics, alarms, hurts }: NamedDrill, intervalMs = minuteMs): readonly Expected[] {
  const [most] = hurts;
  const alertMs = Math.max(soonestAlertMs, (probesNeeded + 1) * intervalMs);
  const alerts = most === undefined ? [] : [{ what: alertWords[most], withinMs: alertMs }];
  const rings = Map.groupBy(alarms, (preset) => presets[preset].window.datapoints);
  return [
    { what: `on dashboards ${movesText(metrics)}`, withinMs: metricWithinMs },
    ...alerts,
    ...[...rings].map(([periods, names]) => ({
      what: `the ${names.length === 1 ? 'alarm' : 'alarms'} ${names.join(' and ')}, where deployed`,
      withinMs: (periods + 2) * minuteMs,
    })),
  ].toSorted((a, b) => a.withinMs - b.withinMs);
}

/** What dashboards call them. */
const metricWords = {
  api5xx: '5xx answers',
  requestErrors: 'errors by type',
  apiLatency: 'latencies',
  functionDuration: 'durations of the function',
  cacheHits: 'cache hits',
  cacheMisses: 'cache misses',
  cpuTime: 'CPU in the log',
} as const satisfies Partial<Record<EntryKey, string>>;
export type MovingMetric = keyof typeof metricWords;
export const movingMetrics = Object.keys(metricWords) as readonly MovingMetric[];

/** `5xx answers, errors by type go up; cache hits go down`. */
export function movesText(metrics: NamedDrill['metrics']): string {
  const moving = (direction: Direction) => {
    const names = movingMetrics.filter((metric) => metrics[metric] === direction).map((metric) => metricWords[metric]);
    return names.length === 0 ? [] : [`${names.join(', ')} go ${direction}`];
  };
  return [...moving('up'), ...moving('down')].join('; ');
}

/** After its end everything is calm within this: an alert sees two good probes, an alarm three good minutes of five, and two more. */
export const calmWithinMs = 7 * minuteMs;

const alertWords: Readonly<Record<HurtMonitors, string>> = {
  all: 'the alerts of all monitors of the shortener',
  readiness: 'the alert of a monitor of its readiness',
  bounded: 'the alert of a monitor that bounds its latency',
};
