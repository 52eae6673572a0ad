import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { createCloudWatch } from '../../infra/local/aws/cloudwatch.ts';
import { type CloudWatchStore, openCloudWatchStore } from '../../infra/local/aws/cloudwatch-store.ts';
import { type AwsServices, createAwsEndpoint } from '../../infra/local/aws/endpoint.ts';
import { AwsError } from '../../infra/local/aws/error.ts';
import type { Input, Output } from '../../infra/local/aws/service.ts';
import type { MetricQuery } from '../../shared/app/ports.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { createMetricReader } from '../../shared/aws/metric-reader.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = Math.floor(Date.now() / hourMs) * hourMs;
const never = new AbortController().signal;
type Result = { readonly Id: string; readonly Timestamps: Date[]; readonly Values: number[]; StatusCode: string };
type Data = { readonly MetricDataResults: Result[]; readonly NextToken?: string };

let store: CloudWatchStore;
let server: Server;
let client: CloudWatchClient;
let calls: Input[];
/** What becomes of an answer of local mode's CloudWatch on its way. */
let change: (answer: Data, input: Input, call: number) => Data | Promise<Data>;

beforeEach(async () => {
  store = openCloudWatchStore(':memory:');
  calls = [];
  change = (answer) => answer;
  const whole = createCloudWatch(store, { alarms: () => [], dashboards: () => [] }, () => now + hourMs);
  const cloudwatch = {
    ...whole,
    GetMetricData: async (input: Input): Promise<Output> => {
      calls.push(input);
      return change((await whole['GetMetricData']?.(input)) as Data, input, calls.length);
    },
  };
  server = createServer(createAwsEndpoint({ cloudwatch } as unknown as AwsServices, () => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new CloudWatchClient({
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 400 },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
});
afterEach(async () => {
  client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  store.close();
});

const dimensions = { ApiId: 'abc', Stage: '$default' };
const query = (name: string, fromAt: number, toAt: number, periodMs = minuteMs, more: Partial<MetricQuery> = {}) => ({
  namespace: 'Shop',
  name,
  dimensions,
  span: { fromAt, toAt, periodMs },
  ...more,
});
const read = (queries: readonly MetricQuery[], signal = never) => createMetricReader(client)(queries, signal);
const put = (name: string, values: readonly (readonly [number, number])[], Dimensions = dimensions as object) =>
  client.send(
    new PutMetricDataCommand({
      Namespace: 'Shop',
      MetricData: values.map(([at, Value]) => ({
        MetricName: name,
        Dimensions: Object.entries(Dimensions).map(([Name, value]) => ({ Name, Value: value })),
        Timestamp: new Date(at),
        Value,
        Unit: 'Count',
      })),
    }),
  );
const sumsOf = (answer: Awaited<ReturnType<typeof read>>[number] | undefined) =>
  answer !== undefined && 'sums' in answer ? [...answer.sums] : answer;

describe('metrics, read from local mode’s CloudWatch', () => {
  it('are sums by period, of exactly these dimensions, from the start to before the end', async () => {
    await put('5xx', [
      [now - hourMs - 1, 100],
      [now - hourMs, 1],
      [now - hourMs + 59_000, 2],
      [now - 30 * minuteMs, 4],
      [now, 100],
    ]);
    await put('5xx', [[now - hourMs, 100]], { ApiId: 'abc' });
    const span = [now - hourMs, now] as const;
    const [minutes, fives, hour, none, other] = await read([
      query('5xx', ...span),
      query('5xx', ...span, 5 * minuteMs),
      query('5xx', ...span, hourMs),
      query('4xx', ...span),
      query('5xx', ...span, minuteMs, { namespace: 'Other' }),
    ]);
    expect(sumsOf(minutes)).toEqual([
      [now - hourMs, 3],
      [now - 30 * minuteMs, 4],
    ]);
    expect(sumsOf(fives)).toEqual([
      [now - hourMs, 3],
      [now - 30 * minuteMs, 4],
    ]);
    expect(sumsOf(hour)).toEqual([[now - hourMs, 7]]);
    expect([sumsOf(none), sumsOf(other)]).toEqual([[], []]);
    expect(calls).toHaveLength(1);
  });

  it('are whole numbers above zero: what is neither counts as nothing', async () => {
    await put('5xx', [
      [now - 3 * minuteMs, 2.6],
      [now - 2 * minuteMs, 0],
      [now - minuteMs, -5],
    ]);
    expect(sumsOf((await read([query('5xx', now - hourMs, now)]))[0])).toEqual([[now - 3 * minuteMs, 3]]);
  });

  it('are asked for in as few calls as the limits allow: 500 queries, 100,800 points, one span of time each', async () => {
    const many = Array.from({ length: 501 }, (_, index) => query(`m${index}`, now - hourMs, now));
    expect((await read(many)).every((answer) => 'sums' in answer)).toBe(true);
    expect(calls.map(({ MetricDataQueries }) => (MetricDataQueries as unknown[]).length).toSorted()).toEqual([1, 500]);
    calls.length = 0;
    const fortnight = 14 * 24 * hourMs;
    await read(Array.from({ length: 6 }, (_, index) => query(`m${index}`, now - fortnight, now)));
    expect(calls.map(({ MetricDataQueries }) => (MetricDataQueries as unknown[]).length)).toEqual([5, 1]);
    calls.length = 0;
    await read([query('a', now - hourMs, now), query('b', now - hourMs, now), query('a', now - 10 * minuteMs, now)]);
    expect(calls).toHaveLength(2);
    expect((await read([])).length).toBe(0);
  });

  it('come page by page', async () => {
    await put(
      '5xx',
      [1, 2, 3, 4, 5].map((minute) => [now - minute * minuteMs, minute]),
    );
    change = (answer, input) => {
      const from = Number(input['NextToken'] ?? 0);
      const isLast = from + 2 >= 5;
      const results = answer.MetricDataResults.map((result) => ({
        ...result,
        Timestamps: result.Timestamps.slice(from, from + 2),
        Values: result.Values.slice(from, from + 2),
        StatusCode: isLast ? 'Complete' : 'PartialData',
      }));
      return { MetricDataResults: results, ...(isLast ? {} : { NextToken: String(from + 2) }) };
    };
    const [answer] = await read([query('5xx', now - hourMs, now)]);
    expect(sumsOf(answer)).toEqual([5, 4, 3, 2, 1].map((minute) => [now - minute * minuteMs, minute]));
    expect(calls.map((input) => input['NextToken'])).toEqual([undefined, '2', '4']);
  });

  it('end, even where CloudWatch does not', async () => {
    change = (answer) => ({ ...answer, NextToken: 'again' });
    expect(await read([query('5xx', now - hourMs, now)])).toEqual([
      { failure: 'Error: CloudWatch has not come to an end after 50 pages' },
    ]);
    expect(calls).toHaveLength(50);
  });
});

describe('what CloudWatch could not answer', () => {
  const statusOf = (status: string, isAlways: boolean) => (answer: Data, input: Input, call: number) => ({
    ...answer,
    MetricDataResults: answer.MetricDataResults.map((result) => {
      const queries = input['MetricDataQueries'] as { Id: string; MetricStat: { Metric: { MetricName: string } } }[];
      const name = queries.find(({ Id }) => Id === result.Id)?.MetricStat.Metric.MetricName;
      return name === 'bad' && (isAlways || call === 1) ? { ...result, StatusCode: status } : result;
    }),
  });

  it.each(['PartialData', 'InternalError'])('%s is asked once more, alone', async (status) => {
    await put('bad', [[now - minuteMs, 7]]);
    change = statusOf(status, false);
    const [bad, good] = await read([query('bad', now - hourMs, now), query('good', now - hourMs, now)]);
    expect([sumsOf(bad), sumsOf(good)]).toEqual([[[now - minuteMs, 7]], []]);
    expect(calls.map(({ MetricDataQueries }) => (MetricDataQueries as unknown[]).length)).toEqual([2, 1]);
  });

  it.each([
    ['PartialData', 2],
    ['InternalError', 2],
    ['Forbidden', 1],
  ])('%s is a failure of that query, and of no other', async (status, count) => {
    change = statusOf(status, true);
    expect(await read([query('bad', now - hourMs, now), query('good', now - hourMs, now)])).toEqual([
      { failure: `CloudWatch answered with ${status} for bad` },
      { sums: new Map() },
    ]);
    expect(calls).toHaveLength(count);
  });

  it('is a failure where an answer is missing', async () => {
    change = (answer) => ({ ...answer, MetricDataResults: answer.MetricDataResults.slice(1) });
    expect(await read([query('a', now - hourMs, now), query('b', now - hourMs, now)])).toEqual([
      { failure: 'CloudWatch answered with no answer for a' },
      { sums: new Map() },
    ]);
  });

  it('because it throttles is tried again by the client, and then a failure of all that was asked', async () => {
    change = (answer, _, call) => {
      if (call === 1) throw new AwsError('ThrottlingException', 'Rate exceeded');
      return answer;
    };
    expect(sumsOf((await read([query('5xx', now - hourMs, now)]))[0])).toEqual([]);
    change = () => {
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    };
    expect(await read([query('a', now - hourMs, now), query('b', now - hourMs, now)])).toEqual([
      { failure: 'ThrottlingException: Rate exceeded' },
      { failure: 'ThrottlingException: Rate exceeded' },
    ]);
  });

  it('because it hangs ends with the client, or with the signal', async () => {
    change = () => new Promise<never>(() => {});
    const [slow] = await read([query('5xx', now - hourMs, now)]);
    expect(slow).toEqual({ failure: expect.stringContaining('TimeoutError') });
    const began = Date.now();
    expect(await read([query('5xx', now - hourMs, now)], AbortSignal.timeout(100))).toEqual([
      { failure: 'CloudWatch took too long' },
    ]);
    expect(Date.now() - began).toBeLessThan(2_000);
  });
});
