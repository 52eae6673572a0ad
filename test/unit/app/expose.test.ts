import { appQueries, readAppNumbers, type StatisticQuery } from '../../../shared/app/exposition/app-numbers.ts';
import { createExpose, type ExposeDeps } from '../../../shared/app/exposition/expose.ts';
import { exposeOverview } from '../../../shared/app/exposition/overview.ts';
import { answerScrape, type ScrapeAccess } from '../../../shared/app/exposition/scrape.ts';
import { entryKeys, entryOf } from '../../../shared/metrics/entries.ts';
import { type ExposedValue, formatOf, renderExposition } from '../../../shared/metrics/exposition.ts';
import { prices } from '../../../shared/metrics/price.ts';
import { searchBurst } from '../../support/console-bursts.ts';
import { outage, quiet } from '../../support/console-states.ts';

const now = Date.parse('2026-11-20T12:03:20Z');
const signal = new AbortController().signal;
const scope = {
  service: 'shop',
  environment: 'dev',
  apiId: 'abc123',
  functions: ['probe', 'evaluate', 'shortener', 'status', 'burst'],
  routes: ['GET /{code}'],
  caches: ['links'],
};
/** Answers every statistic with the same number. */
const everything = async (queries: readonly StatisticQuery[]) => queries.map(() => 30);
const found = (values: readonly ExposedValue[], key: string) => values.filter((each) => each.key === key);

describe('what is exposed', () => {
  it('is everything that the catalogue has for it, and nothing else', async () => {
    const here = { id: 'eu-west-1', state: 'heard', isHome: true, lastTickAt: now } as const;
    const away = { id: 'us-east-1', state: 'waiting', isHome: false } as const;
    const view = { ...outage(now), bursts: [searchBurst(now)], locations: [here, away] };
    const expose = createExpose();
    const values = await expose(
      {
        loadOverview: async () => view,
        loadNumbers: () => readAppNumbers(scope, everything, now, signal),
        numbersFreshMs: 300_000,
        location: 'eu-west-1',
        now: () => now,
        onWarning: () => {},
      },
      signal,
    );
    const keys = entryKeys.filter((key) => entryOf(key).prometheus !== undefined);
    expect([...new Set(values.map(({ key }) => key))].toSorted()).toEqual(keys.toSorted());
    expect(renderExposition(values, 'prometheus')).toContain('probe_success{monitor="shortener-health"} 0\n');
    expect(found(values, 'locationTimestamp')).toEqual([
      { key: 'locationTimestamp', labels: { location: 'eu-west-1' }, value: now / 1_000 },
    ]);
  });

  it('says of a monitor that fails when, how, and that its alert fires', () => {
    const values = exposeOverview(outage(now), 'eu-west-1');
    const monitor = 'shortener-health';
    expect(found(values, 'probeSuccess')).toEqual([{ key: 'probeSuccess', labels: { monitor }, value: 0 }]);
    expect(found(values, 'probeOutcome').filter(({ value }) => value === 1)).toMatchObject([
      { labels: { monitor, outcome: 'failed' } },
    ]);
    expect(found(values, 'alertFiring').some(({ value }) => value === 1)).toBe(true);
    expect(found(values, 'incidentsOpen').map(({ value }) => value)).toEqual([1, 0]);
  });

  it('says nothing of what is not known', () => {
    const [first] = quiet(now).monitors;
    if (!first) throw new Error('no monitor');
    const { latencyMs: _, lastProbeAt: __, ...waiting } = { ...first, state: 'waiting' as const };
    const values = exposeOverview({ ...quiet(now), monitors: [waiting] }, 'local');
    for (const key of ['probeSuccess', 'probeLatency', 'probeTimestamp', 'probeOutcome'])
      expect(found(values, key)).toEqual([]);
  });
});

