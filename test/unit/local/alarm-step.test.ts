import type { Alarm, AlarmState, MissingData } from '../../../infra/local/alarm/model.ts';
import { alarmOf } from '../../../infra/local/alarm/model.ts';
import { judgeAlarm } from '../../../infra/local/alarm/step.ts';

const newestAt = Date.UTC(2026, 10, 26, 17, 5);
const alarm: Alarm = {
  name: 'a',
  description: '',
  source: {
    kind: 'metric',
    metric: { namespace: 'AWS/Lambda', name: 'Errors', dimensions: {} },
    statistic: 'Average',
    unit: '',
  },
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  missingData: 'missing',
  actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
};

/** `0` is within the threshold, `X` breaches it, `-` is missing; the newest is last. */
const points = (text: string) => text.split(' ').map((one) => ({ '0': 0, X: 1, '-': undefined })[one]);

const states: Readonly<Record<string, AlarmState>> = { A: 'ALARM', O: 'OK', I: 'INSUFFICIENT_DATA' };
const columns: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The documented tables of CloudWatch: `keep` retains the current state. */
const threeOfThree = [
  ['0 - X - X', 'O O O O'],
  ['0 X X - X', 'A A A A'],
  ['- - - - 0', 'O O O O'],
  ['- - - - -', 'I keep A O'],
  ['- - X - -', 'A keep A O'],
  ['X X X X X', 'A A A A'],
  ['X X X X 0', 'O O O O'],
  ['0 0 0 0 0', 'O O O O'],
] as const;
const twoOfThree = [
  ['0 - X - X', 'A A A A'],
  ['0 0 X 0 X', 'A A A A'],
  ['0 - X - -', 'O O A O'],
  ['- - - - 0', 'O O A O'],
  ['- - - X -', 'A keep A O'],
  ['- - - - X', 'O keep A O'],
] as const;

function rowsOf(table: readonly (readonly [string, string])[], datapointsToAlarm: number) {
  return table.flatMap(([data, expected]) =>
    expected.split(' ').flatMap((one, index) =>
      (['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const).map((current) => ({
        data,
        datapointsToAlarm,
        missingData: columns[index] ?? 'missing',
        current,
        expected: one === 'keep' ? current : (states[one] ?? current),
      })),
    ),
  );
}

describe('an alarm', () => {
  it.each([...rowsOf(threeOfThree, 3), ...rowsOf(twoOfThree, 2)])(
    'with $datapointsToAlarm of 3, missing data being $missingData, at [$data] from $current is $expected',
    ({ data, datapointsToAlarm, missingData, current, expected }) => {
      expect(judgeAlarm({ ...alarm, datapointsToAlarm, missingData }, points(data), current, newestAt).state).toBe(
        expected,
      );
    },
  );

  it.each([
    ['GreaterThanOrEqualToThreshold', 1, true],
    ['GreaterThanThreshold', 1, false],
    ['LessThanThreshold', 1, false],
    ['LessThanOrEqualToThreshold', 1, true],
    ['LessThanThreshold', 0.5, true],
  ] as const)('over %s 1 at %d breaches: %s', (comparison, value, expected) => {
    const { state } = judgeAlarm(
      { ...alarm, comparison, evaluationPeriods: 1, datapointsToAlarm: 1 },
      [value],
      'OK',
      newestAt,
    );
    expect(state === 'ALARM').toBe(expected);
  });

  it('says how many datapoints decided, and what was made of the missing ones', () => {
    const breaching = { ...alarm, missingData: 'breaching' } as const;
    expect(judgeAlarm(breaching, points('- - - - X'), 'OK', newestAt).reason).toBe(
      'Threshold Crossed: 1 out of the last 3 datapoints [1.0 (26/11/26 17:05:00)] was greater than or equal to the threshold ' +
        '(1.0) (minimum 3 datapoints for OK -> ALARM transition) and 2 missing datapoints were treated as [Breaching].',
    );
  });

  it('names the values that decided with their times, the newest first', () => {
    const judged = judgeAlarm({ ...alarm, datapointsToAlarm: 2 }, points('0 X 0 0 X X 0'), 'OK', newestAt);
    expect(judged.reason).toContain(
      '2 out of the last 3 datapoints [1.0 (26/11/26 17:04:00), 1.0 (26/11/26 17:03:00)] were',
    );
  });

  it('is read from the template, metric math included', () => {
    const properties = {
      AlarmName: 'a',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 5,
      AlarmActions: ['arn:topic'],
    };
    expect(alarmOf(properties)).toMatchObject({
      source: { metric: { dimensions: { FunctionName: 'f' } } },
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      missingData: 'missing',
      actions: { ALARM: ['arn:topic'], OK: [] },
    });
    expect(alarmOf({ ...properties, ActionsEnabled: false })?.actions.ALARM).toEqual([]);
    const stat = {
      Id: 'count',
      MetricStat: { Metric: { MetricName: 'Errors' }, Period: 300, Stat: 'Sum' },
      ReturnData: false,
    };
    const queries = [{ Id: 'rate', Expression: 'count / PERIOD(count)' }, stat];
    const math = alarmOf({ AlarmName: 'math', Metrics: queries, ComparisonOperator: 'GreaterThanThreshold' });
    expect(math).toMatchObject({ source: { kind: 'math', queries }, periodSeconds: 300 });
    expect(alarmOf({ AlarmName: 'none', Metrics: [], ComparisonOperator: 'GreaterThanThreshold' })).toBeUndefined();
    expect(
      alarmOf({ AlarmName: 'band', Metrics: queries, ComparisonOperator: 'LessThanLowerThreshold' }),
    ).toBeUndefined();
  });
});
