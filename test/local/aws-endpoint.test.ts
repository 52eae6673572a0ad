import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { GetParameterCommand, GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { endAll, isUp, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
let local: Running;
const options = () => ({
  endpoint: local.aws,
  region: 'us-east-1',
  credentials: { accessKeyId: 'any', secretAccessKey: 'keys' },
  maxAttempts: 1,
});

beforeAll(async () => {
  local = await startLocalMode(folder.path);
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

/** A raw call of AWS JSON. */
const json = (target: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(local.aws, {
    method: 'POST',
    body,
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0', ...headers },
  });
const form = (fields: Record<string, string>) =>
  fetch(local.aws, { method: 'POST', body: new URLSearchParams(fields) });

const signedFor = (service: string) => ({
  headers: { authorization: `AWS4-HMAC-SHA256 Credential=x/20261121/us-east-1/${service}/aws4_request, Signature=0` },
});

describe('CloudWatch on the wire', () => {
  let client: CloudWatchClient;
  beforeAll(() => {
    client = new CloudWatchClient(options());
  });
  afterAll(() => client.destroy());
  const now = new Date();
  const span = { StartTime: new Date(now.getTime() - 600_000), EndTime: new Date(now.getTime() + 60_000) };

  it('keeps what the SDK puts, and gives it back', async () => {
    const dimensions = [{ Name: 'Monitor', Value: 'a' }];
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Test',
        MetricData: [
          {
            MetricName: 'Latency',
            Values: [1, 2],
            Counts: [1, 3],
            Timestamp: now,
            Dimensions: dimensions,
            Unit: 'Milliseconds',
          },
        ],
      }),
    );
    const metric = { Namespace: 'Test', MetricName: 'Latency', Dimensions: dimensions };
    const query = (Id: string, Stat: string) => ({ Id, MetricStat: { Metric: metric, Period: 60, Stat } });
    const answer = await client.send(
      new GetMetricDataCommand({
        ...span,
        MetricDataQueries: [query('a', 'Average'), query('b', 'p50'), query('c', 'SampleCount')],
      }),
    );
    expect(answer.MetricDataResults?.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode])).toEqual([
      ['a', [1.75], 'Complete'],
      ['b', [2], 'Complete'],
      ['c', [4], 'Complete'],
    ]);
    expect(answer.MetricDataResults?.[0]?.Timestamps?.[0]).toEqual(
      new Date(Math.floor(now.getTime() / 60_000) * 60_000),
    );
    const statistics = await client.send(
      new GetMetricStatisticsCommand({ ...metric, ...span, Period: 60, Statistics: ['Maximum'] }),
    );
    expect(statistics.Datapoints?.[0]).toMatchObject({ Maximum: 2, Unit: 'Milliseconds' });
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Test' }));
    expect(Metrics).toEqual([{ Namespace: 'Test', MetricName: 'Latency', Dimensions: dimensions }]);
  });

  it('takes a body that the SDK has zipped', async () => {
    const MetricData = Array.from({ length: 300 }, (_, index) => ({
      MetricName: `m${index}`,
      Value: index,
      Unit: 'Count' as const,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'Zipped', MetricData }));
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Zipped', MetricName: 'm299' }));
    expect(Metrics).toHaveLength(1);
  });

  it('refuses with the error that the SDK knows', async () => {
    const bad = client.send(
      new PutMetricDataCommand({ Namespace: 'AWS/Lambda', MetricData: [{ MetricName: 'm', Value: 1 }] }),
    );
    await expect(bad).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('has the alarms and the dashboard of the template', async () => {
    const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms?.map(({ AlarmName, StateValue }) => [AlarmName, StateValue])).toEqual([
      ['shortener-local-probe-dead', 'INSUFFICIENT_DATA'],
      ['shortener-local-evaluate-dead', 'INSUFFICIENT_DATA'],
    ]);
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp).toBeInstanceOf(Date);
    const { DashboardEntries } = await client.send(new ListDashboardsCommand({}));
    const DashboardName = DashboardEntries?.[0]?.DashboardName;
    const { DashboardBody } = await client.send(new GetDashboardCommand({ DashboardName }));
    expect(JSON.parse(DashboardBody ?? '').widgets.length).toBeGreaterThan(1);
  });

  it('publishes what AWS publishes about functions', async () => {
    await local.until(isUp, 15_000);
    const names = new Set<string>();
    for (const end = Date.now() + 5_000; Date.now() < end && names.size < 9; ) {
      const { Metrics } = await client.send(new ListMetricsCommand({}));
      for (const { Namespace, MetricName } of Metrics ?? [])
        if (Namespace?.startsWith('AWS/')) names.add(`${Namespace} ${MetricName}`);
    }
    for (const name of ['Invocations', 'Errors', 'Duration', 'Throttles'])
      expect(names).toContain(`AWS/Lambda ${name}`);
    for (const name of ['Count', '4xx', '5xx', 'Latency']) expect(names).toContain(`AWS/ApiGateway ${name}`);
  });

  it('speaks the older Query protocol too', async () => {
    const answer = await form({ Action: 'ListMetrics', Version: '2010-08-01', Namespace: 'Test' });
    expect(await answer.text()).toContain('<MetricName>Latency</MetricName>');
    const bad = await form({ Action: 'PutMetricData', Version: '2010-08-01', Namespace: 'AWS/x' });
    expect([bad.status, await bad.text()]).toEqual([
      400,
      expect.stringContaining('<Code>InvalidParameterValue</Code>'),
    ]);
  });
});

