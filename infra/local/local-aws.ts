import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Alarms, createAlarms } from './alarm/alarms.ts';
import { createCloudWatch } from './aws/cloudwatch.ts';
import { type CloudWatchStore, openCloudWatchStore } from './aws/cloudwatch-store.ts';
import { type DynamoDb, openDynamoDb } from './aws/dynamodb.ts';
import { createAwsEndpoint } from './aws/endpoint.ts';
import { createLambda } from './aws/lambda.ts';
import { createLogs } from './aws/logs.ts';
import { createSns, type OnEvent, type OnMail } from './aws/sns.ts';
import { openSnsStore, type SnsStore } from './aws/sns-store.ts';
import { createSsm, seedParameters } from './aws/ssm.ts';
import { sts } from './aws/sts.ts';
import type { Cleanup } from './cleanup.ts';
import type { DataFolder } from './data-folder.ts';
import type { Functions } from './function/functions.ts';
import { readLogEvents } from './log/events.ts';
import type { Handle } from './server.ts';
import type { LocalStack } from './stack.ts';

/** The services that local mode plays, with what they remember. */
export type LocalAws = {
  readonly metrics: CloudWatchStore;
  readonly mails: SnsStore;
  readonly dynamodb: DynamoDb;
  readonly alarms: Alarms;
  /** The endpoint, once there are functions to invoke. */
  endpoint(functions: () => Functions, stack: () => LocalStack, onError: (error: unknown) => void): Handle;
};

/** `onMail` hears of mails that are in the inbox, `onEvent` of events for functions. */
export function openLocalAws(data: DataFolder, cleanup: Cleanup, onMail: OnMail, onEvent: OnEvent): LocalAws {
  seedParameters(data.parameters);
  const metrics = openCloudWatchStore(data.cloudwatch);
  cleanup.add(metrics.close);
  const mails = openSnsStore(data.sns);
  cleanup.add(mails.close);
  const dynamodb = openDynamoDb(data.dynamodb);
  cleanup.add(async () => {
    await dynamodb.close();
    rmSync(join(data.dynamodb, 'LOCK'), { force: true }); // LevelDB leaves it behind; it means nothing then
  });
  const sns = createSns(mails, Date.now, onMail, onEvent);
  const alarms = createAlarms({ store: metrics, publish: sns.publish, now: Date.now });
  return {
    metrics,
    mails,
    dynamodb,
    alarms,
    endpoint: (functions, stack, onError) =>
      createAwsEndpoint(
        {
          cloudwatch: createCloudWatch(
            metrics,
            { alarms: alarms.describe, dashboards: () => stack().dashboards.filter(({ isDeployed }) => isDeployed) },
            Date.now,
          ),
          sns: sns.service,
          ssm: createSsm(data.parameters),
          logs: logsOf(data, stack),
          sts,
          dynamodb,
          lambda: createLambda(functions),
        },
        onError,
      ),
  };
}

/** The logs of the functions, each in a group of its function's name, as in AWS. */
function logsOf(data: DataFolder, stack: () => LocalStack) {
  const groups = () =>
    new Map(stack().functions.map(({ name, functionName }) => [`/aws/lambda/${functionName}`, name]));
  return createLogs({
    groups: () => [...groups().keys()],
    read: (group, span) => readLogEvents(data.logs, groups().get(group) ?? '', group, span),
    definitions: () => stack().queries,
  });
}
