import { createCloudWatch } from '../../../infra/local/aws/cloudwatch.ts';
import { quantileOf } from '../../../infra/local/aws/cloudwatch-statistics.ts';
import { type CloudWatchStore, openCloudWatchStore } from '../../../infra/local/aws/cloudwatch-store.ts';
import type { Input, Service } from '../../../infra/local/aws/service.ts';

const now = Date.UTC(2026, 10, 21, 12);
const good = { MetricName: 'ProbeLatency', Value: 1, Unit: 'Milliseconds' };
const put = (...data: readonly object[]) => ({ Namespace: 'Burnwatch', MetricData: data });
const many = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));

describe('CloudWatch', () => {
  let store: CloudWatchStore;
  let service: Service;
  const call = (action: string, input: Input) => service[action]?.(input) as Record<string, unknown>;
  const query = (stat: string, period = 60, from = now - 3_600_000, to = now + 60_000) =>
    (
      call('GetMetricData', {
        StartTime: from / 1_000,
        EndTime: to / 1_000,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          {
            Id: 'q',
            MetricStat: { Metric: { Namespace: 'Burnwatch', MetricName: 'ProbeLatency' }, Period: period, Stat: stat },
          },
        ],
      })['MetricDataResults'] as { Values: number[]; Timestamps: Date[] }[]
    )[0] ?? { Values: [], Timestamps: [] };

  beforeEach(() => {
    store = openCloudWatchStore(':memory:');
    service = createCloudWatch(store, { alarms: () => [], dashboards: () => [{ name: 'd', body: '{}' }] }, () => now);
  });
  afterEach(() => store.close());

  const refused: readonly [string, Input, string][] = [
    ['no namespace', { MetricData: [good] }, 'MissingParameter'],
    ['a namespace of AWS', { Namespace: 'AWS/Lambda', MetricData: [good] }, 'InvalidParameterValue'],
    ['no data', put(), 'MissingParameter'],
    ['data that are no list', { Namespace: 'Burnwatch', MetricData: {} }, 'ValidationError'],
    ['a datum that is no structure', { Namespace: 'Burnwatch', MetricData: [1] }, 'ValidationError'],
    ['more than 1,000 data', put(...many(1_001, () => good)), 'InvalidParameterValue'],
    ['no name', put({ Value: 1 }), 'MissingParameter'],
    ['a name beyond ASCII', put({ ...good, MetricName: 'é' }), 'InvalidParameterValue'],
    ['a name of blanks', put({ ...good, MetricName: '  ' }), 'InvalidParameterValue'],
    ['no value', put({ MetricName: 'm' }), 'MissingParameter'],
    ['two kinds of values', put({ ...good, Values: [1] }), 'InvalidParameterCombination'],
    ['a value that is no number', put({ ...good, Value: 'NaN' }), 'InvalidParameterValue'],
    ['an infinite value', put({ ...good, Value: '-Infinity' }), 'InvalidParameterValue'],
    ['a value too large', put({ ...good, Value: 2 ** 361 }), 'InvalidParameterValue'],
    ['151 values', put({ MetricName: 'm', Values: many(151, (n) => n) }), 'InvalidParameterValue'],
    ['counts of another length', put({ MetricName: 'm', Values: [1, 2], Counts: [1] }), 'InvalidParameterValue'],
    ['a count of nothing', put({ MetricName: 'm', Values: [1], Counts: [0] }), 'InvalidParameterValue'],
    ['an unknown unit', put({ ...good, Unit: 'Minutes' }), 'InvalidParameterValue'],
    ['an odd resolution', put({ ...good, StorageResolution: 5 }), 'InvalidParameterValue'],
    ['a time two weeks ago', put({ ...good, Timestamp: now / 1_000 - 15 * 86_400 }), 'InvalidParameterValue'],
    ['a time in three hours', put({ ...good, Timestamp: now / 1_000 + 3 * 3_600 }), 'InvalidParameterValue'],
    [
      '31 dimensions',
      put({ ...good, Dimensions: many(31, (n) => ({ Name: `d${n}`, Value: 'v' })) }),
      'InvalidParameterValue',
    ],
    ['an empty dimension', put({ ...good, Dimensions: [{ Name: 'd', Value: '' }] }), 'InvalidParameterValue'],
    [
      'a dimension twice',
      put({ ...good, Dimensions: many(2, () => ({ Name: 'd', Value: 'v' })) }),
      'InvalidParameterValue',
    ],
    ['a dimension named :d', put({ ...good, Dimensions: [{ Name: ':d', Value: 'v' }] }), 'InvalidParameterValue'],
    ['an incomplete set', put({ MetricName: 'm', StatisticValues: { Sum: 1, SampleCount: 1 } }), 'MissingParameter'],
  ];
  it.each(refused)('refuses a put with %s', (_, input, code) => {
    expect(() => call('PutMetricData', input)).toThrow(expect.objectContaining({ code }));
  });

  it('takes all of a put or nothing', () => {
    expect(() => call('PutMetricData', put(good, { ...good, Value: 'NaN' }))).toThrow();
    expect(call('ListMetrics', {})['Metrics']).toEqual([]);
    call('PutMetricData', put(good));
    expect(query('SampleCount').Values).toEqual([1]);
  });

  it('gives back basic statistics of values, counted values and sets together', () => {
    call('PutMetricData', put(good, { MetricName: 'ProbeLatency', Values: [2, 3], Counts: [1, 2] }));
    call(
      'PutMetricData',
      put({ MetricName: 'ProbeLatency', StatisticValues: { SampleCount: 2, Sum: 9, Minimum: 4, Maximum: 5 } }),
    );
    const answers = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'].map((stat) => query(stat).Values);
    expect(answers).toEqual([[6], [18], [3], [1], [5]]);
  });

  it('gives back quantiles between the values', () => {
    call('PutMetricData', put({ MetricName: 'ProbeLatency', Values: many(101, (n) => n) }));
    expect([query('p0').Values, query('p50').Values, query('p99.5').Values, query('p100').Values]).toEqual([
      [0],
      [50],
      [99.5],
      [100],
    ]);
  });

  it('counts the values above one bound and up to another, in numbers or in percent', () => {
    call('PutMetricData', put({ MetricName: 'ProbeLatency', Values: [100, 200, 300, 400], Counts: [1, 2, 3, 4] }));
    const answers = ['TC(100:300)', 'TC(:100)', 'TC(300:)', 'PR(:300)', 'PR(99.5:200)'].map(
      (stat) => query(stat).Values,
    );
    expect(answers).toEqual([[5], [1], [4], [60], [30]]);
  });

  it('has no quantile where a set has lost its values', () => {
    call(
      'PutMetricData',
      put(good, { MetricName: 'ProbeLatency', StatisticValues: { SampleCount: 2, Sum: 9, Minimum: 4, Maximum: 5 } }),
    );
    expect(query('p50').Values).toEqual([]);
  });

  it('puts data into periods, the newest first unless asked otherwise', () => {
    for (const minutes of [0, 1, 5])
      call('PutMetricData', put({ ...good, Value: minutes, Timestamp: now / 1_000 - minutes * 60 }));
    expect(query('Sum').Values).toEqual([5, 1, 0]);
    expect(query('Sum').Timestamps[0]).toEqual(new Date(now - 5 * 60_000));
    expect(query('Sum', 300).Values).toEqual([6, 0]);
  });

  const badQueries: readonly [string, Input, string][] = [
    ['no queries', {}, 'MissingParameter'],
    ['an expression over nothing', { MetricDataQueries: [{ Id: 'e', Expression: 'm1*2' }] }, 'ValidationError'],
    ['an Id that starts with a capital', { MetricDataQueries: [{ Id: 'E', MetricStat: {} }] }, 'ValidationError'],
    ['the same Id twice', { MetricDataQueries: [{ Id: 'a' }, { Id: 'a' }] }, 'ValidationError'],
    ['no statistic', { MetricDataQueries: [{ Id: 'a' }] }, 'ValidationError'],
  ];
  it.each(badQueries)('refuses to read with %s', (_, input, code) => {
    expect(() => call('GetMetricData', { StartTime: 0, EndTime: 60, ...input })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each(['tm90', 'IQM', 'p101', 'average', 'TC(:)', 'TC(10%:90%)', ''])('refuses the statistic %j', (stat) => {
    expect(() => query(stat)).toThrow();
  });

  it.each([0, 7, 61, -60])('refuses a period of %d seconds', (period) => {
    expect(() => query('Sum', period)).toThrow(expect.objectContaining({ code: 'InvalidParameterValue' }));
  });

  it('lists metrics by namespace, name and dimensions', () => {
    call(
      'PutMetricData',
      put({ ...good, Dimensions: [{ Name: 'Monitor', Value: 'a' }] }, { ...good, MetricName: 'BurnRate' }),
    );
    const names = (input: Input) =>
      (call('ListMetrics', input)['Metrics'] as { MetricName: string }[]).map((one) => one.MetricName);
    expect(names({})).toEqual(['BurnRate', 'ProbeLatency']);
    expect(names({ Dimensions: [{ Name: 'Monitor' }] })).toEqual(['ProbeLatency']);
    expect(names({ Dimensions: [{ Name: 'Monitor', Value: 'b' }] })).toEqual([]);
    expect(names({ Namespace: 'Other' })).toEqual([]);
  });

  it('lists more metrics than fit on a page', () => {
    call('PutMetricData', put(...many(600, (n) => ({ ...good, MetricName: `m${n}` }))));
    const first = call('ListMetrics', {}) as unknown as { Metrics: unknown[]; NextToken: string };
    const second = call('ListMetrics', { NextToken: first.NextToken }) as unknown as typeof first;
    expect([first.Metrics.length, second.Metrics.length, second.NextToken]).toEqual([500, 100, undefined]);
  });

  it('answers GetMetricStatistics with every statistic of a period in one datapoint', () => {
    call('PutMetricData', put({ MetricName: 'ProbeLatency', Values: [1, 3], Unit: 'Milliseconds' }));
    const input = {
      Namespace: 'Burnwatch',
      MetricName: 'ProbeLatency',
      StartTime: now / 1_000 - 60,
      EndTime: now / 1_000 + 60,
      Period: 60,
    };
    expect(
      call('GetMetricStatistics', { ...input, Statistics: ['Average', 'Sum'], ExtendedStatistics: ['p50'] })[
        'Datapoints'
      ],
    ).toEqual([{ Timestamp: new Date(now), Unit: 'Milliseconds', Average: 2, Sum: 4, ExtendedStatistics: { p50: 2 } }]);
  });

  it('forgets what is older than fifteen days, and keeps the rest', () => {
    call('PutMetricData', put(good));
    store.prune(now + 14 * 86_400_000);
    expect(query('Sum').Values).toEqual([1]);
    store.prune(now + 16 * 86_400_000);
    expect(query('Sum').Values).toEqual([]);
  });

  it('has the dashboards of the stack, and no others', () => {
    expect(call('GetDashboard', { DashboardName: 'd' })).toMatchObject({ DashboardBody: '{}' });
    expect(() => call('GetDashboard', { DashboardName: 'x' })).toThrow(
      expect.objectContaining({ code: 'ResourceNotFound' }),
    );
  });
});

describe('a quantile', () => {
  it('counts a value as often as it was counted', () => {
    expect(
      quantileOf(
        [
          { count: 99, min: 1 },
          { count: 1, min: 100 },
        ],
        0.5,
      ),
    ).toBe(1);
    expect(
      quantileOf(
        [
          { count: 1, min: 1 },
          { count: 3, min: 5 },
        ],
        1,
      ),
    ).toBe(5);
  });
});
