import { z } from 'zod';
import { dashboardNames, weekdays } from '../model.ts';
import { drillSchema } from './drill.ts';
import { type Context, choice, createFields, type Fields, idPattern, map } from './fields.ts';
import { day, minute, most } from './limits.ts';
import { agreement, locationsSchema } from './locations.ts';
import { createRequestFields } from './request-fields.ts';
import { alarmSchema } from './schema-alarm.ts';
import { allowedSchema, burstSchema } from './schema-burst.ts';
import { channelSchema } from './schema-channel.ts';
import { defaultsSchema, monitorSchema } from './schema-monitor.ts';
import { sloSchema } from './schema-slo.ts';

const description = {
  acknowledge:
    'link: messages carry an address at which somebody says that they are at it. Its key is made once: see docs/alerts.md.',
  dashboards:
    'Those that are deployed: all, or a list; overview, slos and application by default. What they cost: npx burnwatch dashboards.',
  drill:
    'A test alert that is sent by itself, and told of as an alert when it does not come through: see docs/drills.md.',
  allow: 'Hosts that bursts may load beside those that monitors name.',
  file: 'What Burnwatch watches, and whom it tells.',
  maintenance: 'Planned spans, each week: probes go on, and count neither as good nor as bad.',
  extensions: 'Yours: a place for anchors. Not read.',
};

/** The parts of the file, each of which is parsed for itself, so that a fault in one hides no fault in another. */
export function createSchemas(context: Context) {
  const fields = createFields(context);
  const metric = createRequestFields(context.env, 'metric');
  const sent = {
    http: createRequestFields(context.env, 'http'),
    flow: createRequestFields(context.env, 'flow'),
    plain: createRequestFields(context.env, 'plain'),
    burst: createRequestFields(context.env, 'burst'),
    channel: createRequestFields(context.env, 'channel'),
  };
  return {
    version: z.literal(1).meta({ description: 'The version of this language: 1.' }),
    service: fields.service('Names every resource in AWS.'),
    defaults: defaultsSchema(fields),
    channel: channelSchema(fields, sent.channel),
    monitor: monitorSchema(fields, sent),
    slo: sloSchema(fields, metric),
    burst: burstSchema(fields, sent.burst, context),
    alarm: alarmSchema(fields, metric),
    allowed: allowedSchema(sent.plain),
    maintenance: maintenanceSchema(fields),
    acknowledge: choice(['link']),
    dashboards: z.union([
      z.array(choice(dashboardNames)).max(dashboardNames.length),
      choice(['all', ...dashboardNames]),
    ]),
    drill: drillSchema(fields),
    locations: locationsSchema(fields),
    ...agreement(),
  };
}
export type Schemas = ReturnType<typeof createSchemas>;

const laterSections = ['backstop', 'profile', 'status'];

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
    bursts: section(schemas.burst, 'Bounded load runs, by name.', most.bursts).optional(),
    alarms: section(
      schemas.alarm,
      'Plain alarms of CloudWatch on any of its metrics, by name.',
      most.alarms,
    ).optional(),
    allow: z.array(schemas.allowed).max(most.allow).optional().meta({ description: description.allow }),
    maintenance: z
      .array(schemas.maintenance)
      .max(most.maintenance)
      .optional()
      .meta({ description: description.maintenance }),
    acknowledge: schemas.acknowledge.optional().meta({ description: description.acknowledge }),
    dashboards: schemas.dashboards.optional().meta({ description: description.dashboards }),
    drill: schemas.drill.optional().meta({ description: description.drill }),
    locations: schemas.locations.optional(),
    quorum: schemas.quorum,
    minLocations: schemas.minLocations,
  };
  return map(shape, laterSections).meta({
    title: 'Burnwatch monitors.yml',
    description: description.file,
    patternProperties: { '^x-': { description: description.extensions } },
  });
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
