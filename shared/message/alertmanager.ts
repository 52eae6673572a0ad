import type { Json } from '../config/model.ts';
import { isAcknowledge, isFiring, lookUrl, type MachineMessage, type MachineTransition, webUrl } from './machine.ts';
import type { Row } from './rows.ts';

/**
 * Until when an alert that fires is said to go on, ms after it is sent. Alertmanager expects to be told again all the time, and
 * ends what it is not told of; here the end is told, and this is for the case that it never comes.
 */
export const firingMs = 30 * 86_400_000;
/** A test is over soon, whether its end is told or not. */
const testMs = 5 * 60_000;

/**
 * A message as alerts for Alertmanager's API v2: one for each rule that fired or resolved. Its labels are the same each time, and
 * follow from the rule and its incident alone; `now` is the moment of sending, epoch ms. Undefined where there is none to tell: an
 * incident was acknowledged, or closed, each alert of it having ended already.
 */
export function renderAlertmanager(message: MachineMessage, now: number): Json | undefined {
  if (message.kind === 'undelivered') return [undeliveredAlert(message, now)];
  const told = message.transitions.filter((each) => isFiring(each) || each.kind === 'resolved');
  return told.length === 0 ? undefined : told.map((transition) => alertOf(transition, message, now));
}

function alertOf(transition: MachineTransition, message: MachineMessage, now: number): Json {
  const { alert, severity, at, firedAt, summary, details, runbook } = transition;
  const goesOnMs = message.isTest ? testMs : firingMs;
  const endsAt = Math.max(firedAt, isFiring(transition) ? now + goesOnMs : at);
  return {
    labels: {
      ...subjectLabels(alert),
      ...commonLabels(message),
      severity,
      incident: message.incident.id,
      rule: alert,
    },
    annotations: {
      summary: isFiring(transition) ? summary : `Resolved: ${summary}`,
      ...described(details),
      ...runbookOf(runbook),
      ...(isFiring(transition) && acknowledgeOf(message)),
    },
    startsAt: new Date(firedAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...generatorOf(message),
  };
}

/** By the name that its dashboards make a link of, where it is one. */
function runbookOf(runbook: string | undefined): { readonly [name: string]: string } {
  if (runbook === undefined) return {};
  const url = webUrl(runbook);
  return url === undefined ? { runbook } : { runbook_url: url };
}

function acknowledgeOf({ links }: MachineMessage): { readonly acknowledge_url?: string } {
  const link = links.find(isAcknowledge);
  return link === undefined ? {} : { acknowledge_url: link.url };
}

/** It has no end that anyone would tell: it is told once an hour as long as it lasts. */
function undeliveredAlert(message: MachineMessage, now: number): Json {
  const channel = message.details.find(({ label }) => label === 'Channel')?.text ?? '';
  const endsAt = now + 2 * 3_600_000;
  return {
    labels: {
      alertname: 'BurnwatchChannelFails',
      ...commonLabels(message),
      severity: message.severity,
      ...(channel !== '' && { channel }),
    },
    annotations: {
      summary: message.subject,
      ...described(message.details),
    },
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    ...generatorOf(message),
  };
}

const alertNames: Readonly<Record<string, readonly [name: string, label: string]>> = {
  monitor: ['BurnwatchMonitorFails', 'monitor'],
  coverage: ['BurnwatchMonitorUnwatched', 'monitor'],
  location: ['BurnwatchLocationSilent', 'location'],
  slo: ['BurnwatchBudgetBurns', 'slo'],
  burst: ['BurnwatchBurstFailed', 'burst'],
  alarm: ['BurnwatchAlarmRings', 'alarm'],
  drill: ['BurnwatchDrill', 'drill'],
  path: ['BurnwatchAlertsLost', ''],
};

/** Out of the rule's id, `slo/api/page-1h`, which is the same when it fires, when it resolves and when it is withdrawn. */
function subjectLabels(alert: string): { readonly [label: string]: Json } {
  const [kind = '', name = ''] = alert.split('/');
  const [alertname, label] = (Object.hasOwn(alertNames, kind) ? alertNames[kind] : undefined) ?? ['BurnwatchAlert', ''];
  return label === '' || name === '' ? { alertname } : { alertname, [label]: name };
}

/** A label without a value is none to Alertmanager. */
function commonLabels({ service, environment, isTest }: MachineMessage): { readonly [label: string]: Json } {
  return {
    ...(service !== '' && { service }),
    ...(environment !== '' && { environment }),
    ...(isTest && { test: 'true' }),
  };
}

function described(rows: readonly Row[]): { readonly description?: string } {
  return rows.length === 0 ? {} : { description: rows.map(({ label, text }) => `${label}: ${text}`).join('\n') };
}

function generatorOf(message: MachineMessage): { readonly generatorURL?: string } {
  const url = lookUrl(message);
  return url === undefined ? {} : { generatorURL: url };
}
