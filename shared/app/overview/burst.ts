import { observeBurst } from '../../alert/burst.ts';
import type { AlertState } from '../../alert/model.ts';
import { type BurstVerdict, isJudged, newestJudged, verdictOf } from '../../burst/verdict.ts';
import { nextRun } from '../../config/cron.ts';
import type { Burst, BurstAlert, BurstSchedule, Config, Load, Stage } from '../../config/model.ts';
import { renderLoad, renderSent, renderWanted } from '../../message/load-text.ts';
import type { Outputs } from '../../message/shell.ts';
import type { BurstStore, LoadVerdicts, RunKey, SentRun } from '../ports.ts';
import type { BurstAlertView, BurstRunView, BurstView } from './model.ts';

export type BurstsDeps = {
  readonly config: Config;
  readonly loadVerdicts: LoadVerdicts;
  readonly loadRuns: BurstStore['loadRuns'];
  /** The runs that were read last, by burst: they are read again only when there are others. */
  readonly runMemory: RunMemory;
};

type Runs = readonly (RunKey & SentRun)[];
export type RunMemory = Map<string, { readonly verdicts: string; readonly runs: Runs }>;
export type KnownBurst = { readonly burst: Burst; readonly verdicts: readonly BurstVerdict[]; readonly runs: Runs };

const mostRuns = 10;

/** The newest runs of every burst, those that were not sent included. */
export async function loadBursts(deps: BurstsDeps, now: number): Promise<readonly KnownBurst[]> {
  const { bursts } = deps.config;
  if (bursts.length === 0) return [];
  const all = await deps.loadVerdicts();
  return Promise.all(
    bursts.map(async (burst) => {
      const verdicts = all.filter((verdict) => verdict.burst === burst.id);
      return { burst, verdicts, runs: await runsOf(burst, verdicts, deps, now) };
    }),
  );
}

/** Each run is written before its verdict: while no verdict has come, no run has, either. */
async function runsOf(burst: Burst, verdicts: readonly BurstVerdict[], deps: BurstsDeps, now: number): Promise<Runs> {
  const seen = JSON.stringify(verdicts);
  const known = deps.runMemory.get(burst.id);
  if (known?.verdicts === seen) return known.runs;
  const runs = await deps.loadRuns(burst.id, now + 1, mostRuns);
  deps.runMemory.set(burst.id, { verdicts: seen, runs });
  return runs;
}

/** How one burst stands: what it does, its newest runs, its alerts. */
export function burstView(
  { burst, verdicts, runs }: KnownBurst,
  state: AlertState,
  outputs: Outputs,
  now: number,
): BurstView {
  const newest = newestJudged(verdicts, burst.id)?.outcome;
  return {
    id: burst.id,
    state: newest === 'passed' || newest === 'failed' ? newest : 'waiting',
    model: burst.load.model,
    sent: renderSent(burst, outputs),
    load: renderLoad(burst.load),
    wanted: renderWanted(burst),
    thresholds: burst.thresholds.map(({ text }) => text),
    ...paceOf(burst.load),
    ...(burst.schedule === undefined ? {} : planOf(burst.schedule, now)),
    runs: runViews(verdicts, runs),
    seconds: runs[0]?.tally.seconds ?? [],
    alerts: burst.alerts.map((alert) => alertView(burst, alert, verdicts, state)),
  };
}

function paceOf(load: Load): Pick<BurstView, 'plannedMs' | 'rates'> {
  if (load.model === 'open') return { plannedMs: lengthOf(load.stages), rates: cornersOf(load.stages) };
  return { ...(load.model === 'closed' && load.forMs !== undefined ? { plannedMs: load.forMs } : {}), rates: [] };
}

const lengthOf = (stages: readonly Stage[]): number => stages.reduce((sum, { durationMs }) => sum + durationMs, 0);

/** Both ends of each stage, where a rate jumps the same instant twice. */
function cornersOf(stages: readonly Stage[]): BurstView['rates'] {
  return stages.flatMap(({ fromPerSecond, toPerSecond, durationMs }, index) => {
    const atMs = lengthOf(stages.slice(0, index));
    return [
      { atMs, perSecond: fromPerSecond },
      { atMs: atMs + durationMs, perSecond: toPerSecond },
    ];
  });
}

function planOf(schedule: BurstSchedule, now: number): Pick<BurstView, 'schedule' | 'timezone' | 'nextRunAt'> {
  const { expression, timezone } = schedule;
  const nextRunAt = nextRun(schedule, now);
  return { schedule: expression, timezone, ...(nextRunAt === undefined ? {} : { nextRunAt }) };
}

function runViews(verdicts: readonly BurstVerdict[], runs: Runs): readonly BurstRunView[] {
  const sent = runs.map(({ burst: _burst, runAt, summary }): BurstRunView => {
    const { outcome, reasons, more } = verdictOf(summary, runAt);
    return { runAt, outcome, reasons, more, summary };
  });
  const unsent = verdicts
    .filter((verdict) => !isJudged(verdict))
    .map(({ runAt, outcome, reasons, more }): BurstRunView => ({ runAt, outcome, reasons, more }));
  return [...sent, ...unsent].toSorted((a, b) => b.runAt - a.runAt).slice(0, mostRuns);
}

function alertView(
  burst: Burst,
  alert: BurstAlert,
  verdicts: readonly BurstVerdict[],
  state: AlertState,
): BurstAlertView {
  const firing = state.alerts[alert.id];
  const quiet = observeBurst(burst, alert, verdicts).condition === 'met' ? 'pending' : 'inactive';
  return {
    id: alert.id,
    severity: alert.severity,
    status: firing === undefined ? quiet : 'firing',
    ...(firing === undefined ? {} : { firedAt: firing.firedAt }),
    notify: alert.notify,
  };
}
