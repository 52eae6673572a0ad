import { createCloudWatch } from '../../../infra/local/aws/cloudwatch.ts';
import { type CloudWatchStore, openCloudWatchStore } from '../../../infra/local/aws/cloudwatch-store.ts';
import { evaluateExpression } from '../../../infra/local/aws/metric-math.ts';
import type { MathValue, Series } from '../../../infra/local/aws/metric-math-model.ts';
import { parseExpression } from '../../../infra/local/aws/metric-math-syntax.ts';
import type { Input } from '../../../infra/local/aws/service.ts';

const grid = [0, 60, 120, 180, 240];
/** Written as AWS's own tables are: one value a period, null where there is none. */
const series = (label: string, values: readonly (number | null)[]): Series => ({
  label,
  points: new Map(values.flatMap((value, index) => (value === null ? [] : [[index * 60, value] as const]))),
});
const metrics = new Map([
  ['m1', series('one', [30, 20, 0, 0])],
  ['m2', series('two', [20, null, 20, null])],
  ['i1', series('i1', [1, 1, 0, 0, null])],
  ['i2', series('i2', [30, null, 0, 0, 30])],
  ['i3', series('i3', [0, 0, 20, null, 20])],
  ['errors', series('errors', [1, null, 3])],
  ['gap', series('gap', [null, 10, null, 30, null])],
  ['none', series('none', [])],
]);
const compute = (text: string): MathValue =>
  evaluateExpression(parseExpression(text), { resolve: (id) => metrics.get(id), metrics, grid, periodSeconds: 60 });
const written = (value: MathValue): unknown => {
  if (typeof value === 'number') return value;
  return 'points' in value ? grid.map((at) => value.points.get(at) ?? null) : value.map(written);
};

describe('a metric math expression', () => {
  // The rows up to `IF` are the tables of CloudWatch's own page, "Using metric math".
  it.each<[string, unknown]>([
    ['(m1 < m2)', [0, 0, 1, 0, null]],
    ['(m1 >= 30)', [1, 0, 0, 0, null]],
    ['(m1 > 15 AND m2 > 15)', [1, 0, 0, 0, null]],
    ['IF(i1, i2, i3)', [30, 0, 20, null, null]],
    ['IF(i1, 5, i3)', [5, 5, 20, null, null]],
    ['IF(i1, i2, 5)', [30, 0, 5, 5, null]],
    ['IF(i1, i2)', [30, 0, null, null, null]],
    ['IF(1, m2, m1)', [20, null, 20, null, null]],
    ['IF(0, m2)', [null, null, null, null, null]],
    ['m1 + m2', [50, 20, 20, 0, null]],
    ['m1 / m2', [1.5, null, 0, null, null]],
    ['100 * errors / m1', [100 / 30, 0, null, null, null]],
    ['2 + 3 * 4 ^ 2 - -1', 51],
    ['-2 ^ 2', -4],
    ['1 < 2 || 0', 1],
    ['FILL(errors, 0)', [1, 0, 3, 0, 0]],
    ['FILL(gap, REPEAT)', [null, 10, 10, 30, 30]],
    ['FILL(gap, LINEAR)', [null, 10, 20, 30, null]],
    ['FILL(errors, gap)', [1, 10, 3, 30, null]],
    [
      'FILL([errors, none], 0)',
      [
        [1, 0, 3, 0, 0],
        [0, 0, 0, 0, 0],
      ],
    ],
    ['SUM([m1, m2])', [50, 20, 20, 0, null]],
    ['AVG([m1, m2])', [25, 10, 10, 0, null]],
    ['MAX([m1, m2])', [30, 20, 20, 0, null]],
    ['MIN([m1, m2])', [20, 20, 0, 0, null]],
    ['SUM(m1) / DATAPOINT_COUNT(m1)', 12.5],
    ['SUM(none)', 0],
    ['m1 - MIN(m1) + METRIC_COUNT([m1, m2])', [32, 22, 2, 2, null]],
    [
      'METRICS("i") * 2',
      [
        [2, 2, 0, 0, null],
        [60, null, 0, 0, 60],
        [0, 0, 40, null, 40],
      ],
    ],
    ['SUM(METRICS("errors"))', [1, null, 3, null, null]],
    ['RUNNING_SUM(m1)', [30, 50, 50, 50, null]],
    ['DIFF(m1)', [null, -10, -20, 0, null]],
    ['RATE(errors)', [null, null, 2 / 120, null, null]],
    ['m1 / PERIOD(m1)', [0.5, 20 / 60, 0, 0, null]],
    ['CEIL(m1 / 7) + FLOOR(m2 / 7) - ABS(m1 - m2)', [-3, -17, -18, 0, null]],
    ['LAST([m1, m2])', [20, null, 20, null, null]],
    ['TIME_SERIES(7)', [7, 7, 7, 7, 7]],
  ])('%s', (text, expected) => {
    expect(written(compute(text))).toEqual(expected);
  });

  it.each([
    ['', 'ends where a value should be'],
    ['m1 +', 'ends where a value should be'],
    ['(m1', 'has a ( without its )'],
    ['[m1', 'has no ] where one should be'],
    ['m1 m2', 'has m2 where it should end'],
    ['m1 # 2', 'cannot be read from character 3'],
    ['*', 'has * where a value should be'],
    ['1+'.repeat(2_000), 'is longer than 2048 characters'],
    ['('.repeat(500), 'is nested too deeply'],
    ['-'.repeat(500), 'is nested too deeply'],
    ['m9', 'there is no query with the id m9'],
    ['SEARCH("x", "Sum")', 'SEARCH is not supported here'],
    ['constructor(m1)', 'constructor is not supported here'],
    ['[m1, m2] + [m1]', 'two lists of time series cannot be joined'],
    ['FILL(m1)', 'FILL takes two arguments'],
    ['"text"', 'a text stands where a value should be'],
  ])('%s is refused', (text, why) => {
    expect(() => compute(text)).toThrow(why);
  });
});

