import { type CloudWatchName, type Entry, exposedAs, type PrometheusName } from './entry.ts';

type Vended = Omit<CloudWatchName, 'namespace' | 'name' | 'dimensions'>;

function vended(
  concern: Entry['concern'],
  cloudwatch: CloudWatchName,
  help: string,
  prometheus?: PrometheusName,
): Entry & { readonly cloudwatch: CloudWatchName } {
  return { concern, home: 'vended', help, cloudwatch, ...(prometheus && { prometheus }) };
}

const api = (name: string, rest: Vended): CloudWatchName => ({
  namespace: 'AWS/ApiGateway',
  name,
  dimensions: ['ApiId'],
  ...rest,
});
const lambda = (name: string, rest: Vended): CloudWatchName => ({
  namespace: 'AWS/Lambda',
  name,
  dimensions: ['FunctionName'],
  ...rest,
});
const table = (name: string, rest: Vended, ...more: readonly string[]): CloudWatchName => ({
  namespace: 'AWS/DynamoDB',
  name,
  dimensions: ['TableName', ...more],
  ...rest,
});
const topic = (name: string): CloudWatchName => ({
  namespace: 'AWS/SNS',
  name,
  dimensions: ['TopicName'],
  unit: 'Count',
  statistics: ['Sum'],
  isOnlyOnAws: true,
});

const count: Vended = { unit: 'Count', statistics: ['Sum'] };
const countOnAws: Vended = { ...count, isOnlyOnAws: true };
/** 0 for each call that went well, so the average is a ratio. */
const ratio: Vended = { unit: 'Count', statistics: ['Sum', 'Average'] };
const latency: Vended = { unit: 'Milliseconds', statistics: ['p50', 'p90', 'p99', 'Maximum'] };

/**
 * What AWS publishes by itself, for nothing. HTTP APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html,
 * Lambda: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
 * DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html,
 * SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html,
 * SQS: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export const vendedEntries = {
  apiRequests: vended(
    'application',
    api('Count', { unit: 'Count', statistics: ['Sum', 'SampleCount'] }),
    'Requests that reached the HTTP API, whatever came of them.',
    exposedAs('http_server_requests_per_second'),
  ),
  api4xx: vended(
    'application',
    api('4xx', ratio),
    'Answers that blame the caller (4xx). The average is their ratio.',
    exposedAs('http_server_client_error_ratio'),
  ),
  api5xx: vended(
    'application',
    api('5xx', ratio),
    'Answers that blame the app (5xx), those included that API Gateway gave in its place. The average is their ratio.',
    exposedAs('http_server_error_ratio'),
  ),
  apiLatency: vended(
    'application',
    api('Latency', latency),
    'From the arrival of a request at API Gateway to the answer, all routes together.',
    exposedAs('http_server_duration_seconds', 'quantile'),
  ),
  apiIntegrationLatency: vended(
    'application',
    api('IntegrationLatency', latency),
    'The part of the latency in which API Gateway waited for the function, its cold starts included.',
  ),
  apiDataProcessed: vended(
    'infrastructure',
    api('DataProcessed', { unit: 'Bytes', statistics: ['Sum'], isOnlyOnAws: true }),
    'Bytes that went through the HTTP API.',
  ),
  invocations: vended('infrastructure', lambda('Invocations', count), 'How often a function was run.'),
  functionErrors: vended(
    'infrastructure',
    lambda('Errors', ratio),
    'Invocations that failed. 0 is sent for each that went well, so the average is a ratio, and silence means that nothing ran.',
    exposedAs('faas_error_ratio', 'faas_name'),
  ),
  throttles: vended(
    'infrastructure',
    lambda('Throttles', count),
    'Invocations that Lambda refused, because the account or the function ran as many at once as it may.',
    exposedAs('faas_throttles_per_second', 'faas_name'),
  ),
  functionDuration: vended(
    'infrastructure',
    lambda('Duration', latency),
    'How long a function ran. Near its timeout it will soon fail.',
  ),
  concurrency: vended(
    'infrastructure',
    lambda('ConcurrentExecutions', { unit: 'Count', statistics: ['Maximum'] }),
    'Invocations that ran at once: of the shortener, its active requests.',
    exposedAs('faas_concurrent_invocations', 'faas_name'),
  ),
  asyncDropped: vended(
    'infrastructure',
    lambda('AsyncEventsDropped', countOnAws),
    'Scheduled runs that Lambda gave up, because they were too old or had failed too often.',
  ),
  consumedReads: vended(
    'infrastructure',
    table('ConsumedReadCapacityUnits', countOnAws),
    'Read units that a table was billed for: $0.125 a million.',
  ),
  consumedWrites: vended(
    'infrastructure',
    table('ConsumedWriteCapacityUnits', countOnAws),
    'Write units that a table was billed for: $0.625 a million.',
  ),
  tableLatency: vended(
    'application',
    table(
      'SuccessfulRequestLatency',
      { unit: 'Milliseconds', statistics: ['Average', 'Maximum', 'SampleCount'], isOnlyOnAws: true },
      'Operation',
    ),
    'How long DynamoDB took, as DynamoDB saw it. What the function saw beyond it is the way there.',
  ),
  tableThrottled: vended(
    'infrastructure',
    table('ThrottledRequests', countOnAws, 'Operation'),
    'Requests that DynamoDB refused, because a table or a key was asked too often.',
  ),
  tableReadThrottles: vended(
    'infrastructure',
    table('ReadThrottleEvents', countOnAws),
    'Reads that DynamoDB refused, because a table or a key was asked too often.',
  ),
  tableWriteThrottles: vended(
    'infrastructure',
    table('WriteThrottleEvents', countOnAws),
    'Writes that DynamoDB refused, because a table or a key was written too often.',
  ),
  tableErrors: vended(
    'infrastructure',
    table('SystemErrors', countOnAws, 'Operation'),
    'Requests that DynamoDB answered with an error of its own (500).',
  ),
  published: vended('infrastructure', topic('NumberOfMessagesPublished'), 'Messages that were given to a topic.'),
  notificationsFailed: vended(
    'infrastructure',
    topic('NumberOfNotificationsFailed'),
    'Messages that a topic could not deliver. While this is above 0, somebody is not told.',
  ),
  queueDepth: vended(
    'infrastructure',
    {
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: ['QueueName'],
      unit: 'Count',
      statistics: ['Maximum'],
    },
    'Messages that lie in a queue: in the one of what could not be told, each is somebody who was not.',
  ),
} as const satisfies Record<string, Entry>;
