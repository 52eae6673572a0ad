import type { DashboardBody, DashboardList, LogAnswer, MetricAnswer, Span } from './dashboard-model.ts';
import { send } from './requests.ts';
import type { MetricInput } from './widget-queries.ts';

export async function loadDashboards(): Promise<DashboardList> {
  return (await (await send('GET', '/api/dashboards')).json()) as DashboardList;
}

/** Throws an Error whose message is a sentence for people where there is none of that name. */
export async function loadDashboard(id: string): Promise<DashboardBody> {
  return (await (await send('GET', `/api/dashboards?id=${encodeURIComponent(id)}`)).json()) as DashboardBody;
}

export async function readMetrics(input: MetricInput): Promise<MetricAnswer> {
  return (await (await send('POST', '/api/metrics', JSON.stringify(input))).json()) as MetricAnswer;
}

/** What a query of Logs Insights finds in a span of the local logs. */
export async function readLogs(query: string, span: Span): Promise<LogAnswer> {
  return (await (await send('POST', '/api/logs', JSON.stringify({ query, ...span }))).json()) as LogAnswer;
}
