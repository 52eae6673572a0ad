import type { Json } from '../config/model.ts';
import { leftText } from './budget-text.ts';
import { cut } from './clean.ts';
import { gravity, isFiring, lookUrl, type MachineMessage, type MachineTransition } from './machine.ts';

/** https://developer.pagerduty.com/docs/send-alert-event: the summary in characters, the whole event in bytes. */
const longestSummary = 1_024;
const mostBytes = 512 * 1_024;
const longestName = 255;
const mostLinks = 10;

/**
 * A message as an event for PagerDuty's Events API v2, without its routing key. The incident is the key by which PagerDuty knows
 * events of one alert: it is triggered by whatever fires in it and resolved with its end. Undefined where PagerDuty has no word for
 * it: something resolved, and the incident goes on.
 */
export function renderPagerDuty(message: MachineMessage): Json | undefined {
  const { kind, incident, transitions } = message;
  const dedup = { dedup_key: message.kind === 'undelivered' ? undeliveredKey(message) : incident.id };
  if (kind === 'acknowledged') return { ...dedup, event_action: 'acknowledge' };
  if (kind === 'undelivered' || transitions.some(isFiring)) return { ...dedup, ...triggerOf(message) };
  return incident.closedAt === undefined ? undefined : { ...dedup, event_action: 'resolve' };
}

/** Not the incident that somebody was not told of: nothing would ever resolve it here. */
function undeliveredKey({ service, environment, details }: MachineMessage): string {
  const channel = details.find(({ label }) => label === 'Channel')?.text ?? '';
  return cut(`undelivered/${service}/${environment}/${channel}`, longestName);
}

function triggerOf(message: MachineMessage): { readonly [key: string]: Json } {
  const url = lookUrl(message);
  const event = (isWhole: boolean): { readonly [key: string]: Json } => ({
    event_action: 'trigger',
    client: 'Burnwatch',
    ...(url !== undefined && { client_url: url }),
    links: message.links.slice(0, mostLinks).map(({ label, url }) => ({ href: url, text: label })),
    payload: payloadOf(message, isWhole),
  });
  const whole = event(true);
  return Buffer.byteLength(JSON.stringify(whole)) <= mostBytes - longestSummary ? whole : event(false);
}

function payloadOf(message: MachineMessage, isWhole: boolean): Json {
  const { subject, service, environment, isTest, transitions, incident } = message;
  const worst = transitions.find(isFiring) ?? transitions[0];
  const word = gravity(message) === 'page' ? 'critical' : 'warning';
  return {
    summary: cut(subject, longestSummary),
    source: cut(`${service} ${environment}`.trim(), longestName) || 'burnwatch',
    severity: isTest ? 'info' : word,
    timestamp: new Date(worst?.at ?? incident.openedAt).toISOString(),
    ...(worst && { component: cut(worst.name, longestName), class: cut(worst.alert, longestName) }),
    group: cut(service, longestName),
    custom_details: isWhole ? detailsOf(message) : { message: message.id, incident: incident.id },
  };
}

function detailsOf(message: MachineMessage): Json {
  const { id, isTest, incident, transitions, details, budgets, reproduce, omittedCount } = message;
  return {
    ...(isTest && { test: 'nothing is wrong' }),
    ...Object.fromEntries(details.map(({ label, text }) => [label, text])),
    alerts: transitions.map(alertOf),
    ...(omittedCount > 0 && { 'more alerts': omittedCount }),
    'budget left': budgets.map(leftText),
    'see for yourself': reproduce,
    incident: incident.id,
    'incident opened': new Date(incident.openedAt).toISOString(),
    message: id,
  };
}

function alertOf({ kind, severity, summary, details, runbook, alert }: MachineTransition): Json {
  return {
    [`${kind} (${severity})`]: summary,
    ...Object.fromEntries(details.map(({ label, text }) => [label, text])),
    ...(runbook !== undefined && { Runbook: runbook }),
    rule: alert,
  };
}
