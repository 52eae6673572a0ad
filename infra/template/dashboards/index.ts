import { type Config, type DashboardName, dashboardNames, defaultDashboards } from '../../../shared/config/model.ts';
import { priceOfOne } from '../../../shared/metrics/price-list.ts';
import type { Stack } from '../model.ts';
import { applicationRows } from './application.ts';
import { burstsRows } from './bursts.ts';
import { infrastructureRows } from './infrastructure.ts';
import { place, type Row } from './layout.ts';
import { type DashboardBody, isExpression, type MetricRow } from './model.ts';
import { monitorsRows } from './monitors.ts';
import { overviewRows } from './overview.ts';
import { runtimeRows } from './runtime.ts';
import type { Scene } from './scene.ts';
import { slosRows } from './slos.ts';

const rows: Readonly<Record<DashboardName, (scene: Scene) => readonly Row[]>> = {
  overview: overviewRows,
  monitors: monitorsRows,
  slos: slosRows,
  bursts: burstsRows,
  application: applicationRows,
  runtime: runtimeRows,
  infrastructure: infrastructureRows,
};

/** Those that the configuration asks for, else three: without the shortener, monitors in place of the application. */
export function chosenDashboards(stack: Stack, { dashboards }: Pick<Config, 'dashboards'>): readonly DashboardName[] {
  if (dashboards !== undefined) return dashboardNames.filter((name) => dashboards.includes(name));
  return defaultDashboards.map((name) => (name === 'application' && !stack.isShortenerOn ? 'monitors' : name));
}

/**
 * The body of one dashboard: the same stack and configuration give the same one, byte for byte. What only AWS knows (account,
 * partition, the id of the API) stands in it as a token, which `withTokens` fills in.
 */
export function dashboardBody(name: DashboardName, stack: Stack, config: Config): DashboardBody {
  const scene = { stack, config, chosen: chosenDashboards(stack, config) };
  return { start: '-PT3H', periodOverride: 'inherit', widgets: place(rows[name](scene)) };
}

/** What a dashboard is made of, and what it costs. */
export type DashboardSize = {
  readonly widgets: number;
  /** Different series of CloudWatch. */
  readonly metrics: number;
};

export function sizeOf({ widgets }: DashboardBody): DashboardSize {
  const series = widgets.flatMap((widget) =>
    widget.type === 'metric' ? widget.properties.metrics.flatMap(seriesOf) : [],
  );
  return { widgets: widgets.length, metrics: new Set(series).size };
}

function seriesOf(row: MetricRow): readonly string[] {
  return isExpression(row) ? [] : [JSON.stringify(row.slice(0, -1))];
}

/** https://aws.amazon.com/cloudwatch/pricing/: an account has so many for nothing, of at most so many metrics each. */
export const dashboardPrice = { free: 3, freeMetrics: 50, perMonth: priceOfOne('dashboard') } as const;

/**
 * Dollars a month of each of these dashboards, in their order, in an account that has no others: the first three that are small
 * enough cost nothing.
 */
export function pricesOf(sizes: readonly DashboardSize[]): readonly number[] {
  let free: number = dashboardPrice.free;
  return sizes.map(({ metrics }) => {
    if (metrics > dashboardPrice.freeMetrics || free === 0) return dashboardPrice.perMonth;
    free -= 1;
    return 0;
  });
}
