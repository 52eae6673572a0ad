import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { createCloudWatch } from '../../infra/local/aws/cloudwatch.ts';
import { type CloudWatchStore, openCloudWatchStore } from '../../infra/local/aws/cloudwatch-store.ts';
import type { Input, Service } from '../../infra/local/aws/service.ts';
import { createMetricsPublisher } from '../../shared/aws/metrics.ts';
import { burstDatums } from '../../shared/metrics/burst-datums.ts';
import { Histogram } from '../../shared/stats/histogram.ts';
import { aSummary } from '../support/burst.ts';

const at = Date.UTC(2026, 10, 20, 3);
/** Of one HTTP POST, unpacked: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
const mostBytes = 1_024 * 1_024;
const environment = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
const before = { ...process.env };

let server: Server;
let store: CloudWatchStore;
let service: Service;
let bodies: Buffer[];
beforeEach(async () => {
  bodies = [];
  store = openCloudWatchStore(':memory:');
  service = createCloudWatch(store, { alarms: () => [], dashboards: () => [] }, () => at);
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const unpacked = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    bodies.push(unpacked);
    const isTaken = await take(JSON.parse(unpacked.toString('utf8')));
    response.writeHead(isTaken ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
});
afterEach(() => {
  process.env = before;
  store.close();
  server.close();
  server.closeAllConnections();
});

async function take(input: Input): Promise<boolean> {
  try {
    await service['PutMetricData']?.(input);
    return true;
  } catch {
    return false; // the publisher's call is refused then, and the test with it
  }
}

function read(metric: string, stat: string): number | undefined {
  const query = {
    StartTime: at / 1_000 - 60,
    EndTime: at / 1_000 + 60,
    MetricDataQueries: [
      {
        Id: 'q',
        MetricStat: {
          Metric: {
            Namespace: 'Burnwatch',
            MetricName: metric,
            Dimensions: Object.entries({ Service: 'shop', Environment: 'dev', Burst: 'redirects' }).map(
              ([Name, Value]) => ({ Name, Value }),
            ),
          },
          Period: 60,
          Stat: stat,
        },
      },
    ],
  } satisfies Input;
  const answer = service['GetMetricData']?.(query) as { MetricDataResults: { Values: number[] }[] } | undefined;
  return answer?.MetricDataResults[0]?.Values[0];
}

describe('the metrics of a burst in CloudWatch', () => {
  it('are one call below 1 MB, however wide the latencies lie, and are its requests and quantiles again', async () => {
    const latency = new Histogram();
    for (let us = 0; us < 2 ** 32; us = us < 512 ? us + 1 : us * 1.001) {
      for (let times = 0; times < 313; times += 1) latency.record(us / 1_000);
    }
    expect(latency.buckets().length).toBe(6_400);
    const sustained = { sustainedPerSecond: 430.5, end: 'found', curve: [] } as const;
    const summary = aSummary({ failures: 2_000_000, dropped: 1_999_999, breakingPoint: sustained });
    const run = { summary, latency, verdict: { reasons: ['p99', 'dropped'], more: 0 } };

    await createMetricsPublisher()(burstDatums(run, { service: 'shop', environment: 'dev' }, at));

    expect(bodies.map(({ length }) => length < mostBytes / 4)).toEqual([true]);
    expect(read('BurstLatency', 'SampleCount')).toBe(latency.count);
    for (const q of [0.5, 0.9, 0.99, 0.999])
      expect((read('BurstLatency', `p${q * 100}`) ?? 0) / latency.quantile(q)).toBeCloseTo(1, 3);
    expect(read('BurstFailures', 'Sum')).toBe(2_000_000);
    expect(read('BurstDropped', 'Sum')).toBe(1_999_999);
    expect(read('BurstUnmet', 'Maximum')).toBe(2);
    expect(read('BurstSustained', 'Maximum')).toBe(430.5);
  });
});
