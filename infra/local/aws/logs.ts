import { randomUUID } from 'node:crypto';
import { InsightsError, type LogEvent } from '../insights/model.ts';
import { type InsightsAnswer, runInsights } from '../insights/run.ts';
import type { LogSpan } from '../log/events.ts';
import { AwsError } from './error.ts';
import { readNumber, readText, readTexts, requireInstant, requireText } from './read.ts';
import type { Service } from './service.ts';

export type LogsDeps = {
  /** The names of the log groups that there are. */
  readonly groups: () => readonly string[];
  readonly read: (group: string, span: LogSpan) => readonly LogEvent[];
  /** The saved queries. */
  readonly definitions: () => readonly {
    readonly name: string;
    readonly query: string;
    readonly groups: readonly string[];
  }[];
};

/** Answers that wait to be fetched; of more the oldest are forgotten. */
const mostKept = 100;
const mostGroups = 50;

/** CloudWatch Logs, as far as Logs Insights goes: a query is run at once, and its answer kept until it is fetched. */
export function createLogs({ groups, read, definitions }: LogsDeps): Service {
  const answers = new Map<string, InsightsAnswer & { readonly scanned: number }>();

  const groupsOf = (input: Parameters<typeof readText>[0]): readonly string[] => {
    const one = readText(input, 'logGroupName');
    const identifiers = readTexts(input, 'logGroupIdentifiers').map((each) => each.replace(/^arn:.*:log-group:/, ''));
    const asked = [...(one === undefined ? [] : [one]), ...readTexts(input, 'logGroupNames'), ...identifiers];
    if (asked.length === 0 || asked.length > mostGroups)
      throw new AwsError('InvalidParameterException', `A query needs between 1 and ${mostGroups} log groups.`);
    const unknown = asked.find((name) => !groups().includes(name));
    if (unknown !== undefined)
      throw new AwsError('ResourceNotFoundException', `The log group ${unknown.slice(0, 512)} does not exist.`);
    return asked;
  };

  return {
    StartQuery: (input) => {
      const query = requireText(input, 'queryString');
      // In seconds, or in milliseconds where the number is too large for that.
      const at = (name: string) => {
        const given = requireInstant(input, name);
        return given > 1e14 ? given / 1_000 : given;
      };
      const span = { fromAt: at('startTime'), toAt: at('endTime') + 999 };
      const events = groupsOf(input).flatMap((group) => read(group, span));
      const answer = run(query, events);
      const limit = readNumber(input, 'limit') ?? answer.rows.length;
      const queryId = randomUUID();
      answers.set(queryId, { ...answer, rows: answer.rows.slice(0, limit), scanned: events.length });
      for (const oldest of answers.keys()) if (answers.size > mostKept) answers.delete(oldest);
      return { queryId };
    },
    GetQueryResults: (input) => {
      const answer = answers.get(requireText(input, 'queryId'));
      if (answer === undefined) throw new AwsError('ResourceNotFoundException', 'There is no such query.');
      return {
        status: 'Complete',
        results: answer.rows,
        statistics: { recordsMatched: answer.matched, recordsScanned: answer.scanned, bytesScanned: 0 },
      };
    },
    DescribeLogGroups: (input) => {
      const prefix = readText(input, 'logGroupNamePrefix') ?? '';
      const found = groups().filter((name) => name.startsWith(prefix));
      return { logGroups: found.map((logGroupName) => ({ logGroupName })) };
    },
    DescribeQueryDefinitions: (input) => {
      const prefix = readText(input, 'queryDefinitionNamePrefix') ?? '';
      const found = definitions().filter(({ name }) => name.startsWith(prefix));
      return {
        queryDefinitions: found.map(({ name, query, groups: of }) => ({
          queryDefinitionId: name,
          name,
          queryString: query,
          logGroupNames: of,
        })),
      };
    },
  };
}

function run(query: string, events: readonly LogEvent[]): InsightsAnswer {
  try {
    return runInsights(query, events);
  } catch (error) {
    if (error instanceof InsightsError) throw new AwsError('MalformedQueryException', error.message);
    throw error;
  }
}
