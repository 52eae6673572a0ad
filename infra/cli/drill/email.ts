import { type Channel, isSent } from '../../../shared/config/model.ts';
import type { Subscribed } from '../../doctor/model.ts';
import type { DeployedStack } from '../stack.ts';

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
  const { readSubscriptions } = await import('../../doctor/read-topics.ts');
  const topic = table.replace(/ledger$/, 'alerts');
  const seen = await readSubscriptions([topic], { settings });
  // Whoever may not look at subscriptions can drill all the same.
  const states = 'value' in seen ? seen.value[topic] : undefined;
  return new Map(mailed.flatMap(({ id, to }) => (states === undefined ? [] : problemOf(id, states[to]))));
}

function problemOf(id: string, state: Subscribed | undefined): [string, string][] {
  switch (state) {
    case undefined:
      return [[id, 'SNS has no subscription of its address: is the last change of monitors.yml deployed?']];
    case 'waiting':
      return [[id, 'nobody has confirmed its address: look for the mail of AWS Notifications, and follow its link']];
    case 'confirmed':
      return [];
    default:
      return state satisfies never;
  }
}
