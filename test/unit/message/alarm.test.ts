import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Alarm, Json } from '../../../shared/config/model.ts';
import { type AlarmChange, parseAlarmChange } from '../../../shared/message/alarm-change.ts';
import { type AlarmNews, renderAlarm } from '../../../shared/message/alarm-message.ts';
import { describeAlarm, describeWatched, formatValue } from '../../../shared/message/alarm-text.ts';
import { parseMachine } from '../../../shared/message/machine.ts';

const at = Date.UTC(2026, 10, 26, 17, 5, 30);
const minute = 60_000;

const ratio: Alarm = {
  id: 'checkout-errors',
  watches: {
    namespace: 'AWS/ApiGateway',
    dimensions: { ApiId: [{ output: 'ApiId' }] },
    kind: 'ratio',
    bad: '5xx',
    total: 'Count',
  },
  comparison: 'above',
  threshold: 0.05,
  unit: 'ratio',
  periodMs: minute,
  datapoints: 3,
  of: 5,
  missing: 'notBreaching',
  severity: 'page',
  notify: ['oncall', 'chat'],
  reason: 'Customers cannot pay.',
  runbook: 'docs/runbooks/checkout.md',
};
const errors: Alarm = {
  ...ratio,
  id: 'shortener-errors',
  watches: {
    namespace: 'AWS/Lambda',
    dimensions: { FunctionName: { own: 'shortener' } },
    kind: 'metric',
    name: 'Errors',
    stat: 'Sum',
  },
  threshold: 0,
  unit: 'none',
  datapoints: 1,
  of: 1,
  severity: 'ticket',
  reason: 'The function shortener throws.',
  runbook: 'https://wiki.example.com/errors',
};
const backup: Alarm = { ...errors, id: 'backup-runs', comparison: 'below', threshold: 1, missing: 'breaching' };

