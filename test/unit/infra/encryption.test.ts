import { readFileSync } from 'node:fs';
import { costOf } from '../../../infra/cost/index.ts';
import { leversOf } from '../../../infra/cost/levers.ts';
import { keys } from '../../../infra/doctor/checks-alerting.ts';
import { expectedOf } from '../../../infra/doctor/expected.ts';
import type { StackSeen } from '../../../infra/doctor/model.ts';
import { parseKeyPolicy } from '../../../infra/doctor/read-topics.ts';
import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { keyOf, regionOfKey } from '../../../infra/template/encryption.ts';
import { costExample, costOptions } from '../../support/cost-example.ts';
import { configOf } from '../../support/monitored.ts';
import { aConfig } from './configs.ts';

const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const other = 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab';
const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const chat = { id: 'chat', type: 'slack', url: [{ ssm: '/slack' }], allowPrivate: false } as never;
const config = aConfig({ channels: [{ id: 'oncall', type: 'email', to: 'a@example.com' }, chat] });
const build = (encryptionKeys?: readonly string[]) =>
  buildResources(config, { ...options, ...(encryptionKeys ? { encryptionKeys } : {}) }).Resources;

/** Where a kind of resource says which key encrypts it. */
const places: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'SSESpecification',
  'AWS::SNS::Topic': 'KmsMasterKeyId',
  'AWS::SQS::Queue': 'KmsMasterKeyId',
  'AWS::Logs::LogGroup': 'KmsKeyId',
  'AWS::Scheduler::Schedule': 'KmsKeyArn',
};

describe('a key of one’s own', () => {
  it('encrypts every table, topic, queue, log group and schedule, the one of their region', () => {
    const own = Object.values(build([other, key])).filter(({ Type }) => Object.hasOwn(places, Type));
    expect(new Set(own.map(({ Type }) => Type))).toEqual(new Set(Object.keys(places)));
    for (const { Type, Properties } of own)
      expect([Type, Properties[places[Type] ?? '']]).toEqual([
        Type,
        Type.includes('DynamoDB') ? { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } : key,
      ]);
    expect(own.map(({ Properties }) => Properties['SqsManagedSseEnabled'])).not.toContain(true);
  });

  it('is nowhere where none is given: the queue has the one of SQS', () => {
    expect(JSON.stringify(build())).not.toMatch(/kms/i);
    expect(build()['UndeliveredQueue']?.Properties['SqsManagedSseEnabled']).toBe(true);
  });

  it('may be used by each role for what its function reads and sends, through these services alone', () => {
    const rights = Object.entries(build([key])).flatMap(([id, { Type, Properties }]) => {
      if (Type !== 'AWS::IAM::Role') return [];
      const [policy] = JSON.parse(JSON.stringify(Properties['Policies']));
      const own = policy.PolicyDocument.Statement.filter(({ Resource }: { Resource: unknown }) => Resource === key);
      return [[id, own.map((each: { Action: string[]; Condition: object }) => [each.Action, each.Condition])]];
    });
    const decrypt = (table: string) => [
      ['kms:Decrypt'],
      {
        StringEquals: {
          'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com',
          'kms:EncryptionContext:aws:dynamodb:tableName': `shortener-dev-${table}`,
        },
      },
    ];
    const send = (...services: string[]) => [
      ['kms:Decrypt', 'kms:GenerateDataKey'],
      { StringEquals: { 'kms:ViaService': services.map((service) => `${service}.eu-west-1.amazonaws.com`) } },
    ];
    expect(Object.fromEntries(rights)).toEqual({
      ProbeRole: [decrypt('ledger')],
      EvaluateRole: [decrypt('ledger'), send('sns')],
      ShortenerRole: [decrypt('links')],
      NotifyRole: [decrypt('ledger'), send('sns', 'sqs')],
      SchedulerRole: [
        [
          ['kms:Decrypt'],
          { ArnLike: { 'kms:EncryptionContext:aws:scheduler:schedule:arn': expect.objectContaining({}) } },
        ],
      ],
    });
  });

  it('must be one of the region that is deployed to', () => {
    expect(() => build([other])).toThrow(
      `--param encryption: no key of eu-west-1 is among ${other}, and KMS keys serve their own region alone`,
    );
    expect(keyOf({ ...options, encryptionKeys: [] })).toBeUndefined();
  });

  it.each([
    [key, 'eu-west-1'],
    [other, 'us-east-1'],
    ['arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'us-gov-west-1'],
    ['arn:aws:kms:eu-west-1:123456789012:alias/mine', undefined],
    ['alias/mine', undefined],
    ['1234abcd-12ab-34cd-56ef-1234567890ab', undefined],
    [`${key} `, undefined],
  ])('%s is of the region %s', (arn, region) => {
    expect(regionOfKey(arn)).toBe(region);
  });

  it('costs a dollar a month and what is asked of it, which the bill says, and how not to pay it', () => {
    const example = configOf(costExample());
    const encrypted = { ...costOptions, encryptionKeys: [key.replace('eu-west-1', costOptions.region)] };
    const [off, on] = [costOf(example, costOptions), costOf(example, encrypted)];
    const ticks = off.lines.filter(({ unit }) => unit === 'schedule').reduce((sum, { quantity }) => sum + quantity, 0);
    expect(on.ours.list - off.ours.list).toBeCloseTo(1 + (ticks * 1.2 * 0.03) / 10_000, 9);
    const lever = leversOf(example, encrypted, on).find(({ what }) => what.startsWith('--param encryption='));
    expect(lever?.saves).toBeCloseTo(on.ours.list - off.ours.list, 9);
  });
});

describe('the key policy in docs/permissions.md', () => {
  const page = readFileSync('docs/permissions.md', 'utf8');
  const [, text = ''] = /```json\n(\{\n {2}"Version"[\s\S]*?)\n```/.exec(page) ?? [];
  const expected = expectedOf(config, { ...options, encryptionKeys: [key] });
  const judge = (policy: object) => {
    const topics = expected.topics.map((topic) => ({
      topic,
      keyId: key,
      policy: { value: parseKeyPolicy(JSON.stringify(policy)) },
    }));
    return keys.judge({ keys: { value: topics } } as unknown as StackSeen, expected).map(({ what }) => what);
  };

  it('lets alarms and functions publish, as the doctor sees it', () => {
    expect(expected.topics.length).toBeGreaterThan(1);
    expect(judge(JSON.parse(text))).toEqual([]);
  });

  it('no longer does once it lacks a statement, but for those of services that the doctor does not look at', () => {
    const { Statement, ...rest } = JSON.parse(text) as { Statement: { Sid: string }[] };
    const without = (sid: string) => judge({ ...rest, Statement: Statement.filter(({ Sid }) => Sid !== sid) });
    expect(Statement.map(({ Sid }) => [Sid, without(Sid).length])).toEqual([
      ['LetThisAccountDecide', 1],
      ['LetAlarmsPublish', 1],
      ['LetUndeliveredMessagesBeKept', 0],
      ['LetLogsBeEncrypted', 0],
    ]);
  });
});
