import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { dashboardBody } from '../../../infra/template/dashboards/index.ts';
import { environmentOf } from '../../../infra/template/environment.ts';
import { stackOf } from '../../../infra/template/model.ts';
import { withoutShortener } from '../../../infra/template/references.ts';
import { packageBursts } from '../../../shared/app/burst/package.ts';
import type { Burst, Config, HttpRequest, Json, Text } from '../../../shared/config/model.ts';
import { aBurst } from '../../support/burst.ts';
import { aConfig, aHeartbeat, aMonitor, aSlo } from './configs.ts';

const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const build = (bursts: readonly Burst[], change: Partial<Config> = {}, changed: Partial<StackOptions> = {}) =>
  buildResources(aConfig({ bursts, ...change }), { ...options, ...changed });
const ofType = (template: ReturnType<typeof build>, type: string) =>
  Object.values(template.Resources)
    .filter((resource) => resource.Type === type)
    .map(({ Properties }) => Properties);
const statements = (template: ReturnType<typeof build>, id: string): readonly Record<string, Json>[] => {
  const policies = template.Resources[id]?.Properties['Policies'] as readonly {
    PolicyDocument: { Statement: never };
  }[];
  return policies[0]?.PolicyDocument.Statement ?? [];
};
const request = (url: Text, change: Partial<HttpRequest> = {}): HttpRequest => ({
  ...aMonitor().request,
  url,
  ...change,
});
const loading = (url: Text, change: Partial<Burst> = {}) =>
  aBurst({ mix: [{ weight: 1, request: request(url) }], ...change });
const requireBudget = { leftPpm: 500_000, slos: ['shortener-availability'] };
const byHand = (change: Partial<Burst> = {}): Burst => {
  const { schedule: _, ...burst } = aBurst(change);
  return burst;
};
const schedulesOf = (template: ReturnType<typeof build>) =>
  ofType(template, 'AWS::Scheduler::Schedule').filter(({ Name }) => String(Name).includes('-burst-'));

