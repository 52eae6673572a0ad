import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCloudWatch } from '../../infra/local/aws/cloudwatch.ts';
import { openCloudWatchStore } from '../../infra/local/aws/cloudwatch-store.ts';
import { openDynamoDb } from '../../infra/local/aws/dynamodb.ts';
import { createAwsEndpoint } from '../../infra/local/aws/endpoint.ts';
import { createSns } from '../../infra/local/aws/sns.ts';
import { openSnsStore } from '../../infra/local/aws/sns-store.ts';

const none = async (): Promise<never> => {
  throw new Error('this endpoint has no such service');
};

/** Local mode's AWS endpoint without the rest of local mode: CloudWatch, SNS and DynamoDB on 127.0.0.1, in memory but for the table. */
export async function startAwsEndpoint() {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-aws-'));
  const metrics = openCloudWatchStore(':memory:');
  const mails = openSnsStore(':memory:');
  const dynamodb = openDynamoDb(folder);
  const sns = createSns(
    mails,
    Date.now,
    () => {},
    () => {},
  );
  const cloudwatch = createCloudWatch(metrics, { alarms: () => [], dashboards: () => [] }, Date.now);
  const services = { cloudwatch, sns: sns.service, ssm: new Map(), sts: new Map(), dynamodb, lambda: none };
  const server = createServer(createAwsEndpoint(services as never, () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    metrics,
    mails,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await dynamodb.close();
      metrics.close();
      mails.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
