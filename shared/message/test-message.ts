import { createHash } from 'node:crypto';
import type { AlertFacts, Transition, TransitionKind } from '../alert/model.ts';
import type { Config, HttpMonitor, Severity } from '../config/model.ts';
import type { Message } from './model.ts';
import { buildNotices } from './notice.ts';
import { renderMessage } from './render.ts';

/** What a test message tells: who asks for it, on which channel, as what. */
export type TestMessage = {
  readonly service: string;
  readonly environment: string;
  readonly channel: string;
  readonly kind: TransitionKind;
  readonly severity: Severity;
  /** Who sends it, for what is told of people. */
  readonly by: string;
  /** Epoch ms. */
  readonly now: number;
};

const minuteMs = 60_000;
const alertId = 'monitor/example/0';

/**
 * A message of a monitor that there is not, by the renderer of all messages, marked as a test. Those of one channel are of one
 * incident, so that one that is resolved ends what one that fired began; each is another message.
 */
export function renderTest(test: TestMessage): Message {
  const { service, environment, channel, kind, now } = test;
  const incidentId = idOf(['test', service, environment, channel], 12);
  const isOver = kind === 'resolved' || kind === 'closed';
  const openedAt = now - (kind === 'fired' ? 0 : 10 * minuteMs);
  const member = { alertId, firedAt: openedAt, ...(isOver && { resolvedAt: now }) };
  const transitions = (kind === 'resolved' ? (['resolved', 'closed'] as const) : [kind]).map((each) =>
    transitionOf(test, each, { incidentId, openedAt }),
  );
  const [notice] = buildNotices(transitions, {
    config: configOf(test),
    environment,
    isTest: true,
    now,
    incidents: { [incidentId]: { openedAt, alerts: [member], ...(isOver && { closedAt: now }) } },
    standings: new Map(),
    failures: new Map([['example', { statusCode: 503, message: 'status == 200: expected 200, got 503' }]]),
    verdicts: [],
    resolvesAt: new Map(),
    failingSince: new Map(),
    dependencies: new Map(),
    outputs: {},
    links: [],
  });
  if (notice === undefined) throw new RangeError('a test message needs a channel');
  return renderMessage(notice);
}

function transitionOf(
  { channel, severity, by, now }: TestMessage,
  kind: TransitionKind,
  { incidentId, openedAt }: { incidentId: string; openedAt: number },
): Transition {
  const isWhole = kind === 'acknowledged' || kind === 'closed';
  const facts: AlertFacts = isWhole
    ? { kind: 'incident', ...(kind === 'acknowledged' && { by }) }
    : {
        kind: 'monitor',
        failures: 3,
        of: 5,
        errorType: 'assertion',
        firstFailureAt: openedAt - 3 * minuteMs,
        lastFailureAt: openedAt,
      };
  return {
    id: idOf(['test', channel, kind, now], 16),
    kind,
    alertId: isWhole ? `incident/${incidentId}` : alertId,
    severity,
    notify: [channel],
    at: now,
    firedAt: openedAt,
    incidentId,
    batch: 1,
    facts,
  };
}

function configOf({ service, channel, severity }: TestMessage): Config {
  const monitor: HttpMonitor = {
    id: 'example',
    key: 0,
    type: 'http',
    intervalMs: minuteMs,
    timeoutMs: 5_000,
    retry: { limit: 1, delayMs: 1_000 },
    allowPrivate: false,
    dependsOn: [],
    assertions: [],
    maxBodyBytes: 1_048_576,
    request: {
      method: 'GET',
      url: 'https://www.example.com/',
      query: [],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      httpVersion: '1.1',
    },
    alerts: [{ id: alertId, failures: 3, of: 5, recoverSuccesses: 2, severity, notify: [channel] }],
  };
  return { version: 1, service, channels: [], monitors: [monitor], slos: [], bursts: [], allow: [], maintenance: [] };
}

function idOf(parts: readonly (string | number)[], digits: number): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, digits);
}
