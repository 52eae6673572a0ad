import type { Bill } from '../../../infra/cost/bill.ts';
import { type CostOptions, costOf } from '../../../infra/cost/index.ts';
import { leversOf } from '../../../infra/cost/levers.ts';
import { syntheticsOf } from '../../../infra/cost/synthetics.ts';
import type { PriceKey } from '../../../shared/metrics/price-list.ts';
import { costExample, costOptions } from '../../support/cost-example.ts';
import { configOf } from '../../support/monitored.ts';

const head =
  'version: 1\nservice: shop\nchannels: { oncall: { type: email, to: a@example.com }, chat: { type: slack, url: "${ssm:/s}" } }\n';
const site = '  site: { type: http, request: { url: https://example.com/ } }\n';
const one = `${head}monitors:\n${site}`;
const billOf = (text: string, change: Partial<CostOptions> = {}): Bill =>
  costOf(configOf(text), { ...costOptions, ...change });
const quantityOf = ({ lines }: Bill, unit: PriceKey, what = ''): number =>
  lines
    .filter((line) => line.whose === 'ours' && line.unit === unit && line.what.includes(what))
    .reduce((sum, { quantity }) => sum + quantity, 0);
const more = (text: string, change: Partial<CostOptions> = {}): number =>
  billOf(text, change).ours.list - billOf(one).ours.list;
const burst = (rest: string) =>
  `${one}bursts:\n  peak: { request: { url: https://example.com/ }, thresholds: [p99 < 1s], ${rest} }\n`;

const rich = `${costExample()}dashboards: all
drill: { schedule: rate(7 days), notify: [oncall] }
`;

describe('a bill', () => {
  it.each([
    ['the example', costExample()],
    ['one of everything', rich],
    ['one monitor', one],
  ])('of %s is what its parts and what they share come to, and so are its lines', (_, text) => {
    const { lines, ours, target, parts, shared } = billOf(text);
    const sum = (values: readonly { list: number }[]) => values.reduce((all, { list }) => all + list, 0);
    expect(sum(parts) + shared).toBeCloseTo(ours.list, 9);
    expect(sum(lines)).toBeCloseTo(ours.list + target.list, 9);
    for (const line of lines) {
      expect(line.quantity).toBeGreaterThan(0);
      expect(line.withFree).toBeLessThanOrEqual(line.list + 1e-12);
      expect(line.quantity * line.price).toBeCloseTo(line.list, 9);
    }
  });

  it('is the same twice', () => {
    expect(billOf(rich)).toEqual(billOf(rich));
  });

  it('lists the dearest first', () => {
    const prices = billOf(rich).parts.map(({ list }) => list);
    expect(prices).toEqual(prices.toSorted((a, b) => b - a));
  });

  it('asks less for each metric beyond the first 10,000, and of many monitors less for each than of ten', () => {
    const config = configOf(one);
    const [monitor] = config.monitors;
    const fleet = (length: number) => Array.from({ length }, (_, key) => ({ ...monitor, id: `m${key}`, key }) as never);
    const of = (count: number) => costOf({ ...config, monitors: fleet(count) }, { ...costOptions, alertsPerMonth: 0 });
    const many = of(10_001);
    expect(many.lines.find(({ what }) => what === 'ProbeLatency')?.list).toBeCloseTo(3_000.1, 6);
    expect(many.ours.list / 10_001).toBeLessThan(of(10).ours.list / 10);
  });
});

