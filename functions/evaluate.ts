import { randomUUID } from 'node:crypto';
import { openLinks } from '../shared/app/alert-change/open-links.ts';
import { type StartedDrill, startScheduledDrill } from '../shared/app/drill/drill.ts';
import type { DrillSource, DrillStore } from '../shared/app/drill/model.ts';
import { type EvaluateDeps, type EvaluateSummary, evaluate, type Render } from '../shared/app/evaluate.ts';
import { createMemory } from '../shared/app/history.ts';
import { renderTransitions } from '../shared/app/render.ts';
import { parseDrillTime, parseEvaluationTime } from '../shared/app/tick.ts';
import { createUnread } from '../shared/app/unread.ts';
import { createAlertStore } from '../shared/aws/alert-store.ts';
import { createVerdictReader } from '../shared/aws/burst-verdicts.ts';
import { createCountedStore } from '../shared/aws/counted-store.ts';
import { createDrillStore } from '../shared/aws/drill-store.ts';
import { createDynamoDb } from '../shared/aws/dynamodb.ts';
import type { OnUnread } from '../shared/aws/format.ts';
import { createLedgerStore } from '../shared/aws/ledger-store.ts';
import { createRunCountsReader } from '../shared/aws/run-counts.ts';
import type { Config } from '../shared/config/model.ts';
import { meterDynamoDb } from '../shared/lambda/database-meter.ts';
import { readLocation, readOutput, readVariable, requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

type EvaluateEvent = { readonly scheduledTime?: unknown; readonly drill?: unknown } | null;

/**
 * Judges what the ledger holds, whoever calls: the schedule with its time, a person with `{}`. With `{"drill": true}` it only
 * starts a drill, which the next evaluation takes up like everything else.
 */
export const handler = lambdaHandler<EvaluateEvent, EvaluateSummary | StartedDrill>(
  'evaluate',
  async (event, { log, remainingMs }) => {
    const { config, memory, deps, render, unread } = await sandbox();
    if (event?.drill === true) {
      const at = parseDrillTime(event.scheduledTime, Date.now());
      const started = await startScheduledDrill(config, deps.drills.store, at);
      log('info', 'drill started', { 'burnwatch.drill': started.drill });
      return started;
    }
    const at = parseEvaluationTime(event?.scheduledTime, Date.now(), memory.loadedAt ?? 0);
    const onWarning = (message: string, cause: unknown) => log('warn', message, describeError(cause));
    const invocation = { writer: randomUUID(), remainingMs, onWarning, render: render(onWarning) };
    try {
      const summary = await evaluate(config, memory, { ...deps, ...invocation }, at);
      log('info', 'evaluated', summary);
      return summary;
    } finally {
      unread.tell((count, first) =>
        log('error', 'a part of the ledger cannot be read, and counts as missing', { count, ...describeError(first) }),
      );
    }
  },
);

const sandbox = keepWarm(async () => {
  const config = await readPackaged<Config>(new URL('./config.json', import.meta.url));
  const unread = createUnread();
  return { config, memory: createMemory(), deps: createDeps(config, unread.note), render: createRender(), unread };
});

type PerInvocation = 'writer' | 'remainingMs' | 'onWarning' | 'render';

type Deps = Omit<EvaluateDeps, PerInvocation | 'drills'> & {
  readonly drills: DrillSource & { readonly store: DrillStore };
};

function createDeps(config: Config, onUnread: OnUnread): Deps {
  const table = requireVariable('LEDGER_TABLE');
  const topicArn = requireVariable('ALERT_TOPIC_ARN');
  const environment = requireVariable('BURNWATCH_ENVIRONMENT');
  const client = meterDynamoDb(createDynamoDb());
  // A calm evaluation needs neither of them.
  const topic = keepWarm(async () => (await import('../shared/aws/topic.ts')).createTopic(topicArn));
  const reader = keepWarm(async () => (await import('../shared/aws/metric-reader.ts')).createMetricReader());
  const told = keepWarm(async () =>
    (await import('../shared/aws/notify-store.ts')).createNotifyStore(client, table, Date.now),
  );
  const publisher = keepWarm(async () => (await import('../shared/aws/metrics.ts')).createMetricsPublisher());
  return {
    ledger: createLedgerStore(client, table, onUnread),
    alerts: createAlertStore(client, table, Date.now, onUnread),
    loadVerdicts: createVerdictReader(client, table),
    counted: {
      loadRunCounts: createRunCountsReader(client, table),
      metrics: {
        readMetrics: async (queries, signal) => (await reader())(queries, signal),
        store: createCountedStore(client, table),
        outputs: readOutput,
        isSaving: true,
      },
    },
    drills: {
      store: createDrillStore(client, table, Date.now),
      loadTold: async (message) => (await told()).load(message),
      now: Date.now,
    },
    notify: async (message) => (await topic())(message),
    publishMetrics: async (datums) => (await publisher())(datums),
    identity: { service: config.service, environment },
    location: readLocation(),
  };
}

/** What renders the messages of one invocation. The key of their links is read once, and only where something is told. */
function createRender(): (onWarning: EvaluateDeps['onWarning']) => Render {
  const dashboard = readVariable('DASHBOARD_URL');
  const context = {
    environment: requireVariable('BURNWATCH_ENVIRONMENT'),
    outputs: readOutput,
    links: dashboard === undefined ? [] : [{ label: 'Dashboard', url: dashboard }],
  };
  const where = { statusUrl: readVariable('STATUS_URL'), keyParameter: readVariable('ACK_KEY_PARAMETER') };
  const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
  const readParameter = async (path: string) => (await parameters())(path);
  return (onWarning) => {
    const links = keepWarm(() => openLinks({ ...where, readParameter, onWarning }));
    return async (transitions, view) => {
      const acknowledgeUrl = await links();
      return renderTransitions(transitions, view, { ...context, ...(acknowledgeUrl && { acknowledgeUrl }) });
    };
  };
}
