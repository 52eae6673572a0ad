import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { parseSettings } from '../../../infra/settings.ts';
import { environmentOf } from '../../../infra/template/environment.ts';
import { monitorsAt } from '../../../infra/template/locations.ts';
import { functionsOf, stackOf } from '../../../infra/template/model.ts';
import { monitorUsers, requireOutputs } from '../../../infra/template/references.ts';
import type { Config } from '../../../shared/config/model.ts';
import { aBurst } from '../../support/burst.ts';
import { aSlack } from '../../support/channels.ts';
import { aConfig, aHeartbeat, aMonitor } from './configs.ts';

const locations = { home: 'eu-west-1', also: ['us-east-1', 'ap-southeast-2'] };
const secret = { 'x-api-key': [{ ssm: '/burnwatch/api-key' }] };
/** Something of everything that home may have. */
const rich: Partial<Config> = {
  locations,
  acknowledge: 'link',
  channels: [{ id: 'oncall', type: 'email', to: 'oncall@example.com' }, aSlack()],
  monitors: [aMonitor({ request: { ...aMonitor().request, headers: secret } }), aHeartbeat()],
  bursts: [aBurst({ schedule: { expression: 'cron(0 3 * * ? *)', timezone: 'UTC' } })],
  drill: { schedule: { expression: 'cron(0 9 * * ? *)', timezone: 'UTC' }, notify: ['oncall'] },
  dashboards: ['overview'],
};
const options: StackOptions = {
  stage: 'dev',
  region: 'us-east-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: true,
  logRetentionDays: 30,
  areMetricsOn: true,
  homeOutputs: { ShortenerUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com' },
};
const build = (change: Partial<StackOptions> = {}) => buildResources(aConfig(rich), { ...options, ...change });
const stack = (change: Partial<StackOptions> = {}) => stackOf(aConfig(rich), { ...options, ...change });

describe('a stack elsewhere', () => {
  it('has what probes need, and nothing else', () => {
    expect(Object.keys(build().Resources)).toEqual([
      'ProbeLogs',
      'ProbeRole',
      'ScheduleGroup',
      'SchedulerRole',
      'ProbeSchedules00',
      'ProbeInvokeConfig',
    ]);
    expect(build().Outputs).toEqual({});
    expect(functionsOf(stack())).toEqual(['probe']);
  });

  it('is what home is not, whatever region comes first', () => {
    const kinds = Object.values(build({ region: 'eu-west-1' }).Resources).map(({ Type }) => Type);
    expect(kinds).toEqual(
      expect.arrayContaining(['AWS::DynamoDB::Table', 'AWS::SNS::Topic', 'AWS::CloudWatch::Alarm']),
    );
    expect(Object.keys(build({ region: 'ap-southeast-2' }).Resources)).toEqual(Object.keys(build().Resources));
  });

  it('probes everything but heartbeats, which are called at home', () => {
    const idsAt = (region: string) => monitorsAt(aConfig(rich), region).map(({ id }) => id);
    expect(idsAt('us-east-1')).toEqual(['shortener-health']);
    expect(idsAt('eu-west-1')).toEqual(['shortener-health', 'backup']);
  });

  it('may write its own rows into the ledger of home, publish there, and read the secrets of home', () => {
    const [policy] = JSON.parse(JSON.stringify(build().Resources['ProbeRole']?.Properties['Policies']));
    const home = (service: string, thing: string) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:${service}:eu-west-1:\${AWS::AccountId}:${thing}`,
    });
    expect(policy.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': ['ProbeLogs', 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        Resource: home('dynamodb', 'table/shortener-dev-ledger'),
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['tick#us-east-1#*'] } },
      },
      {
        Effect: 'Allow',
        Action: ['cloudwatch:PutMetricData'],
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Burnwatch', 'aws:RequestedRegion': 'eu-west-1' } },
      },
      { Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [home('ssm', 'parameter/burnwatch/api-key')] },
    ]);
  });

  it('may use the key of home for the table, and encrypts what it keeps itself with that of its own region', () => {
    const keyIn = (region: string) => `arn:aws:kms:${region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
    const { Resources } = build({ encryptionKeys: [keyIn('eu-west-1'), keyIn('us-east-1')] });
    const text = (id: string) => JSON.stringify(Resources[id]?.Properties);
    expect(text('ProbeRole')).toContain(`"Resource":"${keyIn('eu-west-1')}"`);
    expect(text('ProbeRole')).toContain('"kms:ViaService":"dynamodb.eu-west-1.amazonaws.com"');
    expect(text('ProbeRole')).not.toContain(keyIn('us-east-1'));
    expect(Resources['ProbeLogs']?.Properties['KmsKeyId']).toBe(keyIn('us-east-1'));
    expect(() => build({ encryptionKeys: [keyIn('us-east-1')] })).toThrow('no key of eu-west-1 is among');
  });

  it('knows where home is, and the outputs of home that it was given', () => {
    expect(environmentOf('probe', aConfig(rich), stack())).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      BURNWATCH_HOME_REGION: 'eu-west-1',
      OUTPUT_ShortenerUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com',
    });
    expect(environmentOf('probe', aConfig(rich), stack({ region: 'eu-west-1' }))).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      OUTPUT_ShortenerUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
    });
  });

  it('cannot be deployed without the outputs that its monitors use, and says which', () => {
    const check = (change: Partial<StackOptions>) => () => requireOutputs(monitorUsers(aConfig(rich)), stack(change));
    expect(check({ homeOutputs: { StatusUrl: 'https://x.example' } })).toThrow(
      '--param outputs: has no ShortenerUrl, used by shortener-health: npx burnwatch locations prints the command with it',
    );
    expect(check({})).not.toThrow();
    expect(check({ region: 'eu-west-1', homeOutputs: {} })).not.toThrow();
  });

  it('uses no output that home does not have', () => {
    const monitors = [aMonitor({ request: { ...aMonitor().request, url: [{ output: 'StatusUrl' }] } })];
    const config = aConfig({ locations, monitors });
    const asked = stackOf(config, { ...options, areMetricsOn: false, homeOutputs: { StatusUrl: 'https://x.example' } });
    expect(() => environmentOf('probe', config, asked)).toThrow(
      '${output:StatusUrl}, used by shortener-health: the stack has no such output; it has ShortenerUrl and ApiId',
    );
  });
});

