import { type Burst, type Config, monitorIdsOf } from '../../config/model.ts';
import type { BurstScope } from './model.ts';
import { namedHosts, scopeOf } from './scope.ts';

/** What the burst function knows: the file beside its bundle. */
export type BurstPackage = {
  readonly service: string;
  readonly bursts: readonly PackagedBurst[];
  /** What is left of a budget is told by these: there where a burst requires one. */
  readonly budgets?: BudgetConfig;
};
export type PackagedBurst = { readonly burst: Burst; readonly scope: BurstScope };
/** The SLOs that bursts ask for, with the monitors that they judge and what leaves these out. */
export type BudgetConfig = Pick<Config, 'service' | 'slos' | 'monitors' | 'maintenance' | 'locations'>;

/** The bursts of a configuration with what each may reach, and no more of the rest than they need. */
export function packageBursts(config: Config): BurstPackage {
  const { service, bursts } = config;
  const ids = new Set(bursts.flatMap(({ requireBudget }) => requireBudget?.slos ?? []));
  const named = namedHosts(config);
  const packaged = bursts.map((burst) => ({ burst, scope: scopeOf(config, burst, named) }));
  return { service, bursts: packaged, ...(ids.size === 0 ? {} : { budgets: budgetsOf(config, ids) }) };
}

function budgetsOf(config: Config, ids: ReadonlySet<string>): BudgetConfig {
  const slos = config.slos.filter(({ id }) => ids.has(id));
  const judged = new Set(slos.flatMap(monitorIdsOf));
  return {
    service: config.service,
    slos,
    monitors: config.monitors.filter(({ id }) => judged.has(id)),
    maintenance: config.maintenance.filter(({ monitors }) => monitors.some((id) => judged.has(id))),
    ...(config.locations && { locations: config.locations }),
  };
}
