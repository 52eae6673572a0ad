import { createHash, randomUUID } from 'node:crypto';
import { readAbout } from '../mail-about.ts';
import { AwsError } from './error.ts';
import { readText, requireText } from './read.ts';
import type { Input, Output, Service } from './service.ts';
import { account, region } from './service.ts';
import { snsEvent } from './sns-event.ts';
import { matchesPolicy, parseFilterPolicy } from './sns-filter.ts';
import { type Publication, parsePublish } from './sns-message.ts';
import type { Mail, SnsStore, Subscription } from './sns-store.ts';

export const topicArn = (name: string) => `arn:aws:sns:${region}:${account}:${name}`;

/** Called with the mails of one message, after they are on the disk. */
export type OnMail = (mails: readonly Mail[]) => void;
/** Called with the event for a function, by its ARN. */
export type OnEvent = (functionArn: string, event: string) => void;

export type Sns = {
  readonly service: Service;
  /** Publishes from inside, as an alarm does. Answers the message's id. */
  publish(topicArn: string, publication: Publication): string;
};

/**
 * SNS's actions. Every mail that a subscription would have got lies in the inbox before the answer is sent; functions are invoked
 * without waiting for them.
 */
export function createSns(store: SnsStore, now: () => number, onMail: OnMail, onEvent: OnEvent): Sns {
  const publish = (arn: string, publication: Publication): string => {
    const messageId = randomUUID();
    const meant = subscribers(store, arn, publication);
    const [forFunctions, mailed] = [meant.filter(isOfFunction), meant.filter((each) => !isOfFunction(each))];
    const about = readAbout(publication.machineText);
    const mails = mailed.map(({ endpoint }) => ({
      messageId,
      topicArn: arn,
      to: endpoint,
      subject: publication.subject,
      text: publication.text,
      at: now(),
      ...(about && { about: JSON.stringify(about) }),
    }));
    if (mails.length > 0) store.addMails(mails);
    if (mails.length > 0) onMail(mails);
    for (const one of forFunctions) onEvent(one.endpoint, snsEvent(one, messageId, publication, now()));
    return messageId;
  };
  return { publish, service: actions(store, publish) };
}

const isOfFunction = ({ protocol }: Subscription): boolean => protocol === 'lambda';

function subscribers(store: SnsStore, arn: string, { attributes }: Publication): readonly Subscription[] {
  return store
    .subscriptions(arn)
    .filter(({ filter }) => filter === '' || matchesPolicy(parseFilterPolicy(filter), attributes));
}

function actions(store: SnsStore, publish: Sns['publish']): Service {
  return {
    CreateTopic: (input) => {
      const arn = topicArn(readTopicName(input));
      store.addTopic(arn);
      return { TopicArn: arn };
    },
    ListTopics: () => ({ Topics: store.topics().map((TopicArn) => ({ TopicArn })) }),
    ListSubscriptions: () => ({ Subscriptions: store.subscriptions().map(describe) }),
    ListSubscriptionsByTopic: (input) => ({
      Subscriptions: store.subscriptions(readTopic(store, input, 'TopicArn')).map(describe),
    }),
    Publish: (input) => {
      const name = input['TargetArn'] === undefined ? 'TopicArn' : 'TargetArn';
      return { MessageId: publish(readTopic(store, input, name), parsePublish(input)) };
    },
    Subscribe: (input) => subscribe(store, input),
  };
}

function readTopicName(input: Input): string {
  const name = requireText(input, 'Name');
  if (!/^[\w-]{1,256}$/.test(name)) throw new AwsError('InvalidParameter', 'Invalid parameter: Topic Name');
  return name;
}

function readTopic(store: SnsStore, input: Input, name: string): string {
  const arn = readText(input, name) ?? '';
  if (!/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]{1,256}$/.test(arn))
    throw new AwsError('InvalidParameter', `Invalid parameter: ${name}`);
  if (!store.hasTopic(arn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  return arn;
}

/** The same topic, protocol and endpoint are the same subscription; another filter for it is refused, as SNS does. */
function subscribe(store: SnsStore, input: Input): Output {
  const topic = readTopic(store, input, 'TopicArn');
  const protocol = requireText(input, 'Protocol');
  if (protocol !== 'email' && protocol !== 'email-json')
    throw new AwsError('InvalidParameter', 'Invalid parameter: Protocol: only e-mail is delivered here');
  const endpoint = readText(input, 'Endpoint') ?? '';
  if (!/^[^\s@]+@[^\s@]+$/.test(endpoint)) throw new AwsError('InvalidParameter', 'Invalid parameter: Email address');
  const subscription = subscriptionOf(topic, protocol, endpoint, readFilter(input));
  const known = store.subscriptions(topic).find(({ arn }) => arn === subscription.arn);
  if (known && known.filter !== subscription.filter) {
    const message = 'Invalid parameter: Attributes Reason: Subscription already exists with different attributes';
    throw new AwsError('InvalidParameter', message);
  }
  if (!known) store.addSubscription(subscription);
  return { SubscriptionArn: subscription.arn };
}

/** In Query, attributes are a list of `{key, value}`. */
function readFilter(input: Input): string {
  const entries: unknown = input['Attributes'] ?? [];
  let filter = '';
  for (const { key, value } of Array.isArray(entries) ? entries : []) {
    if (key === 'FilterPolicyScope' && value !== 'MessageAttributes')
      throw new AwsError(
        'InvalidParameter',
        'Invalid parameter: FilterPolicyScope: only MessageAttributes is supported here',
      );
    if (key === 'FilterPolicy') filter = String(value);
  }
  if (filter !== '') parseFilterPolicy(filter);
  return filter;
}

/** A subscription with its ARN, which follows from what makes it unique. `filter` is a policy's JSON or ''. */
export function subscriptionOf(topic: string, protocol: string, endpoint: string, filter: string): Subscription {
  const hash = createHash('sha256').update(`${topic} ${protocol} ${endpoint}`).digest('hex');
  const id = [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)];
  return { arn: `${topic}:${id.join('-')}`, topicArn: topic, protocol, endpoint, filter };
}

const describe = ({ arn, topicArn: topic, protocol, endpoint }: Subscription) => ({
  TopicArn: topic,
  Protocol: protocol,
  SubscriptionArn: arn,
  Owner: account,
  Endpoint: endpoint,
});
