import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { priceText } from '../../../infra/cli/cost/text.ts';
import { assumptions } from '../../../infra/cost/assumptions.ts';
import type { Dollars, Line } from '../../../infra/cost/bill.ts';
import { costOf } from '../../../infra/cost/index.ts';
import { syntheticsOf } from '../../../infra/cost/synthetics.ts';
import { categories } from '../../../infra/cost/usage.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { type ListPrice, priceList, priceOfOne } from '../../../shared/metrics/price-list.ts';
import { costExample, costOptions } from '../../support/cost-example.ts';
import { configOf } from '../../support/monitored.ts';

const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');
const readme = read('README.md');
const page = read('docs/cost.md');
const minutes = 30 * 24 * 60;
const config = configOf(costExample());
const bill = costOf(config, costOptions);
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
const sumOf = (lines: readonly Line[]): number => lines.reduce((sum, { list }) => sum + list, 0);
const mine = bill.lines.filter(({ whose }) => whose === 'ours');

/** A second at 512 MB, each minute of a month. */
const lambda = (seconds: number): number => seconds * minutes * 0.5 * priceOfOne('gigabyteSecond');
const requests = 2 * minutes * priceOfOne('invocation');

describe('the price in the README', () => {
  const rows = [...readme.matchAll(/^\| (.+?) \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \|$/gm)].map(
    ([, what = '', price]) => ({
      what,
      price: Number(price),
    }),
  );
  const isBurst = ({ what }: Line) => /\bbursts?\b|BurstLatency/.test(what) && !what.startsWith('verdicts');
  const others = mine.filter((line) => !isBurst(line));
  const of = (keep: (line: Line) => boolean) => sumOf(others.filter(keep));
  const rest = ['schedules', 'dynamodb', 'logs', 'messages', 'transfer'];
  const expected = [
    ['`ProbeLatency`', of(({ what }) => what === 'ProbeLatency')],
    ['the other metrics', of(({ what, category }) => category === 'metrics' && what !== 'ProbeLatency')],
    ['43,230 PutMetricData calls', of(({ category }) => category === 'calls')],
    ['Lambda', of(({ category }) => category === 'lambda')],
    ['two alarms', of(({ category }) => category === 'alarms')],
    ['the burst', sumOf(mine.filter(isBurst))],
    ['EventBridge Scheduler', of(({ category }) => rest.includes(category))],
    ['**together', bill.ours.list],
  ] as const;

  it.each(expected)('of %s is what the command says', (start, price) => {
    const row = rows.find(({ what }) => what.startsWith(start));
    expect(row?.price.toFixed(2)).toBe(price.toFixed(2));
  });

  it('has no row more, and adds up but for the cents that are rounded', () => {
    expect(rows).toHaveLength(expected.length);
    const parts = rows.slice(0, -1).reduce((sum, { price }) => sum + price, 0);
    expect(Math.abs(parts - bill.ours.list)).toBeLessThan(0.02);
  });

  it('keeps the promise', () => {
    expect(bill.ours.list).toBeLessThanOrEqual(5);
  });

  it('says how many calls, seconds and runs there are', () => {
    const quantity = (what: string, unit?: string) =>
      mine.filter((line) => line.what === what && (unit === undefined || line.unit === unit))[0]?.quantity ?? 0;
    expect(quantity('PutMetricData of probe') + quantity('PutMetricData of evaluate')).toBe(43_230);
    expect(quantity('time of probe') / quantity('invocations of probe') / 0.5).toBeCloseTo(0.45, 2);
    expect(quantity('time of evaluate') / quantity('invocations of evaluate') / 0.5).toBeCloseTo(0.15, 2);
    expect(quantity('time of burst') / quantity('invocations of burst')).toBeCloseTo(6.5, 5);
    expect(quantity('invocations of burst')).toBe(720);
  });

  it('is compared with what Synthetics asks', () => {
    const { canaries, multiCheck } = syntheticsOf(config.monitors);
    expect(readme).toContain(
      `asks ${dollars(canaries)} for the same ten as canaries, and ${dollars(multiCheck)} as one`,
    );
  });

  it('of a target that hangs is that of the longer wait', () => {
    expect(readme).toContain(`about $${(lambda(11) - lambda(0.45)).toFixed(2)} a month more`);
  });
});