describe("the application's numbers", () => {
  it('are those of the newest whole five minutes, in base units', async () => {
    const spans: unknown[] = [];
    const read = async (queries: readonly StatisticQuery[], span: object) => {
      spans.push(span);
      return everything(queries);
    };
    const values = await readAppNumbers(scope, read, now, signal);
    const toAt = Date.parse('2026-11-20T12:00:00Z');
    expect(spans).toEqual([{ fromAt: toAt - 300_000, toAt }]);
    expect(found(values, 'apiRequests')).toMatchObject([{ value: 0.1 }]);
    expect(found(values, 'requestLatency')).toMatchObject([
      { labels: { http_route: 'GET /{code}', quantile: '0.5' }, value: 0.03 },
      { labels: { quantile: '0.9' } },
      { labels: { quantile: '0.99' } },
    ]);
    expect(found(values, 'cacheHitRatio')).toMatchObject([{ value: 0.5 }]);
  });

  it('are of another period where one is asked for, and rates are by the second all the same', async () => {
    const spans: unknown[] = [];
    const read = async (queries: readonly StatisticQuery[], span: object) => {
      spans.push(span);
      return everything(queries);
    };
    const [usual, minutely] = [
      await readAppNumbers(scope, read, now, signal),
      await readAppNumbers(scope, read, now, signal, 60_000),
    ];
    const { fromAt, toAt } = spans[1] as { fromAt: number; toAt: number };
    expect([toAt - fromAt, now - toAt >= 60_000, now - toAt < 120_000]).toEqual([60_000, true, true]);
    const rate = (values: readonly ExposedValue[]) => found(values, 'apiRequests')[0]?.value;
    expect(rate(minutely)).toBeCloseTo(5 * Number(rate(usual)), 9);
    expect(found(minutely, 'apiLatency')).toEqual(found(usual, 'apiLatency'));
  });

  it('that CloudWatch does not have are left out', async () => {
    const none = async (queries: readonly StatisticQuery[]) => queries.map(() => undefined);
    expect(await readAppNumbers(scope, none, now, signal)).toEqual([]);
    expect(appQueries({ ...scope, apiId: undefined }).some(({ query }) => query.namespace === 'AWS/ApiGateway')).toBe(
      false,
    );
  });

  it('cost less than two dollars a month while somebody scrapes', () => {
    const reads = (30 * 24 * 60) / 5;
    expect(reads * appQueries(scope).length * prices.metricsRequested).toBeLessThan(2);
  });
});

describe('an exposition', () => {
  const values: readonly ExposedValue[] = [
    { key: 'probeSuccess', labels: { monitor: 'a' }, value: 1 },
    { key: 'incidentsOpen', labels: { severity: 'page' }, value: 0 },
    { key: 'probeSuccess', labels: { monitor: 'b"\\\n' }, value: Number.NaN },
  ];

  it('puts the values of a metric together, and escapes what labels hold', () => {
    expect(renderExposition(values, 'prometheus')).toBe(
      '# HELP probe_success 1 where the newest probe passed, degraded or not; 0 where it failed.\n' +
        '# TYPE probe_success gauge\n' +
        'probe_success{monitor="a"} 1\nprobe_success{monitor="b\\"\\\\\\n"} NaN\n' +
        '# HELP burnwatch_incidents_open Incidents that are open.\n# TYPE burnwatch_incidents_open gauge\n' +
        'burnwatch_incidents_open{severity="page"} 0\n',
    );
    expect(renderExposition([], 'openmetrics')).toBe('# EOF\n');
  });

  it.each([
    ['of no exposed metric', { key: 'probeFailures', labels: {}, value: 1 }, /no metric of the exposition/],
    [
      'with other labels',
      { key: 'probeSuccess', labels: { burst: 'a' }, value: 1 },
      /has the labels monitor, not burst/,
    ],
  ] as const)('refuses a value %s', (_, value, message) => {
    expect(() => renderExposition([value], 'prometheus')).toThrow(message);
  });

  it.each([
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5', 'openmetrics'],
    ['text/plain', 'prometheus'],
    ['text/x-application/openmetrics-textual', 'prometheus'],
    [undefined, 'prometheus'],
  ])('answers whoever accepts %s in its format', (accept, format) => {
    expect(formatOf(accept)).toBe(format);
  });
});