describe('what makes a bill larger', () => {
  it('an interval below a minute: its function waits through the minute, and writes a row each time', () => {
    const bill = billOf(
      `${head}monitors:\n  site: { type: http, interval: 10s, request: { url: https://example.com/ } }\n`,
    );
    expect(quantityOf(bill, 'gigabyteSecond', 'probe')).toBeCloseTo(43_200 * 51 * 0.5, 3);
    expect(quantityOf(bill, 'writeUnit', 'rows of ticks')).toBe(6 * 43_200);
    expect(quantityOf(bill, 'metricCall', 'probe')).toBe(43_200);
  });

  it('a longer interval makes it smaller: nothing is published where nothing is due', () => {
    const bill = billOf(
      `${head}monitors:\n  site: { type: http, interval: 5m, request: { url: https://example.com/ } }\n`,
    );
    expect(quantityOf(bill, 'metricCall', 'probe')).toBeCloseTo(43_200 / 5, 6);
    expect(quantityOf(bill, 'writeUnit', 'rows of ticks')).toBe(43_200);
    expect(quantityOf(bill, 'metric', 'ProbeLatency')).toBe(1);
  });

  it('a metric that is sent in one hour of six costs a sixth', () => {
    const bill = billOf(
      `${head}monitors:\n  site: { type: http, interval: 6h, request: { url: https://example.com/ } }\n`,
    );
    expect(quantityOf(bill, 'metric', 'ProbeLatency')).toBeCloseTo(1 / 6, 9);
  });

  it('a flow: it waits at each of its steps, and its target answers each', () => {
    const step = (id: string) => `{ id: ${id}, request: { url: https://example.com/ } }`;
    const flow = `${head}monitors:\n  buy: { type: flow, steps: [${['a', 'b', 'c'].map(step).join(', ')}] }\n`;
    const [site_, flow_] = [billOf(one), billOf(flow)].map((bill) => quantityOf(bill, 'gigabyteSecond', 'probe'));
    expect((flow_ ?? 0) - (site_ ?? 0)).toBeCloseTo(43_200 * 2 * 0.35 * 0.5, 3);
    expect(billOf(flow).lines.find(({ unit }) => unit === 'apiRequest')?.quantity).toBe(3 * 43_200);
  });

  it('a heartbeat: it has no latency, is read each minute, and pays for each call', () => {
    const bill = billOf(`${head}monitors:\n  job: { type: heartbeat, period: 1h, grace: 5m }\n`);
    expect(quantityOf(bill, 'metric', 'ProbeLatency')).toBe(0);
    expect(quantityOf(bill, 'readUnit', 'state of heartbeats, read')).toBe(43_200);
    expect(quantityOf(bill, 'apiRequest')).toBe(720);
  });

  it('an SLO over metrics of CloudWatch is about $0.45', () => {
    const slo =
      '{ indicator: { cloudwatch: { namespace: A, dimensions: { B: c }, bad: x, total: y } }, objective: 99%, window: 28d, notify: [oncall] }';
    expect(more(`${one}slos:\n  api: ${slo}\n`)).toBeCloseTo(0.46, 2);
  });

  it('a burst by hand costs nothing until it is sent', () => {
    expect(more(burst('concurrency: 10, requests: 1000'))).toBe(0);
  });

  it('a nightly burst pays for its metric in thirty hours alone', () => {
    const bill = billOf(
      burst('schedule: cron(0 3 * * ? *), timezone: Europe/Amsterdam, stages: [{ hold: 200/s, for: 5s }]'),
    );
    expect(quantityOf(bill, 'metric', 'BurstLatency')).toBeCloseTo(30 / 720, 9);
    expect(quantityOf(bill, 'schedule', 'runs')).toBe(30);
  });

  it('shards of a burst each wait a minute, write their part, and try to keep the whole', () => {
    const stages = 'schedule: cron(0 * * * ? *), stages: [{ hold: 300/s, for: 10s }]';
    const [whole, split] = [billOf(burst(stages)), billOf(burst(`${stages}, shards: 3`))];
    expect(quantityOf(split, 'gigabyteSecond', 'burst')).toBeCloseTo(720 * 3 * (60 + 10 + 1.5), 3);
    expect(quantityOf(split, 'schedule', 'runs')).toBe(3 * 720);
    expect(quantityOf(split, 'writeUnit', 'runs')).toBeGreaterThan(3 * quantityOf(whole, 'writeUnit', 'runs'));
    expect(split.target.list).toBeCloseTo(whole.target.list, 9);
  });

  it('a comparison reads the earlier runs, a page of 1 MB at most', () => {
    const stages = 'schedule: cron(0 * * * ? *), stages: [{ hold: 300/s, for: 10s }]';
    const [plain, compared] = [
      billOf(burst(stages)),
      billOf(burst(`${stages}, compare: { baseline: last 5, tolerate: 20% }`)),
    ];
    const reads = (bill: Bill) => quantityOf(bill, 'readUnit', 'runs of bursts, read');
    expect(reads(compared) - reads(plain)).toBe(720 * 256);
  });

  it('callers that wait send as many as their target answers, a search climbs to its end', () => {
    const target = (rest: string) =>
      billOf(burst(`schedule: cron(0 * * * ? *), ${rest}`)).lines.find(
        ({ what, unit }) => what === 'requests of bursts' && unit === 'apiRequest',
      )?.quantity;
    expect(target('concurrency: 10, requests: 1000')).toBe(720 * 1_000);
    expect(target('concurrency: 10, for: 10s')).toBe(720 * 10 * 20 * 10);
    expect(target('search: { from: 50/s, to: 200/s, hold: 5s }')).toBe(720 * (50 + 100 + 200) * 5);
  });

  it('alarms by their metrics, dashboards beyond the free ones', () => {
    const plain = (rest: string) => `  a: { ${rest}, for: { datapoints: 1 }, notify: [oncall], reason: Why. }\n`;
    const lost = 'metric: { namespace: S, name: L, stat: sum }, above: 1';
    expect(more(`${one}alarms:\n${plain(lost)}`)).toBeCloseTo(0.1, 9);
    expect(more(`${one}alarms:\n${plain(`${lost}, period: 10s`)}`)).toBeCloseTo(0.3, 9);
    expect(more(`${one}alarms:\n${plain('ratio: { namespace: S, bad: L, total: T }, above: 1%')}`)).toBeCloseTo(0.2, 9);
    expect(more(`${one}dashboards: all\n`)).toBeCloseTo(12, 9);
  });

  it('drills and alerts, next to nothing', () => {
    const drill = `${one}drill: { schedule: rate(1 hour), notify: [oncall, chat] }\n`;
    const bill = billOf(drill);
    expect(quantityOf(bill, 'message', 'drills')).toBe(2 * 720);
    expect(quantityOf(bill, 'mail', 'drills')).toBe(2 * 720);
    expect(quantityOf(bill, 'invocation', 'notify')).toBe(2 * 720);
    expect(more(drill)).toBeLessThan(0.15);
    expect(more(one, { alertsPerMonth: 1_000 })).toBeLessThan(2);
  });

  it('telemetry of our functions under full alone; of the app it is the target’s', () => {
    expect(more(one, { telemetry: 'full' })).toBeGreaterThan(2);
    expect(more(one, { telemetry: 'logs' })).toBe(0);
    const [off, on] = [billOf(one), billOf(one, { isShortenerOn: true })];
    expect(on.ours.list).toBeCloseTo(off.ours.list, 2);
    expect(on.target.list - off.target.list).toBeCloseTo(0.93, 2);
  });

  it('tables that are kept with recovery, and scrapes of /metrics', () => {
    const kept = billOf(costExample(), { isRetained: true });
    expect(quantityOf(kept, 'recoveryGigabyte')).toBeCloseTo(quantityOf(kept, 'tableGigabyte'), 12);
    expect(quantityOf(billOf(one, { areMetricsOn: true }), 'apiRequest', 'scrapes')).toBe(43_200);
  });
});

