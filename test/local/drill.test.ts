import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../../infra/cli/main.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { createIo } from '../unit/cli/io.ts';
import { openAlarmWatch, type Watched } from './alarm-watch.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';
import { type OwnFunction, type OwnStack, openOwnStack, startOwnFunction } from './own-stack.ts';

const folder = temporaryFolder();
// Where commands look for a running local mode.
const data = join(folder.path, '.burnwatch');
const keys = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
const hook = { status: 204, bodies: [] as string[] };
let servers: Server[] = [];
let local: Running;

async function listen(answer: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers = [...servers, server];
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The service is called as the stacks of own-stack.ts are. */
const config = (target: string) => `version: 1
service: own
channels:
  oncall: { type: email, to: oncall@example.com }
  hook: { type: webhook, url: ${target}/hook, secret: "\${ssm:/planted/hook}", allowPrivate: true }
monitors:
  web:
    type: http
    allowPrivate: true
    request: { url: ${target}/ }
    alerts: [{ notify: [oncall, hook] }]
drill: { schedule: cron(0 9 ? * MON *) }
`;

beforeAll(async () => {
  const target = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    if (request.method === 'POST') hook.bodies.push(body);
    response.writeHead(request.method === 'POST' ? hook.status : 200).end();
  });
  writeFileSync(join(folder.path, 'monitors.yml'), config(target));
  Object.assign(process.env, keys);
  local = await startLocalMode(data, '--config', join(folder.path, 'monitors.yml'), '--interval', '1s');
  const parameters = join(data, 'parameters.json');
  const known = JSON.parse(readFileSync(parameters, 'utf8'));
  writeFileSync(parameters, JSON.stringify({ ...known, '/planted/hook': 'PLANTED0hook7f3a9c51secret' }), {
    mode: 0o600,
  });
}, 90_000);
afterAll(async () => {
  await endAll(local);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  folder.remove();
}, 20_000);

type Drilled = {
  readonly drill: string;
  readonly outcome: string;
  readonly startedAt: number;
  readonly brokenAt?: string;
  readonly seen?: string;
  readonly look?: string;
  readonly hops: readonly { hop: string; message: string; state: string; at?: number; tookMs?: number }[];
};

async function drill(argv: readonly string[], env: Record<string, string> = {}) {
  const { io, written } = createIo({ cwd: folder.path, env });
  const code = await run(['drill', '--json', ...argv], io);
  return { code, stderr: written.stderr, ...(JSON.parse(written.stdout) as Drilled) };
}

