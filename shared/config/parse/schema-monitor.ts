import { z } from 'zod';
import { type AssertionSource, assertionSources } from '../model.ts';
import { choice, type Fields, map, type Sources } from './fields.ts';
import { day, minute } from './limits.ts';
import { agreement } from './locations.ts';
import type { RequestFields } from './request-fields.ts';
import { flowShape } from './schema-flow.ts';
import { alerting, assertions, attempt, body, identity, interval, judgement } from './schema-parts.ts';
import { dnsRequestSchema, httpRequestSchema, tcpRequestSchema, tlsRequestSchema } from './schema-request.ts';

/** The fields that are sent, by what may be put into them. */
export type Sent = { readonly http: RequestFields; readonly flow: RequestFields; readonly plain: RequestFields };

/** What later versions will know of a monitor. */
const soon = ['locations', 'tags', 'profile', 'sli', 'schedule'];
const inRequest = 'belongs inside request';
const inStep = 'belongs inside a step of the flow';
const ofFile = 'belongs at the top of the file, or to a monitor';
const atHome = 'is no key of a heartbeat, which is judged at home alone';
const calm = 'is no key of a heartbeat, which is judged every minute; it has a period';
const ofFlow = 'belongs to monitors of type flow';
const ofHeartbeat = 'belongs to monitors of type heartbeat';
const inAlert = 'belongs inside alerts, such as alerts: [{ notify: [oncall], repeatEvery: 4h }]';
const forAll = {
  steps: ofFlow,
  deadline: ofFlow,
  period: ofHeartbeat,
  grace: ofHeartbeat,
  repeatEvery: inAlert,
  escalate: inAlert,
};
const elsewhere = {
  request: { ...forAll, url: inRequest, method: inRequest, headers: inRequest, host: inRequest, port: inRequest },
  flow: {
    ...forAll,
    request: inStep,
    assertions: inStep,
    maxBodyBytes: inStep,
    extract: inStep,
    timeout: 'is no key of a flow: it has a deadline, and each of its steps a timeout',
  },
  heartbeat: {
    ...forAll,
    quorum: atHome,
    minLocations: atHome,
    ...Object.fromEntries(
      ['request', 'assertions', 'timeout', 'interval', 'degradedAfter', 'retry', 'maxBodyBytes', 'allowPrivate'].map(
        (key) => [key, calm],
      ),
    ),
  },
};

const sources = {
  http: { of: 'http monitors', sources: without('dns') },
  step: { of: 'steps of flows', sources: without('dns') },
  tcp: { of: 'tcp monitors', sources: ['latency', 'phase', 'body', 'tls', 'certificate'] },
  tls: { of: 'tls monitors', sources: ['latency', 'phase', 'tls', 'certificate'] },
  dns: { of: 'dns monitors', sources: ['latency', 'phase', 'dns'] },
} as const satisfies Readonly<Record<string, Sources>>;

function without(left: AssertionSource): readonly AssertionSource[] {
  return assertionSources.filter((source) => source !== left);
}

/** What every monitor takes that says nothing else. */
export function defaultsSchema(fields: Fields) {
  const shape = { ...interval(fields), ...attempt(fields), ...judgement(fields), ...body() };
  return map(shape, soon, {
    dependsOn: 'belongs to a monitor: no two have the same',
    quorum: ofFile,
    minLocations: ofFile,
  });
}

/** What all types share whose probes are single attempts. */
function usual(fields: Fields) {
  return { ...identity(), ...interval(fields), ...attempt(fields), ...judgement(fields), ...agreement() };
}

/** A monitor, read by the keys of its own type. */
export function monitorSchema(fields: Fields, sent: Sent) {
  return z.discriminatedUnion('type', [
    httpSchema(fields, sent),
    tcpSchema(fields, sent),
    tlsSchema(fields, sent),
    dnsSchema(fields, sent),
    flowSchema(fields, sent),
    heartbeatSchema(fields),
  ]);
}

function httpSchema(fields: Fields, sent: Sent) {
  const shape = {
    type: choice(['http']),
    ...usual(fields),
    ...body(),
    request: httpRequestSchema(fields, sent.http),
    assertions: assertions(fields, sources.http, 'Without one on the status, 200-299 is asked for.'),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.request);
}

function tcpSchema(fields: Fields, sent: Sent) {
  const shape = {
    type: choice(['tcp']),
    ...usual(fields),
    ...body(),
    request: tcpRequestSchema(fields, sent.plain),
    assertions: assertions(fields, sources.tcp, 'body is all that came.'),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.request);
}

function tlsSchema(fields: Fields, sent: Sent) {
  const shape = {
    type: choice(['tls']),
    ...usual(fields),
    request: tlsRequestSchema(fields, sent.plain),
    assertions: assertions(fields, sources.tls, 'That the certificate is valid is asked for anyway.'),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.request);
}

function dnsSchema(fields: Fields, sent: Sent) {
  const shape = {
    type: choice(['dns']),
    ...usual(fields),
    request: dnsRequestSchema(fields, sent.plain),
    assertions: assertions(fields, sources.dns, 'Without one on dns.rcode, NOERROR is asked for.'),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.request);
}

function flowSchema(fields: Fields, sent: Sent) {
  const shape = {
    type: choice(['flow']),
    ...identity(),
    ...interval(fields),
    ...judgement(fields),
    ...agreement(),
    ...flowShape(fields, sent.flow, sources.step),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.flow);
}

function heartbeatSchema(fields: Fields) {
  const shape = {
    type: choice(['heartbeat']),
    ...identity(),
    period: fields.minutes(
      'How often it is called: whole minutes, 1m to 31d. One event of an SLI each.',
      minute,
      31 * day,
    ),
    grace: fields
      .minutes(
        'How much later a call may come before it has failed: whole minutes, up to 31d. 1m by default.',
        0,
        31 * day,
      )
      .optional(),
    ...alerting(fields),
  };
  return map(shape, soon, elsewhere.heartbeat);
}
