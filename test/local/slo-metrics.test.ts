import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
const file = join(folder.path, 'monitors.yml');
const rule = '{ severity: page, budget: 2%, long: 1h, notify: [oncall] }';
const slo = (id: string, indicator: string) =>
  `  ${id}: { indicator: { ${indicator} }, objective: 99.9%, window: 30d, alerts: [${rule}] }\n`;
let local: Running;
let client: CloudWatchClient;

beforeAll(async () => {
  writeFileSync(
    file,
    `version: 1
service: shortener
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  health: { type: http, request: { url: "\${output:ShortenerUrl}/health/liveness" } }
slos:
${slo('orders', 'cloudwatch: { namespace: Shop, dimensions: { Queue: a }, bad: Lost, total: Sent }')}${slo('gateway', 'cloudwatch: { namespace: AWS/ApiGateway, dimensions: { ApiId: "${output:ApiId}" }, bad: 5xx, total: Count }')}${slo('speed', 'monitors: [health], good: latency < 2s')}`,
  );
  local = await startLocalMode(join(folder.path, 'data'), '--config', file, '--interval', '5s');
  client = new CloudWatchClient({
    endpoint: local.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
}, 30_000);
afterAll(async () => {
  client.destroy();
  await endAll(local);
  folder.remove();
});

const put = (MetricName: string, Value: number, minutesAgo: number) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: [
        {
          MetricName,
          Value,
          Dimensions: [{ Name: 'Queue', Value: 'a' }],
          Timestamp: new Date(Date.now() - minutesAgo * 60_000),
        },
      ],
    }),
  );

describe('SLOs over metrics in local mode', () => {
  it('fire by what somebody publishes, tell it by mail, and stand in the console', async () => {
    for (const minutesAgo of [1, 2, 3]) {
      await put('Sent', 1_000, minutesAgo);
      await put('Lost', 100, minutesAgo);
    }
    const isFiring = (status: string | undefined) => status === 'firing';
    const state = await local.until(
      ({ slos }) => isFiring(slos.find(({ id }) => id === 'orders')?.rules[0]?.status),
      40_000,
    );
    const orders = state.slos.find(({ id }) => id === 'orders');
    expect(orders).toMatchObject({ monitors: [], counts: 'Lost of Sent in Shop (Queue a)', badEvents: 300 });
    expect(state.incidents[0]).toMatchObject({ monitors: [], slos: ['orders'] });
    const { inbox } = await local.until((seen) => seen.inbox.length > 0, 10_000);
    expect(inbox[0]?.subject).toContain('[PAGE] orders burns');
    expect(inbox[0]?.text).toContain('300 bad events in the last hour');
  }, 60_000);

  it('read the metrics of the gateway itself, under the id that the stack gives it', async () => {
    await fetch(`${local.shortener}/health/liveness`);
    const state = await local.until(({ slos }) => slos.length === 3, 10_000);
    expect(state.slos.find(({ id }) => id === 'gateway')).toMatchObject({
      counts: '5xx of Count in AWS/ApiGateway (ApiId local)',
    });
    expect(state).not.toHaveProperty('unknownSlos');
    expect(local.output()).not.toContain('could not be read');
  }, 20_000);

  it('stand beside those over a latency, which is judged in the row of the probe', async () => {
    const state = await local.until(({ slos }) => (slos.find(({ id }) => id === 'speed')?.goodEvents ?? 0) > 1, 30_000);
    expect(state.slos.find(({ id }) => id === 'speed')).toMatchObject({
      counts: 'probes of health, good below 2 s',
      badEvents: 0,
    });
  }, 40_000);
});