describe('scrapes', () => {
  function scene() {
    const clock = { at: now };
    const calls = { overview: 0, numbers: 0 };
    const warnings: string[] = [];
    const deps: ExposeDeps = {
      loadOverview: async () => {
        calls.overview += 1;
        return quiet(now);
      },
      loadNumbers: async () => {
        calls.numbers += 1;
        if (calls.numbers > 1) throw new Error('throttled');
        return [{ key: 'apiRequests', labels: {}, value: 7 }];
      },
      numbersFreshMs: 300_000,
      location: 'local',
      now: () => clock.at,
      onWarning: (message) => warnings.push(message),
    };
    return { clock, calls, deps, warnings };
  }

  it('within half a minute share one reading, and say how old it is', async () => {
    const { clock, calls, deps } = scene();
    const expose = createExpose();
    await Promise.all([expose(deps, signal), expose(deps, signal)]);
    clock.at += 29_000;
    expect(found(await expose(deps, signal), 'expositionAge')).toMatchObject([{ value: 29 }]);
    expect(calls).toEqual({ overview: 1, numbers: 1 });
    clock.at += 1_000;
    await expose(deps, signal);
    expect(calls).toEqual({ overview: 2, numbers: 1 });
  });

  it('go on without the numbers of the app where these cannot be read, and say so', async () => {
    const { clock, calls, deps, warnings } = scene();
    const expose = createExpose();
    expect(found(await expose(deps, signal), 'apiRequests').length).toBe(1);
    clock.at += 300_000;
    expect(found(await expose(deps, signal), 'apiRequests')).toEqual([]);
    expect([calls.numbers, warnings]).toEqual([2, ["the application's numbers could not be read"]]);
  });

  it('are tried anew after a reading that failed', async () => {
    const { deps } = scene();
    const expose = createExpose();
    const failing = { ...deps, loadOverview: () => Promise.reject(new Error('no table')) };
    await expect(expose(failing, signal)).rejects.toThrow('no table');
    expect(found(await expose(deps, signal), 'buildInfo').length).toBe(1);
  });
});

describe('the door of /metrics', () => {
  const token = 'canary-token-1';
  const withToken: ScrapeAccess = { kind: 'token', readToken: async () => `${token}\n` };
  const withBoth: ScrapeAccess = { kind: 'token', readToken: async () => `canary-next\n${token}\n` };
  const scrape = async (
    access: ScrapeAccess,
    authorization?: string,
    expose = async () => [] as readonly ExposedValue[],
  ) => {
    const troubles: string[] = [];
    const answer = await answerScrape(
      { authorization, accept: undefined },
      { access, expose, onTrouble: (message) => troubles.push(message), deadline: signal },
    );
    return { ...answer, troubles };
  };

  it.each<[string, ScrapeAccess, string | undefined, number]>([
    ['stands open in local mode', { kind: 'open' }, undefined, 200],
    ['opens to the token', withToken, `Bearer ${token}`, 200],
    ['opens to the next token while both are set', withBoth, 'Bearer canary-next', 200],
    ['opens to the one before it while both are set', withBoth, `Bearer ${token}`, 200],
    ['is shut to what both lines make', withBoth, `Bearer canary-next\n${token}`, 401],
    ['opens to the scheme in any case', withToken, `bearer  ${token}`, 200],
    ['is shut without a token', withToken, undefined, 401],
    ['is shut to another token', withToken, 'Bearer canary-token-2', 401],
    ['is shut to the beginning of it', withToken, 'Bearer canary-token-', 401],
    ['is shut to another scheme', withToken, `Basic ${token}`, 401],
    ['is shut while none is set', { kind: 'token', readToken: async () => undefined }, 'Bearer undefined', 503],
    ['is shut while an empty one is set', { kind: 'token', readToken: async () => ' ' }, 'Bearer  ', 503],
    [
      'is shut while it cannot be read',
      { kind: 'token', readToken: () => Promise.reject(new Error('ssm')) },
      `Bearer ${token}`,
      503,
    ],
  ])('%s', async (_, access, authorization, status) => {
    const answer = await scrape(access, authorization);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['www-authenticate'] !== undefined).toBe(status === 401);
    expect(JSON.stringify(answer)).not.toContain('canary');
    expect(answer.troubles.length).toBe(status === 503 ? 1 : 0);
  });

  it('answers 503 where nothing can be read, without saying why to a stranger', async () => {
    const answer = await scrape({ kind: 'open' }, undefined, () => Promise.reject(new Error('the table is gone')));
    expect([answer.statusCode, answer.body, answer.headers['retry-after']]).toEqual([503, 'try again\n', '30']);
  });
});
