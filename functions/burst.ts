import { type BurstDeps, sendScheduled } from '../shared/app/burst/burst.ts';
import { sendByHand } from '../shared/app/burst/by-hand.ts';
import { parseBurstEvent } from '../shared/app/burst/event.ts';
import type { RunBurstDeps } from '../shared/app/burst/model.ts';
import type { BurstPackage } from '../shared/app/burst/package.ts';
import { createMemory } from '../shared/app/history.ts';
import { systemClock } from '../shared/clock/clock.ts';
import { meterDynamoDb } from '../shared/lambda/database-meter.ts';
import { readLocation, readOutput, requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

/** Kept of the invocation's time to keep a run that would take longer, and to merge it with those of other shards. */
const keepMs = 45_000;
/** A whole core: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const wholeCoreMegabytes = 1_769;

/** A scheduled run, or a shard of it; by hand the answer is the summary. See `parseBurstEvent`. */
export const handler = lambdaHandler<unknown, unknown>('burst', async (event, invocation) => {
  const request = parseBurstEvent(event, Date.now());
  const bursts = await loadBursts();
  const deps = createDeps(invocation);
  if (request.kind === 'scheduled') return { outcome: await sendScheduled(bursts, request, deps) };
  return sendByHand(bursts, request, { ...deps, isAskedAgain: process.env['IS_LOCAL'] === undefined });
});

const loadBursts = keepWarm(() => readPackaged<BurstPackage>(new URL('./bursts.json', import.meta.url)));

// A run by hand asks AWS for little, and a refused one needs no engine.
const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
const signer = keepWarm(async () =>
  (await import('../shared/aws/signer.ts')).createSigner(() => process.env, Date.now),
);
const table = () => requireVariable('LEDGER_TABLE');
const dynamoDb = keepWarm(async () => meterDynamoDb((await import('../shared/aws/dynamodb.ts')).createDynamoDb()));
const store = keepWarm(async () =>
  (await import('../shared/aws/burst-store.ts')).createBurstStore(await dynamoDb(), table()),
);
const verdicts = keepWarm(async () =>
  (await import('../shared/aws/burst-verdicts.ts')).createVerdictWriter(await dynamoDb(), table()),
);
const publisher = keepWarm(async () => (await import('../shared/aws/metrics.ts')).createMetricsPublisher());
const budget = keepWarm(async () => {
  const { createLedgerStore } = await import('../shared/aws/ledger-store.ts');
  const { createAlertStore } = await import('../shared/aws/alert-store.ts');
  const { createRunCountsReader } = await import('../shared/aws/run-counts.ts');
  const { createCountedStore } = await import('../shared/aws/counted-store.ts');
  const client = await dynamoDb();
  return {
    ledger: createLedgerStore(client, table()),
    alerts: createAlertStore(client, table()),
    counted: {
      loadRunCounts: createRunCountsReader(client, table()),
      metrics: { store: createCountedStore(client, table()), outputs: readOutput },
    },
    memory: createMemory(),
    location: readLocation(),
  };
});

function createDeps({ id, log, deadline, remainingMs }: Invocation): BurstDeps {
  return {
    clock: systemClock,
    send: async ({ burst, scope }, { signal, part, beforeFirst, onProgress }) => {
      const [{ runBurst }, { openLoadClient }] = await Promise.all([
        import('../shared/app/burst/run.ts'),
        import('../shared/http/load-client.ts'),
      ]);
      const { runFlow, stop } = await flowRunner(scope.flows.length > 0);
      const deps = {
        ...runDeps(),
        openClient: openLoadClient,
        onProgress,
        ...(beforeFirst ? { beforeFirst } : {}),
        ...(runFlow ? { runFlow } : {}),
      };
      return runBurst(burst, scope, deps, signal, part).finally(stop);
    },
    loadStore: store,
    loadVerdictWriter: verdicts,
    loadPublisher: publisher,
    loadBudget: budget,
    identity: {
      service: requireVariable('BURNWATCH_SERVICE'),
      environment: requireVariable('BURNWATCH_ENVIRONMENT'),
    },
    invocationId: id,
    log,
    onWarning: (message, cause) => log('warn', message, describeError(cause)),
    signal: AbortSignal.timeout(Math.max(0, remainingMs() - keepMs)),
    deadline,
  };
}

function runDeps(): Omit<RunBurstDeps, 'openClient'> {
  const runtimeApi = process.env['AWS_LAMBDA_RUNTIME_API'];
  const megabytes = process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'];
  return {
    clock: systemClock,
    references: { output: readOutput, parameter: async (path) => (await parameters())(path) },
    signer: (service, region) => async (request) => (await signer())(service, region)(request),
    allowOrigins: (process.env['BURNWATCH_ALLOW_ORIGINS'] ?? '').split(',').filter((origin) => origin !== ''),
    ...(runtimeApi ? { runtimeApi } : {}),
    canSpin: megabytes === undefined || Number(megabytes) >= wholeCoreMegabytes,
  };
}

/** What runs a flow, and what it costs this process, is loaded and spent before the first one; most bursts hold none. */
async function flowRunner(isNeeded: boolean): Promise<{ readonly runFlow?: RunBurstDeps['runFlow']; stop(): void }> {
  if (!isNeeded) return { stop: () => {} };
  const [{ watchRunProbe }, { prepareHttp, runHttpAttempt }] = await Promise.all([
    import('../shared/app/probe/run.ts'),
    import('../shared/http/attempt.ts'),
  ]);
  await prepareHttp({ clock: systemClock, tls: true });
  const { references, signer: sign, allowOrigins, runtimeApi } = runDeps();
  const { runProbe, stop } = watchRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    signer: sign,
    loadHeartbeat: async () => undefined,
    allowOrigins,
    ...(runtimeApi ? { runtimeApi } : {}),
    references,
  });
  return { runFlow: runProbe, stop };
}
