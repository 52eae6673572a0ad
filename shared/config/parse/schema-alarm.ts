import { z } from 'zod';
import { missingTreatments } from '../model.ts';
import { ownFunctions, ownTables, presetNames } from './alarm-presets.ts';
import { readLimit, readStat } from './alarm-values.ts';
import { choice, type Fields, map, own } from './fields.ts';
import { day, second } from './limits.ts';
import type { RequestFields } from './request-fields.ts';
import { notifySchema, runbook } from './schema-parts.ts';

const text = {
  preset: 'An alarm that is ready: `npx burnwatch alarms --presets` lists them.',
  function: 'The function of this stack that it watches.',
  table: 'The table of this stack that it watches.',
  metric: 'One metric of CloudWatch under one statistic.',
  ratio: 'The share that one metric has of another, by their sums. A period without any of the total has no data.',
  dimensions: 'All of them: to CloudWatch a metric with one less is another one.',
  perSecond: 'The sum divided by the seconds of the period.',
  above: 'Rings above it: a number, a percentage of a ratio, a duration of a metric that is in milliseconds.',
  below: 'Rings below it.',
  levels:
    'In place of above and severity: an alarm for each, the lower one for a ticket and the higher one for a page.',
  for: 'Rings when so many of the last periods crossed the limit: 3 of 5 by default.',
  period: 'How long a period is: 10s, 20s or 30s of a metric that is sent so often, or whole minutes. 1m by default.',
  missing: 'What a period without data is taken for: notBreaching by default.',
  reason: 'Why it matters: it stands in the message.',
};
/** With all else that the description of an alarm holds: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const longestReason = 240;
const longestRunbook = 240;
const mostPeriods = 8_640;

export function alarmSchema(fields: Fields, { dimensions }: Pick<RequestFields, 'dimensions'>) {
  const name = (about: string, example: string) => fields.metricName(about, example);
  const common = {
    namespace: name('Its namespace.', 'AWS/ApiGateway'),
    dimensions: dimensions(text.dimensions).optional(),
  };
  const limit = (description: string) =>
    own({ description, type: ['number', 'string'], examples: [10, '5%', '300ms'] }, readLimit);
  const shape = {
    preset: choice(presetNames).optional().meta({ description: text.preset }),
    function: choice(ownFunctions).optional().meta({ description: text.function }),
    table: choice(ownTables).optional().meta({ description: text.table }),
    metric: map({ ...common, name: name('Its name.', '5xx'), stat: statSchema().optional() })
      .optional()
      .meta({ description: text.metric }),
    ratio: map({
      ...common,
      bad: name('The metric that counts the part.', '5xx'),
      total: name('The one that counts all.', 'Count'),
    })
      .optional()
      .meta({ description: text.ratio }),
    perSecond: z.boolean().optional().meta({ description: text.perSecond }),
    above: limit(text.above).optional(),
    below: limit(text.below).optional(),
    levels: map({ ticket: limit('Above it, a ticket.').optional(), page: limit('Above it, a page.').optional() })
      .optional()
      .meta({ description: text.levels }),
    for: map({
      datapoints: z.int().min(1).max(mostPeriods),
      of: z.int().min(1).max(mostPeriods).optional().meta({ description: 'As many as datapoints by default.' }),
    })
      .optional()
      .meta({ description: text.for }),
    period: fields.duration(text.period, 10 * second, day).optional(),
    missing: choice(missingTreatments).optional().meta({ description: text.missing }),
    severity: choice(['page', 'ticket']).optional().meta({ description: 'page by default.' }),
    notify: notifySchema(fields),
    reason: fields.line(text.reason, longestReason, 'Customers cannot pay.').optional(),
    runbook: fields.line(runbook, longestRunbook, 'docs/runbooks/checkout.md').optional(),
  };
  return map(shape, ['composite', 'anomaly', 'search'], {
    threshold: 'is written as above or below',
    stat: 'belongs into metric',
    dimensions: 'belongs into metric or ratio',
    description: 'is written as reason',
  });
}
export type AlarmEntry = z.output<ReturnType<typeof alarmSchema>>;

function statSchema() {
  const description = 'sum, average, minimum, maximum, sampleCount, or p50 to p99.99. With perSecond it is sum.';
  return own({ description, type: 'string', examples: ['sum', 'p99'] }, readStat);
}
