import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Tick } from '../../shared/ledger/model.ts';
import { functionsIn, outputsOf, putSecrets, secrets, whatIsLeft } from './account.ts';
import type { Emulator } from './emulator.ts';
import { clientSettings, openProject } from './project.ts';
import {
  firstConfig,
  openReceiver,
  type Receiver,
  secondConfig,
  slow,
  steps,
  until,
  withEmulator,
  writeConfig,
} from './stage.ts';

const stage = 'test';
const stack = `shortener-${stage}`;
const params = ['--param', 'config=deploy.yml', '--param', 'faults=on'];
const functionNames = ['probe', 'evaluate', 'shortener', 'status', 'burst', 'notify'];

await withEmulator('the stack in an emulator of AWS that enforces its roles', story);

function story(emulator: Emulator): void {
  const { call, stop } = emulator;
  const project = openProject(emulator);
  const dynamodb = new DynamoDBClient(clientSettings(emulator));
  const cloudWatch = new CloudWatchClient(clientSettings(emulator));
  const ledger = createLedgerStore(dynamodb, `${stack}-ledger`);
  let receiver: Receiver;
  let outputs: Readonly<Record<string, string>> = {};
  let brokenAt = 0;
  let eventsBefore = 0;

  const step = steps();
  const recentTicks = (sinceMs = 600_000) => ledger.loadTicks('us-east-1', Date.now() - sinceMs, Date.now() + 60_000);
  const sls = (command: string, ...args: string[]) =>
    project.serverless(...command.split(' '), '--stage', stage, ...params, ...args);
  const invoke = async (name: string, event: object) =>
    JSON.parse(await sls('invoke', '-f', name, '-d', JSON.stringify(event))) as Json;
  const status = async () => {
    const { stdout } = await project.burnwatch('status', '--stage', stage, '--config', 'deploy.yml', '--json');
    return JSON.parse(stdout) as Status;
  };
  const doctor = async () => {
    const { code, stdout } = await project.burnwatch('doctor', '--stage', stage, ...params, '--json');
    const { checks } = JSON.parse(stdout) as Doctor;
    return { code, found: checks.flatMap(({ id, findings }) => findings.map(({ what }) => `${id}: ${what}`)) };
  };
  const told = (kind: string) => async () =>
    receiver.published.find(({ transitions }) =>
      transitions.some((each) => each.kind === kind && each.name === 'shortener-health'),
    );

  beforeAll(async () => {
    receiver = await openReceiver(secrets['hook-secret']);
    writeConfig(project.root, firstConfig(`${receiver.url}/hook`));
    await putSecrets(call);
  }, slow);

  afterAll(async () => {
    dynamodb.destroy();
    cloudWatch.destroy();
    await receiver?.close();
    project.remove();
    await stop();
  }, slow);

  step('deploys from nothing', async () => {
    expect(await sls('deploy')).toContain(`Service deployed to stack ${stack}`);
    outputs = await outputsOf(call, stack);
    expect(outputs['ShortenerUrl']).toMatch(/^http/);
    expect((await functionsIn(call)).filter((name) => name.startsWith(stack))).toEqual(
      functionNames.map((name) => `${stack}-${name}`).toSorted(),
    );
    await call('sns', 'subscribe', {
      TopicArn: outputs['AlertsTopic'],
      Protocol: 'http',
      Endpoint: `${receiver.url}/sns`,
    });
  });

  step('answers short links through the HTTP API', async () => {
    const links = `${outputs['ShortenerUrl']}/links`;
    const headers = { authorization: `Bearer ${secrets['write-token']}`, 'content-type': 'application/json' };
    const made = await fetch(links, { method: 'POST', headers, body: '{"url":"https://example.com/deployed"}' });
    expect(made.status).toBe(201);
    const { code } = (await made.json()) as { code: string };
    const followed = await fetch(`${outputs['ShortenerUrl']}/${code}`, { redirect: 'manual' });
    expect([followed.status, followed.headers.get('location')]).toEqual([302, 'https://example.com/deployed']);
    expect((await fetch(`${links}/${code}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await fetch(links, { method: 'POST', body: '{"url":"https://example.com/"}' })).status).toBe(401);
  });

  step('answers for every function that is invoked by hand', async () => {
    const get = {
      version: '2.0',
      rawPath: '/health/liveness',
      requestContext: { http: { method: 'GET', path: '/health/liveness' } },
    };
    const [probed, evaluated, burst, shortened, heard] = await Promise.all([
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
    expect(heard).toMatchObject({ statusCode: 404 });
  });

  step('is probed by its schedule: rows in the ledger, latency in CloudWatch', async () => {
    const outcomes = ({ outcomes: all }: Tick) => all.map(({ outcome }) => outcome);
    await until(90, 'three monitors that passed by the schedule', async () => {
      const passed = (await recentTicks()).flatMap(outcomes).filter((outcome) => outcome === 'passed');
      return passed.length >= 3 ? true : undefined;
    });
    // A latency that was taken while the CPU was short is not published: one of three that was not is enough.
    const points = await until(120, 'a datum of ProbeLatency', async () => {
      const { MetricDataResults = [] } = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(Date.now() - 1_200_000),
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
  });

  step('says in its status what is down', async () => {
    brokenAt = Date.now();
    expect((await fault('PUT', { errorRatio: 1, for: '1h' })).status).toBe(200);
    const wrong = await until(90, 'a status that tells of the outage', async () => {
      const told = (await status()).wrong.filter((line) => line.startsWith('shortener-health: failed'));
      return told.length > 0 ? told : undefined;
    });
    expect(wrong).toEqual(['shortener-health: failed (assertion)']);
  });

  step('changes nothing when nothing has changed', async () => {
    const before = await templateOf();
    expect(await sls('deploy')).toMatch(/No changes to deploy|deployed to stack/);
    expect(await templateOf()).toEqual(before);
  });

  step('tells of the outage through SNS, a queue and a signed webhook', async () => {
    const message = await until(120, 'a message that tells of the outage', told('fired'));
    expect(message.subject).toContain('shortener-health');
    const post = await until(30, 'a webhook that tells of it', async () =>
      receiver.posts.find((each) => each.message.id === message.id),
    );
    expect(post.isSigned).toBe(true);
    expect((await fault('DELETE')).status).toBeLessThan(300);
    eventsBefore = eventsOf(await status());
    expect(eventsBefore).toBeGreaterThan(0);
  });

  step('takes a monitor more, one less and one under another name, and keeps its history', async () => {
    writeConfig(project.root, secondConfig(`${receiver.url}/hook`));
    expect(await sls('deploy')).toContain('deployed to stack');
    const probed = await invoke('probe', { monitors: ['newcomer', 'new-name'] });
    expect(probed).toMatchObject({ results: [{ outcome: 'passed' }, { outcome: 'passed' }] });
    await expect(invoke('probe', { monitors: ['short-lived'] })).rejects.toThrow('short-lived');
    expect(eventsOf(await status())).toBeGreaterThanOrEqual(eventsBefore);
  });

  step('deploys one function, reads its log and says what is there', async () => {
    expect(await sls('deploy function', '-f', 'probe')).toMatch(/deployed|unchanged/i);
    expect(await sls('logs', '-f', 'probe')).toContain('"message":"probed"');
    expect(await sls('info', '--verbose')).toContain('ShortenerUrl');
  });

  step('tells of the end, though it was deployed anew in between, and of everything once', async () => {
    await until(120, 'a message that tells of the end', told('resolved'));
    const ids = receiver.published.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(receiver.posts.every(({ isSigned }) => isSigned)).toBe(true);
    const failed = (await recentTicks(Date.now() - brokenAt + 60_000)).flatMap(({ outcomes }) => outcomes);
    expect(failed.filter(({ outcome }) => outcome === 'failed').length).toBeGreaterThanOrEqual(2);
  });

  step('goes back to an earlier deployment', async () => {
    const [first = ''] = /\d{13}/.exec(await sls('deploy list')) ?? [];
    expect(await sls('rollback', '--timestamp', first)).toContain('rolled back');
    const probed = await invoke('probe', { monitors: ['short-lived', 'old-name'] });
    expect(probed).toMatchObject({ results: [{ outcome: 'passed' }, { outcome: 'passed' }] });
    await expect(invoke('probe', { monitors: ['newcomer'] })).rejects.toThrow('newcomer');
    writeConfig(project.root, firstConfig(`${receiver.url}/hook`));
    expect(eventsOf(await status())).toBeGreaterThanOrEqual(eventsBefore);
  });

  step('no function was refused anything by its role', async () => {
    for (const name of functionNames) {
      const { events = [] } = (await call('logs', 'filter_log_events', {
        logGroupName: `/aws/lambda/${stack}-${name}`,
      })) as { events?: readonly { readonly message: string }[] };
      const refused = events.filter(({ message }) => /AccessDenied|not authorized/.test(message));
      expect([name, refused.map(({ message }) => message)]).toEqual([name, []]);
    }
  });

  step('is well to the doctor, who names what is broken by hand', async () => {
    expect((await doctor()).found.filter((each) => !beyondTheEmulator.test(each))).toEqual(refusedByHand);
    await breakByHand(call);
    const { code, found } = await doctor();
    expect(code).toBe(1);
    const seen = found.filter((each) => !beyondTheEmulator.test(each));
    expect(seen.filter((each) => !each.startsWith('runs:')).toSorted()).toEqual(brokenByHand);
  });

  step('is removed, and nothing is left', async () => {
    expect(await sls('remove', '--param', 'delete=true')).toContain('successfully removed');
    await sleep(1_000);
    expect(await whatIsLeft(call, stack)).toEqual([]);
  });

  function fault(method: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${secrets['write-token']}`, 'content-type': 'application/json' };
    return fetch(`${outputs['ShortenerUrl']}/faults`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  async function templateOf(): Promise<unknown> {
    const answer = (await call('cloudformation', 'get_template', { StackName: stack })) as { TemplateBody: Json };
    return JSON.parse(JSON.stringify(answer.TemplateBody).replaceAll(/\d{13}-\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DEPLOYED'));
  }
}

type Json = Readonly<Record<string, unknown>>;
type Status = {
  readonly wrong: readonly string[];
  readonly slos: readonly { readonly id: string; readonly goodEvents: number; readonly badEvents: number }[];
};
type Doctor = {
  readonly checks: readonly { readonly id: string; readonly findings: readonly { readonly what: string }[] }[];
};

/** How many events the SLO of the monitor that is renamed has counted. */
function eventsOf({ slos }: Status): number {
  const { goodEvents = 0, badEvents = 0 } = slos.find(({ id }) => id === 'history') ?? {};
  return goodEvents + badEvents;
}

/** It keeps no metrics of functions that a schedule invokes, and judges alarms without their dimensions. */
const beyondTheEmulator = /^runs: .* has not run for ten minutes$|^alarms: the alarm .* (has no data|rings)$/;

/** The monitors that were asked for while they were not deployed. */
const refusedByHand = [expect.stringMatching(`^runs: 2 runs of ${stack}-probe failed in the last hour, of \\d+$`)];

async function breakByHand(call: Emulator['call']): Promise<void> {
  const GroupName = `${stack}-ticks`;
  await call('scheduler', 'delete_schedule', { GroupName, Name: `${stack}-evaluate` });
  await call('cloudwatch', 'disable_alarm_actions', { AlarmNames: [`${stack}-probe-dead`] });
  await call('ssm', 'delete_parameter', { Name: '/burnwatch/hook-secret' });
  await call('lambda', 'delete_function', { FunctionName: `${stack}-status` });
}

const brokenByHand: readonly string[] = [
  `alarms: the alarm ${stack}-probe-dead tells nobody: it has no action, or its actions are off`,
  `functions: there is no function ${stack}-status`,
  `schedules: there is no schedule ${stack}-evaluate`,
  'secrets: the parameter /burnwatch/hook-secret does not exist: channel hook cannot work',
];

function latencyOf(monitor: string) {
  const dimensions = { Service: 'shortener', Environment: stage, Monitor: monitor };
  return {
    Namespace: 'Burnwatch',
    MetricName: 'ProbeLatency',
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}