describe('a stack with a burst', () => {
  it('has the function’s role, its log, its schedule and its queue, and without one it has none of it', () => {
    const added = Object.keys(build([aBurst()]).Resources).filter((id) => !Object.hasOwn(build([]).Resources, id));
    expect(added).toEqual([
      'BurstLogs',
      'BurstRole',
      expect.stringMatching(/^BurstSchedule[0-9a-f]{10}S0$/),
      'BurstInvokeConfig',
    ]);
    expect(JSON.stringify(build([]))).not.toMatch(/[Bb]urst/);
  });

  it('neither retries a run nor keeps one that is late', () => {
    expect(build([aBurst()]).Resources['BurstInvokeConfig']?.Properties).toEqual({
      FunctionName: { Ref: 'BurstLambdaFunction' },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    expect(schedulesOf(build([aBurst()]))).toEqual([
      expect.objectContaining({
        Target: expect.objectContaining({ RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } }),
      }),
    ]);
  });

  it('is run when its schedule says, in its own time zone, once for each shard', () => {
    const schedule = { expression: 'cron(30 4 ? * MON *)', timezone: 'Europe/Amsterdam' };
    const found = schedulesOf(build([aBurst({ schedule, shards: 3 })]));
    for (const one of found)
      expect(one).toMatchObject({
        ScheduleExpression: 'cron(30 4 ? * MON *)',
        ScheduleExpressionTimezone: 'Europe/Amsterdam',
        FlexibleTimeWindow: { Mode: 'OFF' },
      });
    expect(found.map(({ Description }) => Description)).toEqual([
      'Sends the burst redirects, shard 1 of 3.',
      'Sends the burst redirects, shard 2 of 3.',
      'Sends the burst redirects, shard 3 of 3.',
    ]);
    expect(found.map(({ Target }) => JSON.parse((Target as { Input: string }).Input))).toEqual(
      [0, 1, 2].map((shard) => ({ scheduledTime: '<aws.scheduler.scheduled-time>', burst: 'redirects', shard })),
    );
  });

  it('that is sent by hand only has the function and no schedule', () => {
    const template = build([byHand()]);
    expect(schedulesOf(template)).toEqual([]);
    expect(template.Resources['BurstRole']).toBeDefined();
  });

  it('lets the Scheduler invoke it', () => {
    expect(JSON.stringify(statements(build([aBurst()]), 'SchedulerRole'))).toContain('BurstLambdaFunction');
    expect(JSON.stringify(statements(build([]), 'SchedulerRole'))).not.toContain('Burst');
  });

  it('keeps names inside what EventBridge takes, however long the ids are', () => {
    const bursts = [aBurst({ id: 'b'.repeat(64), shards: 100 }), aBurst({ id: `${'b'.repeat(63)}c` })];
    const template = build(bursts, { service: 'a'.repeat(24) }, { stage: 'd'.repeat(18), region: 'us-east-1' });
    const names = ofType(template, 'AWS::Scheduler::Schedule').map(({ Name }) => String(Name));
    expect(new Set(names).size).toBe(103);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(64);
  });

  it('refuses shards that no clock brings together, and says what to write', () => {
    const schedule = { expression: 'rate(1 hour)', timezone: 'UTC' };
    expect(() => build([aBurst({ schedule, shards: 2 })])).toThrow(
      'bursts.redirects: 2 shards begin together only by the clock: write cron(…) in place of rate(1 hour)',
    );
    expect(schedulesOf(build([aBurst({ schedule })]))).toMatchObject([{ ScheduleExpression: 'rate(1 hour)' }]);
  });

  it('counts against what one stack holds', () => {
    const bursts = Array.from({ length: 45 }, (_, index) => aBurst({ id: `b${index}`, shards: 10 }));
    expect(() => build(bursts)).toThrow(/^a stack of 1 monitors takes \d+ resources \(452 schedules, /);
    expect(() => build(bursts.slice(0, 40))).not.toThrow();
  });
});

describe('the role of the burst function', () => {
  const ledgerOf = (template: ReturnType<typeof build>) =>
    statements(template, 'BurstRole')
      .filter((statement) => JSON.stringify(statement).includes('LedgerTable'))
      .map((statement) => JSON.stringify(statement['Condition']));

  it('reaches the partitions of bursts, and nothing else of the ledger', () => {
    expect(ledgerOf(build([aBurst()]))).toEqual([
      expect.stringContaining('["burst-part#*"]'),
      expect.stringContaining('["burst#*"]'),
      expect.stringContaining('["burst-count#*"]'),
      expect.stringContaining('["burst-verdict"]'),
    ]);
  });

  it('reads budgets and incidents only where a burst requires a budget', () => {
    expect(ledgerOf(build([aBurst({ requireBudget })])).slice(4)).toEqual([
      expect.stringContaining('["alerts"]'),
      expect.stringContaining('["tick#*","hour#*","day#*"]'),
    ]);
  });

  it('reads exactly the parameters that its bursts use, and not those of the monitors', () => {
    const secret = (path: string): Partial<HttpRequest> => ({ headers: { 'x-api-key': [{ ssm: path }] } });
    const monitors = [aMonitor({ request: request('https://example.com/', secret('/of/a/monitor')) })];
    const bursts = [aBurst({ mix: [{ weight: 1, request: request('https://example.com/', secret('/of/a/burst')) }] })];
    const text = JSON.stringify(statements(build(bursts, { monitors }), 'BurstRole'));
    expect(text).toContain('parameter/of/a/burst');
    expect(text).not.toContain('monitor');
    expect(JSON.stringify(statements(build([aBurst()]), 'BurstRole'))).not.toContain('ssm:');
  });

  it('stays inside what IAM takes with as many parameters as are allowed, in a VPC, too', () => {
    const headers = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, key) => [`x-${key}`, [{ ssm: `/burnwatch/secrets/${1_000 + key}` }]]),
      );
    const asking = (count: number) =>
      build(
        [
          aBurst({
            requireBudget,
            mix: [{ weight: 1, request: request('https://example.com/', { headers: headers(count) }) }],
          }),
        ],
        {},
        { region: 'ap-northeast-1', vpc: { subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] } },
      );
    let most = 1;
    for (let count = 2; count < 200; count += 1) {
      try {
        asking(count);
      } catch {
        break;
      }
      most = count;
    }
    expect(() => asking(most + 1)).toThrow(`${most + 1} different \${ssm:…} paths`);
    const policy = JSON.stringify(statements(asking(most), 'BurstRole'))
      .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
      .replaceAll(
        /\{"Fn::GetAtt":[^}]*\}/g,
        `"arn:aws-us-gov:dynamodb:ap-northeast-1:123456789012:table/${'x'.repeat(50)}"`,
      )
      .replaceAll('${AWS::Partition}', 'aws-us-gov')
      .replaceAll('${AWS::Region}', 'ap-northeast-1')
      .replaceAll('${AWS::AccountId}', '123456789012');
    expect(policy.length).toBeLessThan(10_240);
  });

  it('is placed where probes are sent from, and its own code may not move it', () => {
    const vpc = { subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] };
    const text = JSON.stringify(statements(build([aBurst()], {}, { vpc }), 'BurstRole'));
    expect(text).toContain('ec2:CreateNetworkInterface');
    expect(text).toContain('function:shortener-dev-burst');
  });
});

