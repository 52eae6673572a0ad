import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLimits } from '../../../infra/local/function/limits.ts';
import { dashboards } from '../../../infra/template/dashboard.ts';
import { costRows } from '../../../infra/template/dashboards/cost.ts';
import { chosenDashboards, dashboardBody, pricesOf, sizeOf } from '../../../infra/template/dashboards/index.ts';
import { insightsUrl } from '../../../infra/template/dashboards/links.ts';
import { isExpression } from '../../../infra/template/dashboards/model.ts';
import { runbooks } from '../../../infra/template/dashboards/scene.ts';
import { thresholdsOf } from '../../../infra/template/dashboards/slos.ts';
import { token, withTokens } from '../../../infra/template/dashboards/tokens.ts';
import { gigabytes, gigabytesOf } from '../../../infra/template/memory.ts';
import { type StackOptions, stackOf } from '../../../infra/template/model.ts';
import { type Config, dashboardNames } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { entryKeys, entryOf } from '../../../shared/metrics/entries.ts';
import { aBurst } from '../../support/burst.ts';
import { faultsOf } from '../../support/dashboard-schema.ts';
import { aConfig, aMonitor, aSlo } from './configs.ts';

const root = join(import.meta.dirname, '../../..');
const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const parsed = parseConfig(readFileSync(join(root, 'monitors.yml'), 'utf8'), { file: 'monitors.yml', env: {} });
if (!parsed.ok) throw new Error('the shipped monitors.yml is wrong');
const shipped = parsed.config;

const fleet = (monitors: number, slos: number, bursts = 2): Config =>
  aConfig({
    monitors: Array.from({ length: monitors }, (_, key) => aMonitor({ id: `m${key}`, key, degradedAfterMs: 300 })),
    slos: Array.from({ length: slos }, (_, index) => aSlo(`slo-${index}`)),
    bursts: Array.from({ length: bursts }, (_, index) => aBurst({ id: `burst-${index}` })),
  });
const none = { namespace: '', name: '', dimensions: [], severally: [] };
const evil = '${AWS::AccountId} ${x} "]}\\ <b>*_`[a](javascript:alert(1)) | é \u2028';
const hostile = aConfig({
  monitors: [
    aMonitor({
      id: `m${evil}`,
      alerts: [{ id: 'a', kind: 'failures', notify: [], runbook: evil } as never],
    }),
  ],
  slos: [{ ...aSlo('s'), id: evil, objective: evil }],
  bursts: [aBurst({ id: evil, thresholds: [{ text: evil, metric: 'p99', op: 'lt', value: 3 }] })],
});

const agreement = { quorum: 'majority', minLocations: 1 } as const;
/** The same monitors, judged by three locations. */
const severally = (config: Config): Config => ({
  ...config,
  monitors: config.monitors.map((monitor) => ({ ...monitor, agreement })),
  locations: { home: 'eu-west-1', also: ['us-east-1', 'ap-southeast-2'] },
});

const configs: readonly (readonly [string, Config, Partial<StackOptions>])[] = [
  ['the shipped monitors.yml', shipped, {}],
  ['one monitor', fleet(1, 0, 0), {}],
  ['25 monitors', fleet(25, 10), {}],
  ['600 monitors', fleet(600, 600, 50), {}],
  ['three locations', severally(fleet(30, 3)), {}],
  ['600 monitors at three locations', severally(fleet(600, 3)), {}],
  ['no shortener', fleet(3, 1), { isShortenerOn: false }],
  ['nothing at all', fleet(0, 0, 0), {}],
  ['a repository', shipped, { repository: 'https://example.com/repo' }],
  ['hostile names', hostile, {}],
];
const bodyOf = (name: (typeof dashboardNames)[number], config: Config, changed: Partial<StackOptions> = {}) =>
  dashboardBody(name, stackOf(config, { ...options, ...changed }), config);
const markdownOf = (body: ReturnType<typeof bodyOf>) =>
  body.widgets.flatMap((widget) => (widget.type === 'text' ? [widget.properties.markdown] : []));

