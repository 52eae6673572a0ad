import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { ReadStatistics } from '../app/exposition/app-numbers.ts';
import { boundedClient } from './client.ts';
import { metricQuery } from './metric-query.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const mostQueries = 500;

/** Statistics of one span each, in one call. Throws where more are asked for than a call takes. */
export function createStatisticsReader(client: CloudWatchClient = new CloudWatchClient(boundedClient)): ReadStatistics {
  return async (queries, { fromAt, toAt }, abortSignal) => {
    if (queries.length === 0) return [];
    if (queries.length > mostQueries)
      throw new Error(`${queries.length} statistics in one call, at most ${mostQueries}`);
    const command = new GetMetricDataCommand({
      StartTime: new Date(fromAt),
      EndTime: new Date(toAt),
      MetricDataQueries: queries.map((query, index) => metricQuery(index, query, toAt - fromAt, query.statistic)),
    });
    const { MetricDataResults = [] } = await client.send(command, { abortSignal });
    const found = new Map(MetricDataResults.map(({ Id, Values }) => [Id, Values?.[0]]));
    return queries.map((_, index) => found.get(`q${index}`));
  };
}
