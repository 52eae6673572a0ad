import type { Sample } from '../../../infra/local/aws/cloudwatch-store.ts';
import { embeddedSamples } from '../../../infra/local/embedded-metrics.ts';
import { createVendedMetrics } from '../../../infra/local/vended-metrics.ts';

const block = {
  Timestamp: 1_795_169_000_700,
  CloudWatchMetrics: [
    { Namespace: 'Shop', Dimensions: [['Service', 'Route']], Metrics: [{ Name: 'Latency', Unit: 'Milliseconds' }] },
  ],
};
const root = { _aws: block, Service: 'shop', Route: 'GET /{code}', Latency: [1, 2, 2] };
const line = (change: object = {}, metricBlock: object = {}): string =>
  JSON.stringify({ ...root, _aws: { ...block, ...metricBlock }, ...change });
const directive = (change: object) => ({ CloudWatchMetrics: [{ ...block.CloudWatchMetrics[0], ...change }] });

describe('the metrics in a line of a log', () => {
  it('are each distinct value with its count, in the second of the time stamp', () => {
    const metric = { namespace: 'Shop', name: 'Latency', dimensions: { Service: 'shop', Route: 'GET /{code}' } };
    const common = { metric, atSeconds: 1_795_169_000, unit: 'Milliseconds' };
    expect(embeddedSamples(line())).toEqual([
      { ...common, count: 1, sum: 1, min: 1, max: 1 },
      { ...common, count: 2, sum: 4, min: 2, max: 2 },
    ]);
  });

  it('are those of each set of dimensions', () => {
    const samples = embeddedSamples(line({ Latency: 7 }, directive({ Dimensions: [['Service'], ['Route'], []] })));
    expect(samples.map(({ metric, sum }) => [Object.keys(metric.dimensions), sum])).toEqual([
      [['Service'], 7],
      [['Route'], 7],
      [[], 7],
    ]);
  });

  it.each([
    ['is no JSON', `x${line()}`],
    ['is a text that looks like one', JSON.stringify({ message: line() })],
    ['is an array', `[${line()}]`],
    ['has no time stamp', line({}, { Timestamp: undefined })],
    ['names a name space of AWS', line({}, directive({ Namespace: 'AWS/Lambda' }))],
    ['lacks a dimension', line({ Route: undefined })],
    ['has a dimension that is no text', line({ Route: 7 })],
    ['has a dimension beyond ASCII', line({ Route: 'GET /ü' })],
    ['has an empty dimension', line({ Route: ' ' })],
    ['lacks the value', line({ Latency: undefined })],
    ['has a value that is no number', line({ Latency: '7' })],
    ['has too many values', line({ Latency: Array(101).fill(1) })],
    ['has too many dimensions', line({}, directive({ Dimensions: [Array(31).fill('Service')] }))],
    ['has no list of metrics', line({}, directive({ Metrics: { Name: 'Latency' } }))],
  ])('are none where it %s', (_, text) => {
    expect(embeddedSamples(text)).toEqual([]);
  });
});

describe('what local mode hears of its functions', () => {
  it('is put into CloudWatch with what AWS publishes, once', () => {
    const put: Sample[] = [];
    const vended = createVendedMetrics({ put: (samples) => void put.push(...samples) });
    vended.onLog(`${line({ Latency: 7 })}\n{"message":"no metric"}\n`);
    vended.onInvocation('shop-local-app', 1_795_169_000_000, false, 12, 3);
    vended.flush();
    vended.flush();
    expect(put.map(({ metric, sum }) => [metric.name, sum])).toEqual([
      ['Invocations', 1],
      ['Errors', 0],
      ['Throttles', 0],
      ['Duration', 12],
      ['ConcurrentExecutions', 3],
      ['Latency', 7],
    ]);
  });
});
