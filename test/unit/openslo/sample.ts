import { parse as parseYaml, stringify } from 'yaml';

/** An SLO with everything that can stand in one file; break one thing at a time. */
export const good = `apiVersion: openslo/v1
kind: SLO
metadata: { name: checkout, displayName: Checkout works }
spec:
  description: Orders go through.
  service: shop
  indicator:
    metadata: { name: checkout-ratio }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: CloudWatch, spec: { namespace: Shop, metricName: Failed, dimensions: { Stage: prod } } } }
        total: { metricSource: { type: CloudWatch, spec: { namespace: Shop, metricName: All, dimensions: { Stage: prod } } } }
  timeWindow: [{ duration: 4w, isRolling: true }]
  budgetingMethod: Timeslices
  objectives: [{ target: 0.995, timeSliceTarget: 0.95, timeSliceWindow: 5m }]
  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast }
      spec:
        alertWhenBreaching: true
        alertWhenResolved: true
        conditions:
          - kind: AlertCondition
            metadata: { name: fast-burn }
            spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 13.44, lookbackWindow: 1h } }
        notificationTargets: [{ targetRef: oncall }]
`;

type Path = readonly (string | number)[];

/** The good file with another value at a path; without what stands there where that is undefined. */
export function changed(path: Path, value: unknown, from = good): string {
  const whole = parseYaml(from);
  const parent = path.slice(0, -1).reduce((node, key) => node[key], whole);
  const last = path.at(-1) as string;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return stringify(whole, { lineWidth: 0, compat: 'yaml-1.1' });
}

export const spec = (...path: Path): Path => ['spec', ...path];
export const metric = { metricSource: { type: 'Prometheus', spec: { query: 'up' } } };

/**
 * One thing changed, and what is said of it; nothing where it is valid all the same. OpenSLO's own validator
 * (https://github.com/OpenSLO/go-sdk, v0.9.2) takes and refuses the same ones, but for two: it wants a time window, and no objective.
 */