describe.each(configs)('dashboards of %s', (_, config, changed) => {
  it.each(dashboardNames)('%s is what CloudWatch takes', (name) => {
    expect(faultsOf(bodyOf(name, config, changed))).toEqual([]);
  });

  it.each(dashboardNames)('%s has a question or a claim over every figure, and help in sight of it', (name) => {
    const { widgets } = bodyOf(name, config, changed);
    const figures = widgets.filter(({ type }) => type !== 'text');
    for (const figure of figures) {
      expect((figure.properties as { title: string }).title).toMatch(/\S+ \S.*[?.]$/s);
      const below = widgets.some(
        (other) =>
          other.type === 'text' &&
          other.x <= figure.x &&
          other.x + other.width >= figure.x + figure.width &&
          other.y >= figure.y + figure.height,
      );
      expect([figure.properties, below]).toEqual([figure.properties, true]);
    }
  });

  it('is one substitution, whose only variables are the account, the partition and the API', () => {
    const all = { ...config, dashboards: dashboardNames };
    const resources = dashboards(stackOf(all, { ...options, ...changed }), all);
    expect(Object.keys(resources)).toHaveLength(7);
    for (const { Properties } of Object.values(resources)) {
      const body = Properties['DashboardBody'] as string | { 'Fn::Sub': string };
      const text = typeof body === 'string' ? body : body['Fn::Sub'];
      const known = ['${AWS::Partition}', '${AWS::AccountId}', '${HttpApi}'];
      expect((text.match(/\$\{[^!}]*\}/g) ?? []).filter((one) => !known.includes(one))).toEqual([]);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(() => JSON.parse(text)).not.toThrow();
    }
  });
});

describe('the dashboards', () => {
  it('are the usual three, without the shortener monitors in place of the application, and those that are asked for', () => {
    const chosen = (config: Config, changed: Partial<StackOptions> = {}) =>
      chosenDashboards(stackOf(config, { ...options, ...changed }), config);
    expect(chosen(shipped)).toEqual(['overview', 'slos', 'application']);
    expect(chosen(shipped, { isShortenerOn: false })).toEqual(['overview', 'slos', 'monitors']);
    expect(chosen({ ...shipped, dashboards: ['bursts', 'overview'] })).toEqual(['overview', 'bursts']);
    expect(chosen({ ...shipped, dashboards: [] })).toEqual([]);
  });

  it.each([
    ['all', dashboardNames],
    ['runtime', ['runtime']],
    ['[]', []],
    ['[slos, overview]', ['slos', 'overview']],
  ])('are asked for as dashboards: %s', (text, expected) => {
    const result = parseConfig(`${readFileSync(join(root, 'monitors.yml'), 'utf8')}\ndashboards: ${text}\n`, {
      file: 'monitors.yml',
      env: {},
    });
    expect(result.ok && result.config.dashboards).toEqual(expected);
  });

  it('by default cost nothing, of ten monitors, three SLOs and a burst', () => {
    const config = fleet(10, 3, 1);
    const sizes = chosenDashboards(stackOf(config, options), config).map((name) => sizeOf(bodyOf(name, config)));
    expect(sizes.map(({ metrics }) => metrics <= 50)).toEqual([true, true, true]);
    expect(pricesOf(sizes)).toEqual([0, 0, 0]);
  });

  it('cost three dollars each beyond three, or with more than fifty metrics', () => {
    const small = { widgets: 1, metrics: 50 };
    expect(pricesOf([small, { widgets: 1, metrics: 51 }, small, small, small])).toEqual([0, 3, 0, 0, 3]);
  });

  it.each([
    ['one location', shipped, []],
    ['several', severally(shipped), ['ProbeFailures', 'ProbeLatency', 'ProbeUnjudged']],
  ])('name only metrics of the catalogue, with exactly its dimensions: %s', (_, config, byLocation) => {
    const isSeveral = byLocation.length > 0;
    const known = new Set(
      entryKeys.flatMap((key) => {
        const { namespace, name, dimensions, severally: more = [] } = entryOf(key).cloudwatch ?? none;
        return name === '' ? [] : [[namespace, name, ...dimensions, ...(isSeveral ? more : [])].join(' ')];
      }),
    );
    const used = dashboardNames.flatMap((name) =>
      bodyOf(name, config).widgets.flatMap((widget) =>
        widget.type === 'metric'
          ? widget.properties.metrics.flatMap((row) =>
              isExpression(row)
                ? []
                : [
                    row
                      .slice(0, -1)
                      .filter((_, index) => (index < 3 ? index < 2 || row.length > 3 : index % 2 === 0))
                      .join(' '),
                  ],
            )
          : [],
      ),
    );
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    const located = used.filter((name) => name.endsWith(' Location')).map((name) => name.split(' ')[1]);
    expect([...new Set(located)].sort()).toEqual(byLocation);
  });

  it('lead to the others that are deployed, and to no others', () => {
    const [head = ''] = markdownOf(bodyOf('overview', shipped));
    expect(head).toContain('shortener-dev-slos');
    expect(head).toContain('shortener-dev-application');
    expect(head).not.toContain('shortener-dev-runtime');
  });

  it('say which monitors, SLOs are not shown', () => {
    const config = fleet(600, 600);
    expect(markdownOf(bodyOf('monitors', config))[0]).toContain('The first 500 monitors are shown; 100 more');
    expect(markdownOf(bodyOf('slos', config))[0]).toContain('The first 500 SLOs are shown; 100 more');
    expect(markdownOf(bodyOf('overview', config))[0]).toContain('The first 500 of 600 monitors are shown.');
  });

  it('lead to runbooks that are there', () => {
    for (const path of Object.values(runbooks)) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
  });

  it('link runbooks where the repository has an address, and name their paths elsewhere', () => {
    const linked = markdownOf(bodyOf('slos', shipped, { repository: 'https://example.com/repo' })).join();
    expect(linked).toContain('[Runbook](https://example.com/repo/docs/runbooks/shortener.md)');
    expect(markdownOf(bodyOf('slos', shipped)).join()).toContain('Runbook: `docs/runbooks/shortener.md`');
    expect(dashboardNames.map((name) => markdownOf(bodyOf(name, hostile)).join()).join()).not.toContain(
      '](javascript:',
    );
  });

  it('draw the threshold of each burn rule, those that share one once, and the rate that spends exactly all', () => {
    const slo = shipped.slos[0];
    expect(slo && thresholdsOf(slo).map(({ value, label }) => [value, label])).toEqual([
      [14.4, 'page 1h'],
      [6, 'page 6h'],
      [1, 'ticket 3d'],
    ]);
    expect(thresholdsOf(aSlo('quiet')).map(({ label }) => label)).toEqual(['spends exactly all']);
  });

  it('reckon with the memory that functions have', () => {
    const limits = readLimits(root);
    // The others' follows from the size of the fleet, by the same table.
    const written = ['shortener', 'burst', 'notify'] as const;
    expect(written.map((name) => (limits[name]?.memoryMegabytes ?? 0) / 1_024)).toEqual(
      written.map((name) => gigabytes[name]),
    );
  });

  it('price the functions of a large fleet by the memory that they have then', () => {
    const gigabytesIn = (config: Config) => {
      const stack = stackOf(config, { ...options, areMetricsOn: true });
      const expressions = costRows(stack).flatMap((row) => (isExpression(row) ? [row[0].expression] : []));
      return expressions.find((text) => text.includes('d0'))?.match(/[\d.]+(?= \* d\d)/g);
    };
    expect(gigabytesIn(fleet(1, 0, 0))).toEqual(['0.5', '0.5', '0.25', '0.25']);
    expect(gigabytesIn(fleet(2_001, 0, 0))).toEqual(['1', '2', '0.25', '2']);
  });

  it('of a fleet without /metrics keeps the function that takes calls small', () => {
    expect(gigabytesOf('status', { isLarge: true })).toBe(0.25);
  });
});

