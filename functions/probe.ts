import { cpuShareOf, createPacing } from '../shared/app/probe/batch.ts';
import { parseProbeEvent } from '../shared/app/probe/event.ts';
import {
  type ProbeRow,
  type ProbeTickDeps,
  probeAndRecord,
  probeByHand,
  probeTick,
} from '../shared/app/probe/probe.ts';
import { readAhead } from '../shared/app/probe/read-ahead.ts';
import { type RunProbeDeps, watchRunProbe } from '../shared/app/probe/run.ts';
import type { Shard } from '../shared/app/tick.ts';
import { clientAt } from '../shared/aws/client.ts';
import { systemClock } from '../shared/clock/clock.ts';
import { needsTls } from '../shared/config/texts.ts';
import { prepareHttp, runHttpAttempt } from '../shared/http/attempt.ts';
import { meterDynamoDb } from '../shared/lambda/database-meter.ts';
import { readHome, readLocation, readOutput, requireVariable } from '../shared/lambda/environment.ts';
import { listPackaged, readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

/**
 * How long a tick may take, and an invocation that covers a whole minute of ticks: Lambda would let both run for the latter's
 * time. A minute costs: an invocation of 512 MB that takes 60 s is 30 GB-s, $17.28 a month at $0.0000133334 per GB-s (arm64),
 * for up to 20 monitors.
 */
const longestTickMs = 30_000;
const longestSpanMs = 90_000;
/** Kept of that for the row and the metrics. A probe that still runs then is our own fault: `unknown`. */
const recordMs = 8_000;

type ProbeAnswer = { readonly results: readonly ProbeRow[] };

/** A tick of a shard, or a run by hand: see `parseProbeEvent`. */
export const handler = lambdaHandler<unknown, ProbeAnswer>('probe', async (event, invocation) => {
  const request = parseProbeEvent(event, Date.now());
  if (request.kind === 'tick') return runTick(request.shard, request.at, invocation);
  const shards = await loadShards();
  const { deps, stop } = await createDeps(invocation);
  try {
    if (request.isRecorded) {
      const signal = endBeforeRecording(invocation, longestTickMs);
      return { results: await probeAndRecord(shards, request.monitors, deps, signal) };
    }
    const monitors = shards.flatMap((shard) => shard.monitors);
    return { results: await probeByHand(monitors, request.monitors, deps, invocation.deadline) };
  } finally {
    stop();
  }
});

/** Answers nothing: nobody reads it, and a log line says how the tick went. */
async function runTick(name: string, at: number, invocation: Invocation): Promise<ProbeAnswer> {
  const shard = (await listShards()).includes(`${name}.json`) ? await loadShard(name) : undefined;
  if (shard === undefined) {
    // A schedule that outlived its shard, for the moment of a deployment.
    invocation.log('warn', 'this shard is not in the package: nothing to probe', { 'burnwatch.shard': name });
    return { results: [] };
  }
  const { deps, stop } = await createDeps(invocation);
  const signal = endBeforeRecording(invocation, shard.spanMs === undefined ? longestTickMs : longestSpanMs);
  const { results, saved } = await probeTick(shard, at, deps, signal).finally(stop);
  for (const result of results) if (result.outcome !== 'passed') invocation.log('warn', 'probe', describeProbe(result));
  const counts = Object.fromEntries(
    Object.entries(Object.groupBy(results, ({ outcome }) => outcome)).map(([outcome, some]) => [outcome, some.length]),
  );
  invocation.log('info', 'probed', { 'burnwatch.shard': name, at, saved, ...counts });
  return { results: [] };
}

type Result = Awaited<ReturnType<typeof probeTick>>['results'][number];

/** What a probe that did not pass saw. Its message is redacted already. */
function describeProbe({ monitor, outcome, errorType, message, statusCode, latencyMs, attempts }: Result) {
  return {
    'burnwatch.monitor': monitor,
    'burnwatch.outcome': outcome,
    'burnwatch.attempts': attempts,
    'burnwatch.latency': Math.round(latencyMs * 1_000) / 1e6,
    'error.type': errorType,
    'http.response.status_code': statusCode,
    'burnwatch.message': message,
  };
}

const endBeforeRecording = (invocation: Invocation, longestMs: number): AbortSignal =>
  AbortSignal.timeout(Math.max(0, Math.min(invocation.remainingMs(), longestMs) - recordMs));

const shards = new URL('./shards/', import.meta.url);
const listShards = keepWarm(() => listPackaged(shards));
const loaded = new Map<string, () => Promise<Shard>>();

/** A tick reads its own shard alone: a large fleet is megabytes of monitors that are others' to probe. */
function loadShard(name: string): Promise<Shard> {
  const load = loaded.get(name) ?? keepWarm(() => readPackaged<Shard>(new URL(`${name}.json`, shards)));
  loaded.set(name, load);
  return load();
}

/** By hand any monitor may be asked for. */
async function loadShards(): Promise<readonly Shard[]> {
  return Promise.all((await listShards()).map((file) => loadShard(file.slice(0, -'.json'.length))));
}

// The SDK is brought in at its first use, after the probes: it costs 40 ms of CPU that would be measured as latency.
const parameters = keepWarm(async () =>
  (await import('../shared/aws/parameters.ts')).createParameters(Date.now, clientAt(readHome())),
);
const readParameter = async (path: string) => (await parameters())(path);
const signer = keepWarm(async () =>
  (await import('../shared/aws/signer.ts')).createSigner(() => process.env, Date.now),
);
const publisher = keepWarm(async () => (await import('../shared/aws/metrics.ts')).createMetricsPublisher(readHome()));
const dynamoDb = keepWarm(async () =>
  meterDynamoDb((await import('../shared/aws/dynamodb.ts')).createDynamoDb(readHome())),
);
const ledger = keepWarm(async () => {
  const { createLedgerStore } = await import('../shared/aws/ledger-store.ts');
  return createLedgerStore(await dynamoDb(), requireVariable('LEDGER_TABLE'));
});
const heartbeats = keepWarm(async () => {
  const { createHeartbeatReader } = await import('../shared/aws/heartbeat-store.ts');
  return createHeartbeatReader(await dynamoDb(), requireVariable('LEDGER_TABLE'));
});
/** What probes cost is a property of this sandbox, and outlives an invocation. */
const pacing = keepWarm(async () => createPacing(cpuShareOf(process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'])));

/** Call `stop` when the invocation is over. */
async function createDeps({ id, log }: Invocation): Promise<{ deps: ProbeTickDeps; stop: () => void }> {
  const { runProbe, stop } = watchRunProbe(probeDeps());
  const deps: ProbeTickDeps = {
    clock: systemClock,
    runProbe,
    prepare,
    pacing: await pacing(),
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
  return { deps, stop };
}

const prepare: ProbeTickDeps['prepare'] = async (monitors) => {
  const ahead = readAhead(monitors, { clock: systemClock, readParameter, loadSigner: signer });
  await Promise.all([ahead, prepareHttp({ clock: systemClock, tls: monitors.some(needsTls) })]);
};

function probeDeps(): Omit<RunProbeDeps, 'watch'> {
  const runtimeApi = process.env['AWS_LAMBDA_RUNTIME_API'];
  return {
    clock: systemClock,
    runHttp: runHttpAttempt,
    signer: (service, region) => async (request) => (await signer())(service, region)(request),
    loadHeartbeat: async (monitorKey) => (await heartbeats())(monitorKey),
    allowOrigins: (process.env['BURNWATCH_ALLOW_ORIGINS'] ?? '').split(',').filter((origin) => origin !== ''),
    ...(runtimeApi ? { runtimeApi } : {}),
    references: { output: readOutput, parameter: readParameter },
  };
}