describe('a drill of local mode', () => {
  it('goes to every channel and ends, each hop after the one before, marked wherever a person looks', async () => {
    const drilled = await drill(['--timeout', '1m']);
    expect([drilled.code, drilled.outcome]).toEqual([0, 'held']);
    expect(drilled.hops.map(({ hop, message, state }) => `${hop} ${message} ${state}`)).toEqual([
      'ledger fired held',
      'evaluate fired held',
      'SNS fired held',
      'oncall fired held',
      'hook fired held',
      'evaluate resolved held',
      'SNS resolved held',
      'oncall resolved held',
      'hook resolved held',
    ]);
    const [ledger, evaluate, sns, , told, ended] = drilled.hops.map(({ at = 0 }) => at - drilled.startedAt);
    const inOrder = [0, ledger ?? -1, evaluate ?? -1, sns ?? -1, told ?? -1, 60_000];
    expect(inOrder.toSorted((a, b) => a - b)).toEqual(inOrder);
    expect(ended).toBeGreaterThan(evaluate ?? Number.POSITIVE_INFINITY);
    const bodies = hook.bodies.map((body) => JSON.parse(body)).filter((body) => body.drill === drilled.drill);
    expect(bodies.map(({ kind, isTest }) => [kind, isTest])).toEqual([
      ['fired', true],
      ['resolved', true],
    ]);
    const state = await local.state();
    const mails = state.inbox.filter(({ to, at }) => to === 'oncall@example.com' && at >= drilled.startedAt - 1_000);
    // Evaluations a second apart may overlap, and then a message comes twice, with one id.
    const subjects = mails.map(({ subject }) => subject.replace(/after \d+ s/, 'after 1 s')).toReversed();
    expect([...new Set(subjects)]).toEqual([
      '[TEST] Drill: nobody has to get up, alerts are tried (own local)',
      '[TEST] Drill: over after 1 s, nobody has to get up (own local)',
    ]);
    expect(drilled.stderr).toMatch(/Drill \d{8}t\d{6}-[0-9a-f]{4} to oncall, hook: .*\n( +[\d.]+ \S+ {2}.*\n){9}$/);
  }, 90_000);

  it('prints a table and a sentence', async () => {
    const { io, written } = createIo({ cwd: folder.path });
    expect(await run(['drill', '--channel', 'oncall'], io)).toBe(0);
    expect(written.stdout.split('\n')[0]).toMatch(/^hop +message +state +took +at +seen$/);
    expect(written.stdout).toMatch(/\nheld: an alert reaches oncall, here in [\d.]+ \w+\n$/);
  }, 90_000);

  it('of a schedule is started by evaluate, and told as an alert when a channel refuses it, until one comes through', async () => {
    hook.status = 404;
    const invocations = `${local.aws}/2015-03-31/functions/own-local-evaluate/invocations`;
    const started = await (await fetch(invocations, { method: 'POST', body: '{"drill":true}' })).json();
    expect(started).toEqual({ drill: expect.stringMatching(/^\d{8}t\d{6}-auto$/), channels: ['oncall', 'hook'] });
    const broken = '[TICKET] alerts may not arrive: the drill broke at hook';
    await local.until(({ inbox }) => inbox.some(({ subject }) => subject.startsWith(broken)), 30_000);
    const { io, written } = createIo({ cwd: folder.path });
    await run(['incidents'], io);
    expect(written.stdout).toMatch(/ open +ticket .* alerts may not arrive\n/);
    hook.status = 204;
    expect((await drill(['--timeout', '1m'])).outcome).toBe('held');
    await local.until(({ inbox }) => inbox.some(({ subject }) => /^Resolved: alerts arrive/.test(subject)), 30_000);
  }, 120_000);
});

type Drilling = ReturnType<typeof drill>;