export const pairs: readonly (readonly [name: string, path: Path, value: unknown, message?: string])[] = [
  ['another version', ['apiVersion'], 'openslo/v2alpha', 'apiVersion must be openslo/v1, got "openslo/v2alpha"'],
  [
    'an unknown kind',
    ['kind'],
    'Slo',
    'kind must be Service, DataSource, SLI, SLO, AlertPolicy, AlertCondition, AlertNotificationTarget',
  ],
  ['no name', ['metadata', 'name'], undefined, 'metadata.name is missing'],
  [
    'a name of capitals',
    ['metadata', 'name'],
    'Checkout',
    'metadata.name must be a name of small letters, digits and dashes, 63 at most',
  ],
  ['a long name', ['metadata', 'name'], 'a'.repeat(63)],
  [
    'a name too long',
    ['metadata', 'name'],
    'a'.repeat(64),
    'metadata.name must be a name of small letters, digits and dashes, 63 at most',
  ],
  [
    'a display name too long',
    ['metadata', 'displayName'],
    'a'.repeat(64),
    'metadata.displayName must be at most 63 characters long',
  ],
  ['an annotation', ['metadata', 'annotations'], { 'burnwatch.dev/id': 'x' }],
  ['an annotation of a number', ['metadata', 'annotations'], { x: 5 }, 'metadata.annotations.x must be a text'],
  ['labels', ['metadata', 'labels'], { team: ['a', 'b'] }],
  ['a description of its full length', spec('description'), 'a'.repeat(1_050)],
  [
    'a description too long',
    spec('description'),
    'a'.repeat(1_051),
    'spec.description must be at most 1,050 characters long',
  ],
  ['no service', spec('service'), undefined, 'spec.service is missing'],
  ['no indicator', spec('indicator'), undefined, 'spec must have exactly one of indicator and indicatorRef'],
  ['two indicators', spec('indicatorRef'), 'other', 'spec must have exactly one of indicator and indicatorRef'],
  [
    'bad and good',
    spec('indicator', 'spec', 'ratioMetric', 'good'),
    metric,
    'spec.indicator.spec.ratioMetric must have exactly one of good and bad',
  ],
  [
    'neither',
    spec('indicator', 'spec', 'ratioMetric', 'bad'),
    undefined,
    'spec.indicator.spec.ratioMetric must have exactly one of good and bad',
  ],
  [
    'no total',
    spec('indicator', 'spec', 'ratioMetric', 'total'),
    undefined,
    'spec.indicator.spec.ratioMetric must have exactly one of total and raw',
  ],
  [
    'a source without a specification',
    spec('indicator', 'spec', 'ratioMetric', 'total', 'metricSource', 'spec'),
    {},
    'spec.indicator.spec.ratioMetric.total.metricSource.spec must be a map with one key at least',
  ],
  [
    'a threshold beside the ratio',
    spec('indicator', 'spec', 'thresholdMetric'),
    metric,
    'spec.indicator.spec must have exactly one of ratioMetric and thresholdMetric',
  ],
  [
    'a raw ratio without its type',
    spec('indicator', 'spec', 'ratioMetric'),
    { raw: metric },
    'spec.indicator.spec.ratioMetric.rawType is missing',
  ],
  ['a raw ratio', spec('indicator', 'spec', 'ratioMetric'), { raw: metric, rawType: 'success' }],
  ['no window', spec('timeWindow'), undefined],
  [
    'two windows',
    spec('timeWindow'),
    Array(2).fill({ duration: '28d', isRolling: true }),
    'spec.timeWindow must hold exactly 1, got 2',
  ],
  [
    'a window of seconds',
    spec('timeWindow', 0, 'duration'),
    '90s',
    'spec.timeWindow[0].duration must be a whole number and a unit of m, h, d, w, M, Q or Y, such as 30d',
  ],
  ['a quarter', spec('timeWindow', 0, 'duration'), '1Q'],
  [
    'a calendar that rolls',
    spec('timeWindow', 0, 'calendar'),
    { startTime: '2024-01-01 00:00:00', timeZone: 'UTC' },
    'spec.timeWindow[0].calendar must not stand beside isRolling: true',
  ],
  [
    'no calendar',
    spec('timeWindow', 0, 'isRolling'),
    false,
    'spec.timeWindow[0].calendar is missing, as isRolling is not true',
  ],
  [
    'a calendar',
    spec('timeWindow', 0),
    { duration: '1M', isRolling: false, calendar: { startTime: '2024-01-01 00:00:00', timeZone: 'Europe/Amsterdam' } },
  ],
  [
    'a start that is no time',
    spec('timeWindow', 0),
    { duration: '1M', calendar: { startTime: 'today', timeZone: 'UTC' } },
    'spec.timeWindow[0].calendar.startTime must be a time such as 2024-01-01 00:00:00',
  ],
  [
    'a zone that is none',
    spec('timeWindow', 0),
    { duration: '1M', calendar: { startTime: '2024-01-01 00:00:00', timeZone: 'Mars/Base' } },
    'spec.timeWindow[0].calendar.timeZone must be a time zone such as Europe/Amsterdam',
  ],
  [
    'another method',
    spec('budgetingMethod'),
    'Guesses',
    'spec.budgetingMethod must be Occurrences, Timeslices, RatioTimeslices',
  ],
  ['no objective', spec('objectives'), undefined, 'spec.objectives is missing'],
  [
    'a target of all',
    spec('objectives', 0, 'target'),
    1,
    'spec.objectives[0].target must be a number from 0 to below 1',
  ],
  ['a target of nothing', spec('objectives', 0, 'target'), 0],
  ['a target in percent', spec('objectives', 0), { targetPercent: 99.5, timeSliceTarget: 0.95, timeSliceWindow: '5m' }],
  [
    'both targets',
    spec('objectives', 0, 'targetPercent'),
    99.5,
    'spec.objectives[0] must have exactly one of target and targetPercent',
  ],
  [
    'no slice target',
    spec('objectives', 0, 'timeSliceTarget'),
    undefined,
    'spec.objectives[0].timeSliceTarget is missing',
  ],
  [
    'a slice that must be nothing',
    spec('objectives', 0, 'timeSliceTarget'),
    0,
    'spec.objectives[0].timeSliceTarget must be a number above 0, 1 at most',
  ],
  [
    'no slice window',
    spec('objectives', 0, 'timeSliceWindow'),
    undefined,
    'spec.objectives[0].timeSliceWindow is missing',
  ],
  [
    'two conditions',
    spec('alertPolicies', 0, 'spec', 'conditions'),
    [{ conditionRef: 'a' }, { conditionRef: 'b' }],
    'spec.alertPolicies[0].spec.conditions must hold exactly 1, got 2',
  ],
  ['a condition by reference', spec('alertPolicies', 0, 'spec', 'conditions'), [{ conditionRef: 'a' }]],
  [
    'nobody to tell',
    spec('alertPolicies', 0, 'spec', 'notificationTargets'),
    [],
    'spec.alertPolicies[0].spec.notificationTargets must hold 1 to 100, got 0',
  ],
  ['a policy by reference', spec('alertPolicies'), [{ alertPolicyRef: 'fast' }]],
  [
    'no severity',
    spec('alertPolicies', 0, 'spec', 'conditions', 0, 'spec', 'severity'),
    undefined,
    'spec.alertPolicies[0].spec.conditions[0].spec.severity is missing',
  ],
  [
    'another condition',
    spec('alertPolicies', 0, 'spec', 'conditions', 0, 'spec', 'condition', 'kind'),
    'latency',
    'spec.alertPolicies[0].spec.conditions[0].spec.condition.kind must be burnrate',
  ],
  [
    'another operator',
    spec('alertPolicies', 0, 'spec', 'conditions', 0, 'spec', 'condition', 'op'),
    '>',
    'spec.alertPolicies[0].spec.conditions[0].spec.condition.op must be gt, lt, gte, lte',
  ],
  [
    'no look-back',
    spec('alertPolicies', 0, 'spec', 'conditions', 0, 'spec', 'condition', 'lookbackWindow'),
    undefined,
    'spec.alertPolicies[0].spec.conditions[0].spec.condition.lookbackWindow is missing',
  ],
];
