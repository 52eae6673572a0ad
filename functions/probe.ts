import { type ProbeRow, type ProbeTickDeps, probeAndRecord, probeByHand, probeTick } from '../shared/app/probe.ts';
import { parseProbeEvent } from '../shared/app/probe-event.ts';
import { createRunProbe } from '../shared/app/run-probe.ts';
import type { Shard } from '../shared/app/tick.ts';
import { systemClock } from '../shared/clock/clock.ts';
import { runHttpAttempt } from '../shared/http/attempt.ts';
import { readLocation, readOutput, requireVariable } from '../shared/lambda/environment.ts';
import { listPackaged, readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';
import { noWatch } from '../shared/probe/watch.ts';

/** Kept of the invocation's time for the row and the metrics. A probe that still runs then is our own fault: `unknown`. */
const recordMs = 8_000;

type ProbeAnswer = { readonly results: readonly ProbeRow[] };

/** A tick of a shard, or a run by hand: see `parseProbeEvent`. */
export const handler = lambdaHandler<unknown, ProbeAnswer>('probe', async (event, invocation) => {
  const request = parseProbeEvent(event, Date.now());
  if (request.kind === 'tick') return runTick(request.shard, request.at, invocation);
  const shards = await loadShards();
  if (request.isRecorded) {
    const signal = endBeforeRecording(invocation);
    return { results: await probeAndRecord(shards, request.monitors, createDeps(invocation), signal) };
  }
  const monitors = shards.flatMap((shard) => shard.monitors);
  return {
    results: await probeByHand(monitors, request.monitors, { clock: systemClock, runProbe }, invocation.deadline),
  };
});

/** Answers nothing: nobody reads it, and a log line says how the tick went. */
async function runTick(name: string, at: number, invocation: Invocation): Promise<ProbeAnswer> {
  const shard = (await loadShards()).find((each) => each.shard === name);
  if (shard === undefined) {
    // A schedule that outlived its shard, for the moment of a deployment.
    invocation.log('warn', 'this shard is not in the package: nothing to probe', { 'burnwatch.shard': name });
    return { results: [] };
  }
  const { results, saved } = await probeTick(shard, at, createDeps(invocation), endBeforeRecording(invocation));
  const counts = Object.fromEntries(
    Object.entries(Object.groupBy(results, ({ outcome }) => outcome)).map(([outcome, some]) => [outcome, some.length]),
  );
  invocation.log('info', 'probed', { 'burnwatch.shard': name, at, saved, ...counts });
  return { results: [] };
}

const endBeforeRecording = (invocation: Invocation): AbortSignal =>
  AbortSignal.timeout(Math.max(0, invocation.remainingMs() - recordMs));

const loadShards = keepWarm(async (): Promise<readonly Shard[]> => {
  const folder = new URL('./shards/', import.meta.url);
  const names = await listPackaged(folder);
  return Promise.all(names.map((name) => readPackaged<Shard>(new URL(name, folder))));
});

// The SDK is brought in at its first use, after the probes: it costs 40 ms of CPU that would be measured as latency.
const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
const signer = keepWarm(async () =>
  (await import('../shared/aws/signer.ts')).createSigner(() => process.env, Date.now),
);
const publisher = keepWarm(async () => (await import('../shared/aws/metrics.ts')).createMetricsPublisher());
const ledger = keepWarm(async () => {
  const { createLedgerStore } = await import('../shared/aws/ledger-store.ts');
  const { createDynamoDb } = await import('../shared/aws/dynamodb.ts');
  return createLedgerStore(createDynamoDb(), requireVariable('LEDGER_TABLE'));
});

const runProbe: ProbeTickDeps['runProbe'] = (monitor, signal) => {
  const runtimeApi = process.env['AWS_LAMBDA_RUNTIME_API'];
  const run = createRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    signer: (service, region) => async (request) => (await signer())(service, region)(request),
    loadHeartbeat: async () => undefined,
    watch: noWatch,
    allowOrigins: (process.env['BURNWATCH_ALLOW_ORIGINS'] ?? '').split(',').filter((origin) => origin !== ''),
    ...(runtimeApi ? { runtimeApi } : {}),
    references: { output: readOutput, parameter: async (path) => (await parameters())(path) },
  });
  return run(monitor, signal);
};

function createDeps({ id, log }: Invocation): ProbeTickDeps {
  return {
    clock: systemClock,
    runProbe,
    loadLedger: ledger,
    loadPublisher: publisher,
    identity: {
      service: requireVariable('BURNWATCH_SERVICE'),
      environment: requireVariable('BURNWATCH_ENVIRONMENT'),
    },
    location: readLocation(),
    invocationId: id,
    onWarning: (message, cause) => log('warn', message, describeError(cause)),
  };
}
