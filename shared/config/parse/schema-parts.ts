import { z } from 'zod';
import { operators } from '../model.ts';
import { choice, type Fields, idPattern, map, refuse, type Sources } from './fields.ts';
import { day, longestTimeoutMs, minute, most } from './limits.ts';

export const runbook = 'A link or a path: what to look at first.';
const text = {
  interval: 'How often it is probed: whole minutes up to 24h, or 5s, 6s, 10s, 12s, 15s, 20s, 30s. 1m by default.',
  timeout: 'The wall clock of one attempt, redirects and body included, at most 20s. 5s by default.',
  degradedAfter: 'A probe that passes slower than this is degraded.',
  allowPrivate: 'Let it probe private, loopback and link-local addresses.',
  maxBodyBytes: 'At most this much of a body is read. 1048576 by default.',
  dependsOn: 'Monitors without which it cannot work: while one of them fails, no alert of this one fires anew.',
};

export function identity() {
  return {
    formerly: z
      .string()
      .regex(new RegExp(idPattern))
      .optional()
      .meta({ description: 'The name it was born with: its history stays with it.' }),
  };
}

/** When somebody is told, and when not. */
export function alerting(fields: Fields) {
  return {
    dependsOn: z
      .array(fields.monitor())
      .min(1)
      .max(most.dependsOn)
      .optional()
      .meta({ description: text.dependsOn, uniqueItems: true }),
    alerts: z.array(alertSchema(fields)).max(most.alerts).optional().meta({ description: 'When somebody is told.' }),
  };
}

export function interval(fields: Fields) {
  return { interval: fields.interval(text.interval).optional() };
}

export function judgement(fields: Fields) {
  return {
    retry: retrySchema(fields).optional(),
    degradedAfter: fields.duration(text.degradedAfter, 1, minute).optional(),
    allowPrivate: z.boolean().optional().meta({ description: text.allowPrivate }),
  };
}

export function attempt(fields: Fields) {
  return { timeout: fields.duration(text.timeout, 100, longestTimeoutMs).optional() };
}

export function body() {
  return { maxBodyBytes: z.int().min(1).max(10_485_760).optional().meta({ description: text.maxBodyBytes }) };
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

/** The shape alone, for editors; what it means is read by the room of assertions. */
export function assertions(fields: Fields, { of, sources }: Sources, implied: string) {
  const object = map(
    {
      source: z.string().meta({ examples: [...sources] }),
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
  const either = z.union([z.string().meta({ examples: ['status == 200', 'latency < 500ms'] }), object]);
  return z
    .array(fields.assertion(either, { of, sources }))
    .max(most.assertions)
    .optional()
    .meta({ description: `What must hold. ${implied}` });
}

function alertSchema(fields: Fields) {
  const window = map({
    failures: z.int().min(1).max(60),
    of: z.int().min(1).max(60).optional().meta({ description: 'As many as failures by default.' }),
  }).transform(({ failures, of = failures }, sink) => {
    if (failures <= of) return { failures, of };
    const message = `must be at most ${of}, the probes that are looked at (of), got ${failures}`;
    return refuse(sink, { code: 'ALERT_WINDOW', message }, 'failures');
  });
  const shape = {
    for: window
      .optional()
      .meta({ description: 'Fires when so many of the last probes failed: 3 of 3 by default, of a heartbeat 1 of 1.' }),
    recover: map({ successes: z.int().min(1).max(60) })
      .optional()
      .meta({ description: 'Resolves after so many good ones: 2 by default, of a heartbeat 1.' }),
    severity: choice(['page', 'ticket']).optional().meta({ description: 'page by default.' }),
    notify: notifySchema(fields),
    ...followUp(fields),
    runbook: fields.line(runbook, 512, 'docs/runbooks/api.md').optional(),
  };
  return tellingOthers(map(shape));
}

const longestWaitMs = 31 * day;

/** What is told of an alert of any kind while it goes on. */
export function followUp(fields: Fields) {
  return {
    repeatEvery: fields
      .minutes(
        'While it fires it is told again so often, until somebody acknowledges it: 5m to 31d.',
        5 * minute,
        longestWaitMs,
      )
      .optional(),
    escalate: map({
      after: fields.minutes('So long after it fired: 1m to 31d.', minute, longestWaitMs),
      notify: notifySchema(fields),
    })
      .optional()
      .meta({ description: 'Whom else to tell when it still fires, and nobody has acknowledged it.' }),
  };
}

type Followed = {
  readonly notify: readonly string[];
  readonly escalate?: { readonly notify: readonly string[] } | undefined;
};

/** Refuses an escalation that tells nobody new. */
export function tellingOthers<T extends z.ZodType<Followed>>(alert: T) {
  return alert.transform((entry: z.output<T>, sink) => {
    if (entry.escalate?.notify.every((channel) => entry.notify.includes(channel)) !== true) return entry;
    const message = 'tells nobody new: each of these channels is in notify already';
    return refuse(sink, { code: 'REPEATED', message }, 'escalate', 'notify');
  });
}

export function notifySchema(fields: Fields) {
  return z.array(fields.channel()).min(1).max(most.notify).meta({ description: 'The channels that are told.' });
}
