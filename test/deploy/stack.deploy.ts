import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Tick } from '../../shared/ledger/model.ts';
import { copyProject, type Run, removeProject, serverless } from '../support/package.ts';
import { type Emulator, NoEmulator, startEmulator } from './emulator.ts';
import { firstConfig, openReceiver, type Receiver, sayProgress, secondConfig, until, writeConfig } from './stage.ts';

const writeToken = 'a-write-token-of-the-deploy-test';
const hookSecret = 'a-hook-secret-of-the-deploy-test';
const params = ['--param', 'config=deploy.yml', '--param', 'faults=on'];
/** No step takes a tenth of it on a calm machine; what must be quick has a bound of its own. */
const slow = 600_000;
const functionNames = ['probe', 'evaluate', 'shortener', 'status', 'burst', 'notify'];

const emulator = await startEmulator().catch((error: unknown) => {
  if (error instanceof NoEmulator) return error;
  throw error;
});

if (emulator instanceof NoEmulator) {
  test.skip(`the stack deploys (not run: ${emulator.message})`, () => {});
} else {
  describe('the stack in an emulator of AWS that enforces its roles', () => story(emulator));
}

function story({ env, call, stop }: Emulator): void {
  const root = copyProject();
  const sls = (...args: string[]) => serverless(root, args, env);
  const sdk = {
    endpoint: env['AWS_ENDPOINT_URL'] ?? '',
    region: 'us-east-1',
    credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '' },
  };
  const dynamodb = new DynamoDBClient(sdk);
  const cloudWatch = new CloudWatchClient(sdk);
  const ledger = createLedgerStore(dynamodb, 'shortener-dev-ledger');
  let receiver: Receiver;
  let outputs: Readonly<Record<string, string>> = {};
  let brokenAt = 0;

  const recentTicks = (sinceMs = 180_000) => ledger.loadTicks('us-east-1', Date.now() - sinceMs, Date.now() + 60_000);
  const deploy = async (...more: string[]) => succeeded(await sls('deploy', ...params, ...more));
  const invoke = async (name: string, event: object) =>
    JSON.parse(succeeded(await sls('invoke', '-f', name, ...params, '-d', JSON.stringify(event)))) as Json;
  const told = (kind: string) => async () =>
    receiver.published.find(({ transitions }) =>
      transitions.some((each) => each.kind === kind && each.name === 'shortener-health'),
    );

  sayProgress();

  beforeAll(async () => {
    receiver = await openReceiver(hookSecret);
    writeConfig(root, firstConfig(`${receiver.url}/hook`));
    for (const [name, value] of Object.entries({
      'write-token': writeToken,
      'hook-secret': hookSecret,
      'heartbeat-key': 'a-heartbeat-key-of-the-deploy-test',
    }))
      await call('ssm', 'put_parameter', { Name: `/burnwatch/${name}`, Type: 'SecureString', Value: value });
  }, slow);

  afterAll(async () => {
    dynamodb.destroy();
    cloudWatch.destroy();
    await receiver?.close();
    removeProject(root);
    await stop();
  }, slow);

  test(
    'deploys from nothing',
    async () => {
      expect(await deploy()).toContain('Service deployed to stack shortener-dev');
      const { Stacks } = (await call('cloudformation', 'describe_stacks', { StackName: 'shortener-dev' })) as Stacks;
      outputs = Object.fromEntries((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
      expect(outputs['ShortenerUrl']).toMatch(/^http/);
      const { Functions } = (await call('lambda', 'list_functions')) as { Functions: { FunctionName: string }[] };
      expect(Functions.map(({ FunctionName }) => FunctionName).sort()).toEqual(
        functionNames.map((name) => `shortener-dev-${name}`).sort(),
      );
      const topics = (await call('sns', 'list_topics')) as { Topics: { TopicArn: string }[] };
      await call('sns', 'subscribe', {
        TopicArn: topics.Topics.find(({ TopicArn }) => TopicArn.endsWith('shortener-dev-alerts'))?.TopicArn,
        Protocol: 'http',
        Endpoint: `${receiver.url}/sns`,
      });
    },
    slow,
  );

  test(
    'answers short links through the HTTP API',
    async () => {
      const url = outputs['ShortenerUrl'];
      const links = `${url}/links`;
      const headers = { authorization: `Bearer ${writeToken}`, 'content-type': 'application/json' };
      const made = await fetch(links, { method: 'POST', headers, body: '{"url":"https://example.com/deployed"}' });
      expect(made.status).toBe(201);
      const { code } = (await made.json()) as { code: string };
      const followed = await fetch(`${url}/${code}`, { redirect: 'manual' });
      expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://example.com/deployed']);
      expect((await fetch(`${links}/${code}`, { method: 'DELETE', headers })).status).toBe(204);
      expect((await fetch(links, { method: 'POST', body: '{"url":"https://example.com/"}' })).status).toBe(401);
    },
    slow,
  );

  test(
    'is probed by its schedule: rows in the ledger, latency in CloudWatch',
    async () => {
      const outcomes = ({ outcomes: all }: Tick) => all.map(({ outcome }) => outcome);
      await until(100, 'three monitors that passed by the schedule', async () => {
        const passed = (await recentTicks()).flatMap(outcomes).filter((outcome) => outcome === 'passed');
        return passed.length >= 3 ? true : undefined;
      });
      // A latency that was taken while the CPU was short is not published: one of three that was not is enough.
      const points = await until(150, 'a datum of ProbeLatency', async () => {
        const { MetricDataResults = [] } = await cloudWatch.send(
          new GetMetricDataCommand({
            StartTime: new Date(Date.now() - 600_000),
            EndTime: new Date(Date.now() + 60_000),
            MetricDataQueries: ['shortener-health', 'old-name', 'short-lived'].map((monitor, index) => ({
              Id: `m${index}`,
              MetricStat: { Metric: latencyOf(monitor), Period: 60, Stat: 'Average' },
            })),
          }),
        );
        const values = MetricDataResults.flatMap(({ Values = [] }) => Values);
        return values.length > 0 ? values : undefined;
      });
      for (const milliseconds of points) expect(milliseconds).toBeGreaterThan(0);
    },
    slow,
  );

  test(
    'answers every function that is invoked by hand',
    async () => {
      const get = {
        version: '2.0',
        rawPath: '/health/liveness',
        requestContext: { http: { method: 'GET', path: '/health/liveness' } },
      };
      const [probed, evaluated, burst, shortened, status] = await Promise.all([
        invoke('probe', { monitors: ['short-lived'] }),
        invoke('evaluate', {}),
        invoke('burst', { burst: 'redirects' }),
        invoke('shortener', { ...get, headers: {}, isBase64Encoded: false }),
        invoke('status', { ...get, rawPath: '/heartbeats/nightly/wrong', headers: {}, isBase64Encoded: false }),
      ]);
      expect(probed).toMatchObject({ results: [{ monitor: 'short-lived', outcome: 'passed' }] });
      expect(evaluated).toMatchObject({ fired: 0 });
      expect(JSON.stringify(burst)).toContain('"requests":20');
      expect(shortened).toMatchObject({ statusCode: 200 });
      expect(status).toMatchObject({ statusCode: 404 });
    },
    slow,
  );

  test(
    'tells of an outage through SNS, a queue and a signed webhook',
    async () => {
      brokenAt = Date.now();
      expect((await fault('PUT', { errorRatio: 1, for: '10m' })).status).toBe(200);
      const message = await until(180, 'a message that tells of the outage', told('fired'));
      expect(message.subject).toContain('shortener-health');
      const post = await until(60, 'a webhook that tells of it', async () =>
        receiver.posts.find((each) => each.message.id === message.id),
      );
      expect(post.isSigned).toBe(true);
      expect((await fault('DELETE')).status).toBeLessThan(300);
    },
    slow,
  );

  test(
    'changes nothing when nothing has changed',
    async () => {
      const before = await templateOf();
      expect(await deploy()).toMatch(/No changes to deploy|deployed to stack/);
      expect(await templateOf()).toEqual(before);
    },
    slow,
  );

  test(
    'takes a monitor more, one less and one under another name, and keeps its history',
    async () => {
      writeConfig(root, secondConfig(`${receiver.url}/hook`));
      const output = await deploy();
      expect(output).toContain('deployed to stack');
      const probed = await invoke('probe', { monitors: ['newcomer', 'new-name'] });
      expect(probed).toMatchObject({ results: [{ outcome: 'passed' }, { outcome: 'passed' }] });
      await expect(invoke('probe', { monitors: ['short-lived'] })).rejects.toThrow('short-lived');
    },
    slow,
  );

  test(
    'deploys one function, reads its log and says what is there',
    async () => {
      expect(succeeded(await sls('deploy', 'function', '-f', 'probe', ...params))).toMatch(/deployed|unchanged/i);
      expect(succeeded(await sls('logs', '-f', 'probe', ...params))).toContain('"message":"probed"');
      expect(succeeded(await sls('info', '--verbose', ...params))).toContain('ShortenerUrl');
    },
    slow,
  );

  test(
    'tells of the end, though it was deployed anew in between, and of everything once',
    async () => {
      await until(150, 'a message that tells of the end', told('resolved'));
      const ids = receiver.published.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(receiver.posts.every(({ isSigned }) => isSigned)).toBe(true);
      const failed = (await recentTicks(Date.now() - brokenAt + 60_000)).flatMap(({ outcomes }) => outcomes);
      expect(failed.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThanOrEqual(2);
    },
    slow,
  );

  test(
    'no function was refused anything by its role',
    async () => {
      for (const name of functionNames) {
        const { events = [] } = (await call('logs', 'filter_log_events', {
          logGroupName: `/aws/lambda/shortener-dev-${name}`,
        })) as { events?: readonly { readonly message: string }[] };
        const refused = events.filter(({ message }) => /AccessDenied|not authorized/.test(message));
        expect([name, refused.map(({ message }) => message)]).toEqual([name, []]);
      }
    },
    slow,
  );

  test(
    'is removed, and nothing is left',
    async () => {
      expect(succeeded(await sls('remove', ...params, '--param', 'delete=true'))).toContain('successfully removed');
      await sleep(1_000);
      expect(await whatIsLeft(call)).toEqual([]);
    },
    slow,
  );

  function fault(method: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${writeToken}`, 'content-type': 'application/json' };
    return fetch(`${outputs['ShortenerUrl']}/faults`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  async function templateOf(): Promise<unknown> {
    const answer = (await call('cloudformation', 'get_template', { StackName: 'shortener-dev' })) as {
      TemplateBody: Json;
    };
    return JSON.parse(JSON.stringify(answer.TemplateBody).replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DEPLOYED'));
  }
}

type Json = Readonly<Record<string, unknown>>;
type Stacks = { Stacks: { Outputs: { OutputKey: string; OutputValue: string }[] }[] };

function succeeded({ code, stdout, stderr }: Run): string {
  if (code !== 0) throw new Error(`serverless ended with ${code}: ${stdout}${stderr}`);
  return `${stdout}${stdout.startsWith('{') ? '' : stderr}`;
}

function latencyOf(monitor: string) {
  const dimensions = { Service: 'shortener', Environment: 'dev', Monitor: monitor };
  return {
    Namespace: 'Burnwatch',
    MetricName: 'ProbeLatency',
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}

/** Everything that a stack makes, by the lists of the services that hold it. */
async function whatIsLeft(call: Emulator['call']): Promise<readonly string[]> {
  const lists: readonly (readonly [string, string, string, string])[] = [
    ['lambda', 'list_functions', 'Functions', 'FunctionName'],
    ['dynamodb', 'list_tables', 'TableNames', ''],
    ['sns', 'list_topics', 'Topics', 'TopicArn'],
    ['sqs', 'list_queues', 'QueueUrls', ''],
    ['logs', 'describe_log_groups', 'logGroups', 'logGroupName'],
    ['iam', 'list_roles', 'Roles', 'RoleName'],
    ['scheduler', 'list_schedules', 'Schedules', 'Name'],
    ['cloudwatch', 'describe_alarms', 'MetricAlarms', 'AlarmName'],
    ['cloudwatch', 'list_dashboards', 'DashboardEntries', 'DashboardName'],
    ['apigatewayv2', 'get_apis', 'Items', 'Name'],
    ['s3', 'list_buckets', 'Buckets', 'Name'],
  ];
  const found = await Promise.all(
    lists.map(async ([service, operation, member, name]) => {
      const answer = (await call(service, operation)) as Readonly<
        Record<string, readonly (string | Json)[] | undefined>
      >;
      return (answer[member] ?? []).map((each) => String(typeof each === 'string' ? each : each[name]));
    }),
  );
  return found.flat().filter((name) => name.includes('shortener'));
}
