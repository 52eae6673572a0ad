import type { Slo } from '../../config/model.ts';
import type { History } from '../../ledger/history.ts';
import { hourMs, hourStart, minuteMs } from '../../ledger/keys.ts';
import { onlyKey } from '../../slo/events.ts';
import { type MetricSpan, planHours } from '../../slo/metric-plan.ts';
import { hoursOf, type Sums } from '../metric/hours.ts';
import { type MetricJob, metricJob } from '../metric/job.ts';
import {
  closeBefore,
  countedHistory,
  foldInto,
  loadState,
  type MetricState,
  putOpen,
  savesOf,
} from '../metric/state.ts';
import type { CountedStore, MetricQuery, ReadMetrics } from '../ports.ts';

/** By SLO id. Losing it costs a slower evaluation. */
export type MetricMemory = Map<string, MetricState>;

export type MetricSources = {
  /** Absent where what the ledger keeps has to do: it lacks the last hour, and a quarter of one. */
  readonly readMetrics?: ReadMetrics;
  readonly store: CountedStore;
  readonly outputs: (name: string) => string | undefined;
  /** Keep hours and days that have closed. Any number of writers may do so at once, the first one stays. */
  readonly isSaving?: boolean;
};
export type OnWarning = (message: string, cause: unknown) => void;

/** Points come up to a quarter of an hour late: an hour is read for good so long after its end. */
const foldDelayMs = 15 * minuteMs;
/** What was read this shortly before is read again. */
const rereadMs = 10 * minuteMs;
/** All of an evaluation's reading of CloudWatch: what is not there by then is unknown this time. */
const longestReadMs = 10_000;
const mostSavesAtOnce = 12;
/** What one evaluation writes of a long backlog; the rest follows in the next. */
const mostSaves = 300;

/**
 * Brings what SLOs over metrics count up to `now`: the ledger's hours and days once, then what is missing of them and the newest
 * minutes from CloudWatch. Bad events are read each minute, totals only where there are bad ones, and once for each hour that
 * has closed. What could not be read is not in the answer, with a warning.
 */
export async function refreshMetrics(
  memory: MetricMemory,
  slos: readonly Slo[],
  sources: MetricSources,
  onWarning: OnWarning,
  now: number,
): Promise<ReadonlyMap<string, History>> {
  const failures = new Map<string, unknown>();
  const jobs = slos.flatMap((slo) => jobOf(slo, sources, failures, now));
  const ready = await openAll(memory, jobs, sources, failures, now);
  if (sources.readMetrics !== undefined) await readAll(ready, sources.readMetrics, failures, now);
  for (const [id, cause] of failures)
    onWarning(`what the SLO ${id} counts could not be read: nobody knows how it stands`, cause);
  if (sources.isSaving) {
    const whole = ready.filter(({ job }) => !failures.has(job.sloId));
    await saveAll(whole, sources.store, onWarning);
  }
  const known = ready.filter(({ job, state }) => !failures.has(job.sloId) && isCurrent(state, sources, now));
  return new Map(known.map(({ job, state }) => [job.sloId, countedHistory(state, job.part)]));
}

/** Who reads no metrics leans on an evaluation that does, and has folded the last hours. */
function isCurrent({ hours }: MetricState, { readMetrics }: MetricSources, now: number): boolean {
  return readMetrics !== undefined || hours.has(foldedTo(now) - hourMs) || hours.has(foldedTo(now) - 2 * hourMs);
}

const foldedTo = (now: number): number => hourStart(now - foldDelayMs);
const wholeMinute = (now: number): number => Math.floor(now / minuteMs) * minuteMs;

function jobOf(slo: Slo, { outputs }: MetricSources, failures: Map<string, unknown>, now: number): MetricJob[] {
  if (slo.indicator.kind !== 'cloudwatch') return [];
  const job = metricJob(slo, slo.indicator, outputs, now);
  if (typeof job !== 'string') return [job];
  failures.set(slo.id, new Error(job));
  return [];
}

type Ready = { readonly job: MetricJob; readonly state: MetricState };

async function openAll(
  memory: MetricMemory,
  jobs: readonly MetricJob[],
  { store }: MetricSources,
  failures: Map<string, unknown>,
  now: number,
): Promise<readonly Ready[]> {
  const opened = await Promise.all(
    jobs.map(async (job) => {
      const known = memory.get(job.sloId);
      if (known?.series === job.series) return [{ job, state: known }];
      try {
        const state = await loadState(job.series, store, job.needs, now);
        memory.set(job.sloId, state);
        return [{ job, state }];
      } catch (cause) {
        failures.set(job.sloId, cause);
        return [];
      }
    }),
  );
  return opened.flat();
}

