import type { MetricAnswer, MetricProperties } from '../../../infra/local/console/dashboard-model.ts';
import { colorsOf } from '../../../infra/local/console/widget-colors.ts';
import { columnsOf, factsOf, valueText } from '../../../infra/local/console/widget-data.ts';
import { drawnSeries, metricInput, namesOf, periodOf, spanOf } from '../../../infra/local/console/widget-queries.ts';
import { besides } from '../../../infra/local/console/widget-words.ts';

const hourMs = 3_600_000;
const span = { fromAt: 10 * hourMs, toAt: 11 * hourMs };
const widget = (change: Partial<MetricProperties> = {}): MetricProperties => ({
  title: 'Is it well?',
  region: 'us-east-1',
  view: 'timeSeries',
  period: 60,
  stat: 'Sum',
  metrics: [
    [{ expression: '100 * m0', id: 'ratio', label: 'percent', yAxis: 'right', color: '#d62728' }],
    ['n', 'Errors', 'A', 'a', 'B', 'b', { id: 'm0', visible: false }],
    ['n', 'Calls', { label: 'calls', stat: 'p99' }],
  ],
  ...change,
});
const series = (at: readonly number[], values: readonly number[]) => ({
  id: 'a',
  label: 'a',
  isRight: false,
  color: undefined,
  at,
  values,
});

describe('what a widget asks of CloudWatch', () => {
  it('is one query a row, with the dimensions in pairs and the statistic of the row before that of the widget', () => {
    expect(metricInput(widget(), span)).toEqual({
      StartTime: 36_000,
      EndTime: 39_600,
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { Id: 'ratio', Label: 'percent', ReturnData: true, Expression: '100 * m0', Period: 60 },
        {
          Id: 'm0',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: 'n',
              MetricName: 'Errors',
              Dimensions: [
                { Name: 'A', Value: 'a' },
                { Name: 'B', Value: 'b' },
              ],
            },
            Period: 60,
            Stat: 'Sum',
          },
        },
        {
          Id: 'row2',
          Label: 'calls',
          ReturnData: true,
          MetricStat: { Metric: { Namespace: 'n', MetricName: 'Calls', Dimensions: [] }, Period: 60, Stat: 'p99' },
        },
      ],
    });
  });

  it.each([
    [undefined, 1],
    ['-PT3H', 3],
    ['-PT30M', 0.5],
    ['-P28D', 672],
    ['-P1W', 168],
  ])('looks back over its own span, where it has one: %s', (start, hours) => {
    const own = spanOf(start === undefined ? {} : { start }, span);
    expect([own.toAt, (own.toAt - own.fromAt) / hourMs]).toEqual([span.toAt, hours]);
  });

  it('takes the period of the widget, a longer one over days, and the whole span where one value is wanted', () => {
    const days = { fromAt: 0, toAt: 7 * 24 * hourMs };
    expect(periodOf(widget(), span)).toBe(60);
    expect(periodOf(widget(), days)).toBe(420);
    expect(periodOf(widget({ setPeriodToTimeRange: true }), span)).toBe(3_600);
  });

  it('draws what comes back as the rows say, and of a list of series each in a colour of its own', () => {
    const answer: MetricAnswer = [
      { id: 'ratio', label: 'percent', at: [1], values: [2] },
      { id: 'row2', label: 'calls a', at: [], values: [] },
      { id: 'row2', label: 'calls b', at: [], values: [] },
    ];
    const drawn = drawnSeries(widget(), answer);
    expect(drawn.map(({ label, isRight, color }) => [label, isRight, color])).toEqual([
      ['percent', true, '#d62728'],
      ['calls a', false, undefined],
      ['calls b', false, undefined],
    ]);
    expect(new Set(colorsOf(drawn)).size).toBe(3);
    expect(namesOf(widget())).toEqual(['n Errors', 'n Calls']);
  });
});

describe('what a widget draws', () => {
  it('breaks a line where a period has no point, and lets it lie on those below it where it is stacked', () => {
    const all = [series([0, 180], [1, 2]), series([60, 180], [10, 20])];
    expect(columnsOf(all, 60, false)).toEqual({
      seconds: [0, 60, 120, 180],
      values: [
        [1, null, null, 2],
        [null, 10, null, 20],
      ],
    });
    expect(columnsOf(all, 60, true).values).toEqual([
      [1, 0, 0, 2],
      [1, 10, 0, 22],
    ]);
    expect(columnsOf([series([], [])], 60, false)).toEqual({ seconds: [], values: [[]] });
  });

  it('says the newest, the least and the most of a series, or nothing', () => {
    expect(factsOf({ values: [3, -1, 2] })).toEqual({ newest: 2, least: -1, most: 3 });
    expect(factsOf({ values: [] })).toEqual({ newest: null, least: null, most: null });
  });

  it.each([
    [null, '–'],
    [0, '0'],
    [-12.345, '−12.3'],
    [1_234.5, '1235'],
    [12_345, '12.3k'],
    [999_999, '1000k'],
    [4_300_000, '4.3M'],
    [7.2e9, '7.2G'],
    [0.000123456, '0.000123'],
    [3.2e-8, '0.000000032'],
  ])('writes %s as %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});

describe('the words of annotations', () => {
  it('stand at the right edge, and beside those of the same height', () => {
    const words = [
      { x: 250, y: 100 },
      { x: 180, y: 95 },
    ];
    expect(besides([], 300, 100, 1)).toEqual({ x: 300, y: 100 });
    expect(besides(words, 300, 111, 1)).toEqual({ x: 242, y: 111 });
    expect(besides(words, 300, 104, 1)).toEqual({ x: 172, y: 104 });
    expect(besides(words, 300, 130, 1)).toEqual({ x: 300, y: 130 });
  });
});