describe('GetMetricData with expressions', () => {
  let store: CloudWatchStore;
  beforeEach(() => {
    store = openCloudWatchStore(':memory:');
  });
  afterEach(() => store.close());

  const ask = (...queries: readonly Input[]) => {
    const cloudWatch = createCloudWatch(store, { alarms: () => [], dashboards: () => [] }, () => 600_000);
    for (const [name, values] of [
      ['Errors', [1, 0, 3]],
      ['Invocations', [10, 10, 10]],
    ] as const)
      for (const [index, Value] of values.entries())
        void cloudWatch['PutMetricData']?.({
          Namespace: 'n',
          MetricData: [{ MetricName: name, Value, Timestamp: index * 60 }],
        });
    const answer = cloudWatch['GetMetricData']?.({
      StartTime: 0,
      EndTime: 240,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: queries,
    }) as { MetricDataResults: { Id: string; Label: string; Values: number[] }[] };
    return answer.MetricDataResults.map(({ Id, Label, Values }) => ({ Id, Label, Values }));
  };
  const stat = (MetricName: string, Period = 60) => ({
    MetricStat: { Metric: { Namespace: 'n', MetricName }, Period, Stat: 'Sum' },
  });

  it('answers an expression over metrics that are not returned themselves', () => {
    expect(
      ask(
        { Id: 'ratio', Expression: '100 * e / i', Label: 'percent' },
        { Id: 'e', ReturnData: false, ...stat('Errors') },
        { Id: 'i', ReturnData: false, ...stat('Invocations') },
      ),
    ).toEqual([{ Id: 'ratio', Label: 'percent', Values: [10, 0, 30] }]);
  });

  it('answers a list as one result each, named by the labels of the metrics', () => {
    expect(
      ask(
        { Id: 'filled', Expression: 'FILL(METRICS(), 0)', Label: '' },
        { Id: 'e', Label: 'errors', ReturnData: false, ...stat('Errors') },
        { Id: 'i', Label: 'calls', ReturnData: false, ...stat('Invocations') },
      ),
    ).toEqual([
      { Id: 'filled', Label: 'errors', Values: [1, 0, 3, 0] },
      { Id: 'filled', Label: 'calls', Values: [10, 10, 10, 0] },
    ]);
  });

  it('answers expressions over expressions, at the longest period of what they use', () => {
    expect(
      ask(
        { Id: 'b', Expression: 'FILL(a * 2, 9)' },
        { Id: 'a', Expression: 'e', Period: 120 },
        { Id: 'e', ReturnData: false, ...stat('Errors', 120) },
      ).at(0),
    ).toEqual({
      Id: 'b',
      Label: 'Errors',
      Values: [2, 6],
    });
  });

  it.each<[string, readonly Input[], string]>([
    [
      'circle',
      [
        { Id: 'a', Expression: 'b' },
        { Id: 'b', Expression: 'a' },
      ],
      'depends on itself',
    ],
    ['number', [{ Id: 'a', Expression: '1 + 1' }], 'a number stands where a time series should be'],
    [
      'metric and expression at once',
      [{ Id: 'a', Expression: '1', ...stat('Errors') }],
      'either MetricStat or Expression',
    ],
  ])('refuses a %s', (_, queries, why) => {
    expect(() => ask(...queries)).toThrow(why);
  });
});