describe('several locations', () => {
  const places = 'locations: { home: eu-west-1, also: [us-east-1, ap-southeast-2] }\n';
  const job = '  job: { type: heartbeat, period: 1h, grace: 5m }\n';
  const [alone, three] = [billOf(`${one}${job}`), billOf(`${one}${job}${places}`)];
  const from = (location: string) => three.lines.filter((line) => line.whose === 'ours' && line.location === location);

  it('each pay for schedules, functions, rows, metrics and logs of their own, and judge once', () => {
    for (const [unit, what] of [
      ['schedule', 'ticks of probe'],
      ['invocation', 'invocations of probe'],
      ['writeUnit', 'rows of ticks'],
      ['metric', 'ProbeLatency'],
      ['metricCall', 'PutMetricData of probe'],
      ['logGigabyte', 'log of probe'],
      ['gigabyteOut', 'requests of probes'],
    ] as const)
      expect([what, quantityOf(three, unit, what)]).toEqual([what, 3 * quantityOf(alone, unit, what)]);
    for (const unit of ['alarm', 'apiRequest', 'mail'] as const)
      expect(quantityOf(three, unit)).toBe(quantityOf(alone, unit));
    expect(quantityOf(three, 'invocation', 'evaluate')).toBe(43_200);
    expect(quantityOf(three, 'readUnit', 'state of heartbeats')).toBe(43_200);
    expect(three.target.list).toBeGreaterThan(2.9 * alone.target.list);
  });

  it('have a price each, whatever region is asked about, and their parts add up', () => {
    expect(three.locations.map(({ location }) => location)).toEqual(['eu-west-1', 'us-east-1', 'ap-southeast-2']);
    for (const { location, list } of three.locations)
      expect(from(location).reduce((all, line) => all + line.list, 0)).toBeCloseTo(list, 9);
    expect(three.parts.reduce((all, { list }) => all + list, 0) + three.shared).toBeCloseTo(three.ours.list, 9);
    expect(billOf(`${one}${job}${places}`, { region: 'ap-southeast-2' })).toEqual(three);
    expect(alone.locations).toEqual([]);
  });

  it('send home what they found, for a price of its own', () => {
    expect(from('eu-west-1').map(({ unit }) => unit)).not.toContain('gigabyteBetween');
    // Two calls a minute of 2.5 kB, a row of 90 bytes as base64, and one datum.
    expect(from('us-east-1').find(({ unit }) => unit === 'gigabyteBetween')?.quantity).toBeCloseTo(
      (43_200 * (2 * 2_500 + 220 + 200)) / 1e9,
      2,
    );
  });

  it('are read each for itself, and each left out is told to be cheaper', () => {
    expect(quantityOf(three, 'readUnit', 'rows of ticks, read')).toBe(
      3 * quantityOf(alone, 'readUnit', 'rows of ticks, read'),
    );
    const config = configOf(`${one}${places}`);
    const levers = leversOf(config, { ...costOptions, region: 'eu-west-1' }, costOf(config, costOptions));
    expect(levers.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['without the location us-east-1', 'without the location ap-southeast-2']),
    );
    const two = billOf(`${one}locations: { home: eu-west-1, also: [us-east-1] }\n`);
    const last = configOf(`${one}locations: { home: eu-west-1, also: [us-east-1] }\n`);
    const [saved] = leversOf(last, { ...costOptions, region: 'eu-west-1' }, two);
    expect(saved?.saves).toBeCloseTo(
      two.ours.list + two.target.list - billOf(one).ours.list - billOf(one).target.list,
      9,
    );
  });

  it('need a key of their own each, where there are some', () => {
    const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const encryptionKeys = ['eu-west-1', 'us-east-1', 'ap-southeast-2'].map(keyIn);
    expect(quantityOf(billOf(`${one}${places}`, { encryptionKeys }), 'key')).toBe(3);
  });
});