describe('what the burst function is told', () => {
  const told = (bursts: readonly Burst[], change: Partial<Config> = {}) => {
    const config = aConfig({ bursts, ...change });
    return environmentOf('burst', config, stackOf(config, options));
  };

  it('its table, and the outputs that its bursts use and that tell which hosts they may load', () => {
    const endpoint = { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] };
    expect(told([loading([{ output: 'ShortenerUrl' }, '/demo'])])).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      OUTPUT_ShortenerUrl: endpoint,
    });
    expect(told([loading('https://example.com/')], { monitors: [aMonitor(), aHeartbeat()] })).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      OUTPUT_ShortenerUrl: endpoint,
    });
  });

  it('no output that the stack does not have', () => {
    expect(() => told([loading([{ output: 'Nowhere' }, '/'])])).toThrow('${output:Nowhere}, used by redirects: ');
  });

  it('in its file: bursts, what each may reach, and what budgets need where one is required', () => {
    const slos = [aSlo('shortener-availability'), aSlo('other')];
    const monitors = [aMonitor(), aMonitor({ id: 'site', key: 3, request: request('https://example.com/') })];
    const free = packageBursts(aConfig({ slos, monitors, bursts: [aBurst()] }));
    expect(free).toEqual({
      service: 'shortener',
      bursts: [{ burst: aBurst(), scope: { hosts: [[{ output: 'ShortenerUrl' }], 'example.com'], flows: [] } }],
    });
    const held = packageBursts(aConfig({ slos, monitors, bursts: [aBurst({ requireBudget })] }));
    expect(held.budgets).toEqual({
      service: 'shortener',
      slos: [aSlo('shortener-availability')],
      monitors: [aMonitor()],
      maintenance: [],
    });
  });
});

describe('the monitoring alone, without the shortener', () => {
  const site = aMonitor({ id: 'site', key: 3, request: request('https://example.com/') });
  const alone = (...bursts: Burst[]) =>
    withoutShortener(aConfig({ monitors: [aMonitor(), site], bursts })).left.slice(2);

  it.each([
    ['that loads the shortener', loading([{ output: 'ShortenerUrl' }, '/demo']), true],
    ['that asks for the budget of what is left out', aBurst({ requireBudget }), true],
    ['of a flow that is left out', aBurst({ mix: [{ weight: 1, flow: 'gone' }] }), true],
    ['of another host', aBurst(), false],
  ])('leaves out a burst %s: %#', (_, burst, isLeft) => {
    expect(alone(burst)).toEqual(isLeft ? ['redirects'] : []);
  });
});

describe('the dashboard of bursts', () => {
  const widgetsOf = (bursts: readonly Burst[]) => {
    const config = aConfig({ bursts });
    return dashboardBody('bursts', stackOf(config, options), config).widgets;
  };

  it('shows the latency of each with the limit of its p99, and what went wrong', () => {
    const text = JSON.stringify(widgetsOf([aBurst()]).slice(1));
    for (const part of [
      'BurstLatency',
      '"p50"',
      '"p90"',
      '"p99"',
      'p99 < 300ms',
      'BurstFailures',
      'BurstDropped',
      'BurstUnmet',
    ])
      expect(text).toContain(part);
    expect(text).not.toContain('BurstSustained');
  });

  it('shows what a search found to be sustained', () => {
    const load = {
      model: 'breakingPoint',
      fromPerSecond: 1,
      toPerSecond: 9,
      holdMs: 1,
      factor: 2,
      precisionPpm: 1,
    } as const;
    expect(JSON.stringify(widgetsOf([aBurst({ load })]))).toContain('BurstSustained');
  });
});