describe('SNS on the wire', () => {
  let client: SNSClient;
  beforeAll(() => {
    client = new SNSClient(options());
  });
  afterAll(() => client.destroy());
  const inboxOf = async (to: string) => (await local.state()).inbox.filter((mail) => mail.to === to);

  it('has the topics and subscriptions of the template', async () => {
    const { Topics } = await client.send(new ListTopicsCommand({}));
    expect(Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1))).toEqual([
      'shortener-local-alarms',
      'shortener-local-alerts',
    ]);
    const { Subscriptions } = await client.send(new ListSubscriptionsCommand({}));
    expect(Subscriptions?.map(({ Endpoint }) => Endpoint)).toEqual(['oncall@example.com', 'oncall@example.com']);
  });

  it('makes a topic once, however often it is asked', async () => {
    const [one, two] = [
      await client.send(new CreateTopicCommand({ Name: 'mine' })),
      await client.send(new CreateTopicCommand({ Name: 'mine' })),
    ];
    expect(one.TopicArn).toBe(two.TopicArn);
  });

  it('delivers to those whose filter lets a message through, before it answers', async () => {
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'filtered' }));
    const subscribe = (Endpoint: string, policy?: object) =>
      client.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'email',
          Endpoint,
          ...(policy ? { Attributes: { FilterPolicy: JSON.stringify(policy) } } : {}),
        }),
      );
    await subscribe('all@example.com');
    await subscribe('chat@example.com', { channels: ['chat'] });
    await subscribe('none@example.com', { channels: ['none'] });
    const publish = (channels?: string[]) =>
      client.send(
        new PublishCommand({
          TopicArn,
          Subject: 'Subject',
          Message: JSON.stringify({ default: 'd', email: 'for <mail> & people' }),
          MessageStructure: 'json',
          ...(channels
            ? { MessageAttributes: { channels: { DataType: 'String.Array', StringValue: JSON.stringify(channels) } } }
            : {}),
        }),
      );
    expect((await publish(['oncall', 'chat'])).MessageId).toMatch(/^[0-9a-f-]{36}$/);
    await publish();
    expect(await inboxOf('all@example.com')).toHaveLength(2);
    expect(await inboxOf('chat@example.com')).toMatchObject([{ subject: 'Subject', text: 'for <mail> & people' }]);
    expect(await inboxOf('none@example.com')).toEqual([]);
  });

  it('refuses a second filter for one address', async () => {
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'filtered' }));
    const again = client.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: 'all@example.com',
        Attributes: { FilterPolicy: '{"a":["b"]}' },
      }),
    );
    await expect(again).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('already exists'),
    });
  });

  it.each([
    ['no such topic', { TopicArn: 'arn:aws:sns:us-east-1:000000000000:absent', Message: 'm' }, 'NotFoundException'],
    ['no topic at all', { TopicArn: 'x', Message: 'm' }, 'InvalidParameterException'],
    ['an empty message', { Message: '' }, 'InvalidParameterException'],
    ['a message above 256 KB', { Message: 'x'.repeat(262_145) }, 'InvalidParameterException'],
    ['a subject of 100 characters', { Message: 'm', Subject: 'x'.repeat(100) }, 'InvalidParameterException'],
    ['a subject of two lines', { Message: 'm', Subject: 'a\nb' }, 'InvalidParameterException'],
    ['JSON without a default', { Message: '{"email":"x"}', MessageStructure: 'json' }, 'InvalidParameterException'],
    ['no JSON where it is promised', { Message: 'x', MessageStructure: 'json' }, 'InvalidParameterException'],
    [
      'an attribute without a value',
      { Message: 'm', MessageAttributes: { a: { DataType: 'String' } } },
      'InvalidParameterException',
    ],
    [
      'a list that is none',
      { Message: 'm', MessageAttributes: { a: { DataType: 'String.Array', StringValue: '{' } } },
      'InvalidParameterException',
    ],
  ])('refuses a message with %s', async (_, input, name) => {
    const { TopicArn } = await client.send(new CreateTopicCommand({ Name: 'mine' }));
    await expect(client.send(new PublishCommand({ TopicArn, ...input }))).rejects.toMatchObject({ name });
  });
});

