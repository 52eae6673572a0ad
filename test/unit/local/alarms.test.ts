import { type Alarms, createAlarms } from '../../../infra/local/alarm/alarms.ts';
import type { Alarm } from '../../../infra/local/alarm/model.ts';
import { type CloudWatchStore, openCloudWatchStore } from '../../../infra/local/aws/cloudwatch-store.ts';
import type { Publication } from '../../../infra/local/aws/sns-message.ts';

const minute = 60_000;
const start = Date.UTC(2026, 10, 21, 12, 0, 30);

const metric = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'probe' } };
const alarm: Alarm = {
  name: 'probe-dead',
  description: 'nothing is being probed',
  source: { kind: 'metric', metric, statistic: 'Average', unit: '' },
  periodSeconds: 60,
  evaluationPeriods: 5,
  datapointsToAlarm: 5,
  threshold: 1,
  comparison: 'GreaterThanOrEqualToThreshold',
  missingData: 'breaching',
  actions: { ALARM: ['arn:alarms'], OK: ['arn:alarms'], INSUFFICIENT_DATA: [] },
};

describe('alarms over a store', () => {
  let store: CloudWatchStore;
  let now: number;
  let mails: Publication[];
  const begin = (): Alarms => {
    const alarms = createAlarms({
      store,
      now: () => now,
      publish: (_, publication) => {
        mails.push(publication);
        return 'id';
      },
    });
    alarms.replace([alarm]);
    return alarms;
  };
  /** Goes on for some minutes, with this many errors an invocation in each; undefined is no invocation at all. */
  const pass = (alarms: Alarms, minutes: number, errors: number | undefined): void => {
    for (let second = 0; second < minutes * 60; second += 10) {
      now += 10_000;
      if (errors !== undefined) put(errors);
      alarms.evaluate();
    }
  };
  const put = (value: number): void =>
    store.put([{ metric, atSeconds: now / 1_000, unit: 'Count', count: 1, sum: value, min: value, max: value }]);
  const state = (alarms: Alarms) => alarms.status()[0]?.state;

  beforeEach(() => {
    store = openCloudWatchStore(':memory:');
    now = start;
    mails = [];
  });
  afterEach(() => store.close());

  it('have insufficient data until a full evaluation range has passed, although what is missing breaches', () => {
    const alarms = begin();
    pass(alarms, 5, undefined);
    expect(state(alarms)).toBe('INSUFFICIENT_DATA');
    pass(alarms, 1, undefined);
    expect(state(alarms)).toBe('ALARM');
  });

  it('say nothing when all is well from the start', () => {
    const alarms = begin();
    pass(alarms, 10, 0);
    expect(state(alarms)).toBe('OK');
    expect(mails).toEqual([]);
  });

  it('mail once that a function fails, and once that it works again', () => {
    const alarms = begin();
    pass(alarms, 8, 0);
    pass(alarms, 8, 1);
    pass(alarms, 8, 0);
    expect(mails.map(({ subject }) => subject)).toEqual([
      'ALARM: "probe-dead" in US East (N. Virginia)',
      'OK: "probe-dead" in US East (N. Virginia)',
    ]);
    expect(mails[0]?.text).toContain('- State Change:               OK -> ALARM');
    expect(mails[0]?.attributes).toEqual({});
  });

  it('notice a function that is no longer run', () => {
    const alarms = begin();
    pass(alarms, 8, 0);
    pass(alarms, 8, undefined);
    expect(state(alarms)).toBe('ALARM');
  });

  it('say nothing about the time in which the machine slept', () => {
    const alarms = begin();
    pass(alarms, 8, 0);
    now += 60 * minute;
    pass(alarms, 8, 0);
    expect(mails).toEqual([]);
  });

  it('keep their state over a restart, and judge anew only after a full evaluation range', () => {
    const before = begin();
    pass(before, 8, 0);
    pass(before, 8, 1);
    const since = before.status()[0]?.since;
    now += 30 * minute;
    const after = begin();
    pass(after, 4, 0);
    expect(after.status()[0]).toMatchObject({ state: 'ALARM', since });
    pass(after, 3, 0);
    expect(mails.map(({ subject }) => subject.split(':')[0])).toEqual(['ALARM', 'OK']);
  });
});
