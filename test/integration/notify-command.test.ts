import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../infra/cli/main.ts';
import { type AwsServices, createAwsEndpoint } from '../../infra/local/aws/endpoint.ts';
import { createSns, topicArn } from '../../infra/local/aws/sns.ts';
import { openSnsStore, type SnsStore } from '../../infra/local/aws/sns-store.ts';
import { createSsm } from '../../infra/local/aws/ssm.ts';
import { transitionKinds } from '../../shared/alert/model.ts';
import { type ChannelServer, type ServiceName, startChannelServer } from '../support/channel-servers.ts';
import { createIo } from '../unit/cli/io.ts';

const planted = ['PLANTED0slack7f3a9c51', 'PLANTED0pager7f3a9c51key00000032', 'PLANTED0hook7f3a9c51secret'] as const;

let folder = '';
let aws: Server;
let inbox: SnsStore;
const servers = new Map<ServiceName, ChannelServer>();
const serverOf = (name: ServiceName): ChannelServer => servers.get(name) as ChannelServer;
const endpoint = () => `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;

beforeAll(async () => {
  for (const name of ['slack', 'pagerduty', 'teams', 'alertmanager', 'webhook'] as const)
    servers.set(name, await startChannelServer(name));
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-notify-'));
  const url = (name: ServiceName) => serverOf(name).origin;
  writeFileSync(
    join(folder, 'monitors.yml'),
    `version: 1
service: shop
channels:
  oncall: { type: email, to: oncall@example.com }
  chat: { type: slack, url: "\${ssm:/slack}", allowPrivate: true }
  pager: { type: pagerduty, url: ${url('pagerduty')}, routingKey: "\${ssm:/pager}", allowPrivate: true }
  room: { type: teams, url: "\${ssm:/teams}", allowPrivate: true }
  am: { type: alertmanager, url: ${url('alertmanager')}, allowPrivate: true }
  hook: { type: webhook, url: ${url('webhook')}/x, secret: "\${ssm:/hook}", allowPrivate: true }
  closed: { type: webhook, url: ${url('webhook')}/x, secret: "\${ssm:/hook}" }
  unset: { type: slack, url: "\${ssm:/nobody/made/this}" }
