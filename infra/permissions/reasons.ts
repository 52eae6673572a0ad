import type { Grant } from './grants.ts';

type Unexplained = Omit<Grant, 'why'>;

/**
 * What each statement is for, by role and by `<actions> <what>`: what is the partitions where there are some, the parameter where it
 * has a fixed name, the service otherwise. `*` is any role.
 */
export const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '*': {
    'CreateLogStream+PutLogEvents logs': 'Lambda writes the log of the function',
    'GetParameter ssm': 'reads the secrets that the configuration names for it',
    'PutMetricData cloudwatch': 'publishes metrics; the action knows no resources',
    'Decrypt kms': 'DynamoDB decrypts the key of the table in the name of the function',
    'Decrypt+GenerateDataKey kms': 'what the function sends is encrypted in its name',
    'Allow ec2': 'Lambda keeps the network interfaces of a function in a VPC, and asks for it so',
    'Deny ec2': 'what Lambda may do with network interfaces, the code of the function may not',
  },
  probe: {
    'GetItem+PutItem tick#*': 'writes the tick, and reads it back to tell a repeated write from a second run',
    'Query heartbeat': 'sees which heartbeats called',
  },
  evaluate: {
    'GetItem+UpdateItem alerts': 'steps the alerts and keeps what is to be sent',
    'PutItem hour#*, day#*, incidents': 'folds what is over into hours and days, archives closed incidents',
    'Query tick#*, hour#*, day#*': 'counts what monitors found',
    'PutItem+Query+UpdateItem drill': 'takes up drills of the alert path, and says what came of them',
    'Query notify': 'sees how far the message of a drill came',
    'Query burst-verdict': 'sees what the newest runs of bursts came to, for their alerts',
    'Query burst-count#*': 'counts the requests of bursts, for SLOs over them',
    'GetMetricData cloudwatch':
      'counts metrics of others, for SLOs over them; the action knows neither resources nor conditions',
    'PutItem metric#*': 'keeps what was counted of metrics',
    'Query metric#*': 'reads what was counted of metrics',
    'Publish sns': 'sends the alerts',
    'GetParameter /burnwatch/ack-key': 'signs the links that acknowledge',
  },
  burst: {
    'GetItem+PutItem+Query+UpdateItem burst-part#*':
      'claims its part of a run, keeps it, and reads those of the other shards',
    'GetItem+PutItem+Query burst#*': 'keeps the run, and compares it with those before',
    'GetItem+PutItem burst-count#*': 'keeps the counts of the run, for SLOs over bursts',
    'GetItem+UpdateItem burst-verdict': 'says what the run came to',
    'GetItem alerts': 'asks whether an incident is open, before it sends',
    'Query tick#*, hour#*, day#*': 'asks what is left of the budgets that it requires',
    'Query burst-count#*': 'the same of SLOs over bursts',
    'Query metric#*': 'the same of SLOs over metrics',
  },
  shortener: {
    'DeleteItem+GetItem+PutItem+Scan+UpdateItem dynamodb': 'makes, follows, changes, lists and deletes links',
    'GetParameter /burnwatch/write-token': 'compares the token of whoever changes links',
  },
  notify: {
    'PutItem+Query+UpdateItem notify': 'remembers which channels were told of what',
    'Publish sns': 'reports on another channel that one could not be told',
    'SendMessage sqs': 'Lambda keeps what no channel took',
  },
  status: {
    'GetItem+UpdateItem heartbeat': 'remembers that a heartbeat called',
    'GetParameter /burnwatch/heartbeat-key': 'checks the addresses that heartbeats call',
    'GetItem+UpdateItem alerts': 'takes acknowledgements',
    'Query incidents': 'finds an incident that is closed by now',
    'GetParameter /burnwatch/ack-key': 'checks the links that acknowledge',
    'GetItem alerts': 'tells `/metrics` what fires',
    'Query tick#*, hour#*, day#*, incidents': 'tells `/metrics` what monitors found, and of incidents',
    'Query burst-verdict, burst#*': 'tells `/metrics` of bursts',
    'Query burst-count#*': 'the same of SLOs over bursts',
    'Query metric#*': 'the same of SLOs over metrics',
    'GetMetricData cloudwatch':
      'tells `/metrics` of the functions and the app; the action knows neither resources nor conditions',
    'GetParameter /burnwatch/metrics-token': 'compares the token of whoever scrapes `/metrics`',
  },
  scheduler: {
    'Decrypt kms': 'EventBridge Scheduler decrypts what schedules hand over',
    'InvokeFunction lambda': 'EventBridge Scheduler invokes them; it takes the role for schedules of this stack alone',
  },
};

/** What a statement is for; empty where nobody wrote it down, which a test refuses. */
export function reasonOf(grant: Unexplained): string {
  const { role, effect, actions } = grant;
  const own = reasons[role] ?? {};
  const common = reasons['*'] ?? {};
  const service = serviceOf(actions[0]);
  return own[reasonKey(grant)] ?? common[reasonKey(grant)] ?? common[`${effect} ${service}`] ?? '';
}

export function reasonKey({ actions, resources, condition = '' }: Unexplained): string {
  // Of several locations each has partitions of its own.
  const partitions = /^partitions (.*)$/.exec(condition)?.[1]?.replace(/^tick#[^#,]+#\*$/, 'tick#*');
  const parameter = /^parameter (\/burnwatch\/.*)$/.exec(resources.join())?.[1];
  const verbs = actions.map((action) => action.split(':')[1]).join('+');
  return `${verbs} ${partitions ?? parameter ?? serviceOf(actions[0])}`;
}

function serviceOf(action = ''): string {
  return action.split(':')[0] ?? '';
}
