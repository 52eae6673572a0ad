import { renderFragment } from '../../../infra/openslo/fragment.ts';
import { importOpenSlo } from '../../../infra/openslo/import.ts';
import { readOpenSlo } from '../../../infra/openslo/read.ts';
import { changed, good, metric, spec } from './sample.ts';

function importText(text: string, monitors: readonly string[] = []) {
  const { objects, errors } = readOpenSlo(text, 'slos.yaml');
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return importOpenSlo(objects, monitors);
}
const source = (part: string) => spec('indicator', 'spec', 'ratioMetric', part, 'metricSource');
const ratio = spec('indicator', 'spec', 'ratioMetric');
const policy = spec('alertPolicies', 0, 'spec');
const condition = [...policy, 'conditions', 0, 'spec', 'condition'];
const ratioOf = (type: string | undefined, sourceSpec: object) => {
  const metricSource = { ...(type === undefined ? {} : { type }), spec: sourceSpec };
  return { bad: { metricSource }, total: { metricSource } };
};

describe('an SLO of OpenSLO', () => {
  it('becomes one of monitors.yml', () => {
    expect(importText(good)).toEqual({
      slos: [
        {
          id: 'checkout',
          comment: 'Orders go through.',
          entry: {
            indicator: {
              cloudwatch: { namespace: 'Shop', dimensions: { Stage: 'prod' }, bad: 'Failed', total: 'All' },
            },
            objective: '99.5%',
            window: '28d',
            budgetingMethod: 'Timeslices',
            timeSliceTarget: '95%',
            timeSliceWindow: '5m',
            alerts: [{ severity: 'page', budget: '2%', long: '1h', notify: ['oncall'] }],
          },
        },
      ],
      left: [],
      notes: [],
    });
  });

  it('is printed with what it was called, and what it needs', () => {
    expect(renderFragment(importText(good), 'slos.yaml')).toBe(`# From slos.yaml, by npx burnwatch import openslo.
# It needs the channels oncall.

slos:
  # Orders go through.
  checkout:
    indicator: { cloudwatch: { namespace: Shop, dimensions: { Stage: prod }, bad: Failed, total: All } }
    objective: 99.5%
    window: 28d
    budgetingMethod: Timeslices
    timeSliceTarget: 95%
    timeSliceWindow: 5m
    alerts:
      - { severity: page, budget: 2%, long: 1h, notify: [ oncall ] }
`);
  });

  it('cannot break out of its comment', () => {
    const text = renderFragment(importText(changed(spec('description'), 'a\nslos: {}\u2028b: 1\u0007')), 'x\ny.yaml');
    expect(text).toContain('  # a slos: {} b: 1\n');
    expect(text).toContain('# From x y.yaml,');
  });

  it.each<[string, readonly (string | number)[], unknown, object]>([
    [
      'percent, to the fourth decimal',
      spec('objectives', 0),
      { targetPercent: 99.9999, timeSliceTarget: 0.5, timeSliceWindow: '1h' },
      { objective: '99.9999%', timeSliceTarget: '50%', timeSliceWindow: '1h' },
    ],
    [
      'a month of the calendar',
      spec('timeWindow', 0),
      { duration: '1M', calendar: { startTime: '2023-05-01 00:00:00', timeZone: 'Europe/Amsterdam' } },
      { window: { calendar: 'month', timezone: 'Europe/Amsterdam' } },
    ],
    [
      'a quarter of three months',
      spec('timeWindow', 0),
      { duration: '3M', calendar: { startTime: '2023-04-01 00:00:00', timeZone: 'UTC' } },
      { window: { calendar: 'quarter', timezone: 'UTC' } },
    ],
    [
      'a week from Monday',
      spec('timeWindow', 0),
      { duration: '1w', calendar: { startTime: '2024-01-08 00:00:00', timeZone: 'UTC' } },
      { window: { calendar: 'week', timezone: 'UTC' } },
    ],
    ['a rolling year', spec('timeWindow', 0, 'duration'), '1Y', { window: '365d' }],
    ['good events', ratio, { good: metric, total: metric }, { indicator: { monitors: ['web'] } }],
    [
      'dimensions as a list',
      source('total'),
      { type: 'cloudwatch', spec: { namespace: 'Shop', name: 'All', dimensions: [{ Name: 'Stage', Value: 'prod' }] } },
      { indicator: { cloudwatch: { namespace: 'Shop', dimensions: { Stage: 'prod' }, bad: 'Failed', total: 'All' } } },
    ],
  ])('knows %s', (_, path, value, entry) => {
    expect(importText(changed(path, value), ['web']).slos[0]?.entry).toMatchObject(entry);
  });

  const changes: readonly (readonly [string, readonly (string | number)[], unknown, string, object?])[] = [
    ['labels', ['metadata', 'labels'], { team: 'a' }, 'SLO checkout metadata.labels: labels are not known here', {}],
    [
      'an operator',
      spec('objectives', 0, 'op'),
      'gt',
      'SLO checkout spec.objectives[0].op: belongs to a threshold metric, and says nothing of a ratio',
      {},
    ],
    [
      'more objectives',
      spec('objectives'),
      Array(2).fill({ target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: '1m' }),
      'SLO checkout spec.objectives: only the first of 2 objectives is taken: write an SLO for each',
      { objective: '90%' },
    ],
    [
      'a target of many digits',
      spec('objectives', 0, 'target'),
      0.99954321,
      'SLO checkout spec.objectives[0].target: is rounded to 99.9543%',
      { objective: '99.9543%' },
    ],
    [
      'a target of nothing',
      spec('objectives', 0, 'target'),
      0,
      'SLO checkout spec.objectives[0].target: is nothing that could be missed: the SLO is left out',
    ],
    [
      'no window',
      spec('timeWindow'),
      undefined,
      'SLO checkout spec.timeWindow: is not there: 30 days that roll are taken',
      { window: '30d' },
    ],
    [
      'a window of two years',
      spec('timeWindow', 0, 'duration'),
      '2Y',
      'SLO checkout spec.timeWindow[0].duration: must be from 60 minutes to 365 days here: the SLO is left out',
    ],
    [
      'a calendar of two weeks',
      spec('timeWindow', 0),
      { duration: '2w', calendar: { startTime: '2024-01-01 00:00:00', timeZone: 'UTC' } },
      'SLO checkout spec.timeWindow[0]: no span of the calendar here is 2w long: a window of 14d that rolls is taken',
      { window: '14d' },
    ],
    [
      'a month from its middle',
      spec('timeWindow', 0),
      { duration: '1M', calendar: { startTime: '2024-01-15 12:00:00', timeZone: 'UTC' } },
      'SLO checkout spec.timeWindow[0].calendar.startTime: a month begins at midnight of its first day here, and not as 2024-01-15 12:00:00 says',
      { window: { calendar: 'month', timezone: 'UTC' } },
    ],
    [
      'slices of 7 minutes',
      spec('objectives', 0, 'timeSliceWindow'),
      '7m',
      'SLO checkout spec.objectives[0].timeSliceWindow: must be minutes that divide the hour here: the SLO is left out',
    ],
    [
      'ratios of slices',
      spec('budgetingMethod'),
      'RatioTimeslices',
      'SLO checkout spec.budgetingMethod: RatioTimeslices is not known here: single events are counted (Occurrences)',
      {},
    ],
    [
      'a source of others',
      source('total'),
      { type: 'Prometheus', spec: { query: 'up' } },
      'SLO checkout spec.indicator.spec: bad and total come from different sources: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'two of them',
      ratio,
      ratioOf('Prometheus', { query: 'up' }),
      'SLO checkout spec.indicator.spec: nothing here reads "Prometheus": the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'no type',
      ratio,
      ratioOf(undefined, { query: 'up' }),
      'SLO checkout spec.indicator.spec: nothing here reads a source without a type: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'a total of other dimensions',
      source('total'),
      { type: 'CloudWatch', spec: { namespace: 'Shop', metricName: 'All' } },
      'SLO checkout spec.indicator.spec: bad and total must share their namespace and dimensions here: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'another statistic',
      source('total'),
      { type: 'CloudWatch', spec: { namespace: 'Shop', metricName: 'All', stat: 'p99' } },
      'SLO checkout spec.indicator.spec: a CloudWatch source needs namespace, metricName and dimensions, and the statistic Sum: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'a raw ratio',
      ratio,
      { raw: metric, rawType: 'success' },
      'SLO checkout spec.indicator.spec: a raw ratio has no counts: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'no monitors',
      ratio,
      ratioOf('Burnwatch', { count: 'bad' }),
      'SLO checkout spec.indicator.spec: names no monitors and no bursts: the SLO is left out (or name what probes it with --monitors)',
    ],
    [
      'a policy that is not there',
      spec('alertPolicies'),
      [{ alertPolicyRef: 'slow' }],
      'SLO checkout spec.alertPolicies[0]: there is no AlertPolicy slow in the file: this alert is left out',
      {},
    ],
    [
      'a condition that is not there',
      [...policy, 'conditions'],
      [{ conditionRef: 'slow' }],
      'SLO checkout spec.alertPolicies[0]: there is no AlertCondition slow in the file: this alert is left out',
      {},
    ],
    [
      'an alert that does not alert',
      [...policy, 'alertWhenBreaching'],
      false,
      'SLO checkout spec.alertPolicies[0]: alertWhenBreaching is false: this alert is left out',
      {},
    ],
    [
      'an alert on calm',
      [...condition, 'op'],
      'lte',
      'SLO checkout spec.alertPolicies[0]: fires while the burn rate is low (lte): this alert is left out',
      {},
    ],
    [
      'a threshold above the whole budget',
      [...condition, 'threshold'],
      700,
      'SLO checkout spec.alertPolicies[0]: its threshold over 1h is more than all of the budget: this alert is left out',
      {},
    ],
    [
      'gte',
      [...condition, 'op'],
      'gte',
      'SLO checkout spec.alertPolicies[0]: fires above its threshold here, and not at it',
      {},
    ],
    [
      'a delay',
      [...condition, 'alertAfter'],
      '5m',
      'SLO checkout spec.alertPolicies[0]: alertAfter 5m is not known here: it fires at once when both windows are above the threshold',
      {},
    ],
    [
      'an alert of no data',
      [...policy, 'alertWhenNoData'],
      true,
      'SLO checkout spec.alertPolicies[0]: alertWhenNoData: the monitors have alerts of their own for lost coverage',
      {},
    ],
    [
      'an end that is not told',
      [...policy, 'alertWhenResolved'],
      undefined,
      'SLO checkout spec.alertPolicies[0]: alertWhenResolved is not set: the end of what was told is always told here',
      {},
    ],
    [
      'another severity',
      [...policy, 'conditions', 0, 'spec', 'severity'],
      'Critical',
      'SLO checkout spec.alertPolicies[0]: the severity "Critical" becomes page',
      { alerts: [{ severity: 'page' }] },
    ],
    [
      'a mild severity',
      [...policy, 'conditions', 0, 'spec', 'severity'],
      'warn',
      'SLO checkout spec.alertPolicies[0]: the severity "warn" becomes ticket',
      { alerts: [{ severity: 'ticket' }] },
    ],
    [
      'a tiny threshold',
      [...condition, 'threshold'],
      0.0123,
      'SLO checkout spec.alertPolicies[0]: its threshold of 0.0123 becomes 0.012096: shares of the budget have four decimals',
      { alerts: [{ budget: '0.0018%' }] },
    ],
    [
      'a short window of less than a twelfth',
      ['spec', 'alertPolicies', 0, 'metadata', 'annotations'],
      { 'burnwatch.dev/short-window': '2m' },
      'SLO checkout spec.alertPolicies[0]: its short window of 2m becomes 5m: a twelfth of the long one',
      {},
    ],
  ];
  it.each(changes.map(([name, path, value, note, entry]) => [name, path, value, note, entry] as const))(
    'with %s says what becomes of it',
    (_, path, value, note, entry) => {
      const { slos, left, notes } = importText(changed(path, value));
      expect(notes).toContain(note);
      expect([slos.length, left]).toEqual(entry === undefined ? [0, ['checkout']] : [1, []]);
      if (entry !== undefined) expect(slos[0]?.entry).toMatchObject(entry);
    },
  );

  it('takes the monitors that are named, where nobody here can count', () => {
    const { slos, notes } = importText(changed(ratio, { good: metric, total: metric }), ['web', 'api']);
    expect(slos[0]?.entry.indicator).toEqual({ monitors: ['web', 'api'] });
    expect(notes).toEqual([
      'SLO checkout spec.indicator.spec: nothing here reads "Prometheus": the probes of web, api are taken',
    ]);
  });

  it('of several indicators is left out', () => {
    const composite = { target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: '1m', indicatorRef: 'a' };
    const text = changed(spec('objectives'), [composite], changed(spec('indicator'), undefined));
    expect(importText(text)).toMatchObject({
      slos: [],
      left: ['checkout'],
      notes: [expect.stringContaining('an SLO of several is not known here')],
    });
  });

  it('finds what it refers to in the file', () => {
    const objects = [
      'kind: SLI\nmetadata: { name: orders }\nspec: { ratioMetric: { bad: { metricSource: { metricSourceRef: own, spec: { monitors: [web], count: bad } } }, total: { metricSource: { metricSourceRef: own, spec: { monitors: [web], count: total } } } } }\n',
      'kind: DataSource\nmetadata: { name: own }\nspec: { type: Burnwatch, connectionDetails: {} }\n',
      'kind: AlertPolicy\nmetadata: { name: slow }\nspec: { alertWhenResolved: true, conditions: [{ conditionRef: slow-burn }], notificationTargets: [{ targetRef: night }] }\n',
      'kind: AlertCondition\nmetadata: { name: slow-burn }\nspec: { severity: ticket, condition: { kind: burnrate, op: gt, threshold: 1, lookbackWindow: 3d } }\n',
      'kind: AlertNotificationTarget\nmetadata: { name: night, annotations: { burnwatch.dev/id: Night } }\nspec: { target: email }\n',
    ].map((object) => `---\napiVersion: openslo/v1\n${object}`);
    const byRef = changed(spec('indicatorRef'), 'orders', changed(spec('indicator'), undefined));
    const { slos, notes } = importText(
      changed(spec('alertPolicies'), [{ alertPolicyRef: 'slow' }], byRef) + objects.join(''),
    );
    expect(notes).toEqual([]);
    expect(slos[0]?.entry).toMatchObject({
      indicator: { monitors: ['web'] },
      alerts: [{ severity: 'ticket', budget: '10.7143%', long: '3d', notify: ['Night'] }],
    });
  });
});