/** What is asked of CloudWatch for one SLO, and what is done with the answers. */
type Ask = {
  readonly job: MetricJob;
  readonly queries: readonly MetricQuery[];
  readonly take: (sums: readonly Sums[]) => void;
};

async function readAll(
  ready: readonly Ready[],
  readMetrics: ReadMetrics,
  failures: Map<string, unknown>,
  now: number,
): Promise<void> {
  const signal = AbortSignal.timeout(longestReadMs);
  await ask(
    ready.flatMap((each) => [...askHours(each, now), askPart(each, now)]),
    readMetrics,
    failures,
    signal,
  );
  const burning = ready.filter(({ job, state }) => !failures.has(job.sloId) && needsTotal(job, state, now));
  await ask(
    burning.map((each) => askTotal(each, now)),
    readMetrics,
    failures,
    signal,
  );
}

async function ask(
  asks: readonly Ask[],
  readMetrics: ReadMetrics,
  failures: Map<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  const queries = asks.flatMap((each) => each.queries);
  if (queries.length === 0) return;
  const answers = await readMetrics(queries, signal).catch((cause) => queries.map(() => ({ failure: String(cause) })));
  let at = 0;
  for (const { job, queries: own, take } of asks) {
    const mine = answers.slice(at, at + own.length);
    at += own.length;
    const failed = mine.find((answer) => 'failure' in answer);
    if (failed !== undefined && 'failure' in failed) failures.set(job.sloId, new Error(failed.failure));
    else take(mine.flatMap((answer) => ('sums' in answer ? [answer.sums] : [])));
  }
}

/** Hours that have closed and that nobody has read for good. */
function askHours({ job, state }: Ready, now: number): readonly Ask[] {
  const missing: number[] = [];
  for (let hourAt = job.needs.fromAt; hourAt < foldedTo(now); hourAt += hourMs)
    if (!state.hours.has(hourAt)) missing.push(hourAt);
  return planHours(missing, job.needs.minutesFromAt, now).map((span) => ({
    job,
    queries: [queryOf(job, 'part', span), queryOf(job, 'total', span)],
    take: ([part = new Map(), total = new Map()]) =>
      foldInto(state, hoursOf(span, job.part, { part, total }), job.needs),
  }));
}

function askPart({ job, state }: Ready, now: number): Ask {
  const span = openSpan(state.partTo, now);
  return {
    job,
    queries: span.fromAt < span.toAt ? [queryOf(job, 'part', span)] : [],
    take: ([part = new Map()]) => {
      closeBefore(state, foldedTo(now));
      putOpen(state.open.part, part, span.fromAt, span.toAt);
      state.partTo = span.toAt;
    },
  };
}

function askTotal({ job, state }: Ready, now: number): Ask {
  const span = openSpan(state.totalTo, now);
  return {
    job,
    queries: span.fromAt < span.toAt ? [queryOf(job, 'total', span)] : [],
    take: ([total = new Map()]) => {
      putOpen(state.open.total, total, span.fromAt, span.toAt);
      state.totalTo = span.toAt;
    },
  };
}

/** Whole minutes that are in no folded hour: the newest ones again, since points come late. */
function openSpan(readTo: number | undefined, now: number): MetricSpan {
  const toAt = wholeMinute(now);
  const again = Math.min(readTo ?? 0, toAt) - rereadMs;
  return { fromAt: Math.max(foldedTo(now), again), toAt, periodMs: minuteMs };
}

/** Without a bad event nothing burns, whatever the total is. What is good says nothing without it. */
function needsTotal(job: MetricJob, state: MetricState, now: number): boolean {
  if (job.part === 'good') return true;
  return countedHistory(state, job.part).countBetween(onlyKey, now - job.lookbackMs - minuteMs, now).failed > 0;
}

function queryOf(job: MetricJob, which: 'part' | 'total', span: MetricSpan): MetricQuery {
  return { ...job.metric, name: job.names[which], span };
}

/** Days that are whole, and hours whose minutes somebody may need, for the next cold start. */
async function saveAll(ready: readonly Ready[], store: CountedStore, onWarning: OnWarning): Promise<void> {
  const saves = ready.flatMap(({ state }) => savesOf(state, store)).slice(0, mostSaves);
  try {
    for (let from = 0; from < saves.length; from += mostSavesAtOnce)
      await Promise.all(saves.slice(from, from + mostSavesAtOnce).map((save) => save()));
  } catch (cause) {
    onWarning('what was counted of metrics could not be kept: it will be tried again', cause);
  }
}