describe('a token of the template', () => {
  it('is what makes a substitution of a text', () => {
    expect(withTokens({ a: 1, b: '${env:HOME} é' })).toBe('{"a":1,"b":"\\u0024{env:HOME} \\u00e9"}');
  });

  it('is filled in, and nothing that a configuration says can be one', () => {
    const value = { a: token('HttpApi'), b: '${HttpApi}', c: '\u0001Secret\u0001', d: '\\u0001HttpApi\\u0001' };
    expect(withTokens(value)).toEqual({
      'Fn::Sub': '{"a":"${HttpApi}","b":"\\u0024{HttpApi}","c":"\\u0001Secret\\u0001","d":"\\\\u0001HttpApi\\\\u0001"}',
    });
  });
});

describe('a link to Logs Insights', () => {
  it("holds the query and the groups in the console's own notation", () => {
    expect(insightsUrl(stackOf(shipped, options), ['/aws/lambda/x'], "filter a = 'b'")).toBe(
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D' +
        '$257E$2528end$257E0$257Estart$257E-3600$257EtimeType$257E$2527RELATIVE$257Eunit$257E$2527seconds$257EeditorString' +
        '$257E$2527filter*20a*20*3D*20*27b*27$257Esource$257E$2528$257E$2527*2Faws*2Flambda*2Fx$2529$2529',
    );
  });
});
