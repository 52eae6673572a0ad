import { z } from 'zod';
import { httpMethods, operators, weekdays } from '../model.ts';
import { type Context, choice, createFields, type Fields, idPattern, map, mostHeaders, refuse } from './fields.ts';

export const most = {
  monitors: 10_000,
  channels: 50,
  slos: 500,
  maintenance: 200,
  assertions: 50,
  alerts: 20,
  notify: 20,
} as const;
const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
/** A tick has 30 s, of which 8 are kept for its row: a longer attempt would be cut off and never judged. */
const longestTimeoutMs = 20 * second;

const description = {
  file: 'What Burnwatch watches, and whom it tells.',
  extensions: 'Yours: a place for anchors. Not read.',
};

/** The parts of the file, each of which is parsed for itself, so that a fault in one hides no fault in another. */
export function createSchemas(context: Context) {
  const fields = createFields(context);
  const retry = retrySchema(fields);
  const channel = map({
    type: choice(['email'], laterChannels),
    to: fields.email('The address that alerts are sent to.'),
  });
  return {
    version: z.literal(1).meta({ description: 'The version of this language: 1.' }),
    service: fields.service('Names every resource in AWS.'),
    defaults: map(
      { interval: fields.interval(text.interval).optional(), ...settings(fields, retry) },
      laterMonitorKeys,
    ),
    channel,
    monitor: monitorSchema(fields, retry),
    slo: sloSchema(fields),
    maintenance: maintenanceSchema(fields),
  };
}
export type Schemas = ReturnType<typeof createSchemas>;

const laterSections = ['bursts', 'backstop', 'profile', 'locations', 'status', 'dashboards', 'quorum'];
const laterChannels = ['slack', 'pagerduty', 'teams', 'webhook', 'alertmanager', 'sns'];
const laterMonitors = ['tcp', 'tls', 'dns', 'flow', 'heartbeat'];
const laterMonitorKeys = [
  'dependsOn',
  'locations',
  'quorum',
  'minLocations',
  'tags',
  'steps',
  'deadline',
  'profile',
  'sli',
  'tls',
  'repeatEvery',
  'period',
  'grace',
];
const laterRequestKeys = ['body', 'json', 'form', 'auth', 'tls', 'query', 'proxy'];

/** The whole file as one schema: what editors complete from, and the list of its sections. */
export function fileSchema(schemas: Record<keyof Schemas, z.ZodType>) {
  const ids = { propertyNames: { pattern: idPattern } };
  const section = <T extends z.ZodType>(schema: T, about: string, maxProperties: number) =>
    z.record(z.string(), schema).meta({ description: about, ...ids, maxProperties });
  const shape = {
    version: schemas.version,
    service: schemas.service,
    defaults: schemas.defaults.optional().meta({ description: 'What every monitor takes that says nothing else.' }),
    channels: section(schemas.channel, 'Where alerts are delivered.', most.channels).optional(),
    monitors: section(schemas.monitor, 'What is probed, by name. The name is its identity.', most.monitors),
    slos: section(schemas.slo, 'What is promised of the monitors.', most.slos).optional(),
    maintenance: z.array(schemas.maintenance).max(most.maintenance).optional().meta({ description: text.maintenance }),
  };
  return map(shape, laterSections).meta({
    title: 'Burnwatch monitors.yml',
    description: description.file,
    patternProperties: { '^x-': { description: description.extensions } },
  });
}

const text = {
  interval: 'How often it is probed, in whole minutes: 1m (the default) to 24h.',
  timeout: 'The wall clock of one attempt, redirects and body included, at most 20s. 5s by default.',
  degradedAfter: 'A probe that passes slower than this is degraded.',
  allowPrivate: 'Let it probe private, loopback and link-local addresses.',
  maxBodyBytes: 'At most this much of a body is read. 1048576 by default.',
  maintenance: 'Planned spans, each week: probes go on, and count neither as good nor as bad.',
  notify: 'The channels that are told.',
  runbook: 'A link or a path: what to look at first.',
};

function settings(fields: Fields, retry: ReturnType<typeof retrySchema>) {
  return {
    timeout: fields.duration(text.timeout, 100, longestTimeoutMs).optional(),
    retry: retry.optional(),
    degradedAfter: fields.duration(text.degradedAfter, 1, minute).optional(),
    allowPrivate: z.boolean().optional().meta({ description: text.allowPrivate }),
    maxBodyBytes: z.int().min(1).max(10_485_760).optional().meta({ description: text.maxBodyBytes }),
  };
}

function retrySchema(fields: Fields) {
  const shape = {
    limit: z
      .int()
      .min(0)
      .max(5)
      .optional()
      .meta({ description: 'Attempts after a failed first one, to confirm it. 1 by default.' }),
    delay: fields.duration('The wait before each of them. 1s by default.', 0, minute).optional(),
  };
  return map(shape, ['backoff', 'on', 'budget']).meta({
    description: 'The confirmation of a failure inside one probe.',
  });
}

