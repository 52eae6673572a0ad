import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startAwsEndpoint } from '../support/aws-endpoint.ts';
import { type Answer, startFaultProxy, type Treatment } from '../support/fault-proxy.ts';
import { createFunctions, createLedgerTable, pointAws, tableOf, thisMinute, topicOf } from '../support/faulty-aws.ts';

/*
 * What becomes of a tick and of an evaluation when AWS misbehaves, fault by fault: the clients are the real ones, and the faults are
 * put on the wire between them and local mode's AWS. docs/error-budgets.md tells the same to people.
 */

const minuteMs = 60_000;
/** Two attempts of two seconds to read, to send and to acknowledge, and what a busy machine adds. */
const mostMs = 60_000;
const environment = { ...process.env };
const write = process.stdout.write;
let aws: Awaited<ReturnType<typeof startAwsEndpoint>>;
let proxy: Awaited<ReturnType<typeof startFaultProxy>>;
let lines: { message: string; level: string; [key: string]: unknown }[] = [];
beforeAll(async () => {
  aws = await startAwsEndpoint();
  proxy = await startFaultProxy(aws.origin);
  pointAws(proxy.origin);
  process.stdout.write = (text) => {
    for (const line of String(text).split('\n')) if (line.startsWith('{')) lines.push(JSON.parse(line));
    return true;
  };
}, 30_000);
afterAll(async () => {
  process.stdout.write = write;
  process.env = environment;
  await proxy.close();
  await aws.close();
});

const program = join(import.meta.dirname, '../support/faulty-aws.ts');
let stacks = 0;

/** A table, a topic with a mailbox, and functions whose sandboxes have just started. */
async function openStack() {
  proxy.treat(() => 'pass');
  lines = [];
  stacks += 1;
  const name = `faults-${stacks}`;
  await createLedgerTable(name);
  aws.mails.addTopic(topicOf(name));
  const subscription = { arn: `${topicOf(name)}:1`, topicArn: topicOf(name), protocol: 'email', endpoint: name };
  aws.mails.addSubscription({ ...subscription, filter: '' } as Parameters<typeof aws.mails.addSubscription>[0]);
  const functions = createFunctions(name);
  const at = thisMinute();
  const ids = () =>
    aws.mails
      .mails(100)
      .filter(({ to }) => to === name)
      .map(({ text }) => /^Message ([0-9a-f]+)$/m.exec(text)?.[1] ?? '');
  const samples = (monitor = 'api') =>
    aws.metrics
      .buckets(
        {
          namespace: 'Burnwatch',
          name: 'ProbeLatency',
          dimensions: { Service: name, Environment: 'test', Monitor: monitor },
        },
        { fromSeconds: at / 1_000, toSeconds: at / 1_000 + 60, periodSeconds: 60 },
      )
      .reduce((sum, { count }) => sum + count, 0);
  return { ...functions, name, at, ids, samples };
}
type Stack = Awaited<ReturnType<typeof openStack>>;

/** How it ended: what an invocation that failed says of it. */
async function endOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
    return 'well';
  } catch (error) {
    const { errors: [first = error] = [] } = error as { errors?: readonly unknown[] };
    return (first as { code?: string }).code ?? (first as Error).name;
  }
}

/** Two ticks failed; the third, and the evaluation that it decides, meet the fault; then one more of each without it. */
async function live(stack: Stack, treat: Parameters<typeof proxy.treat>[0]) {
  const { at } = stack;
  const failed = { outcome: 'failed' } as const;
  for (const ago of [2, 1]) await stack.probe(at - ago * minuteMs, failed);
  const startedAt = performance.now();
  proxy.treat(treat);
  const tick = await endOf(stack.probe(at, failed));
  const samples = stack.samples();
  const evaluation = await endOf(stack.evaluate(at + 5_000));
  const isInTime = performance.now() - startedAt < mostMs;
  const told = stack.ids().length;
  const warned = lines.filter(({ level }) => level === 'warn').length;
  const errors = lines.filter(({ message }) => message === 'invocation failed').length;
  proxy.treat(() => 'pass');
  await stack.probe(at + minuteMs, failed);
  await stack.evaluate(at + minuteMs + 5_000);
  const rows = await stack.ledger.loadTicks('us-east-1', at - 5 * minuteMs, at + 5 * minuteMs);
  const { state, outbox } = await stack.alerts.load();
  stack.close();
  expect({
    isInTime,
    firing: Object.keys(state.alerts),
    waiting: outbox.length,
    ids: new Set(stack.ids()).size,
  }).toEqual({ isInTime: true, firing: ['monitor/api/0'], waiting: 0, ids: 1 });
  expect(errors).toBe([tick, evaluation].filter((end) => end !== 'well').length);
  return { tick, evaluation, rows: rows.length, samples, warned, told, mails: stack.ids().length };
}

