import { cloudWatchDashboard } from '../../../infra/grafana/cloudwatch.ts';
import { refIdOf } from '../../../infra/grafana/model.ts';
import { prometheusDashboard } from '../../../infra/grafana/prometheus.ts';
import { stackOf } from '../../../infra/template/model.ts';
import type { Config } from '../../../shared/config/model.ts';
import { entryKeys, entryOf, isInCloudWatch } from '../../../shared/metrics/entries.ts';
import { aBurst } from '../../support/burst.ts';
import { aConfig, anSlo } from '../../support/config.ts';

type Target = { refId: string; datasource: object; [member: string]: unknown };
type Panel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: object;
  targets?: Target[];
  fieldConfig?: { defaults: { unit: string } };
  gridPos: { x: number; y: number; w: number; h: number };
};
type Dashboard = {
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: { name: string; type: string; query: unknown }[] };
};

const options = { stage: 'prod', region: 'eu-west-1', isRetained: false, areFaultsOn: false, logRetentionDays: 30 };
const overCloudWatch = (config: Config, isShortenerOn = true) =>
  cloudWatchDashboard(config, stackOf(config, { ...options, isShortenerOn })) as unknown as Dashboard;
const whole = aConfig({ slos: [anSlo()], bursts: [aBurst()] });
const several = {
  ...whole,
  monitors: whole.monitors.map((monitor) => ({
    ...monitor,
    agreement: { quorum: 'majority', minLocations: 1 } as const,
  })),
  locations: { home: 'eu-west-1', also: ['us-east-1'] },
};
const dashboards = [
  ['over CloudWatch', overCloudWatch(whole), 'cloudwatch'],
  ['over CloudWatch, of two locations', overCloudWatch(several), 'cloudwatch'],
  ['over CloudWatch, of the monitoring alone', overCloudWatch(aConfig({ slos: [], bursts: [] }), false), 'cloudwatch'],
  ['over Prometheus', prometheusDashboard('shop', 'prod') as unknown as Dashboard, 'prometheus'],
  ['over Prometheus, of several', prometheusDashboard('shop', 'prod', true) as unknown as Dashboard, 'prometheus'],
] as const;
const panelsOf = ({ panels }: Dashboard) => panels.filter(({ type }) => type !== 'row');
const targetsOf = (dashboard: Dashboard) => panelsOf(dashboard).flatMap(({ targets = [] }) => targets);

describe.each(dashboards)('the dashboard of Grafana %s', (_, dashboard, source) => {
  it('has what an import needs', () => {
    expect(dashboard.uid).toMatch(/^[\w-]{1,40}$/);
    expect(dashboard.title).toContain('prod');
    expect(dashboard.schemaVersion).toBe(39);
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'source', type: 'datasource', query: source });
    expect(JSON.parse(JSON.stringify(dashboard))).toEqual(dashboard);
  });

  it('gives every panel an id, a title, a sentence of help, a unit and queries of its own data source', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const own = { type: source, uid: '${source}' };
    for (const panel of panelsOf(dashboard)) {
      expect(panel.title).toMatch(/\?|\)$/);
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/);
      expect(panel.datasource).toEqual(own);
      expect(panel.targets?.length).toBeGreaterThan(0);
      expect(panel.targets?.map(({ refId }) => refId)).toEqual(panel.targets?.map((__, index) => refIdOf(index)));
      expect(panel.targets?.every(({ datasource }) => JSON.stringify(datasource) === JSON.stringify(own))).toBe(true);
    }
  });

  it('lays them on 24 columns, none over another', () => {
    const cells = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, cells.has(`${x} ${y}`)]).toEqual([title, false]);
          cells.add(`${x} ${y}`);
        }
    }
  });
});

describe('a dashboard over CloudWatch', () => {
  it.each([
    ['one location', whole, 0],
    ['several', several, 6],
  ])(
    'asks for metrics of the catalogue alone, with all of their dimensions and a statistic that means something: %s',
    (_, config, located) => {
      const places = targetsOf(overCloudWatch(config)).flatMap(
        ({ dimensions }) => (dimensions as Record<string, string[]>)['Location'] ?? [],
      );
      expect(places).toHaveLength(located);
      for (const target of targetsOf(overCloudWatch(config))) {
        const key = entryKeys.find((each) => {
          const { cloudwatch } = entryOf(each);
          return cloudwatch?.namespace === target['namespace'] && cloudwatch?.name === target['metricName'];
        });
        if (key === undefined) throw new Error(`${target['metricName']} is in no catalogue`);
        const {
          dimensions,
          severally = [],
          statistics,
        } = entryOf(key).cloudwatch ?? { dimensions: [], statistics: [] };
        const given = target['dimensions'] as Record<string, string[]>;
        expect([key, Object.keys(given)]).toEqual([key, located > 0 ? [...dimensions, ...severally] : dimensions]);
        expect(Object.values(given).every(([value]) => value !== undefined && value !== '')).toBe(true);
        expect(statistics).toContain(target['statistic']);
        expect([key, isInCloudWatch(key, 'lean')]).toEqual([key, true]);
      }
    },
  );

  it('has nothing of an app that is not deployed', () => {
    const text = JSON.stringify(overCloudWatch(aConfig({ slos: [], bursts: [] }), false));
    expect(text).not.toMatch(/ApiGateway|prod-links|prod-shortener/);
  });
});

describe('a dashboard over Prometheus', () => {
  it('shows every metric of the exposition, but for the labels of monitors, and no other', () => {
    const text = targetsOf(prometheusDashboard('shop', 'prod', true) as unknown as Dashboard).map(({ expr }) =>
      String(expr),
    );
    const names = entryKeys.flatMap((key) => entryOf(key).prometheus?.name ?? []);
    const used = names.filter((name) => text.some((expr) => new RegExp(`\\b${name}\\b`).test(expr)));
    expect(names.filter((name) => !used.includes(name)).toSorted()).toEqual([
      'burnwatch_build_info',
      'burnwatch_burst_requests',
      'burnwatch_burst_sustained_per_second',
      'burnwatch_burst_throughput_per_second',
      'burnwatch_burst_timestamp_seconds',
      'burnwatch_monitor_info',
      'burnwatch_monitor_maintenance',
      'burnwatch_slo_good_events',
      'burnwatch_slo_objective_ratio',
    ]);
    const foreign = text.flatMap((expr) => expr.match(/\b(?:burnwatch|probe|http|cache|faas)_\w+/g) ?? []);
    expect(foreign.filter((name) => !names.includes(name) && name !== 'faas_name')).toEqual([]);
  });
});
