import {
  type Check,
  doubtful,
  type Expected,
  type Finding,
  type KeyPolicy,
  look,
  redeploy,
  type TopicKey,
  wrong,
} from './model.ts';

/** Every address of a channel gets what its topics publish. Addresses themselves are not told. */
export const emails: Check = {
  id: 'e-mails',
  looksAt: 'addresses of channels: subscribed and confirmed',
  judge: ({ subscriptions }, { mails, topics }) =>
    look(subscriptions, (seen) => [
      ...topics
        .filter((topic) => seen[topic] === undefined)
        .map((topic) => wrong(`there is no topic ${topic}`, redeploy)),
      ...mails.flatMap(({ topic, address, channels }): Finding[] => {
        const addresses = seen[topic];
        if (addresses === undefined || addresses[address] === 'confirmed') return [];
        const who = channels.join(', ');
        if (addresses[address] === 'waiting')
          return [
            wrong(
              `the address of ${who} is not confirmed for ${topic}: it gets nothing`,
              'follow the link in the mail of AWS Notifications; after three days deploy without the address, and then with it',
            ),
          ];
        return [wrong(`the address of ${who} is not subscribed to ${topic}`, redeploy)];
      }),
    ]),
};

/** Every alarm of the template is there and tells somebody, and none rings. */
export const alarms: Check = {
  id: 'alarms',
  looksAt: 'alarms of the stack: there, with actions, quiet',
  judge: ({ alarms }, expected) =>
    look(alarms, (seen) => [
      ...expected.alarms
        .filter((name) => !seen.some((alarm) => alarm.name === name))
        .map((name) => wrong(`there is no alarm ${name}`, redeploy)),
      ...seen
        .filter(({ isTelling }) => !isTelling)
        .map(({ name }) =>
          wrong(`the alarm ${name} tells nobody: it has no action, or its actions are off`, telling(name)),
        ),
      ...seen
        .filter(({ state }) => state === 'ALARM')
        .map(({ name }) => wrong(`the alarm ${name} rings`, runbookOf(name))),
      ...seen
        .filter(({ state }) => state === 'INSUFFICIENT_DATA')
        .map(({ name }) =>
          doubtful(`the alarm ${name} has no data`, 'right after a deployment wait ten minutes; else check its metric'),
        ),
    ]),
};

const telling = (name: string): string => `aws cloudwatch enable-alarm-actions --alarm-names ${name}; else ${redeploy}`;
const runbookOf = (name: string): string =>
  name.endsWith('-dead') ? 'docs/runbooks/monitoring-dead.md' : 'the runbook in its description';

const alarmService = 'cloudwatch.amazonaws.com';

/**
 * A topic that somebody has encrypted still takes the messages of alarms and of `evaluate`:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export const keys: Check = {
  id: 'keys',
  looksAt: 'KMS keys of topics: usable by who publishes',
  judge: ({ keys }, expected) => look(keys, (seen) => seen.flatMap((key) => keyFindings(key, expected))),
};

function keyFindings({ topic, keyId, policy, state = 'Enabled' }: TopicKey, expected: Expected): readonly Finding[] {
  const isOfAlarms = !topic.endsWith('-alerts');
  if (keyId.endsWith('alias/aws/sns'))
    return isOfAlarms
      ? [
          wrong(
            `${topic} is encrypted with alias/aws/sns, by which CloudWatch cannot publish: no alarm is told`,
            'encrypt it with a key of your own that lets cloudwatch.amazonaws.com use it, or not at all',
          ),
        ]
      : [];
  if (state !== 'Enabled')
    return [
      wrong(
        `the key of ${topic} is ${state}: nothing that is published is told`,
        `aws kms enable-key --key-id ${keyId}, after cancel-key-deletion where it waits for that`,
      ),
    ];
  const who = isOfAlarms ? alarmService : expected.publisher;
  const isDelegated = !isOfAlarms && keyId === expected.key;
  const isUsable = (statements: KeyPolicy): readonly Finding[] =>
    mayUse(statements, who, isDelegated) ? [] : [unusable(topic, keyId, who)];
  return look(policy, isUsable, `the key of ${topic}:`);
}

const unusable = (topic: string, keyId: string, who: string): Finding =>
  wrong(
    `the key of ${topic} does not let ${who} use it: nothing that it publishes is told`,
    `allow it kms:Decrypt and kms:GenerateDataKey* in the policy of ${keyId}`,
  );

/**
 * An ARN of a role ends with its name. Conditions are not judged. `isDelegated`: its own policy lets the role use the key, which
 * holds where the key leaves that to the account.
 */
function mayUse(policy: KeyPolicy, who: string, isDelegated: boolean): boolean {
  const isAccount = (principal: string) => isDelegated && /^arn:.*:iam::\d+:root$/.test(principal);
  const isTold = (principal: string) =>
    principal === '*' || principal === who || principal.endsWith(`/${who}`) || isAccount(principal);
  const about = policy.filter(({ principals }) => principals.some(isTold));
  const allowed = about.filter(({ isAllowing }) => isAllowing).flatMap(({ actions }) => actions);
  const denied = about.filter(({ isAllowing }) => !isAllowing).flatMap(({ actions }) => actions);
  return ['kms:Decrypt', 'kms:GenerateDataKey'].every((action) => covers(allowed, action) && !covers(denied, action));
}

const covers = (patterns: readonly string[], action: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern.toLowerCase() === action.toLowerCase(),
  );