describe('CloudWatch Synthetics', () => {
  const monitors = (count: number, rest = '') =>
    configOf(
      `${head}monitors:\n${Array.from({ length: count }, (_, i) => `  m${i}: { type: http, ${rest} request: { url: https://example.com/ } }\n`).join('')}`,
    ).monitors;

  it.each([
    ['ten a minute', 10, '', 518.4, 51.84],
    ['eleven a minute need two runs', 11, '', 570.24, 103.68],
    ['ten every five minutes', 10, 'interval: 5m,', 103.68, 10.368],
    ['once a minute at most', 10, 'interval: 10s,', 518.4, 51.84],
    ['once an hour at least', 1, 'interval: 24h,', 0.864, 0.864],
  ])('%s', (_, count, rest, canaries, multiCheck) => {
    const asked = syntheticsOf(monitors(count, rest));
    expect([asked.canaries, asked.multiCheck]).toEqual([expect.closeTo(canaries, 6), expect.closeTo(multiCheck, 6)]);
  });
});

describe('what would make it cheaper', () => {
  const levers = (text: string, change: Partial<CostOptions> = {}) => {
    const config = configOf(text);
    const options = { ...costOptions, ...change };
    return leversOf(config, options, costOf(config, options));
  };

  it('is what it would save, the most first, at most five', () => {
    const found = levers(rich, { telemetry: 'full' });
    expect(found[0]).toEqual({ what: 'dashboards: [overview, monitors, slos] alone', saves: expect.closeTo(12, 6) });
    expect(found.length).toBeLessThanOrEqual(5);
    expect(found.map(({ saves }) => saves)).toEqual(found.map(({ saves }) => saves).toSorted((a, b) => b - a));
  });

  it('names intervals below a minute before those of one', () => {
    const [first, second] = levers(
      `${head}monitors:\n  site: { type: http, interval: 5s, request: { url: https://example.com/ } }\n`,
    );
    expect(first?.what).toBe('probe nothing more often than every 5 minutes');
    expect(second?.what).toBe('probe nothing more often than once a minute');
    expect(second?.saves).toBeGreaterThan(16);
  });

  it('names nothing that saves nothing', () => {
    const slow = `${head}monitors:\n  site: { type: http, interval: 1h, request: { url: https://example.com/ } }\n`;
    expect(levers(slow)).toEqual([]);
  });
});
