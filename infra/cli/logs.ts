import { setTimeout as delay } from 'node:timers/promises';
import type { LogRows } from '../../shared/aws/log-queries.ts';
import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import { parseDuration } from '../../shared/config/parse/index.ts';
import { didYouMean } from '../../shared/config/suggest.ts';
import { cleanText } from '../../shared/message/clean.ts';
import { idMark, queryText, type SavedQuery, savedQueries } from '../template/log-queries.ts';
import { functions } from '../template/model.ts';
import type { Command, Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { readFlags } from './flags.ts';
import { type DeployedStack, stackHelp, stackOptions, withStack } from './stack.ts';
import { paint, renderTable } from './terminal.ts';

const help = `
npx burnwatch logs                                   lists the saved queries
npx burnwatch logs QUERY [--since 1h] [--id ID] [--stage NAME] [--region REGION] [--config FILE] [--json]

Asks the logs of the functions by a saved query of CloudWatch Logs Insights: those of the running local mode, or with --stage
those of a stack in AWS, where $0.005 is asked for each gigabyte that is searched.

  QUERY                  a name from the list, such as "slowest routes" or slowest-routes
  --since SPAN           how far back it looks: 15m, 1h (the default), 2d
  --id ID                what "one request by its id" looks for: the x-request-id of an answer, or the id of a trace
${stackHelp}
  --config FILE          another file than ./monitors.yml
  --json                 one JSON object with the rows, nothing else on standard output

Exit codes: 0 asked, whatever was found, 2 bad usage or configuration, or nobody answers.

Examples:
  npx burnwatch logs
  npx burnwatch logs slowest-routes --since 15m
  npx burnwatch logs one-request-by-its-id --id 8f5d1c9e-0d7c-4a52-9a51-5f8e6a1f7c11
  npx burnwatch logs errors-by-type --stage prod --since 1d --json | jq -r '.rows[].message'
`;

const options = {
  ...stackOptions,
  config: { type: 'string' },
  since: { type: 'string' },
  id: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const longestQueryMs = 60_000;
const usualSince = '1h';
const mostWords = 6;

/** Lists the saved queries, or runs one. */
export const logsCommand: Command = {
  name: 'logs',
  summary: 'ask the logs by a saved query',
  help,
  run: async (argv, io) => {
    const { values, positionals } = readFlags(argv, options, mostWords);
    if (positionals.length === 0) return list(values.json === true, io);
    const saved = find(positionals.join(' '));
    const query = textOf(saved, values.id);
    const sinceMs = parseSince(values.since ?? usualSince);
    const parsed = await readConfig(values.config ?? defaultFile, io);
    if (!parsed.ok) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { stage, region } = values;
    return withStack(parsed.config, { stage, region, folders: [io.cwd] }, io, async (stack) => {
      const rows = await ask(stack, parsed.config, { saved, query, sinceMs }, io);
      io.stdout(values.json ? `${JSON.stringify({ query: saved.name, rows: rows.map(toObject) })}\n` : table(rows, io));
      if (rows.length === 0 && saved.nothing !== undefined) io.stderr(`${saved.nothing}\n`);
      return 0;
    });
  },
};

function list(isJson: boolean, io: Io): number {
  const plain = savedQueries.map(({ name, help: says }) => ({ name, help: says }));
  const rows = plain.map(({ name, help: says }) => [paint(name, 'bold', io), says]);
  io.stdout(isJson ? `${JSON.stringify({ queries: plain })}\n` : `${renderTable(rows)}\n`);
  return 0;
}

/** By its name, in any case and with any spaces or dashes. */
function find(typed: string): SavedQuery {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replaceAll(/[\s-]+/g, ' ')
      .trim();
  const found = savedQueries.find(({ name }) => plain(name) === plain(typed));
  if (found) return found;
  const names = savedQueries.map(({ name }) => name.replaceAll(' ', '-'));
  throw usage(
    `there is no query ${JSON.stringify(typed.slice(0, 80))}${didYouMean(typed.replaceAll(' ', '-'), names)}; npx burnwatch logs lists them`,
  );
}

function textOf(saved: SavedQuery, id: string | undefined): string {
  const takesId = saved.commands.some((command) => command.includes(idMark));
  if (takesId && id === undefined) throw usage(`“${saved.name}” needs --id ID, the x-request-id of an answer`);
  if (!takesId && id !== undefined) throw usage(`“${saved.name}” takes no --id`);
  if (id !== undefined && !/^[\w-]{1,128}$/.test(id))
    throw usage(`--id: must be letters, digits and dashes, got ${JSON.stringify(id.slice(0, 80))}`);
  return queryText(saved, id);
}

function parseSince(text: string): number {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  throw usage(`--since: must be a span such as 15m, 1h or 2d, got ${JSON.stringify(text.slice(0, 40))}`);
}

type Asked = { readonly saved: SavedQuery; readonly query: string; readonly sinceMs: number };

async function ask(
  { environment, settings }: DeployedStack,
  { service }: Config,
  { saved, query, sinceMs }: Asked,
  io: Io,
): Promise<LogRows> {
  const [{ CloudWatchLogsClient, DescribeLogGroupsCommand }, { runLogQuery }, { boundedClient }] = await Promise.all([
    import('@aws-sdk/client-cloudwatch-logs'),
    import('../../shared/aws/log-queries.ts'),
    import('../../shared/aws/client.ts'),
  ]);
  const client = new CloudWatchLogsClient({ ...boundedClient, ...settings });
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(longestQueryMs)]);
  const toAt = Date.now();
  try {
    const prefix = `/aws/lambda/${service}-${environment}-`;
    const found = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }), {
      abortSignal: signal,
    });
    const there = (found.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []);
    const groups = saved.of.map((name) => `${prefix}${name}`).filter((name) => there.includes(name));
    if (groups.length === 0) throw noLogs(saved, environment);
    const sleep = (ms: number, abort: AbortSignal) => delay(ms, undefined, { signal: abort });
    return await runLogQuery(client, { query, groups, fromAt: toAt - sinceMs, toAt }, sleep, signal);
  } finally {
    client.destroy();
  }
}

function noLogs({ name, of }: SavedQuery, environment: string): BurnwatchError {
  const wanted = of.length === Object.keys(functions).length ? 'no function' : `none of ${of.join(', ')}`;
  return new BurnwatchError('BURN_LOGS_MISSING', `“${name}” has nothing to read: ${environment} has ${wanted}`);
}

const toObject = (row: LogRows[number]) => Object.fromEntries(row.map(({ field, value }) => [field, value]));

function table(rows: LogRows, io: Io): string {
  const fields = [...new Set(rows.flatMap((row) => row.map(({ field }) => field)))];
  if (fields.length === 0) return 'Nothing was found.\n';
  const cells = rows.map((row) => {
    const values = toObject(row);
    return fields.map((field) => cleanText(values[field] ?? '-', 200));
  });
  const head = fields.map((field) => paint(field, 'dim', io));
  const columns = io.isTerminal ? io.columns : Number.POSITIVE_INFINITY;
  return `${renderTable([head, ...cells], { columns })}\n`;
}

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
