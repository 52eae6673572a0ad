import { randomUUID } from 'node:crypto';
import { type EvaluateDeps, type EvaluateSummary, evaluate } from '../shared/app/evaluate.ts';
import { createMemory } from '../shared/app/history.ts';
import { renderTransitions } from '../shared/app/render.ts';
import { parseEvaluationTime } from '../shared/app/tick.ts';
import { createAlertStore } from '../shared/aws/alert-store.ts';
import { createVerdictReader } from '../shared/aws/burst-verdicts.ts';
import { createDynamoDb } from '../shared/aws/dynamodb.ts';
import { createLedgerStore } from '../shared/aws/ledger-store.ts';
import { createRunCountsReader } from '../shared/aws/run-counts.ts';
import type { Config } from '../shared/config/model.ts';
import { readLocation, readOutput, requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

type EvaluateEvent = { readonly scheduledTime?: unknown } | null;

/** Judges what the ledger holds, whoever calls: the schedule with its time, a person with `{}`. */
export const handler = lambdaHandler<EvaluateEvent, EvaluateSummary>(
  'evaluate',
  async (event, { log, remainingMs }) => {
    const { config, memory, deps } = await sandbox();
    const at = parseEvaluationTime(event?.scheduledTime, Date.now(), memory.loadedAt ?? 0);
    const onWarning = (message: string, cause: unknown) => log('warn', message, describeError(cause));
    const summary = await evaluate(config, memory, { ...deps, writer: randomUUID(), remainingMs, onWarning }, at);
    log('info', 'evaluated', summary);
    return summary;
  },
);

const sandbox = keepWarm(async () => {
  const config = await readPackaged<Config>(new URL('./config.json', import.meta.url));
  return { config, memory: createMemory(), deps: createDeps(config) };
});

function createDeps(config: Config): Omit<EvaluateDeps, 'writer' | 'remainingMs' | 'onWarning'> {
  const table = requireVariable('LEDGER_TABLE');
  const topicArn = requireVariable('ALERT_TOPIC_ARN');
  const environment = requireVariable('BURNWATCH_ENVIRONMENT');
  const dashboard = process.env['DASHBOARD_URL'];
  const context = {
    environment,
    outputs: readOutput,
    links: dashboard ? [{ label: 'Dashboard', url: dashboard }] : [],
  };
  const client = createDynamoDb();
  // A calm evaluation needs neither of them.
  const topic = keepWarm(async () => (await import('../shared/aws/topic.ts')).createTopic(topicArn));
  const publisher = keepWarm(async () => (await import('../shared/aws/metrics.ts')).createMetricsPublisher());
  return {
    ledger: createLedgerStore(client, table),
    alerts: createAlertStore(client, table),
    loadVerdicts: createVerdictReader(client, table),
    counted: { loadRunCounts: createRunCountsReader(client, table) },
    notify: async (message) => (await topic())(message),
    publishMetrics: async (datums) => (await publisher())(datums),
    render: (transitions, view) => renderTransitions(transitions, view, context),
    identity: { service: config.service, environment },
    location: readLocation(),
  };
}