describe('DynamoDB on the wire', () => {
  it('has the tables of the template, and keeps items', async () => {
    const client = new DynamoDBClient(options());
    const TableName = 'shortener-local-links';
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    const Item = { pk: { S: 'test' }, sk: { S: '1' }, b: { B: new Uint8Array([0, 255]) } };
    await client.send(new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    const twice = client.send(new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    await expect(twice).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'test' } },
      }),
    );
    expect(Items).toEqual([Item]);
    client.destroy();
  });
});

describe('SSM on the wire', () => {
  it('gives a write token that only its owner can read from the disk, and sees edits', async () => {
    const client = new SSMClient(options());
    const file = join(folder.path, 'parameters.json');
    const { Parameter } = await client.send(
      new GetParameterCommand({ Name: '/burnwatch/write-token', WithDecryption: true }),
    );
    expect(Parameter?.Value).toMatch(/^[\w-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), '/mine': 'secret' }));
    const both = await client.send(new GetParametersCommand({ Names: ['/mine', '/absent', 'toString'] }));
    expect(both.Parameters?.map(({ Name, Value }) => [Name, Value])).toEqual([['/mine', 'secret']]);
    expect(both.InvalidParameters).toEqual(['/absent', 'toString']);
    await expect(client.send(new GetParameterCommand({ Name: '/absent' }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    writeFileSync(file, '{"/mine": "secr');
    const broken = await json('AmazonSSM.GetParameter', '{"Name":"/mine"}');
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('secr"')]);
    client.destroy();
  });
});

