import { metrics } from '../../../shared/metrics/catalogue.ts';
import { catalogue, entryKeys, entryOf, isInCloudWatch } from '../../../shared/metrics/entries.ts';
import { profiles } from '../../../shared/metrics/entry.ts';
import { telemetryPrice, totalOf } from '../../../shared/metrics/price.ts';

const entries = entryKeys.map((key) => [key, entryOf(key)] as const);
const named = entries.flatMap(([key, { cloudwatch }]) => (cloudwatch ? [[key, cloudwatch] as const] : []));
const exposed = entries.flatMap(([key, { prometheus }]) => (prometheus ? [[key, prometheus] as const] : []));

describe('the catalogue', () => {
  it('has every metric that our functions put, under the same name', () => {
    const put = entries.flatMap(([, { home, cloudwatch }]) => (home === 'put' ? [cloudwatch?.name] : []));
    expect(put.toSorted()).toEqual(
      Object.values(metrics)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it.each(entries)('says of %s what it is, in a sentence', (_, { help }) => {
    expect(help).toMatch(/^[A-Z0-9].{20,}\.$/s);
  });

  it('says apart when a metric is sent, which only CloudWatch has to know: /metrics always has it', () => {
    expect(entries.filter(([, { help }]) => /\bsent (only|once)\b/i.test(help))).toEqual([]);
    const sent = named.flatMap(([, { sent: when }]) => when ?? []);
    expect(sent.length).toBeGreaterThan(0);
    expect(sent.filter((when) => !/^Sent .+\.$/.test(when))).toEqual([]);
  });

  it('gives no two metrics the same name, in CloudWatch or in Prometheus', () => {
    const names = [
      ...named.map(([, { namespace, name }]) => `${namespace} ${name}`),
      ...exposed.map(([, { name }]) => name),
      ...entries.flatMap(([, { logKey }]) => logKey ?? []),
    ];
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(
      ['http.server.request.duration'].slice(1),
    );
  });

  it.each(exposed)('names %s for Prometheus in base units', (_, { name, labels }) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(name).not.toMatch(/_(ms|milliseconds|percent|minutes|total|count|sum|bucket)$/);
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z_]*$/);
  });

  it.each(named)(
    'gives %s dimensions that CloudWatch takes, at most thirty',
    (_, { namespace, name, dimensions, statistics }) => {
      expect(dimensions.length).toBeGreaterThan(0);
      expect(dimensions.length).toBeLessThanOrEqual(30);
      expect(statistics.length).toBeGreaterThan(0);
      expect(`${namespace} ${name}`).toMatch(/^(AWS\/[A-Za-z]+|Burnwatch) [A-Za-z0-9]+$/);
    },
  );

  it.each(entries)('leaves no doubt where %s lives', (_, { home, cloudwatch, logKey, prometheus, profile }) => {
    if (home === 'vended') expect(cloudwatch?.namespace).toMatch(/^AWS\//);
    if (home === 'put' || home === 'emf') expect(cloudwatch?.namespace).toBe('Burnwatch');
    if (home === 'emf') expect(profile).toBe('lean');
    if (home === 'log') expect(logKey).toBeDefined();
    if (home === 'exposition') expect(prometheus).toBeDefined();
    if (profile !== undefined) expect([logKey, cloudwatch]).not.toContain(undefined);
  });

  it('has more in CloudWatch the more is asked for', () => {
    const counts = profiles.map((profile) => entryKeys.filter((key) => isInCloudWatch(key, profile)).length);
    const free = Object.values(catalogue).filter(({ home }) => home === 'vended' || home === 'put').length;
    expect(counts[0]).toBe(free);
    expect((counts[1] ?? 0) - free).toBe(4);
    expect(counts[2]).toBeGreaterThan(counts[1] ?? 0);
  });
});

describe('the price of the telemetry', () => {
  const scope = {
    functions: 5,
    routes: 1,
    caches: 1,
    errorTypes: 3,
    errorHours: 24,
    linesPerMonth: 500_000,
    bytesPerLine: 1_000,
  };

  it('is at the default that of three dense metrics, of errors by the hour, and of the log', () => {
    expect(telemetryPrice('lean', scope)).toEqual([
      { what: 'requestLatency', series: 1, perMonth: 0.3 },
      { what: 'requestErrors', series: 3, perMonth: expect.closeTo(0.03, 10) },
      { what: 'cacheHits', series: 1, perMonth: 0.3 },
      { what: 'cacheMisses', series: 1, perMonth: 0.3 },
      { what: 'logLines', series: 0, perMonth: 0.25 },
    ]);
    expect(totalOf(telemetryPrice('lean', scope))).toBeLessThanOrEqual(1.5);
  });

  it('is without custom metrics that of the log alone', () => {
    expect(telemetryPrice('logs', scope)).toEqual([{ what: 'logLines', series: 0, perMonth: 0.25 }]);
  });

  it('counts a metric of each function, route, cache and type under `full`', () => {
    const series = Object.fromEntries(
      telemetryPrice('full', { ...scope, routes: 11 }).map((line) => [line.what, line.series]),
    );
    expect(series).toMatchObject({ requestLatency: 11, requestErrors: 3, cacheHits: 1, heapUsed: 5, databaseTime: 5 });
  });
});
