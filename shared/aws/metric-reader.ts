import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch';
import type { MetricQuery, ReadMetrics } from '../app/ports.ts';
import { boundedClient } from './client.ts';
import { metricQuery } from './metric-query.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const mostQueries = 500;
const mostPoints = 100_800;
/** Of 50 calls a second that an account may make, these are few. */
const mostCallsAtOnce = 4;
/** An answer ends after this many pages, whatever it says. */
const mostPages = 50;
/** Asked again once where CloudWatch says itself that it could not answer. */
const mostTries = 2;

type Answer = Awaited<ReturnType<ReadMetrics>>[number];

/**
 * Sums of metrics from CloudWatch, many of them in one call, page by page. A query of which only a part came, or none, is asked
 * once more, and is a failure then. A value is rounded to a whole number; what is not above zero counts as nothing.
 */
export function createMetricReader(client: CloudWatchClient = createClient()): ReadMetrics {
  return async (queries, signal) => {
    const answers = new Map<number, Answer>();
    let left: readonly number[] = queries.map((_, index) => index);
    for (let attempt = 0; attempt < mostTries && left.length > 0; attempt += 1) {
      const batches = batchesOf(queries, left);
      await atOnce(mostCallsAtOnce, batches, async (batch) => {
        for (const [index, answer] of await readBatch(client, queries, batch, signal)) answers.set(index, answer);
      });
      left = left.filter((index) => isWorthAnotherTry(answers.get(index)) && !signal.aborted);
    }
    return queries.map((_, index) => answers.get(index) ?? { failure: 'it was not asked in time' });
  };
}

function createClient(): CloudWatchClient {
  // A month of minutes takes CloudWatch longer to put together than anything else that is asked of AWS here.
  return new CloudWatchClient({
    ...boundedClient,
    requestHandler: { ...boundedClient.requestHandler, requestTimeout: 5_000, socketTimeout: 5_000 },
  });
}

const incomplete = ['PartialData', 'InternalError'];
const isWorthAnotherTry = (answer: Answer | undefined): boolean =>
  answer !== undefined && 'failure' in answer && incomplete.some((status) => answer.failure.includes(status));

/** All queries of one call share its start and its end. */
function batchesOf(queries: readonly MetricQuery[], indexes: readonly number[]): readonly (readonly number[])[] {
  const spanOf = (index: number) => `${queries[index]?.span.fromAt} ${queries[index]?.span.toAt}`;
  return [...Map.groupBy(indexes, spanOf).values()].flatMap((same) => {
    const batches: number[][] = [];
    let points = Number.POSITIVE_INFINITY;
    for (const index of same) {
      const { fromAt = 0, toAt = 0, periodMs = 1 } = queries[index]?.span ?? {};
      const more = Math.ceil((toAt - fromAt) / periodMs);
      if (points + more > mostPoints || (batches.at(-1)?.length ?? 0) >= mostQueries) {
        batches.push([]);
        points = 0;
      }
      batches.at(-1)?.push(index);
      points += more;
    }
    return batches;
  });
}

async function atOnce<T>(most: number, jobs: readonly T[], run: (job: T) => Promise<void>): Promise<void> {
  const left = [...jobs];
  const work = async () => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: Math.min(most, jobs.length) }, work));
}

/** One call with all of its pages. Never rejects: what it throws is why none of its queries could be read. */
async function readBatch(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  batch: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Answer>> {
  const sums = new Map(batch.map((index) => [index, new Map<number, number>()]));
  const statuses = new Map<number, string>();
  try {
    for await (const page of pagesOf(client, queries, batch, signal)) {
      for (const { Id = '', Timestamps = [], Values = [], StatusCode = 'missing' } of page.MetricDataResults ?? []) {
        const index = Number(Id.slice(1));
        statuses.set(index, StatusCode);
        Timestamps.forEach((at, point) => {
          const value = Math.round(Values[point] ?? 0);
          if (value > 0 && Number.isSafeInteger(value)) sums.get(index)?.set(at.getTime(), value);
        });
      }
    }
  } catch (error) {
    const reason = signal.aborted ? 'CloudWatch took too long' : describe(error);
    return new Map(batch.map((index) => [index, { failure: reason }]));
  }
  return new Map(
    batch.map((index): [number, Answer] => {
      const status = statuses.get(index) ?? 'no answer';
      if (status === 'Complete') return [index, { sums: sums.get(index) ?? new Map() }];
      return [index, { failure: `CloudWatch answered with ${status} for ${queries[index]?.name}` }];
    }),
  );
}

async function* pagesOf(
  client: CloudWatchClient,
  queries: readonly MetricQuery[],
  batch: readonly number[],
  abortSignal: AbortSignal,
): AsyncGenerator<GetMetricDataCommandOutput> {
  const { fromAt = 0, toAt = 0 } = queries[batch[0] ?? 0]?.span ?? {};
  const whole = {
    StartTime: new Date(fromAt),
    EndTime: new Date(toAt),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: batch.flatMap((index) => {
      const query = queries[index];
      return query ? [metricQuery(index, query, query.span.periodMs, 'Sum')] : [];
    }),
  } as const;
  let next: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const command = new GetMetricDataCommand(next === undefined ? whole : { ...whole, NextToken: next });
    const answer = await client.send(command, { abortSignal });
    yield answer;
    next = answer.NextToken;
    if (next === undefined) return;
  }
  throw new Error(`CloudWatch has not come to an end after ${mostPages} pages`);
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
