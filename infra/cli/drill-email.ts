import { type Channel, isSent } from '../../shared/config/model.ts';
import type { DeployedStack } from './stack.ts';

/** A page has a hundred subscriptions. */
const mostPages = 100;

/**
 * E-mail channels to whose address SNS sends nothing, with the reason, by id. An address that nobody has confirmed gets no alert
 * either. Empty where nobody may look, which takes the right sns:ListSubscriptionsByTopic.
 */
export async function unconfirmed(
  channels: readonly Channel[],
  { table, settings }: DeployedStack,
): Promise<ReadonlyMap<string, string>> {
  const mailed = channels.flatMap((channel) => (isSent(channel) ? [] : [channel]));
  if (mailed.length === 0) return new Map();
  const { createClient, findTopic } = await import('./notify-email.ts');
  const client = await createClient(settings);
  try {
    const topic = await findTopic(client, table.replace(/ledger$/, 'alerts'));
    const states = topic === undefined ? undefined : await loadStates(client, topic);
    return new Map(mailed.flatMap(({ id, to }) => (states === undefined ? [] : problemOf(id, states.get(to)))));
  } catch {
    // Whoever may not look at subscriptions can drill all the same.
    return new Map();
  } finally {
    client.destroy();
  }
}

type Client = Awaited<ReturnType<typeof import('./notify-email.ts')['createClient']>>;

/** The ARN of the subscription of each address; of one that waits for its confirmation, a word. */
async function loadStates(client: Client, TopicArn: string): Promise<ReadonlyMap<string, string>> {
  const { ListSubscriptionsByTopicCommand } = await import('@aws-sdk/client-sns');
  const states = new Map<string, string>();
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const NextToken = next === undefined ? {} : { NextToken: next };
    const answer = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn, ...NextToken }));
    for (const { Endpoint, SubscriptionArn } of answer.Subscriptions ?? [])
      states.set(Endpoint ?? '', SubscriptionArn ?? '');
    next = answer.NextToken;
    if (next === undefined) break;
  }
  return states;
}

function problemOf(id: string, state: string | undefined): [string, string][] {
  if (state === undefined)
    return [[id, 'SNS has no subscription of its address: is the last change of monitors.yml deployed?']];
  const isWaiting = !state.startsWith('arn:');
  return isWaiting
    ? [[id, 'nobody has confirmed its address: look for the mail of AWS Notifications, and follow its link']]
    : [];
}
