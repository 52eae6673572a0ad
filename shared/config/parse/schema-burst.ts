import { z } from 'zod';
import { readBaseline } from './burst-values.ts';
import { type Context, choice, expandFixed, type Fields, map, own, refuse, type Sink } from './fields.ts';
import { longestBurstTimeoutMs, most } from './limits.ts';
import { type Environment, isVariableName } from './reference.ts';
import type { Refusal } from './request.ts';
import type { RequestFields } from './request-fields.ts';
import { abortSchema, limitsSchema, loadShape, statusesSchema } from './schema-load.ts';
import { followUp, notifySchema, runbook, tellingOthers } from './schema-parts.ts';
import { httpRequestSchema } from './schema-request.ts';
import { isSecretName } from './secret.ts';

const soon = ['locations', 'tags', 'profile'];
const inRequest = 'belongs inside request';
const inStages = 'belongs inside stages, such as stages: [{ hold: 200/s, for: 10s }]';
const inSearch = 'belongs inside search';
const inAlert = 'belongs inside alerts, such as alerts: [{ notify: [oncall] }]';
const elsewhere = {
  url: inRequest,
  method: inRequest,
  headers: inRequest,
  body: inRequest,
  followRedirects: inRequest,
  weight: 'belongs inside mix',
  flow: 'belongs inside mix, such as mix: [{ flow: checkout }]',
  hold: inStages,
  rampTo: inStages,
  rate: inStages,
  duration: 'belongs inside limits; how long a run takes is said by stages, or by for',
  from: inSearch,
  to: inSearch,
  precision: inSearch,
  notify: inAlert,
  severity: inAlert,
  repeatEvery: inAlert,
  escalate: inAlert,
  interval: 'is no key of a burst: it has a schedule',
  assertions: 'is no key of a burst: it has thresholds, and failures',
  retry: 'is no key of a burst: each of its requests is sent once',
};

/** A bounded load run: what is sent, how much of it and when, and what must hold. */
export function burstSchema(fields: Fields, sent: RequestFields, { env }: Pick<Context, 'env'>) {
  const shape = {
    schedule: fields
      .schedule('When it runs by itself: cron(…) or rate(…) of EventBridge Scheduler. By hand only by default.')
      .optional(),
    timezone: fields.timeZone('The IANA time zone of its schedule. UTC by default.').optional(),
    request: httpRequestSchema(fields, sent).optional(),
    mix: z.array(unitSchema(fields, sent)).min(1).max(most.mix).optional().meta({
      description: 'Several requests and flows in the place of one request, each as often as its weight says.',
    }),
    data: z
      .array(rowSchema(env))
      .min(1)
      .max(most.rows)
      .optional()
      .meta({ description: `Rows for \${data.name} in requests: each request takes the next one.` }),
    ...loadShape(fields),
    timeout: fields
      .duration('The wall clock of one request, at most 1m. That of the defaults, or 5s.', 100, longestBurstTimeoutMs)
      .optional(),
    freshConnections: z.boolean().optional().meta({ description: 'A connection for each request. false by default.' }),
    allowPrivate: z
      .boolean()
      .optional()
      .meta({ description: 'Let it load private, loopback and link-local addresses. false by default.' }),
    limits: limitsSchema(fields).optional(),
    failures: statusesSchema('Answers that are failures: 400-599 by default.').optional(),
    abortIf: abortSchema(fields).optional(),
    thresholds: z.array(fields.threshold()).max(most.thresholds).optional().meta({
      description: 'What must hold of a run: p99 < 300ms, errorRatio < 0.1%, throughput > 190/s, dropped == 0.',
    }),
    compare: compareSchema(fields).optional(),
    requireBudget: budgetSchema(fields).optional(),
    shards: z
      .int()
      .min(1)
      .max(most.shards)
      .optional()
      .meta({ description: 'So many invocations send it together. 1 by default.' }),
    alerts: z.array(alertSchema(fields)).max(most.alerts).optional().meta({ description: 'When somebody is told.' }),
  };
  return map(shape, soon, elsewhere);
}