/** A message of CloudWatch, as its documentation shows one. */
const stored = (change: object = {}) => ({
  AlarmName: 'shop-prod-checkout-errors',
  AlarmDescription: 'PAGE: Customers cannot pay.',
  AWSAccountId: '111122223333',
  NewStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 3 out of the last 5 datapoints [0.0642857142857143 (26/11/26 17:04:00), 0.071 (26/11/26 17:03:00), ' +
    '0.0551 (26/11/26 17:01:00)] were greater than the threshold (0.05) (minimum 3 datapoints for OK -> ALARM transition).',
  StateChangeTime: '2026-11-26T17:05:30.000+0000',
  Region: 'EU (Ireland)',
  AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:shop-prod-checkout-errors',
  OldStateValue: 'OK',
  Trigger: { Period: 60 },
  ...change,
});
const read = (change: object = {}): AlarmChange => {
  const parsed = parseAlarmChange(JSON.stringify(stored(change)));
  if (parsed === undefined) throw new Error('it is no alarm');
  return parsed;
};
const news = (change: Partial<AlarmNews> = {}): AlarmNews => ({
  alarm: ratio,
  change: read() as AlarmNews['change'],
  firedAt: at,
  channels: ['oncall', 'chat'],
  scope: { service: 'shop', environment: 'prod', outputs: { ApiId: 'a1b2c3' } },
  links: [{ label: 'Dashboard', url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home' }],
  ...change,
});
const isOver = {
  NewStateValue: 'OK',
  OldStateValue: 'ALARM',
  NewStateReason:
    'Threshold Crossed: 3 out of the last 5 datapoints [0.011 (26/11/26 17:16:00), 0.02 (26/11/26 17:15:00), 0.0 (26/11/26 17:14:00)] ' +
    'were not greater than the threshold (0.05) (minimum 3 datapoints for ALARM -> OK transition).',
  StateChangeTime: '2026-11-26T17:17:30.000+0000',
};
const noData = {
  AlarmName: 'shop-prod-backup-runs',
  NewStateReason:
    'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
};
const one = {
  AlarmName: 'shop-prod-shortener-errors',
  NewStateReason:
    'Threshold Crossed: 1 datapoint [6.0 (26/11/26 17:04:00)] was greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).',
};

const cases: readonly (readonly [string, AlarmNews])[] = [
  ['alarm-fired', news()],
  ['alarm-resolved', news({ change: read(isOver) as AlarmNews['change'] })],
  ['alarm-ticket', news({ alarm: errors, change: read(one) as AlarmNews['change'] })],
  ['alarm-no-data', news({ alarm: backup, change: read(noData) as AlarmNews['change'] })],
];

const schema = JSON.parse(readFileSync('shared/message/message.schema.json', 'utf8'));
const validate = new Ajv2020({ allErrors: true, strict: false }).compile(schema);

/** `UPDATE_GOLDEN=1` writes it first; its diff is to be read. */
function golden(name: string, actual: string): string {
  const path = `test/fixtures/messages/${name}.json`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, actual);
  return readFileSync(path, 'utf8');
}

describe('a message about an alarm', () => {
  it.each(cases)('%s is what its golden file says, and keeps to its schema', (name, each) => {
    const pretty = `${JSON.stringify(renderAlarm(each), null, 2)}\n`;
    expect(pretty).toBe(golden(name, pretty));
    expect(validate(JSON.parse(pretty)) ? [] : validate.errors).toEqual([]);
    expect(parseMachine(pretty)).toHaveProperty('message');
  });

  const subjectOf = (each: AlarmNews): string => (renderAlarm(each) as { readonly subject: string }).subject;

  it.each([
    ['alarm-fired', '[PAGE] checkout-errors: 5xx of Count 6.4 %, above 5 % (shop prod)'],
    ['alarm-resolved', 'Resolved: checkout-errors after 12 min (shop prod)'],
    ['alarm-ticket', '[TICKET] shortener-errors: sum of Errors 6, above 0 (shop prod)'],
    ['alarm-no-data', '[TICKET] backup-runs: sum of Errors has no data (shop prod)'],
  ])('has a subject that says whether to get up: %s', (name, subject) => {
    expect(subjectOf(cases.find(([each]) => each === name)?.[1] ?? news())).toBe(subject);
  });

  it('drops details of a subject that gets long, and keeps to 99 characters of ASCII', () => {
    const long = { ...ratio, id: 'x'.repeat(64) };
    expect(subjectOf(news({ alarm: long }))).toBe(`[PAGE] ${long.id}: 6.4 %, above 5 % (prod)`);
    const endless = news({ alarm: long, scope: { ...news().scope, environment: 'é'.repeat(90) } });
    expect(subjectOf(endless)).toMatch(/^\[PAGE\] x+\.\.x+ rings$/);
  });

  it('has the same id whenever its change is told, another one for every other change, and one incident', () => {
    const ids = [
      read(),
      read({ NewStateReason: 'said otherwise' }),
      read(isOver),
      read({ StateChangeTime: '2026-11-26T18:05:30.000+0000' }),
    ]
      .map((change) => renderAlarm(news({ change: change as AlarmNews['change'] })))
      .map((json) => json as { readonly id: string; readonly incident: { readonly id: string } });
    expect(ids[0]?.id).toBe(ids[1]?.id);
    expect(new Set(ids.map(({ id }) => id)).size).toBe(3);
    expect(new Set(ids.map(({ incident }) => incident.id)).size).toBe(1);
  });

  it('does not invent how long it lasted', () => {
    const { firedAt: _, ...unknown } = news({ change: read(isOver) as AlarmNews['change'] });
    expect(subjectOf(unknown)).toBe('Resolved: checkout-errors (shop prod)');
    expect(JSON.stringify(renderAlarm(unknown))).not.toMatch(/"From"| \(0 s\)/);
  });
});

describe('what CloudWatch publishes', () => {
  it('is read with its values, the newest first, and their times', () => {
    expect(read()).toEqual({
      name: 'shop-prod-checkout-errors',
      arn: 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:shop-prod-checkout-errors',
      from: 'OK',
      to: 'ALARM',
      at,
      reason: stored().NewStateReason,
      datapoints: [
        { value: 0.0642857142857143, at: Date.UTC(2026, 10, 26, 17, 4) },
        { value: 0.071, at: Date.UTC(2026, 10, 26, 17, 3) },
        { value: 0.0551, at: Date.UTC(2026, 10, 26, 17, 1) },
      ],
    });
  });

  it.each([
    ['2026-11-26T17:05:30.000+0000', at],
    ['2026-11-26T17:05:30Z', at],
    ['2026-11-26T18:05:30.000+0100', at],
  ])('at %s', (text, expected) => {
    expect(read({ StateChangeTime: text }).at).toBe(expected);
  });

  it.each([
    ['a small value', '1 datapoint [1.5E-4 (01/02/26 03:04:05)] was', [1.5e-4]],
    ['a negative one', '1 datapoint [-2.0 (01/02/26 03:04:05)] was', [-2]],
    ['none', 'no datapoints were received for 5 periods', []],
    ['a day that there is not', '1 datapoint [1.0 (41/13/26 03:04:05)] was', []],
  ])('with %s in its reason', (_, reason, values) => {
    expect(read({ NewStateReason: `Threshold Crossed: ${reason}` }).datapoints.map(({ value }) => value)).toEqual(
      values,
    );
  });

  it.each([
    ['a message of our own', { version: 1 }],
    ['nothing', null],
    ['a list', []],
    ['an alarm without a name', stored({ AlarmName: 7 })],
    ['an unknown state', stored({ NewStateValue: 'PANIC' })],
    ['no time', stored({ StateChangeTime: 'yesterday' })],
    ['a time before all times', stored({ StateChangeTime: '0001-01-01T00:00:00Z' })],
  ])('is no alarm: %s', (_, json) => {
    expect(parseAlarmChange(JSON.stringify(json))).toBeUndefined();
  });

  it('is harmless whatever stands in it', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constant('\u202e\r\n<!channel> [1.0 (26/11/26 17:04:00)'),
    );
    fc.assert(
      fc.property(text, text, text, (name, reason, from) => {
        const change = parseAlarmChange(
          JSON.stringify(stored({ AlarmName: `a${name}`, NewStateReason: reason, OldStateValue: from })),
        );
        if (change === undefined) return;
        const json = JSON.stringify(renderAlarm(news({ change: change as AlarmNews['change'] })));
        expect(json).not.toMatch(/[\u202a-\u202e\u2028]|\\r|\\u00/u);
        expect(validate(JSON.parse(json)) ? [] : validate.errors).toEqual([]);
      }),
      { numRuns: Number(process.env['BURNWATCH_RUNS'] ?? 200) },
    );
  });
});