describe('a hop that is broken on purpose is named, with what was seen and what to look at, and the drill ends 1', () => {
  const stageOf = ({ table }: OwnStack) => table.split('-')[1] ?? '';
  const elsewhere = () => ({ AWS_ENDPOINT_URL: local.aws });
  const stacks: OwnStack[] = [];
  const evaluators: OwnFunction[] = [];
  /** They wait for what does not come, all at the same time. */
  let waiting: Record<'stopped' | 'topicless' | 'unsubscribed' | 'failing', { drilling: Drilling; stage: string }>;

  const openStack = async (): Promise<OwnStack> => {
    const stack = await openOwnStack(local);
    stacks.push(stack);
    return stack;
  };
  /** A drill of a stack of its own, while its evaluator is invoked; without one, nobody evaluates. */
  const drillOwn = (stack: OwnStack, channel: string, evaluator?: OwnFunction) => {
    const stage = stageOf(stack);
    const drilling = drill(['--timeout', '10s', '--channel', channel, '--stage', stage], elsewhere());
    const evaluateTwice = async () => {
      await pause(1_000);
      await evaluator?.invoke();
      await evaluator?.invoke();
    };
    return { stage, drilling: evaluateTwice().then(() => drilling) };
  };
  const evaluatorOf = (stack: Pick<OwnStack, 'table' | 'topicArn'>): OwnFunction => {
    const evaluator = startOwnFunction('evaluate', join(data, 'build'), stack, local.aws);
    evaluators.push(evaluator);
    return evaluator;
  };

  beforeAll(async () => {
    hook.status = 500;
    const [dead, topicless, unsubscribed] = [await openStack(), await openStack(), await openStack()];
    waiting = {
      stopped: drillOwn(dead, 'oncall'),
      topicless: drillOwn(topicless, 'oncall', evaluatorOf({ ...topicless, topicArn: `${topicless.topicArn}-gone` })),
      unsubscribed: drillOwn(unsubscribed, 'oncall', evaluatorOf(unsubscribed)),
      failing: { stage: 'local', drilling: drill(['--timeout', '15s', '--channel', 'hook']) },
    };
  }, 30_000);
  afterAll(async () => {
    for (const evaluator of evaluators) await evaluator.kill();
    for (const stack of stacks) stack.close();
  });

  it('the ledger refuses', async () => {
    const refusing = await listen((_, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not you"}');
    });
    const drilled = await drill([], { AWS_ENDPOINT_URL_DYNAMODB: refusing });
    expect(drilled).toMatchObject({ code: 1, outcome: 'broken', brokenAt: 'ledger', look: 'npx burnwatch incidents' });
    expect(drilled.seen).toBe('refused: AWS refused to let you at own-local-ledger (AccessDeniedException)');
  }, 60_000);

  it('the evaluator is stopped', async () => {
    const { drilling, stage } = waiting.stopped;
    const drilled = await drilling;
    expect(drilled).toMatchObject({ code: 1, brokenAt: 'evaluate', seen: 'no evaluation has taken it up' });
    expect(drilled.look).toBe(`npx serverless logs -f evaluate --stage ${stage} --startTime 10m`);
  }, 60_000);

  it('SNS refuses', async () => {
    const drilled = await waiting.topicless.drilling;
    expect(drilled).toMatchObject({ code: 1, brokenAt: 'SNS', seen: expect.stringMatching(/^refused: NotFound/) });
  }, 60_000);

  it('an address is not subscribed', async () => {
    const drilled = await waiting.unsubscribed.drilling;
    expect(drilled).toMatchObject({ code: 1, brokenAt: 'oncall' });
    expect(drilled.seen).toMatch(/^SNS has no subscription of its address/);
  }, 60_000);

  it('a channel answers 500 for good', async () => {
    const drilled = await waiting.failing.drilling;
    expect(drilled).toMatchObject({ code: 1, brokenAt: 'hook' });
    expect(drilled.seen).toMatch(/^failed once: .*500/);
    expect(drilled.look).toMatch(/^npx burnwatch notify test --channel hook; /);
  }, 60_000);
});

// CloudWatch looks at two periods more than it needs: what is missing is waited for.
describe.each(['evaluate', 'probe'] as const)('the dead-man alarm of %s', (stopped) => {
  const left: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const close of left) await close();
  });

  it('is silent while it runs, rings by mail when it is stopped and no data come, and says when it runs again', async () => {
    const own = await openOwnStack(local);
    const start = (name: Watched) => startOwnFunction(name, join(data, 'build'), own, local.aws);
    const functions = { probe: start('probe'), evaluate: start('evaluate') };
    const parsed = parseConfig(readFileSync(join(folder.path, 'monitors.yml')), { file: 'monitors.yml', env: {} });
    if (!parsed.ok) throw new Error('monitors.yml is wrong');
    const { pass, mails, newest, ran, close } = openAlarmWatch(parsed.config, functions);
    left.push(async () => {
      close();
      for (const each of Object.values(functions)) await each.kill();
      own.close();
    });
    await pass(8);
    expect([mails(), ran]).toEqual([[], { probe: 8, evaluate: 8 }]);
    await pass(6, stopped);
    expect(mails()).toEqual([]);
    await pass(2, stopped);
    expect(mails()).toEqual([`15 oncall@example.com ALARM: "own-local-${stopped}-dead"`]);
    expect(newest()).toMatch(/5 missing datapoints were treated as \[Breaching\]/);
    expect(newest()).toContain(stopped === 'evaluate' ? 'so no alert can be sent' : 'so nothing is being probed');
    await pass(3);
    expect(mails().slice(1)).toEqual([
      expect.stringMatching(new RegExp(`^1[678] oncall@example.com OK: "own-local-${stopped}-dead"$`)),
    ]);
  }, 90_000);
});
