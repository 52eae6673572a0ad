import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../infra/cli/main.ts';
import { billOf } from '../../../infra/cost/bill.ts';
import { costOf, usageOf } from '../../../infra/cost/index.ts';
import { buildResources, shardsOf } from '../../../infra/resources.ts';
import { chosenDashboards, dashboardBody, pricesOf, sizeOf } from '../../../infra/template/dashboards/index.ts';
import { stackOf } from '../../../infra/template/model.ts';
import type { Config } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { priceOfOne } from '../../../shared/metrics/price-list.ts';
import { costExample, costOptions } from '../../support/cost-example.ts';
import { aFleet } from '../../support/fleet.ts';
import { configOf } from '../../support/monitored.ts';
import { createIo } from '../cli/io.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/grow.md'), 'utf8');
const flowing = page.replaceAll(/\s+/g, ' ');
const whole = configOf(aFleet(10_000));
/** The same as `aFleet` of so many. */
const fleetOf = (count: number): Config => ({
  ...whole,
  monitors: whole.monitors.slice(0, count),
  slos: whole.slos.slice(0, Math.ceil(count / 10)),
});
const usages = usageOf(whole, costOptions);
const bill = billOf(usages);
const priceOf = (count: number): number =>
  (count === whole.monitors.length ? bill : costOf(fleetOf(count), costOptions)).ours.list;
const dollars = (amount: number, digits: number): string =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));
const numberIn = (cell = ''): number => Number(cell.replaceAll(/[^\d.]/g, ''));
const minutes = 30 * 24 * 60;

describe('the page about growing', () => {
  const sizes = [10, 100, 1_000, 10_000];
  const table = sizes.map(
    (size) => rows.find(([first, ...more]) => numberIn(first) === size && more.length === 7) ?? [],
  );

  it.each(sizes.map((size, index) => [size, index] as const))(
    'has the price of %i monitors, and their shards',
    (size, index) => {
      const [, shards, , , , , month, each] = table[index] ?? [];
      const price = priceOf(size);
      expect([shards, month, each]).toEqual([
        String(shardsOf(fleetOf(size).monitors).length),
        dollars(price, 2),
        dollars(price / size, 3),
      ]);
    },
  );

  it('counts the resources of the template, with as many of the framework in each', () => {
    const own = sizes.map((size) => Object.keys(buildResources(fleetOf(size), costOptions).Resources).length);
    const others = table.map(([, , resources], index) => numberIn(resources) - (own[index] ?? 0));
    expect(new Set(others).size).toBe(1);
    expect(others[0]).toBeLessThan(10);
  });

  it('is right that a monitor costs no more the more of them there are, and that metrics are most of it', () => {
    const each = [...sizes, 2_000, 2_001].sort((a, b) => a - b).map((size) => priceOf(size) / size);
    expect(each).toEqual(each.toSorted((a, b) => b - a));
    const { lines, ours } = bill;
    const metrics = lines.filter(({ category }) => category === 'metrics').reduce((sum, { list }) => sum + list, 0);
    expect(metrics / ours.list).toBeCloseTo(19 / 20, 2);
  });

  it('adds up several stacks in one account', () => {
    const found = rows.filter(([, monitors = '', , month = '']) => /^\d+,000$/.test(monitors) && month.startsWith('$'));
    expect(found.map(([count]) => count)).toEqual(['1', '5', '9']);
    for (const [count, monitors, atOnce, month, each] of found) {
      const stacks = Number(count);
      const { ours } = billOf(Array.from({ length: stacks }, () => usages).flat());
      expect([monitors, atOnce, month, each]).toEqual([
        (stacks * 10_000).toLocaleString('en-US'),
        String(stacks * (shardsOf(whole.monitors).length + 1)),
        dollars(ours.list, 2),
        dollars(ours.list / (stacks * 10_000), 3),
      ]);
    }
  });

  it('prices the wait that would spread shards, and a shard that is awake for the whole minute', () => {
    const gigabyteSecond = priceOfOne('gigabyteSecond');
    const wait = 30 * minutes * gigabyteSecond;
    expect(page).toContain(
      `${dollars(wait, 2)} a month for each shard of 100 monitors, ${dollars(100 * wait, 0)} for 10,000`,
    );
    expect(page).toContain(
      `awake the whole minute: ${dollars(60 * 0.5 * minutes * gigabyteSecond, 2)} a month a shard`,
    );
  });

  it('says from when on the default dashboards cost something', () => {
    const paid = (count: number) => {
      const [stack, config] = [stackOf(fleetOf(count), costOptions), fleetOf(count)];
      const names = chosenDashboards(stack, config);
      const prices = pricesOf(names.map((name) => sizeOf(dashboardBody(name, stack, config))));
      return names.filter((_, index) => prices[index] !== 0);
    };
    expect([16, 17, 20, 21].map(paid)).toEqual([[], ['monitors'], ['monitors'], ['overview', 'monitors']]);
    expect(flowing).toMatch(/From 17 monitors on the dashboard of monitors .*from 21 the overview does/);
  });

  it('quotes what packaging and validate say', () => {
    const quick = { ...whole, monitors: whole.monitors.map((each) => ({ ...each, intervalMs: 30_000 })) };
    const quotes = [...page.matchAll(/^> (.*)$/gm)].map(([, quote = '']) => quote);
    const said = [messageOf(() => buildResources(quick, costOptions)), renamed()];
    expect(quotes.toSorted()).toEqual(said.toSorted());
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

function renamed(): string {
  const fileOf = (id: string) =>
    `version: 1\nservice: shop\nmonitors: { ${id}: { type: http, request: { url: https://shop.example/ } } }\n`;
  const before = configOf(fileOf('api')).monitors;
  const [warning] = parseConfig(fileOf('api-v2'), { file: 'monitors.yml', env: {}, before }).warnings;
  return `${warning?.path}: ${warning?.message}`;
}

describe('the commands of the page', () => {
  const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.trim().split('\n'));
  /** Why some are not run here. */
  const elsewhere: Readonly<Record<string, string>> = {
    'npm run bench -- scale': 'it takes ten minutes, and is what measured the table',
    'npx serverless deploy --stage prod --param shortener=off --param config=payments.yml':
      'it needs an account; package.test.ts packages so, and the deploy test deploys',
    'npx serverless deploy --stage prod --param shortener=off --param config=search.yml': 'the same',
  };
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-grow-'));
  beforeAll(() => {
    for (const name of ['monitors.yml', 'mine.yml']) writeFileSync(join(folder, name), costExample());
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false'];
    const steps = [
      ['init', '-q'],
      ['add', '.'],
      [...who, 'commit', '-q', '-m', 'Add'],
      ['branch', 'origin/main'],
    ];
    for (const args of steps) execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(commands.filter((command) => command.startsWith('npx burnwatch ')))('%s: does it', async (command) => {
    const { io, written } = createIo({ cwd: folder, env: { PATH: process.env['PATH'] } });
    expect({ code: await run(command.split(' ').slice(2), io), stderr: written.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    expect(written.stdout).toMatch(/^valid monitors\.yml|ProbeLatency/);
  });

  it('are run, or listed with a reason', () => {
    const others = commands.filter((command) => !command.startsWith('npx burnwatch '));
    expect(others.toSorted()).toEqual(Object.keys(elsewhere).toSorted());
    expect(readdirSync(join(import.meta.dirname, '../../bench'))).toContain('scale.bench.ts');
  });
});