describe('home', () => {
  it('speaks for its own location alone once there are several', () => {
    const partitions = (config: Config) =>
      /"dynamodb:LeadingKeys":\["(tick[^"]*)"\]/.exec(
        JSON.stringify(buildResources(config, { ...options, region: 'eu-west-1' }).Resources['ProbeRole']),
      )?.[1];
    expect(partitions(aConfig(rich))).toBe('tick#eu-west-1#*');
    expect(partitions(aConfig())).toBe('tick#*');
  });

  it('is where a stack is deployed, or in one of the other locations; any other region is refused', () => {
    expect(() => build({ region: 'us-west-2' })).toThrow(
      'us-west-2 is none of the locations, which are eu-west-1 (home) and us-east-1, ap-southeast-2: name one of them with --region (AWS_REGION does so, too), or add it to locations.also',
    );
    expect(() => buildResources(aConfig(), { ...options, region: 'us-west-2' })).not.toThrow();
  });
});

describe('--param outputs', () => {
  const configured = {
    default: {
      ...{ config: 'monitors.yml', shortener: 'on', faults: 'off', retain: false, logRetentionDays: 30 },
      ...{ metrics: 'off', telemetry: 'lean', savedQueries: 'on' },
    },
  };
  const parse = (outputs: string) => parseSettings([`outputs=${outputs}`], configured, 'dev').homeOutputs;

  it('names outputs of home, with spaces between', () => {
    expect(parse('ShortenerUrl=https://a.example/x?y=z,1  ApiId=abc123')).toEqual({
      ShortenerUrl: 'https://a.example/x?y=z,1',
      ApiId: 'abc123',
    });
    expect(parse('')).toBeUndefined();
  });

  it.each([
    [
      'ShortenrUrl=https://a.example',
      'ShortenrUrl is no output of home; there are ShortenerUrl, ApiId, StatusUrl, as Name=value with spaces between',
    ],
    [
      'https://a.example',
      'https://a.example is no output of home; there are ShortenerUrl, ApiId, StatusUrl, as Name=value with spaces between',
    ],
    ['ShortenerUrl', 'ShortenerUrl must be an http or https URL, got ""'],
    ['ShortenerUrl=ftp://a.example', 'ShortenerUrl must be an http or https URL, got "ftp://a.example"'],
    ['ShortenerUrl=https://me:secret@a.example', 'ShortenerUrl must be a URL without a name and a password'],
    ['ApiId=https://a.example', 'ApiId must be an id, got "https://a.example"'],
    ['ApiId=a ApiId=b', 'ApiId is named twice'],
  ])('%p is refused', (outputs, message) => {
    expect(() => parse(outputs)).toThrow(`--param outputs: ${message}`);
  });
});
