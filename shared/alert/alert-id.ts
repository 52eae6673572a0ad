/** The SLO whose burn rule this is, by the alert's id. */
export function sloOf(alertId: string): string | undefined {
  const [kind, id] = alertId.split('/');
  return kind === 'slo' ? id : undefined;
}

/** What stands in the place of an alert's id where the whole incident is meant. */
export function incidentAlertId(incidentId: string): string {
  return `incident/${incidentId}`;
}
