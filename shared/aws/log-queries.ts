import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type GetQueryResultsCommandOutput,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { BurnwatchError } from '../config/model.ts';

export type LogQuery = {
  readonly query: string;
  readonly groups: readonly string[];
  /** Epoch ms. */
  readonly fromAt: number;
  readonly toAt: number;
};
/** The fields of each row, in the order in which they are shown. */
export type LogRows = readonly (readonly { readonly field: string; readonly value: string }[])[];

/** A query of Logs Insights usually takes a second or two. */
const pollMs = 500;

/**
 * Runs a query of Logs Insights to its end. Throws BURN_LOGS_QUERY where CloudWatch could not run it, and the SDK's error where it
 * refuses; ends when `signal` is aborted, as the SDK does.
 */
export async function runLogQuery(
  client: CloudWatchLogsClient,
  { query, groups, fromAt, toAt }: LogQuery,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
  abortSignal: AbortSignal,
): Promise<LogRows> {
  const command = new StartQueryCommand({
    queryString: query,
    logGroupNames: [...groups],
    startTime: Math.floor(fromAt / 1_000),
    endTime: Math.ceil(toAt / 1_000),
  });
  const { queryId } = await client.send(command, { abortSignal });
  for (;;) {
    const { status, results } = await client.send(new GetQueryResultsCommand({ queryId }), { abortSignal });
    if (status === 'Complete') return rowsOf(results);
    if (status !== 'Scheduled' && status !== 'Running')
      throw new BurnwatchError('BURN_LOGS_QUERY', `CloudWatch could not run the query: it is ${status}`);
    await sleep(pollMs, abortSignal);
  }
}

/** Without the pointers to whole events that CloudWatch adds. */
function rowsOf(results: GetQueryResultsCommandOutput['results'] = []): LogRows {
  return results.map((row) =>
    row.flatMap(({ field, value }) =>
      field === undefined || value === undefined || field === '@ptr' ? [] : [{ field, value }],
    ),
  );
}
