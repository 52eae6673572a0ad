/** The dashboards that there are, in the order in which a person would open them. One concern each. */
export const dashboardNames = [
  'overview',
  'monitors',
  'slos',
  'bursts',
  'application',
  'runtime',
  'infrastructure',
] as const;
export type DashboardName = (typeof dashboardNames)[number];

/** Deployed where the file says nothing: as many as an account has for nothing. */
export const defaultDashboards: readonly DashboardName[] = ['overview', 'slos', 'application'];
