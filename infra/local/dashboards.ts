import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config, DashboardName } from '../../shared/config/model.ts';
import { dashboardNames } from '../../shared/config/model.ts';
import { chosenDashboards, dashboardBody } from '../template/dashboards/index.ts';
import { asJson } from '../template/dashboards/model.ts';
import { subjects } from '../template/dashboards/scene.ts';
import { withTokens } from '../template/dashboards/tokens.ts';
import { nameOf, type Stack } from '../template/model.ts';
import type { Dashboard } from './aws/cloudwatch.ts';
import { getMetricData } from './aws/cloudwatch-query.ts';
import type { ReadableStore } from './aws/cloudwatch-store.ts';
import { AwsError } from './aws/error.ts';
import type { DashboardList, LogAnswer, MetricAnswer } from './console/dashboard-model.ts';
import { Refusal, readObject, requireOnly, sendJson } from './console-server/answer.ts';
import type { FunctionSettings } from './function/host.ts';
import { InsightsError } from './insights/model.ts';
import { runInsights } from './insights/run.ts';
import { type Names, resolveIntrinsics } from './intrinsics.ts';
import { type LogSpan, readLogEvents } from './log/events.ts';

/** A dashboard of the stack as it is deployed, or would be. */
export type PlayedDashboard = Dashboard & { readonly id: DashboardName; readonly isDeployed: boolean };

/** All that there are, with what only CloudFormation knows filled in: of those that are deployed, the very bodies of the template. */
export function playedDashboards(stack: Stack, config: Config, names: Names): readonly PlayedDashboard[] {
  const chosen = chosenDashboards(stack, config);
  return dashboardNames.map((id) => ({
    id,
    name: nameOf(stack, id),
    isDeployed: chosen.includes(id),
    body: String(resolveIntrinsics(withTokens(asJson(dashboardBody(id, stack, config))), names)),
  }));
}

export type DashboardDeps = {
  /** Asked at each call, because a reload may change them. */
  readonly dashboards: () => readonly PlayedDashboard[];
  readonly functions: () => readonly Pick<FunctionSettings, 'name' | 'functionName'>[];
  readonly metrics: ReadableStore;
  /** The folder of the functions' logs. */
  readonly logs: string;
};

/** The list of all, or the body of the one that `?id=` names. */
export function tellDashboards(
  { dashboards }: DashboardDeps,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const id = new URL(request.url ?? '/', 'http://local').searchParams.get('id');
  if (id === null) {
    const list: DashboardList = dashboards().map(({ id, isDeployed }) => ({ id, isDeployed, ...subjects[id] }));
    sendJson(response, 200, list);
    return;
  }
  const found = dashboards().find((one) => one.id === id);
  if (found === undefined)
    throw new Refusal(404, 'Not Found', `The dashboard must be one of ${dashboardNames.join(', ')}.`);
  sendJson(response, 200, JSON.parse(found.body));
}

/** GetMetricData as the console asks for it: the same input, with instants in epoch seconds, and the same refusals. */
export async function tellMetrics(
  { metrics }: DashboardDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const input = await readObject(request, {});
  sendJson(response, 200, answerMetrics(metrics, input));
}

function answerMetrics(metrics: DashboardDeps['metrics'], input: Readonly<Record<string, unknown>>): MetricAnswer {
  try {
    const { MetricDataResults } = getMetricData(metrics, input);
    return (MetricDataResults as readonly Result[]).map(({ Id, Label, Timestamps, Values }) => ({
      id: Id,
      label: Label,
      at: Timestamps.map((at) => at.getTime() / 1_000),
      values: Values,
    }));
  } catch (error) {
    if (error instanceof AwsError) throw new Refusal(400, error.code, error.message);
    throw error;
  }
}

type Result = {
  readonly Id: string;
  readonly Label: string;
  readonly Timestamps: readonly Date[];
  readonly Values: readonly number[];
};

/** So many rows of an answer are drawn. */
const mostLogRows = 100;

/** What a query of Logs Insights finds in the local logs: `{"query", "fromAt", "toAt"}`, the logs named by `SOURCE '…'` at its start. */
export async function tellLogs(deps: DashboardDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['query', 'fromAt', 'toAt'], asked);
  const { query, fromAt, toAt } = asked;
  if (typeof query !== 'string' || typeof fromAt !== 'number' || typeof toAt !== 'number')
    throw new Refusal(400, 'Bad Request', 'The body must have "query", "fromAt" and "toAt".');
  sendJson(response, 200, answerLogs(deps, query, { fromAt, toAt }));
}

function answerLogs({ functions, logs }: DashboardDeps, query: string, span: LogSpan): LogAnswer {
  const groups = [...query.matchAll(/SOURCE '([^']*)'/g)].map(([, group]) => group);
  const read = functions().filter(({ functionName }) => groups.includes(`/aws/lambda/${functionName}`));
  const events = read.flatMap(({ name, functionName }) =>
    readLogEvents(logs, name, `/aws/lambda/${functionName}`, span),
  );
  try {
    const { rows } = runInsights(query, events);
    const shown = rows.slice(0, mostLogRows);
    const columns = [...new Set(shown.flatMap((row) => row.map(({ field }) => field)))];
    const cell = (row: (typeof shown)[number], name: string) => row.find(({ field }) => field === name)?.value ?? '';
    return { columns, rows: shown.map((row) => columns.map((name) => cell(row, name))) };
  } catch (error) {
    if (error instanceof InsightsError) throw new Refusal(400, error.code, error.message);
    throw error;
  }
}
