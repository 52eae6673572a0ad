import { type Alarm, type Channel, type Config, isSent } from '../../shared/config/model.ts';
import { digest } from './model.ts';

/** A topic on which alarms of CloudWatch are published, and who hears of it: addresses, and whether the function `notify` does. */
export type AlarmTopic = {
  /** Its logical id. */
  readonly id: string;
  /** What it is called beside service and environment. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly isToNotify: boolean;
};

/**
 * A message of CloudWatch carries no attributes by which an address could pick its own, so each set of addresses has a topic: all
 * of them together the one to which the stack's own alarms go too, any other set one of its own. The function `notify`
 * looks up itself whom an alarm is for, and hears of every topic with an alarm for it.
 */
export function alarmTopics({ channels, alarms = [] }: Pick<Config, 'channels' | 'alarms'>): readonly AlarmTopic[] {
  const common: AlarmTopic = { ...commonTopic, addresses: addressesOf(channels), isToNotify: false };
  const all = [common, ...alarms.map((alarm) => topicFor(alarm, channels))];
  return [...Map.groupBy(all, ({ id }) => id).values()].map((same) => ({
    ...(same[0] ?? common),
    isToNotify: same.some(({ isToNotify }) => isToNotify),
  }));
}

const commonTopic = { id: 'AlarmsTopic', name: 'alarms' } as const;

/** The topic of one alarm. */
export function topicFor({ notify }: Pick<Alarm, 'notify'>, channels: readonly Channel[]): AlarmTopic {
  const told = channels.filter(({ id }) => notify.includes(id));
  const addresses = addressesOf(told);
  const isToNotify = told.some(isSent);
  if (addresses.length === addressesOf(channels).length) return { ...commonTopic, addresses, isToNotify };
  const name = nameFor(addresses, channels);
  return { id: `AlarmsTopic${digest(name)}`, name, addresses, isToNotify };
}

/** SNS takes 256 characters, with the service and the environment. */
const longestName = 150;

/** `alarms_oncall_boss`: by a channel of each address, so that whoever confirms a subscription knows what it is. */
function nameFor(addresses: readonly string[], channels: readonly Channel[]): string {
  const ids = addresses.flatMap((address) => channels.find((one) => !isSent(one) && one.to === address)?.id ?? []);
  const name = ['alarms', ...(ids.length === 0 ? ['channels'] : ids.sort())].join('_');
  return name.length <= longestName ? name : `alarms_${digest(name)}`;
}

function addressesOf(channels: readonly Channel[]): readonly string[] {
  return [...new Set(channels.flatMap((channel) => (isSent(channel) ? [] : [channel.to])))].sort();
}
