import type { Config, DashboardName } from '../../shared/config/model.ts';
import { chosenDashboards, dashboardBody, pricesOf, sizeOf } from '../template/dashboards/index.ts';
import { stackOf } from '../template/model.ts';
import type { Bill } from './bill.ts';
import { type CostOptions, costOf } from './index.ts';

/** Something that would make it cheaper, and by how many dollars a month at list price. */
export type Lever = { readonly what: string; readonly saves: number };
type Changed = { readonly what: string; readonly config: Config; readonly options?: Partial<CostOptions> };

const minuteMs = 60_000;
const mostLevers = 5;
const leastDollars = 0.01;

/** The largest savings, each for itself, on the side of the monitoring and of the target together: at most five, none below a cent. */
export function leversOf(config: Config, options: CostOptions, bill: Bill): readonly Lever[] {
  const now = bill.ours.list + bill.target.list;
  const tried = changesOf(config, options).map(({ what, config: changed, options: others }): Lever => {
    const then = costOf(changed, { ...options, ...others });
    return { what, saves: now - then.ours.list - then.target.list };
  });
  return [...tried, ...ownPrices(config, bill)]
    .filter(({ saves }) => saves >= leastDollars)
    .sort((a, b) => b.saves - a.saves)
    .slice(0, mostLevers);
}

/** What may be had another way: priced once more as it would be then. */
function changesOf(config: Config, options: CostOptions): readonly Changed[] {
  const { monitors, alarms = [] } = config;
  const slowed = (leastMs: number) => ({
    ...config,
    monitors: monitors.map((each) => ({ ...each, intervalMs: Math.max(leastMs, each.intervalMs) })),
  });
  const isFast = monitors.some(({ intervalMs }) => intervalMs < minuteMs);
  const isClose = alarms.some(({ periodMs }) => periodMs < minuteMs);
  const free = freeDashboards(config, options);
  const unhurried = monitors.some(({ intervalMs }) => intervalMs < 5 * minuteMs);
  const calm = { ...config, alarms: alarms.map((each) => ({ ...each, periodMs: Math.max(minuteMs, each.periodMs) })) };
  return [
    ...fewerLocations(config),
    ...(isFast ? [{ what: 'probe nothing more often than once a minute', config: slowed(minuteMs) }] : []),
    ...(unhurried ? [{ what: 'probe nothing more often than every 5 minutes', config: slowed(5 * minuteMs) }] : []),
    ...(isClose ? [{ what: 'periods of a minute for all plain alarms', config: calm }] : []),
    ...(free === undefined
      ? []
      : [{ what: `dashboards: [${free.join(', ')}] alone`, config: { ...config, dashboards: free } }]),
    ...(options.telemetry === 'full'
      ? [{ what: '--param telemetry=lean', config, options: { telemetry: 'lean' } as const }]
      : []),
    ...(options.telemetry !== 'logs'
      ? [{ what: '--param telemetry=logs', config, options: { telemetry: 'logs' } as const }]
      : []),
    ...(options.encryptionKeys === undefined
      ? []
      : [
          {
            what: '--param encryption= (the keys of AWS, which cost nothing)',
            config,
            options: { encryptionKeys: [] },
          },
        ]),
    ...(options.areMetricsOn ? [{ what: '--param metrics=off', config, options: { areMetricsOn: false } }] : []),
  ];
}

/** Each of the others left out. */
function fewerLocations(config: Config): readonly Changed[] {
  const { locations, ...alone } = config;
  if (locations === undefined) return [];
  return locations.also.map((left) => {
    const also = locations.also.filter((region) => region !== left);
    const changed = also.length === 0 ? alone : { ...alone, locations: { ...locations, also } };
    return { what: `without the location ${left}`, config: changed };
  });
}

/** Those of the dashboards that cost nothing, where some do and some do not. */
function freeDashboards(config: Config, options: CostOptions): readonly DashboardName[] | undefined {
  const stack = stackOf(config, options);
  const chosen = chosenDashboards(stack, config);
  const prices = pricesOf(chosen.map((name) => sizeOf(dashboardBody(name, stack, config))));
  const free = chosen.filter((_, index) => prices[index] === 0);
  return free.length === 0 || free.length === chosen.length ? undefined : free;
}

/** What may be left out has its own price in the bill. */
function ownPrices({ bursts, slos }: Config, { parts }: Bill): readonly Lever[] {
  const priceOf = (id: string) => parts.find((part) => part.id === id)?.list ?? 0;
  return [
    ...bursts.map(({ id }) => ({ what: `the burst ${id} by hand only`, saves: priceOf(`burst/${id}`) })),
    ...slos
      .filter(({ indicator }) => indicator.kind === 'cloudwatch')
      .map(({ id }) => ({ what: `the SLO ${id} over probes, not over metrics`, saves: priceOf(`slo/${id}`) })),
  ];
}
