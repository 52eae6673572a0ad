import type { Context } from 'aws-lambda';
import fc from 'fast-check';
import { embeddedSamples } from '../../../infra/local/embedded-metrics.ts';
import { createDatabaseMeter, meterDynamoDb } from '../../../shared/lambda/database-meter.ts';
import { createLines } from '../../../shared/lambda/log.ts';
import type { Served } from '../../../shared/lambda/request-groups.ts';
import { createTelemetry } from '../../../shared/lambda/telemetry.ts';
import { traceIdOf } from '../../../shared/lambda/trace-id.ts';
import { entryKeys, entryOf } from '../../../shared/metrics/entries.ts';

const startAt = Date.parse('2026-11-20T12:00:00Z');
const aHit: Served = {
  route: '/{code}',
  method: 'GET',
  status: 302,
  durationMs: 0.0123,
  cache: { name: 'links', isHit: true },
};
const aFailure: Served = {
  route: '/links',
  method: 'POST',
  status: 503,
  durationMs: 1_000,
  errorType: 'database-unavailable',
};

type Line = Readonly<Record<string, unknown>>;

/** A sandbox of the function `shop-dev-app`, whose clock stands still until it is moved. */
function aSandbox(env: Readonly<Record<string, string>> = {}) {
  const texts: string[] = [];
  const clock = { at: startAt };
  const base = { 'faas.name': 'shop-dev-app', 'cloud.region': 'eu-west-1' };
  const database = createDatabaseMeter();
  const telemetry = createTelemetry({
    log: createLines(
      base,
      (text) => texts.push(text),
      () => clock.at,
    ),
    now: () => clock.at,
    env: { BURNWATCH_SERVICE: 'shop', BURNWATCH_ENVIRONMENT: 'dev', AWS_LAMBDA_FUNCTION_NAME: 'shop-dev-app', ...env },
    database,
    initSeconds: 0.25,
    hotRoutes: ['GET /{code}'],
  });
  let count = 0;
  const run = (served: Served | undefined, event: unknown = {}, failed?: string) => {
    count += 1;
    const id = `request-${count}`;
    const begun = telemetry.begin();
    if (served) telemetry.served(id, served);
    telemetry.end(
      begun,
      event,
      { awsRequestId: id } as Context,
      failed ? { errorType: failed } : { answer: { statusCode: 204 } },
    );
  };
  return {
    clock,
    texts,
    database,
    run,
    lines: (): readonly Line[] => texts.map((text) => JSON.parse(text)),
    samples: () => texts.flatMap((text) => embeddedSamples(text)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('the telemetry of an invocation that serves no request', () => {
  it('is one line, with what its process did', () => {
    const { run, lines } = aSandbox({ _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1' });
    run(undefined);
    run(undefined);
    expect(lines()).toMatchObject([
      {
        timestamp: '2026-11-20T12:00:00.000Z',
        level: 'info',
        message: 'invocation',
        'faas.name': 'shop-dev-app',
        'cloud.region': 'eu-west-1',
        'faas.invocation_id': 'request-1',
        trace_id: '5759e988bd862e3fe1be46a994272793',
        'faas.coldstart': true,
        'faas.init_duration': 0.25,
        'faas.invoke_duration': expect.any(Number),
        'faas.mem_usage': expect.any(Number),
        'v8js.memory.heap.used': expect.any(Number),
        'process.cpu.time': expect.any(Number),
        'burnwatch.process.handles': expect.any(Number),
      },
      { 'faas.invocation_id': 'request-2', 'faas.coldstart': false },
    ]);
    expect(Object.keys(lines()[1] ?? {})).not.toContain('faas.init_duration');
  });

  it('says what it failed with', () => {
    const { run, lines } = aSandbox();
    run(undefined, {}, 'BURN_LEDGER');
    expect(lines()).toMatchObject([{ level: 'error', 'error.type': 'BURN_LEDGER' }]);
  });

  it('tells of the database what its calls took and consumed, once', () => {
    const { run, lines, database } = aSandbox();
    database.add({ durationMs: 4, isFailed: false, units: 0.5 });
    database.add({ durationMs: 6.5, isFailed: true, units: 0 });
    run(undefined);
    run(undefined);
    expect(lines()[0]).toMatchObject({
      'db.client.operation.duration': 0.0105,
      'burnwatch.db.calls': 2,
      'burnwatch.db.failures': 1,
      'aws.dynamodb.consumed_capacity': 0.5,
    });
    expect(lines()[1]).not.toHaveProperty(['burnwatch.db.calls']);
  });
});

describe('the telemetry of a request', () => {
  it('is a line of its own while there are few, with the metrics that are worth their price', () => {
    const { run, lines, samples } = aSandbox();
    run(aHit, { headers: { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793' } });
    expect(lines()).toMatchObject([
      {
        level: 'info',
        message: 'requests',
        'faas.invocation_id': 'request-1',
        trace_id: '5759e988bd862e3fe1be46a994272793',
        'http.route': '/{code}',
        'http.request.method': 'GET',
        'http.response.status_code': 302,
        'http.server.request.duration': 0.000012,
        'burnwatch.requests': 1,
        'burnwatch.cache': 'links',
        'burnwatch.cache.hits': 1,
        'burnwatch.cache.misses': 0,
      },
    ]);
    const dimensions = { Service: 'shop', Environment: 'dev' };
    expect(samples()).toMatchObject([
      {
        metric: { namespace: 'Burnwatch', name: 'RequestLatency', dimensions: { ...dimensions, Route: 'GET /{code}' } },
        sum: 0.012,
        unit: 'Milliseconds',
      },
      { metric: { name: 'CacheHits', dimensions: { ...dimensions, Cache: 'links' } }, sum: 1, unit: 'Count' },
    ]);
  });

  it('is told together with its like once there are many in a second, and none is lost', () => {
    const { run, lines, samples, clock } = aSandbox();
    for (let count = 0; count < 1_000; count++) run(count % 10 === 0 ? { ...aHit, route: '/demo' } : aHit);
    clock.at += 1_000;
    run({ ...aHit, durationMs: 99 });
    expect(sum(lines().map((line) => Number(line['burnwatch.requests'] ?? 0)))).toBe(1_001);
    expect(lines().filter(({ message }) => message === 'requests').length).toBe(3);
    expect(lines().find((line) => Number(line['burnwatch.requests']) > 800)).toMatchObject({
      'faas.invocation_id': 'request-1001',
      'http.server.request.duration': 0.099,
      'http.server.active_requests': 1,
    });
    const latencies = samples().filter(({ metric }) => metric.name === 'RequestLatency');
    expect(sum(latencies.map(({ count }) => count))).toBe(901);
    const hits = samples().filter(({ metric }) => metric.name === 'CacheHits');
    expect(sum(hits.map(({ sum: hit }) => hit))).toBe(1_001);
  });

  it('that waited while the sandbox was idle is told with its own time', () => {
    const { run, lines, samples, clock } = aSandbox();
    run(aHit);
    clock.at += 500;
    run(aHit);
    expect(lines().length).toBe(1);
    clock.at += 600_000;
    run(aHit);
    expect(lines().map((line) => line['burnwatch.requests'])).toEqual([1, 1, 1]);
    const times = samples().flatMap(({ metric, atSeconds }) => (metric.name === 'RequestLatency' ? [atSeconds] : []));
    expect(times).toEqual([startAt / 1_000, startAt / 1_000, startAt / 1_000 + 600]);
  });

  it('that failed is told at once with its id, twenty times a second, and counted after that', () => {
    const { run, lines, samples, clock } = aSandbox();
    for (let count = 0; count < 50; count++) run(aFailure);
    expect(lines().length).toBe(21);
    expect(lines().at(-1)).toMatchObject({
      level: 'error',
      'faas.invocation_id': 'request-21',
      'error.type': 'database-unavailable',
    });
    clock.at += 1_000;
    run(aFailure);
    expect(sum(lines().map((line) => Number(line['burnwatch.requests'])))).toBe(51);
    const errors = samples().filter(({ metric }) => metric.name === 'RequestErrors');
    expect(errors[0]?.metric.dimensions).toEqual({
      Service: 'shop',
      Environment: 'dev',
      ErrorType: 'database-unavailable',
    });
    expect(sum(errors.map((each) => each.sum))).toBe(51);
  });

  it('that was refused is no error of the app', () => {
    const { run, lines, samples } = aSandbox();
    run({ ...aFailure, status: 404, errorType: 'unknown-link' });
    expect(lines()).toMatchObject([{ level: 'info', 'error.type': 'unknown-link' }]);
    expect(samples()).toEqual([]);
  });

  it.each([
    ['an answer', undefined, { 'http.route': '/heartbeats/{proxy+}', 'http.response.status_code': 204 }],
    ['an exception', 'BURN_X', { 'http.response.status_code': 500, 'error.type': 'BURN_X', level: 'error' }],
  ])('of which the function says nothing follows from the event and %s', (_, failed, expected) => {
    const { run, lines } = aSandbox();
    run(undefined, { routeKey: 'ANY /heartbeats/{proxy+}', requestContext: { http: { method: 'POST' } } }, failed);
    expect(lines()).toMatchObject([{ 'http.request.method': 'POST', ...expected }]);
  });

  it.each([
    ['logs', 0],
    ['lean', 2],
    ['full', 7],
    ['what nobody knows', 2],
  ])('carries under %s so many metrics', (profile, expected) => {
    const { run, samples } = aSandbox({ BURNWATCH_TELEMETRY: profile });
    run(aHit);
    const names = new Set(samples().map(({ metric }) => metric.name));
    names.delete('EventLoopDelay'); // there only where something ran for 10 ms
    names.delete('ColdStarts');
    expect(names.size).toBe(expected);
  });

  it('carries no metric where nobody says whose it is', () => {
    const { run, lines, samples } = aSandbox({ BURNWATCH_SERVICE: '' });
    run(aHit);
    expect([lines().length, samples()]).toEqual([1, []]);
  });

  it('has nothing of who asked and for what, whatever that is', () => {
    const canary = 'canary-7f3a';
    const hostile = fc.dictionary(
      fc.constantFrom('traceparent', 'x-amzn-trace-id', 'host', 'authorization', '_aws', 'user-agent'),
      fc.string({ unit: 'binary' }).map((text) => `${text}${canary}{"_aws":{}}\n`),
    );
    fc.assert(
      fc.property(hostile, fc.string(), (headers, method) => {
        const { run, texts } = aSandbox();
        const http = { method: `${method}${canary}`, path: `/${canary}`, sourceIp: canary };
        run(undefined, {
          routeKey: '$default',
          rawPath: `/${canary}`,
          rawQueryString: canary,
          headers,
          requestContext: { http },
        });
        expect(texts.join('')).not.toContain(canary);
        expect(texts.length).toBe(1);
        expect(texts[0]?.indexOf('\n')).toBe((texts[0]?.length ?? 0) - 1);
      }),
      { numRuns: 200 },
    );
  });

  it('has no key that the catalogue does not know, but those that say what, when and where', () => {
    const { run, lines, database, clock } = aSandbox({ BURNWATCH_TELEMETRY: 'full' });
    database.add({ durationMs: 4, isFailed: false, units: 0.5 });
    run({ ...aHit, durationMs: 1 }, { headers: { 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793' } });
    clock.at += 1_000;
    run({ ...aFailure, cache: { name: 'links', isHit: false } });
    run(undefined);
    const whatWhenWhere = [
      ...['timestamp', 'level', 'message', 'faas.name', 'faas.invocation_id', 'cloud.region', 'trace_id', '_aws'],
      ...['http.route', 'http.request.method', 'http.server.active_requests'],
      ...['burnwatch.requests', 'burnwatch.requests.duration', 'burnwatch.cache'],
      ...['Service', 'Environment', 'Function', 'Route', 'Cache', 'ErrorType'],
    ];
    const named = entryKeys.flatMap((key) => {
      const { logKey, cloudwatch, home } = entryOf(key);
      return home === 'vended' ? [] : [logKey, cloudwatch?.name];
    });
    const known = new Set([...whatWhenWhere, ...named]);
    const keys = new Set(lines().flatMap((line) => Object.keys(line)));
    expect([...keys].filter((key) => !known.has(key))).toEqual([]);
    const said = entryKeys.filter((key) => entryOf(key).logKey !== undefined && key !== 'eventLoopDelay');
    expect(said.filter((key) => !keys.has(entryOf(key).logKey ?? ''))).toEqual([]);
  });
});

describe('telemetry that cannot be written', () => {
  it('costs no answer', () => {
    const telemetry = createTelemetry({
      log: () => {
        throw new Error('the stream is closed');
      },
      now: () => startAt,
      env: {},
      database: createDatabaseMeter(),
      initSeconds: 0,
      hotRoutes: [],
    });
    const end = () => telemetry.end(telemetry.begin(), {}, { awsRequestId: 'a' } as Context, { answer: 1 });
    expect(end).not.toThrow();
  });
});

describe('the id of a trace', () => {
  const w3c = '0af7651916cd43dd8448eb211c80319c';
  it.each<[string, Record<string, unknown>, string | undefined, string | undefined]>([
    [
      'is that of the caller',
      { traceparent: `00-${w3c}-b7ad6b7169203331-01`, 'x-amzn-trace-id': 'Root=1-5759e988-bd862e3fe1be46a994272793' },
      undefined,
      w3c,
    ],
    [
      'is that of API Gateway',
      { 'x-amzn-trace-id': 'Self=1-x;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0' },
      undefined,
      '5759e988bd862e3fe1be46a994272793',
    ],
    [
      'is that of the invocation',
      {},
      'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8',
      '5759e988bd862e3fe1be46a994272793',
    ],
    ['of zeros is none', { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` }, undefined, undefined],
    [
      'of another form is none',
      { traceparent: `00-${w3c.toUpperCase()}-b7ad6b7169203331-01`, 'x-amzn-trace-id': 'Root=1-5759e988-xyz' },
      'Root',
      undefined,
    ],
    ['that is no text is none', { traceparent: [w3c], 'x-amzn-trace-id': 7 }, undefined, undefined],
  ])('%s', (_, headers, ofInvocation, expected) => {
    expect(traceIdOf(headers, ofInvocation)).toBe(expected);
  });
});

describe('the meter of a DynamoDB client', () => {
  const aClient = (answer: (input: object) => Promise<unknown>) => {
    let stack = async ({ input }: { input: object }) => ({ output: await answer(input) });
    type Middleware = (next: typeof stack) => typeof stack;
    const client = {
      middlewareStack: {
        add: (middleware: Middleware) => {
          stack = middleware(stack);
        },
      },
      send: (input: object) => stack({ input }),
    };
    return client;
  };

  it('asks each call what it consumed, and adds it up', async () => {
    const meter = createDatabaseMeter();
    const inputs: object[] = [];
    const client = meterDynamoDb(
      aClient(async (input) => {
        inputs.push(input);
        return { ConsumedCapacity: { TableName: 'links', CapacityUnits: 1.5 } };
      }),
      meter,
    );
    await Promise.all([client.send({ TableName: 'links' }), client.send({ TableName: 'links' })]);
    expect(inputs).toEqual(Array(2).fill({ TableName: 'links', ReturnConsumedCapacity: 'TOTAL' }));
    expect(meter.read()).toMatchObject({ 'burnwatch.db.calls': 2, 'aws.dynamodb.consumed_capacity': 3 });
    expect(meter.read()).toBeUndefined();
  });

  it('counts what failed, and lets it rise', async () => {
    const meter = createDatabaseMeter();
    const client = meterDynamoDb(
      aClient(async () => {
        throw new Error('no');
      }),
      meter,
    );
    await expect(client.send({})).rejects.toThrow('no');
    expect(meter.read()).toMatchObject({ 'burnwatch.db.calls': 1, 'burnwatch.db.failures': 1 });
  });
});