describe('the page about the price', () => {
  it('has an example of ten monitors, three SLOs and an hourly burst that is warned of by nobody', () => {
    expect(parseConfig(costExample(), { file: 'docs/cost.md', env: {} })).toMatchObject({ ok: true, warnings: [] });
    expect([config.monitors.length, config.slos.length, config.bursts[0]?.schedule?.expression]).toEqual([
      10,
      3,
      'cron(0 * * * ? *)',
    ]);
  });

  it('prices it as the command does', () => {
    const row = (name: string, { list, withFree }: Dollars) => `| ${name} | ${dollars(list)} | ${dollars(withFree)} |`;
    const sums = categories.flatMap((category) => {
      const lines = mine.filter((line) => line.category === category);
      const withFree = lines.reduce((sum, line) => sum + line.withFree, 0);
      return lines.length === 0 ? [] : [row(category, { list: sumOf(lines), withFree })];
    });
    for (const each of sums) expect(page).toContain(each);
    expect(page).toContain(`| **together** | **${dollars(bill.ours.list)}** | **${dollars(bill.ours.withFree)}** |`);
  });

  it('says what the targets have of it', () => {
    const served = (what: string) =>
      bill.lines.find((line) => line.what === what && line.unit === 'apiRequest')?.quantity.toLocaleString('en-US');
    expect(page.replaceAll('\n', ' ')).toContain(
      `serve ${served('requests of bursts')} requests a month, the probes ${served('requests of probes')}: ${dollars(bill.target.list)}`,
    );
  });

  it('says what each of 10,000 costs', () => {
    const [one] = config.monitors;
    const monitors = Array.from(
      { length: 10_000 },
      (_, index) => ({ ...one, id: `m${index}`, key: index * 7_919 }) as never,
    );
    const { ours } = costOf({ ...config, monitors, slos: [], bursts: [] }, costOptions);
    expect(page).toContain(`10,000 such monitors cost ${dollars(ours.list / 10_000)} each`);
  });

  it('prices it from three locations as the command does', () => {
    const [, locations = ''] = /`(locations: \{.*?\})`/.exec(page) ?? [];
    const { ours, locations: each } = costOf(configOf(`${costExample()}${locations}\n`), costOptions);
    expect(each).toHaveLength(3);
    const probing = [...new Set(each.map(({ list }) => dollars(list)))].join();
    expect(page.replaceAll('\n', ' ')).toContain(`the same costs ${dollars(ours.list)}: probing ${probing} from each`);
  });

  it('has every price, with its source and whether somebody looked', () => {
    for (const { unit, tiers, free, source, grade, asOf } of Object.values(priceList) as readonly ListPrice[]) {
      const prices = tiers.map(({ dollars: price, upTo }) => {
        const until =
          upTo === undefined ? (tiers.length > 1 ? ' beyond' : '') : ` up to ${upTo.toLocaleString('en-US')}`;
        return `${priceText(price)}${until}`;
      });
      const allowance = free === 0 ? '-' : free.toLocaleString('en-US');
      expect(page).toContain(`| ${unit} | ${prices.join(', ')} | ${allowance} | [${grade}, ${asOf}](${source}) |`);
    }
  });

  it('says what is assumed', () => {
    const { probe, evaluate, burst, answerSeconds, alert, coldStartsPerDay, logBytes, sentBytes, crossingBytes } =
      assumptions;
    const ms = (seconds: number): string => `${Number((seconds * 1_000).toPrecision(6))} ms`;
    const said = [
      `| a probe waits for its target | ${ms(probe.waitSeconds)},`,
      `| ${ms(probe.overheadSeconds)}, and ${ms(probe.cpuSeconds)} of a whole core for each probe |`,
      `until its last offset, and ${assumptions.spanEndSeconds} s`,
      `| an evaluation | ${ms(evaluate.seconds)}, and ${ms(evaluate.cpuSecondsPerMonitor)} of a whole core for each monitor, ${ms(evaluate.cpuSecondsPerSlo)} for`,
      `| ${burst.overheadSeconds} s; with shards`,
      `answers in ${ms(answerSeconds)}`,
      `two messages, ${alert.writes} units of writing, two hours of two metrics; ${costOptions.alertsPerMonth} a month`,
      `| ${coldStartsPerDay} a day |`,
      `${logBytes.probed} bytes by \`probe\` or ${logBytes.evaluated} by \`evaluate\`, ${logBytes.invocation} of telemetry, and ${logBytes.platform} of Lambda's own; of a burst ${logBytes.second} more`,
      `${sentBytes.probe.toLocaleString('en-US')} bytes from a probe, which connects anew, ${sentBytes.load} in a burst`,
      `${crossingBytes.call.toLocaleString('en-US')} bytes with each row and each PutMetricData, and ${crossingBytes.datum} for`,
    ];
    for (const each of said) expect(page).toContain(each);
    expect([alert.messages, alert.metricHours, burst.gatherSeconds]).toEqual([2, 2, 60]);
  });
});