/** `allow`: hosts that bursts may load beside those of the monitors. */
export function allowedSchema(sent: RequestFields) {
  return sent.host('A host name or an address, without scheme, port or path.');
}

function unitSchema(fields: Fields, sent: RequestFields) {
  const shape = {
    weight: z
      .int()
      .min(1)
      .max(most.weight)
      .optional()
      .meta({ description: 'How often, beside the others. 1 by default.' }),
    request: httpRequestSchema(fields, sent).optional(),
    flow: fields.monitor().optional(),
  };
  return map(shape, [], { url: inRequest, method: inRequest, headers: inRequest }).transform(
    ({ weight = 1, request, flow }, sink) => {
      if (request !== undefined && flow === undefined) return { weight, request };
      if (flow !== undefined && request === undefined) return { weight, flow };
      return refuse(sink, { code: 'MIX', message: 'must have exactly one of request and flow' });
    },
  );
}

const scalar = { type: ['string', 'number', 'boolean'] as ('string' | 'number' | 'boolean')[] };
const longestCell = 1_024;

function rowSchema(env: Environment) {
  return z
    .record(z.string(), z.unknown().meta(scalar))
    .meta({ description: 'Names with their values.', minProperties: 1, maxProperties: most.columns })
    .transform((raw, sink) => readRow(raw, env, sink));
}

/** Every cell is judged, whatever the others are. */
function readRow(raw: Record<string, unknown>, env: Environment, sink: Sink): Record<string, string> {
  const names = Object.keys(raw);
  if (names.length < 1 || names.length > most.columns) {
    refuse(sink, { code: 'COUNT', message: `must have 1 to ${most.columns} entries, got ${names.length}` });
  }
  const cells = names.map((name) => {
    const cell = readCell(name, raw[name], env);
    return [name, typeof cell === 'string' ? cell : refuse(sink, cell, name)] as const;
  });
  return Object.fromEntries(cells);
}

function readCell(name: string, value: unknown, env: Environment): string | Refusal {
  if (!isVariableName(name)) {
    return { code: 'DATA', message: 'a name must be at most 64 letters, digits and _, no digit first' };
  }
  if (isSecretName(name)) {
    const message = `looks like a secret: data lie in the bundle, so write \${ssm:/path} in the request`;
    return { code: 'SECRET', message };
  }
  if (typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return { code: 'TYPE', message: 'must be a text, a number, or true or false' };
  const fixed = expandFixed(value, env);
  if (!fixed.ok) return fixed;
  const isCell = fixed.text.length <= longestCell && !/[\p{Cc}\u2028\u2029]/u.test(fixed.text);
  return isCell ? fixed.text : { code: 'LINE', message: `must be one line of at most ${longestCell} characters` };
}

function compareSchema(fields: Fields) {
  const baseline = { type: ['string', 'integer'] as ('string' | 'integer')[], examples: ['last 5', 5] };
  const shape = {
    baseline: own(
      { ...baseline, description: 'How many earlier good runs: last 5 by default.' },
      readBaseline,
    ).optional(),
    tolerate: fields.share('How much worse is still no regression. 20% by default.').optional(),
  };
  return map(shape).meta({
    description: 'Against the last good runs of this burst: what is worse, and no chance, is told.',
  });
}

function budgetSchema(fields: Fields) {
  const about = 'It is not run while an SLO has less of its error budget left, or an incident of it is open.';
  const long = map({
    left: fields.share('So much must be left.'),
    slos: z
      .array(fields.slo())
      .min(1)
      .max(most.slos)
      .optional()
      .meta({ description: 'Those of the same host by default.' }),
  });
  const share = fields.share('So much must be left, of every SLO over a monitor of the same host.');
  return z.union([share, long]).meta({ description: about });
}

function alertSchema(fields: Fields) {
  const shape = {
    severity: choice(['page', 'ticket']).optional().meta({ description: 'ticket by default.' }),
    notify: notifySchema(fields),
    ...followUp(fields),
    runbook: fields.line(runbook, 512, 'docs/runbooks/api.md').optional(),
  };
  return tellingOthers(map(shape, [], { for: 'is no key here: the alert fires after one run that did not hold' }));
}
