import type { SNSClient } from '@aws-sdk/client-sns';
import { BurnwatchError, type EmailChannel } from '../../../shared/config/model.ts';
import type { Message } from '../../../shared/message/model.ts';
import type { Io } from '../command.ts';
import { findLocalMode } from '../local-mode.ts';
import type { Result, Told } from './text.ts';

export type Where = {
  readonly service: string;
  /** The folder of the configuration. */
  readonly folder: string;
  readonly stage: string | undefined;
  readonly region: string | undefined;
  readonly io: Io;
};

/** As serverless.yml has it. */
const defaultRegion = 'us-east-1';
const local = { environment: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
/** A page has a hundred; an account has at most 100,000. */
const mostPages = 1_000;

/**
 * Publishes a test message for an e-mail channel to the alerts' topic of a stack: SNS mails it, as it mails every alert. Throws
 * BURN_USAGE where there is no stack to ask; what AWS refuses is a result.
 */
export async function publishTest(
  channel: EmailChannel,
  messageOf: (environment: string) => Message,
  where: Where,
): Promise<Told> {
  const { stage, io, folder, service } = where;
  const isLocal = stage === undefined || stage === local.environment;
  const running = isLocal ? findLocalMode([folder, io.cwd], io) : undefined;
  const endpoint = io.env['AWS_ENDPOINT_URL_SNS'] ?? io.env['AWS_ENDPOINT_URL'] ?? running?.awsEndpoint;
  if (isLocal && endpoint === undefined) throw nowhere(channel);
  if (running) io.stderr(`Using the running local mode (${running.file})\n`);
  const environment = stage ?? local.environment;
  const message = messageOf(environment);
  const startedAt = performance.now();
  const told = (result: Result): Told => ({
    ...{ channel, message, attempts: 1, tookMs: performance.now() - startedAt },
    ...result,
  });
  const client = await createClient({
    region: isLocal ? defaultRegion : (where.region ?? (io.env['AWS_REGION'] || defaultRegion)),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isLocal ? { credentials: local.credentials } : {}),
  });
  try {
    const name = `${service}-${environment}-alerts`;
    const topic = await findTopic(client, name);
    if (topic === undefined) return told(noTopic(name));
    const { createTopic } = await import('../../../shared/aws/topic.ts');
    await createTopic(topic, client)(message);
    return told({ outcome: 'published', topic });
  } catch (error) {
    return told(refusal(error));
  } finally {
    client.destroy();
  }
}

/** The SDK is loaded where it is needed alone: the other commands start without it. */
export async function createClient(config: object): Promise<SNSClient> {
  const [sdk, { boundedClient }] = await Promise.all([
    import('@aws-sdk/client-sns'),
    import('../../../shared/aws/client.ts'),
  ]);
  return new sdk.SNSClient({ ...boundedClient, ...config });
}

/** By the end of its ARN: the account in it is for SNS to know. */
export async function findTopic(client: SNSClient, name: string): Promise<string | undefined> {
  const { ListTopicsCommand } = await import('@aws-sdk/client-sns');
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await client.send(new ListTopicsCommand(next === undefined ? {} : { NextToken: next }));
    const found = answer.Topics?.find(({ TopicArn: arn }) => arn?.endsWith(`:${name}`))?.TopicArn;
    next = answer.NextToken;
    if (found !== undefined || next === undefined) return found;
  }
  return undefined;
}

function nowhere({ id }: EmailChannel): BurnwatchError {
  return new BurnwatchError(
    'BURN_USAGE',
    `${id} is an e-mail address, which SNS tells: name a stack in AWS with --stage, such as --stage prod, or start local mode (npm start)`,
  );
}

function noTopic(name: string): Result {
  return failure(
    `SNS has no topic ${name} here`,
    'Was this environment deployed, by this service and in this region? Name another with --stage and --region.',
  );
}

function refusal(error: unknown): Result {
  const name = error instanceof Error ? error.name : 'unknown reason';
  if (/Credentials|TokenProvider|ExpiredToken/.test(name))
    return failure(`no AWS credentials that work were found (${name})`, 'Set AWS_PROFILE, or log in.');
  if (/AccessDenied|AuthorizationError|InvalidClientTokenId|Signature/.test(name))
    return failure(`AWS refused it (${name})`, 'It takes the rights sns:ListTopics and sns:Publish.');
  return failure(`SNS did not take it (${name})`, 'Try again; is this the right region (--region)?');
}

const failure = (problem: string, mend: string): Result => ({ outcome: 'failed', isFinal: true, problem, mend });
