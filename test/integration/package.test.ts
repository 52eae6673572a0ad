import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { guardExceptions } from '../support/guard-exceptions.ts';
import {
  copyProject,
  type PackagedTemplate,
  type Run,
  readTemplate,
  removeProject,
  serverless,
  templatePath,
} from '../support/package.ts';

import.meta.jest.setTimeout(180_000);
const functionNames = ['evaluate', 'probe', 'shortener'];
let root = '';
let first: Run;
let template: PackagedTemplate = { Resources: {}, Outputs: {} };
let digests: readonly string[] = [];
const zip = (name: string) => join(root, '.serverless', `${name}.zip`);
const digestAll = () =>
  functionNames.map((name) =>
    createHash('sha256')
      .update(readFileSync(zip(name)))
      .digest('hex'),
  );
const ofType = (type: string) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
const run = (...args: string[]) => serverless(root, ['package', ...args]);

beforeAll(async () => {
  root = copyProject();
  first = await run('--stage', 'prod');
  if (first.code !== 0) return;
  template = readTemplate(root);
  digests = digestAll();
  copyFileSync(templatePath(root), join(root, 'prod.json'));
});
afterAll(() => removeProject(root));

describe('packaging the shipped configuration', () => {
  it('works without credentials, and warns of nothing', () => {
    expect(first).toMatchObject({ code: 0 });
    expect(first.stdout + first.stderr).not.toContain('Warning');
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
      'ApplicationDashboard CloudWatch::Dashboard',
      'BurstInvokeConfig Lambda::EventInvokeConfig',
      'BurstLambdaFunction Lambda::Function',
      'BurstLogs Logs::LogGroup',
      'BurstRole IAM::Role',
      'BurstSchedulee0ba89fd1fS0 Scheduler::Schedule',
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
      'QueryErrorsByType Logs::QueryDefinition',
      'QueryOneRequestByItsId Logs::QueryDefinition',
      'QuerySlowestRoutes Logs::QueryDefinition',
      'QueryWhatDidTheProbeSee Logs::QueryDefinition',
      'ScheduleGroup Scheduler::ScheduleGroup',
      'SchedulerRole IAM::Role',
      'ServerlessDeploymentBucket S3::Bucket',
      'ServerlessDeploymentBucketPolicy S3::BucketPolicy',
      'ShortenerLambdaFunction Lambda::Function',
      'ShortenerLambdaPermissionHttpApi Lambda::Permission',
      'ShortenerLogs Logs::LogGroup',
      'ShortenerRole IAM::Role',
      'SlosDashboard CloudWatch::Dashboard',
    ]);
  });

  it('gives each function its own role, Node 24 on arm64, and an async queue that neither retries nor waits', () => {
    const functions = ofType('AWS::Lambda::Function').map(([id, { Properties }]) => [id, Properties]);
    expect(Object.fromEntries(functions)).toMatchObject({
      ProbeLambdaFunction: { Role: { 'Fn::GetAtt': ['ProbeRole', 'Arn'] }, MemorySize: 512, Timeout: 90 },
      EvaluateLambdaFunction: { Role: { 'Fn::GetAtt': ['EvaluateRole', 'Arn'] }, MemorySize: 512, Timeout: 30 },
      ShortenerLambdaFunction: { Role: { 'Fn::GetAtt': ['ShortenerRole', 'Arn'] }, MemorySize: 256, Timeout: 29 },
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

  it('keeps the tables of prod when the stack goes', () => {
    for (const [, table] of ofType('AWS::DynamoDB::Table'))
      expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  it('leaves source maps and sources out of the packages', () => {
    const names = functionNames.flatMap((name) => listZip(zip(name)));
    const page = ['dist/shortener/page/app.css', 'dist/shortener/page/index.html'];
    const licences = functionNames.map((name) => `dist/${name}/licenses.txt`);
    expect(names.filter((name) => !/\.js(on)?$/.test(name)).toSorted()).toEqual([...licences, ...page].toSorted());
    expect(names).toEqual(
      expect.arrayContaining(['dist/probe/index.js', 'dist/probe/shards/s00.json', 'dist/evaluate/config.json']),
    );
  });

  it('makes the same packages and the same template again', async () => {
    expect(await run('--stage', 'prod')).toMatchObject({ code: 0 });
    expect(digestAll()).toEqual(digests);
    expect(readTemplate(root)).toEqual(template);
  });
});

describe('rules of others', () => {
  it('breaks exactly the rules of AWS Control Tower that are listed with a reason', () => {
    expect(brokenRules(join(root, 'prod.json'))).toEqual(Object.keys(guardExceptions).toSorted());
  });

  itWithCfnLint('has nothing that cfn-lint would mend', () => {
    const { stdout, stderr, status } = cfnLint(join(root, 'prod.json'));
    expect({ said: stdout + stderr, status }).toEqual({ said: '', status: 0 });
  });
});

describe('what --param changes', () => {
  it('shortener=off deploys the monitoring alone, and says which monitors that leaves out', async () => {
    const { code, stderr } = await run('--param', 'shortener=off');
    expect(code).toBe(0);
    expect(stderr).toContain('monitors.yml: shortener-health, shortener-availability, redirects left out');
    const alone = readTemplate(root);
    expect(Object.keys(alone.Resources).filter((id) => /Shortener|HttpApi|Links/.test(id))).toEqual([]);
    expect(Object.keys(alone.Outputs)).not.toContain('ShortenerUrl');
    expect(alone.Resources['ProbeSchedules00']).toBeDefined();
  });

  it('config=FILE takes another configuration, whose service names everything', async () => {
    const site = 'monitors:\n  site: { type: http, request: { url: "https://example.com/" } }\n';
    writeFileSync(join(root, 'other.yml'), `version: 1\nservice: other\n${site}`);
    const params = ['config=other.yml', 'shortener=off', 'logRetentionDays=7'];
    expect(await run(...params.flatMap((param) => ['--param', param]))).toMatchObject({ code: 0 });
    expect(readTemplate(root).Resources).toMatchObject({
      ProbeLambdaFunction: { Properties: { FunctionName: 'other-dev-probe' } },
      ProbeLogs: { Properties: { LogGroupName: '/aws/lambda/other-dev-probe', RetentionInDays: 7 } },
    });
  });

  it('a parameter that nobody knows stops it, with the known ones', async () => {
    const { code, stdout, stderr } = await run('--param', 'fault=on');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('\n--param fault: is not a parameter; there are config, shortener,');
  });
});

describe('a configuration that is wrong', () => {
  it('stops it with a line for each mistake, once, and no stack', async () => {
    const good = readFileSync(join(root, 'monitors.yml'), 'utf8');
    writeFileSync(join(root, 'bad.yml'), good.replace('99.9%\n', '100%\n').replace('degradedAfter', 'degradeAfter'));
    const { code, stdout, stderr } = await run('--param', 'config=bad.yml');
    const said = stdout + stderr;
    expect(code).toBe(1);
    expect(said.match(/^bad\.yml:\d+:\d+ .*$/gm)).toEqual([
      expect.stringMatching(/monitors\.shortener-health\.degradeAfter: .*did you mean "degradedAfter"/),
      expect.stringContaining('slos.shortener-availability.objective: must be below 100%'),
    ]);
    expect(said).not.toMatch(/^\s+at /m);
    expect(said.match(/Cannot resolve variable/g)).toHaveLength(1);
  });

  it('or that is not there, is said in one line', async () => {
    const { stdout, stderr } = await run('--param', 'config=nowhere.yml');
    expect(stdout + stderr).toContain('\nthere is no file nowhere.yml: name another with --param config=FILE');
  });
});

describe('a deployment of dev, with faults on, a key of one’s own and a secret in a header', () => {
  const key = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const planted = 'planted-9f8e7d6c5b4a';
  let dev: PackagedTemplate;
  beforeAll(async () => {
    mkdirSync(join(root, '.burnwatch'));
    writeFileSync(join(root, '.burnwatch/parameters.json'), JSON.stringify({ '/burnwatch/planted': planted }));
    const good = readFileSync(join(root, 'monitors.yml'), 'utf8');
    const header = 'x-api-key: "${ssm:/burnwatch/planted}"';
    writeFileSync(join(root, 'secret.yml'), good.replace('accept: application/json', header));
    const params = ['config=secret.yml', 'faults=on', `encryption=${key}`];
    const said = await run(...params.flatMap((param) => ['--param', param]));
    expect(said).toMatchObject({ code: 0 });
    expect(said.stdout + said.stderr).not.toContain(planted);
    dev = readTemplate(root);
  });

  it('lets drills break the shortener, which is off by default', () => {
    const environment = (FAULTS: string) => ({ Properties: { Environment: { Variables: { FAULTS } } } });
    expect(dev.Resources['ShortenerLambdaFunction']).toMatchObject(environment('on'));
    expect(template.Resources['ShortenerLambdaFunction']).toMatchObject(environment('off'));
  });

  it('encrypts with the key all that can be, each thing once', () => {
    const encrypted = Object.entries(dev.Resources).filter(
      ([, { Type, Properties }]) => Type !== 'AWS::IAM::Role' && JSON.stringify(Properties).includes(key),
    );
    const types = Object.groupBy(encrypted, ([, { Type }]) => Type.replace('AWS::', ''));
    expect(Object.fromEntries(Object.entries(types).map(([type, all]) => [type, all?.length]))).toEqual({
      'DynamoDB::Table': 2,
      'Logs::LogGroup': 4,
      'SNS::Topic': 2,
      'Scheduler::Schedule': 3,
    });
  });

  itWithCfnLint('has nothing that cfn-lint would mend', () => {
    const { stdout, stderr, status } = cfnLint(templatePath(root));
    expect({ said: stdout + stderr, status }).toEqual({ said: '', status: 0 });
  });

  it('breaks no listed rule about keys any more, and beside the listed ones that about recovery, which prod has', () => {
    const ofKeys = ['CT.CLOUDWATCH.PR.3', 'CT.DYNAMODB.PR.2'];
    const listed = Object.keys(guardExceptions).filter((rule) => !ofKeys.includes(rule));
    expect(brokenRules(templatePath(root))).toEqual([...listed, 'CT.DYNAMODB.PR.1'].toSorted());
  });

  it('lets its tables go with the stack', () => {
    expect(dev.Resources['LedgerTable']).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  it('carries the path of the secret, the right to read exactly that, and its value nowhere', () => {
    const shard = JSON.parse(readFileSync(join(root, 'dist/probe/shards/s00.json'), 'utf8'));
    expect(shard.monitors[0].request.headers).toEqual({ 'x-api-key': [{ ssm: '/burnwatch/planted' }] });
    expect(JSON.stringify(dev.Resources['ProbeRole'])).toContain('parameter/burnwatch/planted');
    for (const folder of ['.serverless', 'dist'])
      for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name)).includes(planted)).toBe(false);
  });
});

/** The rules of AWS Control Tower that a template breaks. */
function brokenRules(path: string): readonly (string | undefined)[] {
  const guard = resolve('node_modules/@cdklabs/cdk-validator-cfnguard');
  const system = process.platform === 'darwin' ? 'macos' : 'ubuntu';
  const program = join(guard, 'bin', system, process.arch === 'arm64' ? 'aarch64' : 'x86_64', 'cfn-guard');
  const files = ['--data', path, '--rules', join(guard, 'rules/control-tower/cfn-guard')];
  const options = ['--output-format', 'json', '--structured', '--show-summary', 'none'];
  const { stdout, error } = spawnSync(program, ['validate', ...files, ...options], {
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  expect(error).toBeUndefined();
  const [report] = JSON.parse(stdout) as { not_compliant: unknown[]; compliant: string[] }[];
  expect(report?.compliant.length).toBeGreaterThan(5);
  const rules = (report?.not_compliant ?? []).map((rule) => /\[(CT\.[A-Z0-9.]+)\]/.exec(JSON.stringify(rule))?.[1]);
  return rules.toSorted();
}

/** Names of the files in a zip, from its central directory (APPNOTE 4.3.12). */
function listZip(path: string): string[] {
  const bytes = readFileSync(path);
  const names: string[] = [];
  const end = bytes.lastIndexOf('PK\x05\x06');
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}
