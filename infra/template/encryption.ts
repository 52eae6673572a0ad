import { BurnwatchError, type Json } from '../../shared/config/model.ts';
import { arnOf, type FunctionName, nameOf, type Stack } from './model.ts';
import type { Statement } from './statements.ts';

const keyArn =
  /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;

/** The region of a KMS key's ARN; undefined for what is none, such as an alias: roles and log groups know keys by their ARN alone. */
export function regionOfKey(arn: string): string | undefined {
  return keyArn.exec(arn)?.[1];
}

/**
 * ARN of the key of one's own that encrypts what lies in a region: KMS keys stay in theirs. Undefined where everything is left to
 * AWS's keys. Throws BURN_PARAM_INVALID where there are keys, and none of this region.
 */
export function keyOf({ encryptionKeys = [], region }: Pick<Stack, 'encryptionKeys' | 'region'>): string | undefined {
  if (encryptionKeys.length === 0) return undefined;
  const key = encryptionKeys.find((arn) => regionOfKey(arn) === region);
  if (key !== undefined) return key;
  throw new BurnwatchError(
    'BURN_PARAM_INVALID',
    `--param encryption: no key of ${region} is among ${encryptionKeys.join(', ')}, and KMS keys serve their own region alone`,
  );
}

/** A property that names the key, where there is one of one's own. */
export function withKey(stack: Stack, property: string): { readonly [name: string]: Json } {
  const key = keyOf(stack);
  return key === undefined ? {} : { [property]: key };
}

/** The services that encrypt what a function sends. */
const sentBy: Readonly<Partial<Record<FunctionName, readonly string[]>>> = {
  evaluate: ['sns'],
  notify: ['sns', 'sqs'],
};

/**
 * What services do with the key in the name of a function, and only they. DynamoDB decrypts the key of a table:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms
 * SNS and SQS make a key for what is sent, and check it:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-permissions-for-sse
 */
export function useKey(name: FunctionName, stack: Stack): readonly Statement[] {
  const region = stack.elsewhere?.home ?? stack.region;
  const key = keyOf({ ...stack, region });
  if (key === undefined) return [];
  const via = (service: string) => `${service}.${region}.amazonaws.com`;
  const table = nameOf(stack, name === 'shortener' ? 'links' : 'ledger');
  const senders = sentBy[name] ?? [];
  return [
    allowWhere(['kms:Decrypt'], key, {
      StringEquals: { 'kms:ViaService': via('dynamodb'), 'kms:EncryptionContext:aws:dynamodb:tableName': table },
    }),
    ...(senders.length > 0
      ? [
          allowWhere(['kms:Decrypt', 'kms:GenerateDataKey'], key, {
            StringEquals: { 'kms:ViaService': senders.map(via) },
          }),
        ]
      : []),
  ];
}

/**
 * The Scheduler decrypts what a schedule hands over by the role of the schedule:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
 */
export function useScheduleKey(stack: Stack): readonly Statement[] {
  const key = keyOf(stack);
  if (key === undefined) return [];
  const ours = arnOf('scheduler', `schedule/${nameOf(stack, 'ticks')}/*`);
  return [allowWhere(['kms:Decrypt'], key, { ArnLike: { 'kms:EncryptionContext:aws:scheduler:schedule:arn': ours } })];
}

function allowWhere(actions: readonly string[], resource: string, condition: Json): Statement {
  return { Effect: 'Allow', Action: actions, Resource: resource, Condition: condition };
}
