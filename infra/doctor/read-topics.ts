import type { SNSClient } from '@aws-sdk/client-sns';
import { boundedClient } from '../../shared/aws/client.ts';
import { createClient } from '../cli/notify/email.ts';
import { allPages, attempt, inTurns } from './look.ts';
import type { KeyPolicy, KeyStatement, StackSeen, Subscribed, TopicKey } from './model.ts';
import type { Asked } from './read.ts';

const atOnce = 5;

/** The addresses of each of these topics; of one that is not there, undefined. */
export async function readSubscriptions(
  names: readonly string[],
  { settings }: Pick<Asked, 'settings'>,
): Promise<StackSeen['subscriptions']> {
  const client = await createClient(settings);
  const { ListSubscriptionsByTopicCommand } = await import('@aws-sdk/client-sns');
  const read = async ([name, TopicArn]: readonly [string, string]) => {
    const entries = await allPages(async (next) => {
      const answer = await client.send(
        new ListSubscriptionsByTopicCommand({ TopicArn, ...(next === undefined ? {} : { NextToken: next }) }),
      );
      return { entries: answer.Subscriptions ?? [], next: answer.NextToken };
    });
    const states = entries.map(({ Endpoint = '', SubscriptionArn = '' }): [string, Subscribed] => [
      Endpoint,
      SubscriptionArn.startsWith('arn:') ? 'confirmed' : 'waiting',
    ]);
    return [name, Object.fromEntries(states)] as const;
  };
  try {
    return await attempt('sns:ListTopics and sns:ListSubscriptionsByTopic', async () =>
      Object.fromEntries(await inTurns(await findTopics(client, names), atOnce, read)),
    );
  } finally {
    client.destroy();
  }
}

/** Names and ARNs of those that are there. */
async function findTopics(
  client: SNSClient,
  names: readonly string[],
): Promise<readonly (readonly [string, string])[]> {
  const { ListTopicsCommand } = await import('@aws-sdk/client-sns');
  const all = await allPages(async (next) => {
    const answer = await client.send(new ListTopicsCommand(next === undefined ? {} : { NextToken: next }));
    return { entries: answer.Topics ?? [], next: answer.NextToken };
  });
  return all.flatMap(({ TopicArn = '' }) => {
    const name = TopicArn.slice(TopicArn.lastIndexOf(':') + 1);
    return names.includes(name) ? [[name, TopicArn] as const] : [];
  });
}

/** The topics that are encrypted, with what the policies of their keys allow. */
export async function readKeys(names: readonly string[], { settings }: Asked): Promise<StackSeen['keys']> {
  const client = await createClient(settings);
  const { GetTopicAttributesCommand } = await import('@aws-sdk/client-sns');
  try {
    return await attempt('sns:ListTopics and sns:GetTopicAttributes', async () => {
      const found = await inTurns(await findTopics(client, names), atOnce, async ([topic, TopicArn]) => {
        const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
        return { topic, keyId: Attributes?.['KmsMasterKeyId'] ?? '' };
      });
      const encrypted = found.filter(({ keyId }) => keyId !== '');
      return inTurns(encrypted, 1, async ({ topic, keyId }): Promise<TopicKey> => {
        const isOfAws = keyId.endsWith('alias/aws/sns');
        return isOfAws
          ? { topic, keyId, policy: { value: [] } }
          : { topic, keyId, ...(await readKey(keyId, settings)) };
      });
    });
  } finally {
    client.destroy();
  }
}

/** By an alias there is no policy to be asked for: its key is looked up first. */
async function readKey(keyId: string, settings: Asked['settings']): Promise<Pick<TopicKey, 'policy' | 'state'>> {
  const { DescribeKeyCommand, GetKeyPolicyCommand, KMSClient } = await import('@aws-sdk/client-kms');
  const client = new KMSClient({ ...boundedClient, ...settings });
  let state: string | undefined;
  try {
    const policy = await attempt('kms:DescribeKey and kms:GetKeyPolicy', async () => {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyId }));
      state = KeyMetadata?.KeyState;
      const key = { KeyId: KeyMetadata?.KeyId ?? keyId, PolicyName: 'default' };
      return parseKeyPolicy((await client.send(new GetKeyPolicyCommand(key))).Policy ?? '');
    });
    return { policy, ...(state === undefined ? {} : { state }) };
  } finally {
    client.destroy();
  }
}

type Statement = { readonly Effect?: unknown; readonly Action?: unknown; readonly Principal?: unknown };

/** The statements of a policy as IAM writes it; throws a SyntaxError for what is no JSON. */
export function parseKeyPolicy(text: string): KeyPolicy {
  const { Statement } = JSON.parse(text) as { readonly Statement?: Statement | readonly Statement[] };
  return [Statement ?? []].flat().map(
    ({ Effect, Action, Principal }): KeyStatement => ({
      isAllowing: Effect === 'Allow',
      actions: textsOf(Action),
      principals:
        typeof Principal === 'object' && Principal !== null
          ? Object.values(Principal).flatMap(textsOf)
          : textsOf(Principal),
    }),
  );
}

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().filter((text): text is string => typeof text === 'string');
