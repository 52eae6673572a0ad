import { z } from 'zod';
import { calendarUnits, type MetricIndicator } from '../model.ts';
import { choice, type Fields, map, refuse } from './fields.ts';
import { day, minute, most } from './limits.ts';
import type { RequestFields } from './request-fields.ts';
import { followUp, notifySchema, runbook, tellingOthers } from './schema-parts.ts';
import type { Good } from './slo-values.ts';

/** What is counted, one kind of it. */
export type IndicatorEntry =
  | { readonly monitors: readonly string[]; readonly good?: Good; readonly degraded?: 'good' | 'bad' }
  | { readonly bursts: readonly string[] }
  | { readonly cloudwatch: Omit<MetricIndicator, 'kind'> };
const kinds = ['monitors', 'bursts', 'cloudwatch'] as const;

const text = {
  indicator: 'What is counted.',
  monitors: 'The probes of these monitors.',
  bursts: 'The requests of the recorded runs of these bursts.',
  cloudwatch: 'What others count in CloudWatch: the sums of two metrics that share their dimensions.',
  dimensions: 'Those of both metrics, exactly: to CloudWatch a metric with one less is another one.',
  good: 'Which of them are good: passed, or latency < 300ms for those that passed and were faster. passed by default.',
  degraded: 'What a degraded one is: good by default.',
  objective: 'The part of them that must be good, such as 99.9%.',
  window: 'The period that it is judged over: 30d up to now, or a span of the calendar.',
  calendar:
    'The budget is that of this span, as long as it really is. Alerts look back over rolling windows all the same.',
  method: 'What is counted: each event (Occurrences, by default), or slices of time that are good or bad (Timeslices).',
  target: 'The part of the events in a slice that must be good.',
  slice: 'How long a slice is: whole minutes that divide the hour. 1m by default.',
  alerts: 'How fast its error budget may burn.',
  notify: 'In place of alerts: these channels are told by the rules that suit the window.',
};

const fromShare = 'is no key here: it is budget × window ÷ long';
const inIndicator = 'is written in the indicator: degraded: bad';

export function sloSchema(fields: Fields, { dimensions }: Pick<RequestFields, 'dimensions'>) {
  const shape = {
    indicator: indicatorSchema(fields, metricSchema(fields, dimensions)),
    objective: fields.objective(text.objective),
    window: windowSchema(fields),
    budgetingMethod: choice(['Occurrences', 'Timeslices'], ['RatioTimeslices'])
      .optional()
      .meta({ description: text.method }),
    timeSliceTarget: fields.sliceTarget(text.target).optional(),
    timeSliceWindow: fields.slice(text.slice).optional(),
    alerts: z.array(burnRuleSchema(fields)).max(most.alerts).optional().meta({ description: text.alerts }),
    notify: notifySchema(fields).optional().meta({ description: text.notify }),
  };
  return map(shape, ['locations', 'excludeDependency'], { degraded: inIndicator, countDegraded: inIndicator });
}

function indicatorSchema(fields: Fields, metric: ReturnType<typeof metricSchema>) {
  const shape = {
    monitors: z.array(fields.monitor()).min(1).max(most.monitors).optional().meta({ description: text.monitors }),
    good: fields.good(text.good).optional(),
    degraded: choice(['good', 'bad']).optional().meta({ description: text.degraded }),
    bursts: z.array(fields.burst()).min(1).max(most.bursts).optional().meta({ description: text.bursts }),
    cloudwatch: metric.optional().meta({ description: text.cloudwatch }),
  };
  const elsewhere = { latency: 'is written as good: latency < 300ms' };
  const indicator = map(shape, [], elsewhere).transform((entry, sink): IndicatorEntry => {
    const { monitors, good, degraded, bursts, cloudwatch } = entry;
    const [kind, other] = kinds.filter((each) => entry[each] !== undefined);
    if (kind === undefined)
      return refuse(sink, { code: 'SLO', message: `must say what is counted: ${kinds.join(', ')}` });
    if (other !== undefined)
      return refuse(sink, { code: 'SLO', message: `stands beside ${kind}: write an SLO of its own` }, other);
    if (monitors !== undefined) return { monitors, ...(good ? { good } : {}), ...(degraded ? { degraded } : {}) };
    const odd = good === undefined ? 'degraded' : 'good';
    if (good ?? degraded)
      return refuse(sink, { code: 'SLO', message: 'is told of probes: it belongs beside monitors' }, odd);
    return cloudwatch === undefined ? { bursts: bursts ?? [] } : { cloudwatch };
  });
  return indicator.meta({ description: text.indicator });
}

function metricSchema(fields: Fields, dimensions: RequestFields['dimensions']) {
  const name = (what: string, example: string) => fields.metricName(`The metric that counts ${what} events.`, example);
  const shape = {
    namespace: fields.metricName('The namespace of both metrics.', 'AWS/ApiGateway'),
    dimensions: dimensions(text.dimensions).optional(),
    bad: name('bad', '5xx').optional(),
    good: name('good', 'Delivered').optional(),
    total: name('all', 'Count'),
  };
  return map(shape).transform((entry, sink): Omit<MetricIndicator, 'kind'> => {
    const { namespace, dimensions: values = {}, bad, good, total } = entry;
    if (bad !== undefined && good !== undefined)
      return refuse(
        sink,
        { code: 'METRIC', message: 'stands beside bad: one of them and the total are enough' },
        'good',
      );
    if (bad !== undefined) return { namespace, dimensions: values, counts: { bad, total } };
    if (good !== undefined) return { namespace, dimensions: values, counts: { good, total } };
    return refuse(sink, { code: 'METRIC', message: 'must name the metric that counts bad events, or good ones' });
  });
}

function windowSchema(fields: Fields) {
  const rolling = fields.duration(text.window, 60 * minute, 365 * day);
  const shape = {
    calendar: choice(calendarUnits).meta({ description: text.calendar }),
    timezone: fields.timeZone('The IANA time zone of its midnights. UTC by default.').optional(),
  };
  return z.union([rolling, map(shape)]).meta({ description: text.window });
}

function burnRuleSchema(fields: Fields) {
  const shape = {
    severity: choice(['page', 'ticket']),
    budget: fields.share('Fires when more than this share of the budget burns within the long window.'),
    long: fields.span('The long window. The short one follows from it.', minute, 30 * day),
    minBadEvents: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ description: 'At least so many bad events: 3 for a page, 5 for a ticket.' }),
    notify: notifySchema(fields),
    ...followUp(fields),
    runbook: fields.line(runbook, 512, 'docs/runbooks/api.md').optional(),
  };
  return tellingOthers(
    map(shape, [], {
      short: 'is no key here: it is long ÷ 12, and three intervals at least',
      threshold: fromShare,
      burnRate: fromShare,
    }),
  );
}
