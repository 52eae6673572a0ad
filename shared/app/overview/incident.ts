import { sloOf } from '../../alert/alert-id.ts';
import { burstOf } from '../../alert/burst.ts';
import type { AlertState, Incident, Silence } from '../../alert/model.ts';
import { type Config, monitorIdsOf } from '../../config/model.ts';
import { titleOf } from '../../message/alert-title.ts';
import type { IncidentView, SilenceView } from './model.ts';

/** How an incident stands, open or over. */
export function incidentView({ slos }: Config, incident: Incident): IncidentView {
  const ids = new Set(incident.alerts.flatMap(({ alertId }) => sloOf(alertId) ?? []));
  const alone = slos.filter((slo) => ids.has(slo.id) && monitorIdsOf(slo).length === 0).map(({ id }) => id);
  return {
    id: incident.id,
    openedAt: incident.openedAt,
    closedAt: incident.closedAt ?? null,
    severity: incident.severity,
    monitors: incident.monitors,
    bursts: [...new Set(incident.alerts.flatMap(({ alertId }) => burstOf(alertId) ?? []))],
    ...(alone.length === 0 ? {} : { slos: alone }),
    alerts: incident.alerts.map((alert) => ({
      id: alert.alertId,
      title: titleOf(alert.alertId),
      firedAt: alert.firedAt,
      resolvedAt: alert.resolvedAt ?? null,
      ...(alert.heldBack && { heldBack: alert.heldBack }),
    })),
    ...(incident.acknowledged && { acknowledged: incident.acknowledged }),
  };
}

/** The silences that hold, the one that ends first first. */
export function silencesOf({ silences = {} }: Pick<AlertState, 'silences'>, now: number): readonly Silence[] {
  return Object.values(silences)
    .filter(({ untilAt }) => untilAt > now)
    .sort((a, b) => a.untilAt - b.untilAt);
}

export function silenceView({ id, alerts, fromAt, untilAt, by, reason }: Silence): SilenceView {
  return { id, alerts, fromAt, untilAt, by, reason, titles: alerts.map(silencedTitle) };
}

/** `slo/api/` is every alert of the SLO. */
function silencedTitle(alert: string): string {
  const [kind, id = '', rest] = alert.split('/');
  return rest === '' ? `all of ${kind === 'slo' ? 'the SLO' : `the ${kind}`} ${id}` : titleOf(alert);
}
