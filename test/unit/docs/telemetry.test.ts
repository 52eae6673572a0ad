import { readFileSync } from 'node:fs';
import { savedQueries } from '../../../infra/template/log-queries.ts';
import { appQueries } from '../../../shared/app/exposition/app-numbers.ts';
import { entryKeys, entryOf } from '../../../shared/metrics/entries.ts';
import { prices, telemetryPrice, totalOf } from '../../../shared/metrics/price.ts';
import { priceOfOne } from '../../../shared/metrics/price-list.ts';

const page = readFileSync(new URL('../../../docs/telemetry.md', import.meta.url), 'utf8');

/** As the page says it. */
const scope = {
  functions: 6,
  routes: 1,
  caches: 1,
  errorTypes: 3,
  errorHours: 24,
  linesPerMonth: 260_000,
  bytesPerLine: 1_000,
};
const dollars = (price: number): string => `$${price.toFixed(2)}`;
const row = (start: string): string =>
  page.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? `no row ${start}`;

describe('the page about telemetry', () => {
  it('adds up the price at the default, which is at most $1.50', () => {
    const lines = telemetryPrice('lean', scope);
    const of = (...what: readonly string[]) => dollars(totalOf(lines.filter((line) => what.includes(line.what))));
    expect(row('`RequestLatency` of')).toContain(of('requestLatency'));
    expect(row('`CacheHits` and')).toContain(of('cacheHits', 'cacheMisses'));
    expect(row('`RequestErrors` of')).toContain(of('requestErrors'));
    expect(row('log lines')).toContain(of('logLines'));
    expect(row('**together**')).toContain(`**${dollars(totalOf(lines))}**`);
    expect(lines.length).toBe(5);
    expect(totalOf(lines)).toBeLessThanOrEqual(1.5);
  });

  it.each([
    ['`logs`', 'logs', 1],
    ['`lean`, the default', 'lean', 1],
    ['`full`', 'full', 20],
  ] as const)('has the price of %s', (start, profile, routes) => {
    expect(row(start)).toContain(`| ${dollars(totalOf(telemetryPrice(profile, { ...scope, routes })))} |`);
  });

  it('counts no more lines than there are', () => {
    // Each minute: two of probe, two of evaluate, one of the shortener for the probe; in a burst of 15 s, four a second.
    expect(43_200 * 5 + 720 * 15 * 4).toBeLessThanOrEqual(scope.linesPerMonth);
  });

  it.each(entryKeys.filter((key) => entryOf(key).logKey !== undefined))(
    'has the key, the names and the profile of %s',
    (key) => {
      const { logKey = '', openTelemetry, cloudwatch, profile } = entryOf(key);
      const theSame =
        openTelemetry === logKey ? 'the same' : openTelemetry === undefined ? '-' : `\`${openTelemetry}\``;
      const metric = cloudwatch === undefined ? '-' : `\`${cloudwatch.name}\`, \`${cloudwatch.dimensions.at(-1)}\``;
      expect(page).toContain(
        `| \`${logKey}\` | ${theSame} | ${metric} | ${profile === undefined ? '-' : `\`${profile}\``} |`,
      );
    },
  );

  it('names every query that is kept', () => {
    for (const { name } of savedQueries) expect(page).toContain(`\`${name}\``);
  });

  it('adds up what a scrape a minute costs', () => {
    const [calls, secondsLong, gigabytes] = [4, 0.06, 0.25];
    const called = calls * priceOfOne('readUnit') + priceOfOne('invocation') + priceOfOne('apiRequest');
    const perScrape = called + secondsLong * gigabytes * priceOfOne('gigabyteSecond');
    expect(page).toContain(`one scrape a minute costs ${dollars(43_200 * perScrape)} a month`);
  });

  it('says what the numbers of the app cost whoever scrapes', () => {
    const functions = ['probe', 'evaluate', 'burst', 'notify', 'status', 'shortener'];
    const names = { service: 'shop', environment: 'dev', apiId: 'abc', routes: ['GET /{code}'], caches: ['links'] };
    const { length } = appQueries({ ...names, functions });
    const monthly = ((30 * 24 * 60) / 5) * length * prices.metricsRequested;
    expect(page).toContain(`${length} statistics, **${dollars(monthly)} a month**`);
  });

  it('calls by its name what somebody knows from a client library', () => {
    const [, section = ''] = page.split('\n## Coming from Flask');
    const here = section.split('\n').flatMap((line) => line.split(' | ')[1] ?? []);
    const said = here.flatMap((cell) =>
      [...cell.matchAll(/`(?:time\(\) - )?((?:\w+[._])+\w+)/g)].map(([, name]) => name),
    );
    const known = new Set(
      entryKeys.flatMap((key) => [entryOf(key).prometheus?.name, entryOf(key).logKey, entryOf(key).cloudwatch?.name]),
    );
    expect(said.length).toBeGreaterThan(12);
    expect(said.filter((name) => !known.has(name))).toEqual([]);
    const metrics = here.flatMap((cell) => cell.match(/`(RequestErrors|MemoryUsage)`/)?.[1] ?? []);
    expect(metrics.filter((name) => !known.has(name))).toEqual([]);
  });
});