function monitorSchema(fields: Fields, retry: ReturnType<typeof retrySchema>) {
  const shape = {
    type: choice(['http'], laterMonitors),
    formerly: z
      .string()
      .regex(new RegExp(idPattern))
      .optional()
      .meta({ description: 'The name it was born with: its history stays with it.' }),
    interval: fields.interval(text.interval).optional(),
    ...settings(fields, retry),
    request: requestSchema(fields),
    assertions: z
      .array(assertionSchema(fields))
      .max(most.assertions)
      .optional()
      .meta({ description: 'What must hold. Without one on the status, 200-299 is asked for.' }),
    alerts: z
      .array(monitorAlertSchema(fields))
      .max(most.alerts)
      .optional()
      .meta({ description: 'When somebody is told.' }),
  };
  return map(shape, laterMonitorKeys.concat('host', 'port', 'schedule'));
}

function requestSchema(fields: Fields) {
  const shape = {
    url: fields.url(`Where to: http or https. \${env:…}, \${ssm:…} and \${output:…} work here.`),
    method: choice(httpMethods).optional().meta({ description: 'GET by default.' }),
    headers: fields
      .headers(
        z
          .record(z.string(), z.unknown().meta({ type: 'string' }))
          .meta({ description: `Sent with it. Secrets come from \${ssm:/path}.`, maxProperties: mostHeaders }),
      )
      .optional(),
    followRedirects: z.boolean().optional().meta({ description: 'true by default.' }),
    maxRedirects: z.int().min(0).max(20).optional().meta({ description: '5 by default.' }),
  };
  return map(shape, laterRequestKeys);
}

/** The shape alone, for editors; what it means is read by the room of assertions. */
function assertionSchema(fields: Fields) {
  const object = map(
    {
      source: z.string().meta({ examples: ['status', 'latency', 'header', 'body', 'json'] }),
      path: z.string().optional(),
      op: z.string().meta({ examples: [...operators] }),
      value: z.unknown().optional(),
      severity: z
        .string()
        .optional()
        .meta({ examples: ['fail', 'degrade'] }),
    },
    ['as', 'schema'],
  );
  return fields.assertion(z.union([z.string().meta({ examples: ['status == 200', 'latency < 500ms'] }), object]));
}

function monitorAlertSchema(fields: Fields) {
  const window = map({
    failures: z.int().min(1).max(60),
    of: z.int().min(1).max(60).optional().meta({ description: 'As many as failures by default.' }),
  }).transform(({ failures, of = failures }, sink) => {
    if (failures <= of) return { failures, of };
    const message = `must be at most ${of}, the probes that are looked at (of), got ${failures}`;
    return refuse(sink, { code: 'ALERT_WINDOW', message }, 'failures');
  });
  const shape = {
    for: window.optional().meta({ description: 'Fires when so many of the last probes failed: 3 of 3 by default.' }),
    recover: map({ successes: z.int().min(1).max(60) })
      .optional()
      .meta({ description: 'Resolves after so many good ones: 2 by default.' }),
    severity: choice(['page', 'ticket']).optional().meta({ description: 'page by default.' }),
    notify: notifySchema(fields),
    runbook: fields.line(text.runbook, 512, 'docs/runbooks/api.md').optional(),
  };
  return map(shape, ['repeatEvery']);
}

function notifySchema(fields: Fields) {
  return z.array(fields.channel()).min(1).max(most.notify).meta({ description: text.notify });
}

function sloSchema(fields: Fields) {
  const monitors = z.array(fields.monitor()).min(1).max(most.monitors);
  const shape = {
    indicator: map({ monitors }, ['cloudwatch', 'bursts', 'latency']).meta({
      description: 'What is counted: the probes of these monitors.',
    }),
    objective: fields.objective('The part of them that must be good, such as 99.9%.'),
    window: fields.duration('The period that it is judged over, such as 30d.', 60 * minute, 365 * day),
    alerts: z
      .array(burnRuleSchema(fields))
      .max(most.alerts)
      .optional()
      .meta({ description: 'How fast its error budget may burn.' }),
  };
  return map(shape, ['budgetingMethod', 'locations', 'excludeDependency', 'degraded', 'countDegraded']);
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
    runbook: fields.line(text.runbook, 512, 'docs/runbooks/api.md').optional(),
  };
  return map(shape, ['repeatEvery', 'short', 'threshold']);
}

function maintenanceSchema(fields: Fields) {
  const shape = {
    monitors: z.array(fields.monitor()).min(1).max(most.monitors),
    start: fields.time('The wall-clock time at which it starts, such as "02:00".'),
    duration: fields.duration('How long it lasts, at most 24h.', minute, day),
    every: z.array(choice(weekdays)).min(1).max(7).meta({ description: 'The days on which it starts.' }),
    timezone: fields.timeZone('The IANA time zone of its start. UTC by default.').optional(),
    reason: fields.line('Why, for whoever reads the history.', 200, 'backup'),
  };
  return map(shape, ['cron', 'tags', 'date', 'until']);
}