describe('Lambda and STS on the wire', () => {
  const invoke = (name: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${local.aws}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, {
      method: 'POST',
      body,
      headers,
    });

  it.each([
    'probe',
    'shortener-local-probe',
    'shortener-dev-probe',
    'shortener-local-probe:$LATEST',
    '000000000000:function:shortener-local-probe',
    'arn:aws:lambda:us-east-1:000000000000:function:shortener-local-probe',
  ])('runs the bundle that is meant by %s', async (name) => {
    const answer = await invoke(name, '{"monitors":["shortener-health"]}', { 'x-amz-log-type': 'Tail' });
    expect(answer.headers.get('x-amz-function-error')).toBeNull();
    expect(await answer.json()).toMatchObject({
      results: [{ monitor: 'shortener-health', outcome: expect.stringMatching(/passed|degraded/) }],
    });
  });

  it('tells the tail of the log when it is asked to', async () => {
    const answer = await invoke('evaluate', '{}', { 'x-amz-log-type': 'Tail' });
    const tail = Buffer.from(answer.headers.get('x-amz-log-result') ?? '', 'base64').toString();
    expect(tail).toContain('"message":"evaluated"');
    expect((await invoke('evaluate', '{}')).headers.get('x-amz-log-result')).toBeNull();
  });

  it('says when the function failed', async () => {
    const answer = await invoke('probe', '{"monitors":["absent"]}');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await answer.json()).toMatchObject({ errorMessage: expect.stringContaining('absent') });
  });

  it('runs an event without making anyone wait', async () => {
    const answer = await invoke('evaluate', '{}', { 'x-amz-invocation-type': 'Event' });
    expect([answer.status, await answer.text()]).toEqual([202, '']);
  });

  it.each([
    ['absent', '{}', {}, 404, 'ResourceNotFoundException'],
    ['probe', '{', {}, 400, 'InvalidRequestContentException'],
    ['probe', '{}', { 'x-amz-invocation-type': 'Later' }, 400, 'InvalidParameterValueException'],
    ['probe', `"${'x'.repeat(7 * 1024 * 1024)}"`, {}, 413, 'RequestTooLargeException'],
  ] as const)('refuses to invoke %s with %.10s', async (name, body, headers, status, type) => {
    const answer = await invoke(name, body, headers);
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([status, type]);
  });

  it('counts a tick that is delivered twice once', async () => {
    await local.until(isUp, 15_000);
    const scheduledTime = `${new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000).toISOString().slice(0, 19)}Z`;
    const event = JSON.stringify({ scheduledTime, shard: 's00' });
    const [one, two] = await Promise.all([invoke('probe', event), invoke('probe', event)]);
    await Promise.all([one.text(), two.text()]);
    const history = (await local.state()).monitors[0]?.history ?? [];
    expect(history.filter(({ at }) => at === Date.parse(scheduledTime))).toHaveLength(1);
  });

  it('says who one is', async () => {
    const answer = await form({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
    expect(await answer.text()).toContain('<Account>000000000000</Account>');
  });
});

describe('the endpoint', () => {
  it.each([
    [
      'an unknown action of CloudWatch',
      () => json('GraniteServiceVersion20100801.PutMetricAlarm', '{}'),
      400,
      'InvalidAction',
    ],
    ['an action named like a method', () => json('GraniteServiceVersion20100801.toString', '{}'), 400, 'InvalidAction'],
    ['an unknown service', () => json('AmazonSQS.SendMessage', '{}'), 404, 'UnknownOperationException'],
    [
      'a service that is known by its signature alone',
      () => fetch(local.aws, signedFor('s3')),
      404,
      'UnknownOperation',
    ],
    [
      'what is not here of Lambda',
      () => fetch(`${local.aws}/2015-03-31/functions`, signedFor('lambda')),
      404,
      'UnknownOperationException',
    ],
    ['no JSON', () => json('AmazonSSM.GetParameter', '{'), 400, 'SerializationException'],
    ['a list for an object', () => json('AmazonSSM.GetParameter', '[]'), 400, 'SerializationException'],
    [
      'a zip that is none',
      () => json('GraniteServiceVersion20100801.ListMetrics', 'x', { 'content-encoding': 'gzip' }),
      400,
      'SerializationException',
    ],
    [
      'a zip bomb',
      () => json('AmazonSSM.GetParameter', gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }),
      400,
      'SerializationException',
    ],
    [
      'more than CloudWatch takes',
      () => json('GraniteServiceVersion20100801.PutMetricData', ' '.repeat(1024 * 1024 + 1)),
      413,
      'RequestEntityTooLarge',
    ],
    [
      'more than anyone takes',
      () => json('AmazonSSM.GetParameter', ' '.repeat(17 * 1024 * 1024)),
      413,
      'RequestEntityTooLarge',
    ],
    [
      'a page of another origin',
      () => json('AmazonSSM.GetParameter', '{}', { origin: 'http://evil.example' }),
      403,
      'AccessDenied',
    ],
    ['a GET of something', () => fetch(`${local.aws}/x`), 404, 'InvalidAction'],
    ['an unknown action of SNS', () => form({ Action: 'DeleteTopic', Version: '2010-03-31' }), 400, 'InvalidAction'],
    ['an unknown API version', () => form({ Action: 'ListTopics', Version: '1999-01-01' }), 400, 'InvalidAction'],
    [
      'garbage in a form',
      () => form({ 'A.B': '1', A: '2', Action: 'ListTopics', Version: '2010-03-31' }),
      400,
      'MalformedInput',
    ],
  ])('refuses %s', async (_, send, status, code) => {
    const answer = await send();
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(code)]);
  });

  it('says what it is', async () => {
    expect(await (await fetch(local.aws)).json()).toMatchObject({
      services: expect.arrayContaining(['sns', 'lambda']),
    });
  });

  it('still works after all that', async () => {
    expect((await json('GraniteServiceVersion20100801.ListMetrics', '{}')).status).toBe(200);
    expect(local.child.exitCode).toBeNull();
  });
});
