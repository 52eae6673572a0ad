import { applicationEntries } from '../metrics/application-entries.ts';
import type { CloudWatchName, Entry, Profile } from '../metrics/entry.ts';
import { runtimeEntries } from '../metrics/runtime-entries.ts';
import type { DatabaseReading } from './database-meter.ts';
import { type DimensionValues, type Embedded, embed, mostValuesPerMetric } from './embedded-metrics.ts';
import { type ProcessReading, seconds } from './process-meter.ts';
import type { CacheCount, RequestGroup } from './request-groups.ts';

/** A line as it will be logged: flat, but for the block of an embedded metric. */
export type TelemetryLine = {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

/** What the lines of one function are made with. */
export type LineContext = {
  readonly profile: Profile;
  /** `Service`, `Environment` and `Function`; absent where the function is not told whose it is, and then there are no metrics. */
  readonly dimensions?: DimensionValues;
};

/** What is said once of a moment, in its first line. */
export type Moment = {
  /** Epoch ms. */
  readonly at: number;
  readonly process: ProcessReading;
  readonly database: DatabaseReading | undefined;
  readonly caches: ReadonlyMap<string, CacheCount>;
  /** Of a cold start: from the process's start to the first invocation, seconds. */
  readonly initSeconds?: number;
  readonly active: number;
};

/** The lines of requests that were served in one moment: one for each kind of them, the first with the moment itself. */
export function requestLines(
  groups: readonly RequestGroup[],
  moment: Moment,
  context: LineContext,
): readonly TelemetryLine[] {
  const [first, ...further] = cacheFields(moment, context);
  const shared = { ...momentFields(moment), 'http.server.active_requests': moment.active, ...first?.fields };
  const runtime = [...runtimeMetrics(moment, context), ...(first?.metrics ?? [])];
  const lines = groups.flatMap((group, index) =>
    groupLines(group, moment, context, index === 0 ? { fields: shared, metrics: runtime, of: first?.of } : undefined),
  );
  return [...lines, ...further.map((part) => cacheLine(part, moment, context))];
}

/** The line of an invocation that served no HTTP request. */
export function invocationLine(
  outcome: Readonly<Record<string, unknown>>,
  moment: Moment,
  context: LineContext,
): TelemetryLine {
  return {
    level: outcome['error.type'] === undefined ? 'info' : 'error',
    message: 'invocation',
    fields: {
      ...outcome,
      ...momentFields(moment),
      ...embedded(runtimeMetrics(moment, context), {}, moment.at, context),
    },
  };
}

type Part = { readonly of?: string | undefined; readonly fields: object; readonly metrics: readonly Embedded[] };

function groupLines(group: RequestGroup, moment: Moment, context: LineContext, extra?: Part): TelemetryLine[] {
  const isError = group.status >= 500;
  const own = {
    Route: `${group.method} ${group.route}`,
    ErrorType: group.errorType ?? String(group.status),
    ...(extra?.of !== undefined && { Cache: extra.of }),
  };
  const [latencies, ...more] = chunks(group.latenciesMs.map(shortMs));
  const metrics = [
    ...(latencies ? emf('requestLatency', applicationEntries, latencies, context) : []),
    ...(isError ? emf('requestErrors', applicationEntries, [group.count], context) : []),
    ...(extra?.metrics ?? []),
  ];
  const line: TelemetryLine = {
    level: isError ? 'error' : 'info',
    message: 'requests',
    fields: { ...groupFields(group), ...extra?.fields, ...embedded(metrics, own, moment.at, context) },
  };
  const rest = more.map((values): TelemetryLine => {
    const part = emf('requestLatency', applicationEntries, values, context);
    return { level: 'info', message: 'latencies', fields: embedded(part, own, moment.at, context) };
  });
  return [line, ...rest];
}

/** The slowest of the requests stands for them, with its id; how many there are and how long they took together, beside it. */
function groupFields(group: RequestGroup) {
  return {
    'faas.invocation_id': group.invocationId,
    ...(group.traceId !== undefined && { trace_id: group.traceId }),
    'http.route': group.route,
    'http.request.method': group.method,
    'http.response.status_code': group.status,
    ...(group.errorType !== undefined && { 'error.type': group.errorType }),
    'http.server.request.duration': seconds(group.slowestMs),
    'burnwatch.requests': group.count,
    'burnwatch.requests.duration': seconds(group.totalMs),
  };
}

function momentFields({ process, database, initSeconds }: Moment) {
  return {
    'faas.coldstart': initSeconds !== undefined,
    ...(initSeconds !== undefined && { 'faas.init_duration': initSeconds }),
    ...process,
    ...database,
  };
}

function cacheFields({ caches }: Moment, context: LineContext): readonly Part[] {
  return [...caches].map(([name, { hits, misses }]) => ({
    of: name,
    fields: { 'burnwatch.cache': name, 'burnwatch.cache.hits': hits, 'burnwatch.cache.misses': misses },
    metrics: [
      ...(hits > 0 ? emf('cacheHits', applicationEntries, [hits], context) : []),
      ...(misses > 0 ? emf('cacheMisses', applicationEntries, [misses], context) : []),
    ],
  }));
}

function cacheLine({ of, fields, metrics }: Part, { at }: Moment, context: LineContext): TelemetryLine {
  return {
    level: 'info',
    message: 'cache',
    fields: { ...fields, ...embedded(metrics, of === undefined ? {} : { Cache: of }, at, context) },
  };
}

function runtimeMetrics({ process, database, initSeconds }: Moment, context: LineContext): readonly Embedded[] {
  const ms = (value: number) => [shortMs(value * 1_000)];
  const late = process['nodejs.eventloop.delay.max'];
  const took = database?.['db.client.operation.duration'];
  return [
    ...(initSeconds === undefined ? [] : emf('coldStart', runtimeEntries, [1], context)),
    ...emf('memoryUsage', runtimeEntries, [process['faas.mem_usage']], context),
    ...emf('heapUsed', runtimeEntries, [process['v8js.memory.heap.used']], context),
    ...(late === undefined ? [] : emf('eventLoopDelay', runtimeEntries, ms(late), context)),
    ...emf('garbageCollection', runtimeEntries, ms(process['v8js.gc.duration']), context),
    ...emf('cpuTime', runtimeEntries, ms(process['process.cpu.time']), context),
    ...emf('handles', runtimeEntries, [process['burnwatch.process.handles']], context),
    ...(took === undefined ? [] : emf('databaseTime', applicationEntries, ms(took), context)),
  ];
}

/** The metric, where the profile has it. */
function emf<Key extends string>(
  key: Key,
  entries: Readonly<Record<Key, Entry>>,
  values: readonly number[],
  { profile, dimensions }: LineContext,
): readonly Embedded[] {
  const { cloudwatch, profile: least } = entries[key] as { cloudwatch?: CloudWatchName; profile?: Profile };
  const isWanted = profile === 'full' || (profile === 'lean' && least === 'lean');
  return dimensions === undefined || cloudwatch === undefined || !isWanted ? [] : [{ metric: cloudwatch, values }];
}

function embedded(metrics: readonly Embedded[], own: DimensionValues, at: number, { dimensions }: LineContext) {
  return embed(metrics, { ...dimensions, ...own }, at);
}

function chunks(values: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(values.length / mostValuesPerMetric) }, (_, index) =>
    values.slice(index * mostValuesPerMetric, (index + 1) * mostValuesPerMetric),
  );
}

/** To the microsecond: short in a line, and cheap, since there is one for each request. */
const shortMs = (value: number): number => Math.round(value * 1_000) / 1_000;
