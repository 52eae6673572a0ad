import { covers } from '../alert/hold.ts';
import type { AlertState, FiringAlert, Incident, IncidentAlert } from '../alert/model.ts';
import { titleOf } from '../message/alert-title.ts';
import { silencesOf } from './overview/incident.ts';
import type { Moment } from './overview/model.ts';

/**
 * What happened in an incident, the oldest first: its alerts as they fired, joined, were held back and resolved; of alerts that still
 * fire the last reminder and the escalation; who is at it, what is silenced, and its end. Earlier reminders and
 * acknowledgements are known from the messages that told of them alone.
 */
export function timelineOf(incident: Incident, state: AlertState, now: number): readonly Moment[] {
  const moments = [
    ...incident.alerts.flatMap((alert) => [...firingOf(alert, incident), ...followUps(alert, incident, state)]),
    ...acknowledgementOf(incident),
    ...silencedIn(incident, state, now),
    ...endOf(incident),
  ];
  return moments.sort((a, b) => a.at - b.at || order.indexOf(a.kind) - order.indexOf(b.kind));
}

const order: readonly Moment['kind'][] = [
  'fired',
  'joined',
  'heldBack',
  'reminded',
  'escalated',
  'acknowledged',
  'silenced',
  'resolved',
  'closed',
];

function firingOf(alert: IncidentAlert, { openedAt }: Incident): readonly Moment[] {
  const { alertId, firedAt, resolvedAt, heldBack } = alert;
  const about = { alertId, title: titleOf(alertId) };
  const isFirst = firedAt <= openedAt;
  const kind = heldBack === undefined ? (isFirst ? 'fired' : 'joined') : 'heldBack';
  const fired: Moment = { ...about, kind, at: firedAt, ...(heldBack && { heldBack }) };
  if (resolvedAt === undefined) return [fired];
  return [fired, { ...about, kind: 'resolved', at: resolvedAt, lastedMs: resolvedAt - firedAt }];
}

/** Of an alert that still fires, and fires for this incident. */
function followUps({ alertId, firedAt, resolvedAt }: IncidentAlert, { id }: Incident, state: AlertState): Moment[] {
  const firing: FiringAlert | undefined = Object.hasOwn(state.alerts, alertId) ? state.alerts[alertId] : undefined;
  if (resolvedAt !== undefined || firing?.incidentId !== id || firing.firedAt !== firedAt) return [];
  const { remindedAt, reminders, escalatedAt, escalatedTo } = firing;
  const about = { alertId, title: titleOf(alertId) };
  return [
    ...(remindedAt === undefined
      ? []
      : [{ ...about, kind: 'reminded' as const, at: remindedAt, ...(reminders && { n: reminders }) }]),
    ...(escalatedAt === undefined
      ? []
      : [{ ...about, kind: 'escalated' as const, at: escalatedAt, ...(escalatedTo && { to: escalatedTo }) }]),
  ];
}

function acknowledgementOf({ acknowledged, openedAt }: Incident): readonly Moment[] {
  if (acknowledged === undefined) return [];
  const { at, by, note } = acknowledged;
  return [{ kind: 'acknowledged', at, by, lastedMs: at - openedAt, ...(note !== undefined && { note }) }];
}

/** Silences that hold now and speak of any of its alerts. */
function silencedIn({ alerts, closedAt }: Incident, state: AlertState, now: number): readonly Moment[] {
  if (closedAt !== undefined) return [];
  return silencesOf(state, now)
    .filter((silence) => alerts.some(({ alertId }) => covers(silence, alertId)))
    .map(({ fromAt, untilAt, by, reason }) => ({ kind: 'silenced', at: fromAt, by, note: reason, untilAt }));
}

function endOf({ closedAt, openedAt }: Incident): readonly Moment[] {
  return closedAt === undefined ? [] : [{ kind: 'closed', at: closedAt, lastedMs: closedAt - openedAt }];
}