/** What docs/probes.md says of a shard of sub-minute monitors, computed again from the same prices. */
describe('the price of intervals below a minute', () => {
  const probes = read('docs/probes.md');
  const cells = /^\| (.+?) \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \|$/gm;
  const table = [...probes.matchAll(cells)].map(([, what = '', one, twenty]) => ({
    what,
    prices: [Number(one), Number(twenty)],
  }));
  const metric = priceOfOne('metric');
  const perInvocation = (seconds: number): number => lambda(seconds) + requests / 2;
  const calls = minutes * priceOfOne('metricCall');
  const written = 6 * minutes * priceOfOne('writeUnit');
  // The rows of the last minutes are read by each evaluation, two units of 4 kB for 20 monitors.
  const reading = 2 * priceOfOne('readUnit');
  const { probed, invocation, platform } = assumptions.logBytes;
  const logs = ((probed + invocation + platform) / 1e9) * priceOfOne('logGigabyte');
  const others = minutes * (priceOfOne('schedule') + reading + logs);

  it.each([
    ['Lambda: 43,200 invocations of 51 s at 512 MB', perInvocation(51), perInvocation(51)],
    ['`ProbeLatency`', metric, 20 * metric],
    ['43,200 PutMetricData calls', calls, calls],
    ['259,200 rows', written, written],
    ['EventBridge Scheduler', others, others],
  ])('of %s follows from the schedule', (start, one, twenty) => {
    const row = table.find(({ what }) => what.startsWith(start));
    expect(row?.prices[0]).toBeCloseTo(one, 2);
    expect(row?.prices[1]).toBeCloseTo(twenty, 2);
  });

  it.each([0, 1])('adds up in column %s', (column) => {
    const [together, ...parts] = table.toReversed().map(({ prices }) => prices[column] ?? 0);
    expect(parts).toHaveLength(5);
    expect(parts.reduce((sum, price) => sum + price, 0)).toBeCloseTo(together ?? 0, 5);
  });

  it('of other intervals is that of a longer or shorter wait', () => {
    const said = (seconds: number): string => `($${perInvocation(seconds).toFixed(2)})`;
    expect(probes).toContain(`56 s ${said(56)}, for 30 s 31 s ${said(31)}`);
    expect(probes).toContain(`up to a minute ${said(60)}`);
  });
});

describe('the price of calls of heartbeats', () => {
  it('is that of a request, an invocation, a read and a write', () => {
    const { statusSeconds } = assumptions;
    const million = (key: Parameters<typeof priceOfOne>[0]) => 1e6 * priceOfOne(key);
    const call = ['apiRequest', 'invocation', 'readUnit', 'writeUnit'] as const;
    const perMillion =
      call.reduce((sum, key) => sum + million(key), 0) + statusSeconds * 0.25 * million('gigabyteSecond');
    expect(read('docs/heartbeats.md')).toContain(`**${dollars(perMillion)} a million**`);
  });
});