describe('the words for an alarm', () => {
  it.each([
    ['ratio', 0.0642857, '6.4 %'],
    ['ratio', 1, '100 %'],
    ['perSecond', 0.1, '0.1/s'],
    ['perSecond', 0.016666666, '0.0167/s'],
    ['milliseconds', 1234.56, '1,235 ms'],
    ['milliseconds', 0.04, '0.04 ms'],
    ['none', 0, '0'],
    ['none', 12_345_678, '12,345,678'],
    ['none', Number.NaN, 'unknown'],
  ] as const)('%s of %d are %s', (unit, value, text) => {
    expect(formatValue(unit, value)).toBe(text);
  });

  it('name what is watched by what it is called in AWS', () => {
    expect(describeWatched(ratio.watches, news().scope)).toBe('5xx of Count in AWS/ApiGateway (ApiId a1b2c3)');
    expect(describeWatched(errors.watches, news().scope)).toBe(
      'sum of Errors in AWS/Lambda (FunctionName shop-prod-shortener)',
    );
  });

  it('fit into a description, however long what was typed is', () => {
    const name = 'N'.repeat(255);
    const long: Alarm = {
      ...ratio,
      watches: { kind: 'ratio', namespace: name, dimensions: {}, bad: name, total: name },
      reason: 'r'.repeat(240),
      runbook: 'b'.repeat(240),
    };
    expect(describeAlarm(long).length).toBeLessThanOrEqual(1_024);
    expect(describeAlarm(long)).toContain(`Look first: ${long.runbook}`);
  });
});

it('the four treatments of missing data have their words', () => {
  const rows = (['breaching', 'notBreaching', 'ignore', 'missing'] as const).map((missing) => {
    const json = renderAlarm(news({ alarm: { ...backup, missing }, change: read(noData) as AlarmNews['change'] }));
    return /no data, which is taken for [\w ]+/.exec(JSON.stringify(json as Json))?.[0];
  });
  expect(new Set(rows).size).toBe(4);
  expect(rows[0]).toBe('no data, which is taken for over the limit');
});
