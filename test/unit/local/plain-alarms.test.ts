import { createAlarms } from '../../../infra/local/alarm/alarms.ts';
import { openCloudWatchStore } from '../../../infra/local/aws/cloudwatch-store.ts';
import { buildStack } from '../../../infra/local/stack.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

const minute = 60_000;
const startAt = Date.UTC(2026, 10, 26, 12);
const origins = { console: 'http://127.0.0.1:1', shortener: 'http://127.0.0.1:2', aws: 'http://127.0.0.1:3' };

/** One alarm of a configuration, from its template, over what is published in each minute. */
function scene(alarm: string) {
  const text = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors: { api: { type: http, request: { url: https://example.com/ } } }
alarms:
  it: { ${alarm}, notify: [oncall], reason: Why. }
`;
  const parsed = parseConfig(text, { file: 'm.yml', env: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  const [found, ...others] = buildStack(parsed.config, origins, '/nowhere', {}).alarms.filter(
    ({ name }) => name === 'shop-local-it',
  );
  if (found === undefined || others.length > 0) throw new Error('there is no such alarm');
  const store = openCloudWatchStore(':memory:');
  let now = startAt;
  const alarms = createAlarms({ store, publish: () => 'id', now: () => now });
  alarms.replace([found]);
  /** The state after each minute, as its first letter. */
  const pass = (minutes: readonly Readonly<Record<string, readonly number[]>>[]): string =>
    minutes
      .map((metrics) => {
        const samples = Object.entries(metrics).flatMap(([name, values]) =>
          values.map((value, index) => ({
            metric: { namespace: 'Shop', name, dimensions: {} },
            atSeconds: now / 1_000 + index,
            unit: 'Count',
            count: 1,
            sum: value,
            min: value,
            max: value,
          })),
        );
        store.put(samples);
        now += minute;
        // A moment later, as what is late has arrived then.
        const later = now;
        now += 3_000;
        alarms.evaluate();
        now = later;
        return alarms.status()[0]?.state.slice(0, 1) ?? '?';
      })
      .join('');
  return { pass, describe: () => alarms.describe()[0], close: () => store.close() };
}

/** Each case: what is published, minute by minute, and the states after each of them. */
const ratio = 'ratio: { namespace: Shop, bad: Bad, total: Total }, above: 10%';
const of = (bad: number | undefined, total: number | undefined) => ({
  ...(bad === undefined ? {} : { Bad: [bad] }),
  ...(total === undefined ? {} : { Total: [total] }),
});
const [well, bad, nothing] = [of(1, 100), of(50, 100), {}];
const times = <T>(count: number, each: T): T[] => Array.from({ length: count }, () => each);

describe('an alarm of the configuration, evaluated over its template', () => {
  const states = (alarm: string, minutes: readonly Readonly<Record<string, readonly number[]>>[]): string => {
    const { pass, close } = scene(alarm);
    try {
      return pass(minutes);
    } finally {
      close();
    }
  };

  it.each([
    [
      'rings at the third bad one of five, and ends at the third good one',
      [...times(5, well), bad, well, bad, bad, well, well, well, well],
      'IIIIOOOOAAOOO',
    ],
    [
      'takes no bad events for none where there is a total',
      [...times(4, of(undefined, 100)), bad, bad, bad, ...times(4, of(undefined, 9))],
      'IIIIOOAAAOO',
    ],
    [
      'has no data without traffic, which is well by default',
      [...times(5, bad), ...times(7, of(0, 0))],
      'IIIIAAAAAOOO',
    ],
    ['is not above its limit when it is just there', times(7, of(10, 100)), 'IIIIOOO'],
  ])('a ratio %s', (_, minutes, expected) => {
    expect(states(`${ratio}, for: { datapoints: 3, of: 5 }`, minutes)).toBe(expected);
  });

  // Three bad minutes, and then nothing: what CloudWatch makes of that it says in its tables.
  it.each([
    ['notBreaching', 'IIAAAOOO'],
    ['breaching', 'IIAAAAAA'],
    ['ignore', 'IIAAAAAA'],
    ['missing', 'IIAAAAAI'],
  ])('missing data that is %s makes of three bad minutes and five empty ones %s', (missing, expected) => {
    expect(
      states(`${ratio}, for: { datapoints: 3 }, missing: ${missing}`, [...times(3, bad), ...times(5, nothing)]),
    ).toBe(expected);
  });

  it('per second divides the sum by the period, whatever it is', () => {
    const rate = (period: string) =>
      `metric: { namespace: Shop, name: Bad }, perSecond: true, above: 0.5, period: ${period}, for: { datapoints: 1 }`;
    expect(states(rate('1m'), [of(30, undefined), of(31, undefined), of(29, undefined)])).toBe('OAO');
    expect(states(rate('2m'), [of(60, undefined), of(0, undefined), of(60, undefined), of(1, undefined)])).toBe('IOOA');
  });

  it('by percentile looks at every value, by sum at all together, and below looks the other way', () => {
    const metric = (stat: string, limit: string) =>
      `metric: { namespace: Shop, name: Bad, stat: ${stat} }, ${limit}, for: { datapoints: 1 }`;
    const values = { Bad: [100, 100, 100, 100, 1_000] };
    expect(states(metric('p50', 'above: 300ms'), [values])).toBe('O');
    expect(states(metric('p99', 'above: 300ms'), [values])).toBe('A');
    expect(states(metric('sum', 'above: 1399'), [values])).toBe('A');
    expect(states(metric('sampleCount', 'below: 5'), [values])).toBe('O');
    expect(states(metric('minimum', 'below: 101'), [values])).toBe('A');
  });

  it('is described with its queries', () => {
    const { describe: describeIt, close } = scene(ratio);
    expect(describeIt()).toMatchObject({
      AlarmName: 'shop-local-it',
      Metrics: [{ Expression: 'IF(total > 0, FILL(bad, 0) / total)' }, { Id: 'bad' }, { Id: 'total' }],
      DatapointsToAlarm: 3,
    });
    expect(describeIt()).not.toHaveProperty('MetricName');
    close();
  });
});