const json = (status: number, type: string): Answer => ({
  status,
  type: 'application/x-amz-json-1.0',
  body: JSON.stringify({ __type: `com.amazonaws#${type}`, message: 'because' }),
});
const xml = (status: number, code: string): Answer => ({
  status,
  type: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>because</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});
const page: Answer = { status: 200, type: 'text/html', body: '<!doctype html><title>Log in</title>' };

/** All is well: the row, its metric and the mail are there, and nothing was said. */
const well = { tick: 'well', evaluation: 'well', rows: 4, samples: 1, warned: 0, told: 1, mails: 1 };
/** A metric is lost, which is a warning. */
const unmeasured = { ...well, samples: 0, warned: 1 };
/** The ledger refused: both invocations fail, the tick is a gap, and the next one of each makes up for it. */
const refused = (error: string) => ({
  ...well,
  tick: error,
  evaluation: error,
  rows: 3,
  samples: 0,
  told: 0,
});
/** It is decided, and told by the next evaluation under the id that it has. */
const untold = (error: string) => ({ ...well, evaluation: error, told: 0 });

type Row = [
  number: number,
  fault: string,
  /** The action, or the service, whose requests are treated so; only the first of them where `isOnce`. */
  action: string,
  treatment: Treatment,
  expected: typeof well,
  more?: { readonly isOnce?: true; readonly requests?: number },
];

const rows: readonly Row[] = [
  [1, 'PutMetricData is throttled', 'cloudwatch', json(400, 'ThrottlingException'), unmeasured, { requests: 1 }],
  [2, 'PutMetricData fails inside', 'cloudwatch', json(500, 'InternalServiceFault'), unmeasured, { requests: 1 }],
  [3, 'CloudWatch hangs', 'cloudwatch', 'hang', unmeasured],
  [3, 'SNS hangs', 'sns', 'hang', untold('ETIMEDOUT')],
  [3, 'DynamoDB hangs', 'dynamodb', 'hang', refused('ETIMEDOUT')],
  [4, 'the answer of PutMetricData is lost', 'cloudwatch', 'lose', { ...well, warned: 1 }, { requests: 1 }],
  [7, 'DynamoDB throttles', 'dynamodb', json(400, 'ThrottlingException'), refused('ThrottlingException')],
  [8, "the answer to a tick's row is lost", 'dynamodb.PutItem', 'lose', well, { isOnce: true, requests: 1 }],
  [8, "the answer to the alerts' state is lost", 'dynamodb.UpdateItem', 'lose', well, { isOnce: true }],
  [
    10,
    'the table is missing',
    'dynamodb',
    json(400, 'ResourceNotFoundException'),
    refused('ResourceNotFoundException'),
  ],
  [10, 'access is denied', 'dynamodb', json(400, 'AccessDeniedException'), refused('AccessDeniedException')],
  [11, 'SNS throttles', 'sns', xml(400, 'Throttling'), untold('Throttling'), { requests: 2 }],
  [11, 'SNS fails inside', 'sns', xml(500, 'InternalError'), untold('InternalErrorException'), { requests: 2 }],
  [
    12,
    'SNS may not use its key',
    'sns',
    xml(400, 'KMSAccessDenied'),
    untold('KMSAccessDeniedException'),
    { requests: 1 },
  ],
  [12, 'the topic is gone', 'sns', xml(404, 'NotFound'), untold('NotFoundException'), { requests: 1 }],
  [
    12,
    'publishing is not allowed',
    'sns',
    xml(403, 'AuthorizationError'),
    untold('AuthorizationErrorException'),
    { requests: 1 },
  ],
  [
    13,
    'credentials have expired, for DynamoDB',
    'dynamodb',
    json(403, 'ExpiredTokenException'),
    refused('ExpiredTokenException'),
  ],
  [13, 'credentials have expired, for SNS', 'sns', xml(403, 'ExpiredToken'), untold('ExpiredToken'), { requests: 1 }],
  [14, 'a page of somebody else answers as CloudWatch', 'cloudwatch', page, unmeasured],
  [14, 'a page of somebody else answers as DynamoDB', 'dynamodb', page, refused('SyntaxError')],
  [14, 'a page of somebody else answers as SNS', 'sns', page, untold('BURN_TOPIC_ANSWER')],
  [14, 'half an answer comes from DynamoDB', 'dynamodb.Query', 'cut', untold('SyntaxError')],
  // It was taken: twice under one id, never not at all.
  [14, 'half an answer comes from SNS', 'sns', 'cut', { ...untold('Error'), told: 1, mails: 2 }],
];

