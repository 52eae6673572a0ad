import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogs } from '../../../../infra/local/aws/logs.ts';
import type { LogEvent } from '../../../../infra/local/insights/model.ts';
import { runInsights } from '../../../../infra/local/insights/run.ts';
import { readLogEvents } from '../../../../infra/local/log/events.ts';
import { queries } from '../../../../infra/template/dashboards/queries.ts';
import { queryText, savedQueries } from '../../../../infra/template/log-queries.ts';

const startAt = Date.parse('2026-11-20T12:00:00Z');
const anEvent = (second: number, fields: LogEvent): LogEvent => ({
  '@timestamp': startAt + second * 1_000,
  '@message': `line ${second}`,
  ...fields,
});
const events: readonly LogEvent[] = [
  anEvent(0, { message: 'requests', 'http.route': '/{code}', 'burnwatch.requests': 3, seconds: 0.01, status: 302 }),
  anEvent(60, {
    message: 'requests',
    'http.route': '/links',
    'burnwatch.requests': 1,
    seconds: 0.5,
    status: 503,
    'error.type': 'database-unavailable',
  }),
  anEvent(350, {
    message: 'requests',
    'http.route': '/{code}',
    'burnwatch.requests': 5,
    seconds: 0.04,
    status: 404,
    'error.type': 'unknown-link',
  }),
  anEvent(360, { message: 'invocation', isCold: 1, level: 'error' }),
];
const ask = (query: string) =>
  runInsights(query, events).rows.map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value])));

describe('a query of the logs', () => {
  it.each<[string, string, readonly Record<string, string>[]]>([
    [
      'shows time and message, the newest first',
      'limit 2',
      [
        { '@timestamp': '2026-11-20 12:06:00.000', '@message': 'line 360' },
        { '@timestamp': '2026-11-20 12:05:50.000', '@message': 'line 350' },
      ],
    ],
    [
      'shows what is asked for, under its name',
      'fields message, seconds * 1000 as ms | filter status = 503',
      [{ message: 'requests', ms: '500' }],
    ],
    ['leaves out what is not there', 'fields level | limit 1 # a remark', [{ level: 'error' }]],
    [
      'adds up by a field',
      'stats sum(`burnwatch.requests`) as n, max(seconds) as most by `http.route` | sort n desc | limit 2',
      [
        { 'http.route': '/{code}', n: '8', most: '0.04' },
        { 'http.route': '/links', n: '1', most: '0.5' },
      ],
    ],
    [
      'counts in bins of time',
      'filter message = "requests" | stats count(*) by bin(5m) | sort `bin(5m)` asc',
      [
        { 'bin(5m)': '2026-11-20 12:00:00.000', 'count(*)': '2' },
        { 'bin(5m)': '2026-11-20 12:05:00.000', 'count(*)': '1' },
      ],
    ],
    [
      'divides sums',
      'stats sum(seconds) / sum(`burnwatch.requests`) as mean',
      [{ mean: String(Number((0.55 / 9).toPrecision(12))) }],
    ],
    [
      'knows averages, quantiles, extremes and distinct values',
      'stats avg(status) as a, pct(status, 50) as p, min(status) as low, count_distinct(message) as d, count(`error.type`) as e',
      [{ a: '403', p: '404', low: '302', d: '2', e: '2' }],
    ],
    [
      'knows what was said first and last in time, of the events that say it',
      'sort seconds asc | stats earliest(status) as first, latest(status) as last, earliest(`error.type`) as error, latest(level) as level, latest(nothing) as none',
      [{ first: '302', last: '404', error: 'database-unavailable', level: 'error' }],
    ],
    ['knows no sum of nothing', 'filter status = 1 | stats count(*) as n, sum(seconds) as s', [{ n: '0' }]],
    [
      'binds `and` before `or`',
      'filter status = 302 or status = 404 and seconds > 1 | stats count(*) as n',
      [{ n: '1' }],
    ],
    ['takes brackets', 'filter (status = 302 or status = 404) and seconds < 0.02 | stats count(*) as n', [{ n: '1' }]],
    [
      'looks for what is there',
      'filter ispresent(`error.type`) and not `error.type` like /^unknown/ | stats count(*) as n',
      [{ n: '1' }],
    ],
    [
      'looks for parts of a text, and for members of a list',
      'filter message like "invoc" or status in [302, 404] | stats count(*) as n',
      [{ n: '3' }],
    ],
    ['looks for what is in no list', 'filter status not in [302, 404] | stats count(*) as n', [{ n: '2' }]],
    ['compares texts as texts', 'filter `http.route` >= "/{" | stats count(*) as n', [{ n: '2' }]],
    ['finds true as 1', 'filter isCold = 1 | stats count(*) as n', [{ n: '1' }]],
    ['passes over a source', "SOURCE '/aws/lambda/x' START=-1h | stats count(*) as n", [{ n: '4' }]],
    [
      'puts what is not there last',
      'fields seconds | sort seconds desc, @timestamp',
      [{ seconds: '0.5' }, { seconds: '0.04' }, { seconds: '0.01' }, {}],
    ],
  ])('%s', (_, query, expected) => {
    expect(ask(query)).toMatchObject(expected);
    expect(ask(query).length).toBe(expected.length);
  });

  it.each([
    [
      'parse @message "* *" as a, b',
      'the command parse is not known here; there are fields, display, filter, stats, sort, limit',
    ],
    ['stats stddev(seconds)', /the function stddev is not known here; there are ispresent, bin, count/],
    ['fields seconds | unmask x', /the command unmask is not known here/],
    ['filter', 'expected the name of a field, got the end'],
    ['filter status =', 'expected the name of a field, got the end'],
    ['limit 0', 'expected a whole number from 1 to 99999, got 0'],
    ['filter count(*) > 1', 'aggregates such as count(*) belong behind stats'],
    ['stats pct(seconds, 101)', 'pct needs a field and a percentage from 0 to 100'],
    ['stats sum()', 'sum needs the field that it is about'],
    ['filter message like /(/', '/(/ is no regular expression'],
    ['fields a b', 'expected | or the end, got b'],
    ['fields ~', 'there is no sense in "~", at character 8'],
    ['', 'expected a command, got the end'],
  ])('is refused where it says %p', (query, message) => {
    expect(() => ask(query)).toThrow(message);
  });

  it.each([
    ...savedQueries.map((query) => [query.name, queryText(query)] as const),
    ...Object.entries(queries).map(([name, commands]) => [name, commands.join('\n| ')] as const),
  ])('that is kept runs: %s', (_, query) => {
    expect(() => runInsights(query, events)).not.toThrow();
  });
});

