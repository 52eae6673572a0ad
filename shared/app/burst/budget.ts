import type { AlertState, IncidentAlert } from '../../alert/model.ts';
import type { Clock } from '../../clock/clock.ts';
import { DeadlineExceeded, within } from '../../clock/deadline.ts';
import { BurnwatchError, type Burst, monitorIdsOf, type RequireBudget, type Slo } from '../../config/model.ts';
import type { EventSources } from '../../slo/sources.ts';
import { type CountedSources, refreshCounted } from '../counted/counted.ts';
import { type HistorySource, type LedgerMemory, refreshHistory } from '../history.ts';
import { needsOf } from '../needs.ts';
import type { AlertStore } from '../ports.ts';
import { isKnown, standingOf } from '../standing.ts';
import type { BudgetConfig, BurstPackage } from './package.ts';

export type BudgetDeps = Omit<HistorySource, 'config'> & {
  readonly alerts: Pick<AlertStore, 'load'>;
  /** What this sandbox remembers of the ledger. */
  readonly memory: LedgerMemory;
  /** Asked only where one of these SLOs judges something else than probes. */
  readonly counted?: CountedSources;
};

/** The same for a burst of the package; undefined, and nothing is read, where it requires no budget. */
export async function budgetRefusal(
  { requireBudget }: Burst,
  { budgets }: Pick<BurstPackage, 'budgets'>,
  deps: { readonly clock: Clock; readonly signal: AbortSignal; readonly loadBudget: () => Promise<BudgetDeps> },
): Promise<string | undefined> {
  if (requireBudget === undefined || budgets === undefined) return undefined;
  return reasonToRefuse(requireBudget, budgets, await deps.loadBudget(), deps.clock.now(), deps.signal);
}

/** A first reading goes through a month of days and hours. */
const longestReadMs = 20_000;

/**
 * Why a burst that requires a budget must not be sent now, in one sentence; undefined where it may. An SLO of which nothing was
 * judged yet has no budget that anybody knows. Throws where the ledger cannot be read, within twenty seconds.
 */
export async function reasonToRefuse(
  required: RequireBudget,
  config: BudgetConfig,
  deps: BudgetDeps,
  now: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const slos = config.slos.filter(({ id }) => required.slos.includes(id));
  const missing = required.slos.find((id) => !slos.some((slo) => slo.id === id));
  if (missing !== undefined) return `the SLO ${missing}, whose budget it requires, is not in the package`;
  const [history, { state }, counted] = await readAll(deps, config, now, signal);
  const sources = { ...config, history, counted };
  const reasons = slos.map((slo) => incidentReason(slo, state) ?? budgetReason(slo, required, sources, now));
  return reasons.find((reason) => reason !== undefined);
}

function incidentReason(slo: Slo, { incidents }: AlertState): string | undefined {
  const isAbout = (monitor: string) => monitorIdsOf(slo).includes(monitor);
  const isOwn = ({ alertId, resolvedAt }: IncidentAlert) =>
    resolvedAt === undefined && slo.alerts.some(({ id }) => id === alertId);
  const open = Object.values(incidents).find((each) => each.monitors.some(isAbout) || each.alerts.some(isOwn));
  if (open === undefined) return undefined;
  const since = `${new Date(open.openedAt).toISOString().slice(0, 16)}Z`;
  const about = open.monitors.filter(isAbout).join(', ') || `the SLO ${slo.id}`;
  return `an incident of ${about} is open since ${since}`;
}

function budgetReason(slo: Slo, { leftPpm }: RequireBudget, sources: EventSources, now: number): string | undefined {
  const standing = standingOf(slo, sources, now);
  if (!isKnown(standing)) return `what the SLO ${slo.id} counts could not be read`;
  const { budget } = standing;
  if (budget.good + budget.bad === 0) return `nothing is known of the SLO ${slo.id} yet`;
  if (budget.leftPpm >= leftPpm) return undefined;
  return `the SLO ${slo.id} has ${percent(budget.leftPpm)} of its error budget left, and ${percent(leftPpm)} are required`;
}

const percent = (ppm: number): string => `${Number((ppm / 10_000).toFixed(1))} %`;

async function readAll(deps: BudgetDeps, config: BudgetConfig, now: number, signal: AbortSignal) {
  try {
    return await within(longestReadMs, signal, () =>
      Promise.all([
        refreshHistory(deps.memory, { ...deps, config }, { ...needsOf(config.slos, now), isSaving: false }, now),
        deps.alerts.load(),
        refreshCounted(deps.memory.counted, config.slos, deps.counted, () => {}, now),
      ]),
    );
  } catch (cause) {
    if (!(cause instanceof DeadlineExceeded)) throw cause;
    throw new BurnwatchError('BURN_BUDGET_UNKNOWN', 'the error budgets could not be read in time', { cause });
  }
}
