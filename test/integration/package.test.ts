import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { guardExceptions } from '../support/guard-exceptions.ts';
import {
  copyProject,
  type PackagedTemplate,
  type Run,
  readTemplate,
  removeProject,
  serverless,
} from '../support/package.ts';

const minutes = 60_000;
let root = '';
let first: Run;
let template: PackagedTemplate;
const digest = (name: string) =>
  createHash('sha256')
    .update(readFileSync(join(root, '.serverless', name)))
    .digest('hex');
const zips = ['evaluate.zip', 'probe.zip', 'shortener.zip'];
const templatePath = () => join(root, '.serverless', 'cloudformation-template-update-stack.json');
const ofType = (type: string) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);

beforeAll(async () => {
  root = copyProject();
  first = await serverless(root, ['package', '--stage', 'prod']);
  template = first.code === 0 ? readTemplate(root) : { Resources: {}, Outputs: {} };
}, 3 * minutes);
afterAll(() => removeProject(root));

describe('packaging the shipped configuration', () => {
  it('works without credentials', () => {
    expect(first).toMatchObject({ code: 0 });
  });

  it('makes these resources and no others', () => {
    const kinds = Object.entries(template.Resources).map(([id, { Type }]) => `${id} ${Type.replace('AWS::', '')}`);
    expect(kinds.map((kind) => kind.replace(/Email[0-9a-f]{12}/, 'Email')).toSorted()).toEqual([
      'AlarmsEmail SNS::Subscription',
      'AlarmsTopic SNS::Topic',
      'AlarmsTopicPolicy SNS::TopicPolicy',
      'AlertsEmail SNS::Subscription',
      'AlertsTopic SNS::Topic',
      'AlertsTopicPolicy SNS::TopicPolicy',
      'EvaluateDeadManAlarm CloudWatch::Alarm',
      'EvaluateInvokeConfig Lambda::EventInvokeConfig',
      'EvaluateLambdaFunction Lambda::Function',
      'EvaluateLogs Logs::LogGroup',
      'EvaluateRole IAM::Role',
      'EvaluateSchedule Scheduler::Schedule',
      'HttpApi ApiGatewayV2::Api',
      'HttpApiIntegrationShortener ApiGatewayV2::Integration',
      'HttpApiRouteDefault ApiGatewayV2::Route',
      'HttpApiStage ApiGatewayV2::Stage',
      'LedgerTable DynamoDB::Table',
      'LinksTable DynamoDB::Table',
      'OverviewDashboard CloudWatch::Dashboard',
      'ProbeDeadManAlarm CloudWatch::Alarm',
      'ProbeInvokeConfig Lambda::EventInvokeConfig',
      'ProbeLambdaFunction Lambda::Function',
      'ProbeLogs Logs::LogGroup',
      'ProbeRole IAM::Role',
      'ProbeSchedules00 Scheduler::Schedule',
      'ScheduleGroup Scheduler::ScheduleGroup',
      'SchedulerRole IAM::Role',
      'ServerlessDeploymentBucket S3::Bucket',
      'ServerlessDeploymentBucketPolicy S3::BucketPolicy',
      'ShortenerLambdaFunction Lambda::Function',
      'ShortenerLambdaPermissionHttpApi Lambda::Permission',
      'ShortenerLogs Logs::LogGroup',
      'ShortenerRole IAM::Role',
    ]);
  });

  it('gives each function its own role, Node 24 on arm64, and an async queue that neither retries nor waits', () => {
    const functions = ofType('AWS::Lambda::Function').map(([id, { Properties }]) => [id, Properties]);
    expect(Object.fromEntries(functions)).toMatchObject({
      ProbeLambdaFunction: { Role: { 'Fn::GetAtt': ['ProbeRole', 'Arn'] }, MemorySize: 512, Timeout: 30 },
      EvaluateLambdaFunction: { Role: { 'Fn::GetAtt': ['EvaluateRole', 'Arn'] }, MemorySize: 512, Timeout: 30 },
      ShortenerLambdaFunction: { Role: { 'Fn::GetAtt': ['ShortenerRole', 'Arn'] }, MemorySize: 256, Timeout: 10 },
    });
    for (const [, properties] of functions)
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    for (const [, { Properties }] of ofType('AWS::Lambda::EventInvokeConfig'))
      expect(Properties).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('sends everything that reaches the API to the shortener, by one route', () => {
    expect(ofType('AWS::ApiGatewayV2::Route').map(([, route]) => route['Properties'])).toEqual([
      expect.objectContaining({ RouteKey: '$default' }),
    ]);
    expect(template.Resources['HttpApiIntegrationShortener']).toMatchObject({
      Properties: { PayloadFormatVersion: '2.0' },
    });
  });

  it('allows no action on everything, but the one that AWS cannot bound', () => {
    const policies = ofType('AWS::IAM::Role').flatMap(
      ([, role]) => (role['Properties'] as { Policies: never[] }).Policies,
    );
    const statements = policies.flatMap(
      (policy: { PolicyDocument: { Statement: { Action: string[]; Resource: unknown }[] } }) =>
        policy.PolicyDocument.Statement,
    );
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    const wild = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('*'));
    expect(new Set(wild.flatMap(({ Action }) => Action))).toEqual(new Set(['cloudwatch:PutMetricData']));
  });

  it('gives every alarm a description, and somebody to tell, of both directions', () => {
    for (const [, { Properties }] of ofType('AWS::CloudWatch::Alarm'))
      expect(Properties).toMatchObject({
        AlarmDescription: expect.stringMatching(/.{40}/),
        AlarmActions: [{ Ref: 'AlarmsTopic' }],
        OKActions: [{ Ref: 'AlarmsTopic' }],
      });
  });

  it(
    'keeps the tables of prod, and lets those of dev go',
    async () => {
      for (const [, table] of ofType('AWS::DynamoDB::Table'))
        expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      await serverless(root, ['package']);
      expect(readTemplate(root).Resources['LedgerTable']).toMatchObject({ DeletionPolicy: 'Delete' });
    },
    2 * minutes,
  );

  it(
    'makes the same packages and the same template again',
    async () => {
      await serverless(root, ['package', '--stage', 'prod']);
      const before = zips.map(digest);
      const again = await serverless(root, ['package', '--stage', 'prod']);
      expect(again.code).toBe(0);
      expect(zips.map(digest)).toEqual(before);
      expect(readTemplate(root)).toEqual(template);
    },
    2 * minutes,
  );

  it('leaves source maps and sources out of the packages', () => {
    const names = zips.flatMap((zip) => listZip(join(root, '.serverless', zip)));
    expect(names.filter((name) => !/\.js(on)?$/.test(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['dist/probe/index.js', 'dist/probe/shards/s00.json', 'dist/evaluate/config.json']),
    );
  });
});

describe('rules of others', () => {
  it('breaks exactly the rules of AWS Control Tower that are listed with a reason', () => {
    const guard = resolve('node_modules/@cdklabs/cdk-validator-cfnguard');
    const machine = `${process.platform === 'darwin' ? 'macos' : 'ubuntu'}/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`;
    const options = ['--output-format', 'json', '--structured', '--show-summary', 'none'];
    const { stdout, error } = spawnSync(
      join(guard, 'bin', machine, 'cfn-guard'),
      ['validate', '--data', templatePath(), '--rules', join(guard, 'rules/control-tower/cfn-guard'), ...options],
      { encoding: 'utf8', maxBuffer: 64 * 1_048_576 },
    );
    expect(error).toBeUndefined();
    const [report] = JSON.parse(stdout) as { not_compliant: unknown[]; compliant: string[] }[];
    expect(report?.compliant.length).toBeGreaterThan(5);
    const broken = (report?.not_compliant ?? []).map((rule) => /\[(CT\.[A-Z0-9.]+)\]/.exec(JSON.stringify(rule))?.[1]);
    expect(broken.toSorted()).toEqual(Object.keys(guardExceptions).toSorted());
  });

  it(
    'has nothing that cfn-lint would mend, where there is a cfn-lint',
    () => {
      const version = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' });
      if (version.status !== 0) {
        process.stderr.write('not run: no cfn-lint on this machine\n');
        return;
      }
      const said = spawnSync('cfn-lint', [templatePath()], { encoding: 'utf8' });
      expect(`${said.stdout}${said.stderr}`).toBe('');
      expect(said.status).toBe(0);
    },
    2 * minutes,
  );
});

describe('what --param changes', () => {
  it(
    'shortener=off deploys the monitoring alone, and says which monitors that leaves out',
    async () => {
      const run = await serverless(root, ['package', '--param', 'shortener=off']);
      expect(run.code).toBe(0);
      expect(run.stderr).toContain('monitors.yml: shortener-health, shortener-availability left out');
      const alone = readTemplate(root);
      expect(Object.keys(alone.Resources).filter((id) => /Shortener|HttpApi|Links/.test(id))).toEqual([]);
      expect(Object.keys(alone.Outputs)).not.toContain('ShortenerUrl');
      expect(alone.Resources['ProbeSchedules00']).toBeDefined();
    },
    2 * minutes,
  );

  it(
    'config=FILE takes another configuration, whose service names everything',
    async () => {
      writeFileSync(
        join(root, 'other.yml'),
        'version: 1\nservice: other\nmonitors:\n  site: { type: http, request: { url: "https://example.com/" } }\n',
      );
      const run = await serverless(root, [
        'package',
        '--param',
        'config=other.yml',
        '--param',
        'shortener=off',
        '--param',
        'logRetentionDays=7',
      ]);
      expect(run).toMatchObject({ code: 0 });
      expect(readTemplate(root).Resources).toMatchObject({
        ProbeLambdaFunction: { Properties: { FunctionName: 'other-dev-probe' } },
        ProbeLogs: { Properties: { LogGroupName: '/aws/lambda/other-dev-probe', RetentionInDays: 7 } },
      });
    },
    2 * minutes,
  );

  it(
    'faults=on lets drills break the shortener, which is off by default',
    async () => {
      const faults = (of: PackagedTemplate) =>
        (
          of.Resources['ShortenerLambdaFunction'] as never as {
            Properties: { Environment: { Variables: { FAULTS: string } } };
          }
        ).Properties.Environment.Variables.FAULTS;
      expect(faults(template)).toBe('off');
      await serverless(root, ['package', '--param', 'faults=on']);
      expect(faults(readTemplate(root))).toBe('on');
    },
    2 * minutes,
  );

  it('an unknown parameter stops it, with the known ones', async () => {
    const run = await serverless(root, ['package', '--param', 'fault=on']);
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).toContain('\n--param fault: is not a parameter; there are config, shortener,');
  });
});

describe('a configuration that is wrong', () => {
  it('stops it with a line for each mistake, once, and no stack', async () => {
    const good = readFileSync(join(root, 'monitors.yml'), 'utf8');
    writeFileSync(join(root, 'bad.yml'), good.replace('99.9%\n', '100%\n').replace('degradedAfter', 'degradeAfter'));
    const run = await serverless(root, ['package', '--param', 'config=bad.yml']);
    const said = run.stdout + run.stderr;
    expect(run.code).toBe(1);
    expect(said.match(/^bad\.yml:\d+:\d+ .*$/gm)).toEqual([
      expect.stringMatching(/monitors\.shortener-health\.degradeAfter: .*did you mean "degradedAfter"/),
      expect.stringContaining('slos.shortener-availability.objective: must be below 100%'),
    ]);
    expect(said).not.toMatch(/^\s+at /m);
  });

  it('that is not there is said in one line', async () => {
    const run = await serverless(root, ['package', '--param', 'config=nowhere.yml']);
    expect(run.stdout + run.stderr).toContain('\nnowhere.yml: cannot be read (ENOENT)');
  });
});

describe('secrets', () => {
  it(
    'a reference to a parameter stays its path, and its value is nowhere',
    async () => {
      const text = readFileSync(join(root, 'monitors.yml'), 'utf8');
      const planted = 'planted-9f8e7d6c5b4a';
      writeFileSync(
        join(root, 'secret.yml'),
        text.replace('accept: application/json', 'x-api-key: "${ssm:/burnwatch/planted}"'),
      );
      const run = await serverless(root, ['package', '--param', 'config=secret.yml'], { PLANTED: planted });
      expect(run.code).toBe(0);
      const shard = JSON.parse(readFileSync(join(root, 'dist/probe/shards/s00.json'), 'utf8'));
      expect(shard.monitors[0].request.headers).toEqual({ 'x-api-key': [{ ssm: '/burnwatch/planted' }] });
      expect(JSON.stringify(readTemplate(root).Resources['ProbeRole'])).toContain('parameter/burnwatch/planted');
      for (const folder of ['.serverless', 'dist'])
        for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
          if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name)).includes(planted)).toBe(false);
    },
    2 * minutes,
  );
});

/** Names of the files in a zip, from its central directory. */
function listZip(path: string): string[] {
  return execFileSync('unzip', ['-Z1', path], { encoding: 'utf8' }).trim().split('\n');
}