monitors: { web: { type: http, request: { url: https://example.com/ } } }
`,
  );
  const parameters = {
    '/slack': `${url('slack')}/services/${planted[0]}`,
    '/pager': planted[1],
    '/hook': planted[2],
    '/teams': `${url('teams')}/w`,
  };
  writeFileSync(join(folder, 'parameters.json'), JSON.stringify(parameters));
  inbox = openSnsStore(':memory:');
  const sns = createSns(
    inbox,
    Date.now,
    () => {},
    () => {},
  );
  const services: Partial<AwsServices> = { sns: sns.service, ssm: createSsm(join(folder, 'parameters.json')) };
  const serve = createAwsEndpoint(services as AwsServices, () => {});
  aws = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  mkdirSync(join(folder, '.burnwatch'));
  const said = { pid: process.pid, outputs: {}, awsEndpoint: endpoint() };
  writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(said));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  aws.closeAllConnections();
  await new Promise((resolve) => aws.close(resolve));
  inbox.close();
  rmSync(folder, { recursive: true });
});

async function notify(...argv: string[]) {
  const { io, written } = createIo({ cwd: folder });
  return { code: await run(['notify', 'test', ...argv], io), ...written };
}

describe('burnwatch notify test', () => {
  it('sends a marked message through the very senders, and says what the service answered', async () => {
    const { code, stdout } = await notify('--channel', 'chat');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(
        /^told chat \(slack\): Slack answered 200: ok in \d.* m?s\n {2}\[TEST\] \[TICKET\] example failing: 3 of 5 probes, status 503 \(shop test\)\n$/,
      ),
    ]);
    expect(serverOf('slack').got.at(-1)?.path).toBe(`/services/${planted[0]}`);
    expect(serverOf('slack').got.at(-1)?.body).toContain('This is a test: nothing is wrong');
  });

  it.each(['chat', 'pager', 'room', 'am', 'hook'])(
    '%s takes a test of every kind, or has no word for it',
    async (channel) => {
      for (const kind of transitionKinds) {
        const { code, stdout } = await notify('--channel', channel, '--kind', kind, '--json', '--severity', 'page');
        const { outcome, subject } = JSON.parse(stdout);
        expect([kind, code, channel === 'am' ? outcome : 'delivered']).toEqual([kind, 0, outcome]);
        expect(subject).toMatch(/^\[TEST\] /);
      }
    },
  );

  it('ends with resolved what began with fired, and is another message each time', async () => {
    const before = serverOf('pagerduty').got.length;
    const ids = [];
    for (const kind of ['fired', 'resolved'])
      ids.push(JSON.parse((await notify('--channel', 'pager', '--kind', kind, '--json')).stdout).message);
    const [fired, resolved] = serverOf('pagerduty')
      .got.slice(before)
      .map(({ body }) => JSON.parse(body));
    expect([fired.event_action, resolved.event_action]).toEqual(['trigger', 'resolve']);
    expect(fired.dedup_key).toBe(resolved.dedup_key);
    expect(fired.payload).toMatchObject({ severity: 'info', source: 'shop test' });
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('says that a channel was not told, why, and what to do', async () => {
    serverOf('slack').trouble({ status: 404, body: 'no_service' });
    const { code, stdout } = await notify('--channel', 'chat');
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /^not told chat \(slack\): Slack answered 404: no_service in .*\n {2}The webhook is gone, .*\n$/,
      ),
    ]);
  });

  it.each([
    ['unset', 'the parameter /nobody/made/this does not exist'],
    ['closed', 'set allowPrivate: true on the channel if it is meant'],
  ])('%s: it was not sent, and %s', async (channel, problem) => {
    const { code, stdout } = await notify('--channel', channel, '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({ outcome: 'failed', isFinal: true, problem: expect.stringContaining(problem) }),
    ]);
  });

  it('never shows a secret, also where a service shouts it back', async () => {
    const said: string[] = [];
    for (const [channel, service] of [
      ['chat', 'slack'],
      ['pager', 'pagerduty'],
      ['hook', 'webhook'],
    ] as const) {
      serverOf(service).trouble({ status: 403, echo: true }, { status: 403, echo: true });
      for (const flags of [[], ['--json']]) {
        const { stdout, stderr } = await notify('--channel', channel, ...flags);
        said.push(stdout, stderr);
      }
    }
    expect(said.join('')).toContain('Cannot POST');
    for (const secret of planted) expect(said.join('')).not.toContain(secret);
  });

  it('publishes to the topic of the running local mode for an e-mail address, and says so when there is none', async () => {
    const missing = await notify('--channel', 'oncall', '--json');
    expect([missing.code, JSON.parse(missing.stdout).problem]).toEqual([1, 'SNS has no topic shop-local-alerts here']);
    const topic = topicArn('shop-local-alerts');
    for (const name of ['another-alerts', 'shop-local-alarms']) inbox.addTopic(topicArn(name));
    inbox.addTopic(topic);
    const filter = JSON.stringify({ channels: ['oncall'] });
    inbox.addSubscription({
      arn: `${topic}:1`,
      topicArn: topic,
      protocol: 'email',
      endpoint: 'oncall@example.com',
      filter,
    });
    const { code, stdout } = await notify('--channel', 'oncall', '--severity', 'page');
    expect([code, stdout]).toEqual([0, expect.stringContaining('told oncall (email): SNS has it')]);
    expect(stdout).toContain(`aws sns list-subscriptions-by-topic --topic-arn ${topic}`);
    expect(inbox.mails(9)).toMatchObject([
      { to: 'oncall@example.com', subject: '[TEST] [PAGE] example failing: 3 of 5 probes, status 503 (shop local)' },
    ]);
  });

  it('of an e-mail address without a local mode and a stage says how', async () => {
    const { io, written } = createIo({ cwd: tmpdir() });
    const code = await run(['notify', 'test', '--channel', 'oncall', '--config', join(folder, 'monitors.yml')], {
      ...io,
      cwd: '/',
    });
    // The folder of the configuration has a local mode of its own.
    expect([code, written.stderr]).toEqual([0, expect.stringContaining('Using the running local mode')]);
    rmSync(join(folder, '.burnwatch'), { recursive: true });
    expect(await notify('--channel', 'oncall')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('oncall is an e-mail address, which SNS tells: name a stack in AWS with --stage'),
    });
  });

  it.each([
    [[], 'which channel? --channel NAME; there are oncall, chat, pager, room, am, hook, closed, unset'],
    [['--channel', 'chta'], 'no channel is called "chta"; did you mean "chat"?'],
    [
      ['--channel', 'chat', '--kind', 'fierd'],
      '--kind takes one of fired, resolved, reminded, escalated, acknowledged, closed, got "fierd"; did you mean "fired"?',
    ],
    [['--channel', 'chat', '--severity', 'loud'], '--severity takes one of page, ticket, got "loud"'],
    [['--chanel', 'chat'], 'has no option "--chanel"; did you mean "--channel"?'],
  ])('refuses %j: %s', async (argv, sentence) => {
    expect(await notify(...argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(sentence) });
  });

  it('has no verb but test', async () => {
    const { io, written } = createIo({ cwd: folder });
    expect(await run(['notify', 'tset'], io)).toBe(2);
    expect(written.stderr).toContain('there is no notify "tset"; did you mean "test"?');
  });
});