describe('when AWS misbehaves', () => {
  it.each(rows)(
    '%i: %s',
    async (...[, , action, treatment, expected, { isOnce, requests } = {}]: Row) => {
      let treated = 0;
      const isMeant = (each: string) => each === action || each.startsWith(`${action}.`);
      const found = await live(await openStack(), (request) => {
        if (!isMeant(request.action) || (isOnce && treated > 0)) return 'pass';
        treated += 1;
        return treatment;
      });
      expect(found).toEqual(expected);
      if (requests !== undefined) expect(treated).toBe(requests);
    },
    120_000,
  );

  it('5: a datum that CloudWatch does not take costs no other', async () => {
    const stack = await openStack();
    const monitors = ['api', 'b', 'c', 'd', 'e'];
    await stack.probe(stack.at, { outcome: 'passed', latencyMs: Number.NaN, monitors });
    stack.close();
    expect(monitors.map(stack.samples)).toEqual([0, 1, 1, 1, 1]);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  }, 60_000);

  it.each([-3 * 60, 3 * 60])(
    '6: a tick of %i minutes from now is dropped, and said to be',
    async (minutes) => {
      const stack = await openStack();
      const before = proxy.requests.length;
      const { saved } = await stack.probe(stack.at + minutes * minuteMs, { outcome: 'failed' }, stack.at);
      stack.close();
      expect([saved, proxy.requests.length - before]).toEqual(['late', 0]);
    },
    60_000,
  );

  it('9: two deliveries of each at once make one row, one datum, one transition under one id', async () => {
    const stack = await openStack();
    const other = createFunctions(stack.name);
    const failed = { outcome: 'failed' } as const;
    for (const ago of [2, 1, 0])
      await Promise.all([stack, other].map((each) => each.probe(stack.at - ago * minuteMs, failed)));
    await Promise.all([stack, other].map((each) => each.evaluate(stack.at + 5_000)));
    const rows = await stack.ledger.loadTicks('us-east-1', stack.at - 5 * minuteMs, stack.at);
    const { state, outbox } = await stack.alerts.load();
    for (const each of [stack, other]) each.close();
    expect([rows.length, stack.samples(), new Set(stack.ids()).size]).toEqual([3, 1, 1]);
    expect([state.version, outbox.length]).toEqual([1, 0]);
  }, 60_000);

  it.each([
    ['is no JSON', '{', 'BURN_STATE_CORRUPT'],
    ['has a schema of a newer release', '{"schema":2}', 'BURN_FORMAT_NEWER'],
    ['has no schema', '{}', 'BURN_STATE_CORRUPT'],
  ])(
    "10: where the alerts' state %s, nothing is written over it",
    async (_, text, error) => {
      const stack = await openStack();
      const Item = { pk: { S: 'alerts' }, sk: { S: 'state' }, version: { N: '7' }, state: { S: text } };
      await stack.client.send(new PutItemCommand({ TableName: tableOf(stack.name), Item }));
      for (const ago of [2, 1, 0]) await stack.probe(stack.at - ago * minuteMs, { outcome: 'failed' });
      const first = proxy.requests.length;
      expect(await endOf(stack.evaluate(stack.at + 5_000))).toBe(error);
      expect(lines.at(-1)).toMatchObject({ level: 'error', message: 'invocation failed', 'error.type': error });
      stack.close();
      expect(proxy.requests.slice(first).filter(({ action }) => /Update|Publish/.test(action))).toEqual([]);
    },
    60_000,
  );

  it.each([
    ['before its state is written', 'dynamodb.UpdateItem'],
    ['before its message is sent', 'sns.Publish'],
  ])(
    '15: after an evaluation that is killed %s, the next one tells, under one id',
    async (_, action) => {
      const stack = await openStack();
      for (const ago of [2, 1, 0]) await stack.probe(stack.at - ago * minuteMs, { outcome: 'failed' });
      const isReached = new Promise<void>((resolve) => {
        proxy.treat((request) => {
          if (request.action !== action) return 'pass';
          resolve();
          return 'hang';
        });
      });
      const child = spawn(process.execPath, [program, proxy.origin, stack.name, String(stack.at + 5_000)]);
      await isReached;
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect([child.signalCode, stack.ids().length]).toEqual(['SIGKILL', 0]);
      proxy.treat(() => 'pass');
      // Ten minutes without any tick are no failures, and its silence is told on its own.
      const next = createFunctions(stack.name);
      await next.evaluate(stack.at + 10 * minuteMs);
      const { state, outbox } = await next.alerts.load();
      next.close();
      stack.close();
      expect([Object.keys(state.alerts).includes('monitor/api/0'), outbox.length]).toEqual([
        action === 'sns.Publish',
        0,
      ]);
      expect(Object.keys(state.alerts)).toContain('coverage/api');
      expect(stack.ids().length).toBe(new Set(stack.ids()).size);
    },
    120_000,
  );
});