describe('the logs of local mode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-logs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const line = (second: number, fields: object): string =>
    `${JSON.stringify({ timestamp: new Date(startAt + second * 1_000).toISOString(), ...fields })}\n`;

  it('are read with the fields of their JSON, the file before included, within a span', () => {
    writeFileSync(join(folder, 'app.log.1'), line(0, { message: 'old' }));
    writeFileSync(
      join(folder, 'app.log'),
      line(10, { message: 'new', 'faas.coldstart': true, nested: { a: [1, 'b'] } }) +
        'at x.ts:1\n2026-11-20T12:00:20.000Z 1234 Task timed out after 3.00 seconds\n',
    );
    const read = (fromAt: number, toAt: number) => readLogEvents(folder, 'app', '/aws/lambda/app', { fromAt, toAt });
    expect(
      read(startAt, startAt + 60_000).map((event) => [Number(event['@timestamp']) - startAt, event['message']]),
    ).toEqual([
      [0, 'old'],
      [10_000, 'new'],
      [10_000, undefined],
      [20_000, undefined],
    ]);
    expect(read(startAt + 5_000, startAt + 15_000)[0]).toMatchObject({
      'faas.coldstart': 1,
      'nested.a.0': 1,
      'nested.a.1': 'b',
      '@log': '/aws/lambda/app',
    });
    expect(readLogEvents(folder, 'other', '', { fromAt: 0, toAt: startAt * 2 })).toEqual([]);
  });

  it('are asked as CloudWatch Logs is', async () => {
    const logs = createLogs({ groups: () => ['/aws/lambda/app'], read: () => events, definitions: () => [] });
    const span = { startTime: startAt / 1_000, endTime: startAt / 1_000 + 60, logGroupNames: ['/aws/lambda/app'] };
    const { queryId } = (await logs['StartQuery']?.({ ...span, queryString: 'filter status > 400', limit: 1 })) ?? {};
    expect(await logs['GetQueryResults']?.({ queryId })).toMatchObject({
      status: 'Complete',
      results: [[{ field: '@timestamp' }, { field: '@message', value: 'line 350' }]],
      statistics: { recordsMatched: 2, recordsScanned: 4 },
    });
    const start = (change: object) => () => logs['StartQuery']?.({ ...span, queryString: 'limit 1', ...change });
    expect(start({ queryString: 'parse x' })).toThrow(/command parse is not known/);
    expect(start({ logGroupNames: ['/aws/lambda/other'] })).toThrow(/other does not exist/);
    expect(start({ logGroupNames: [] })).toThrow(/between 1 and 50 log groups/);
    expect(() => logs['GetQueryResults']?.({ queryId: 'x' })).toThrow('There is no such query');
  });
});
