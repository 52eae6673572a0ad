import { field, quoted } from './dashboards/logs.ts';
import { queries } from './dashboards/queries.ts';
import { logGroupId } from './logs.ts';
import { type FunctionName, functionsOf, nameOf, type Resources, ref, type Stack } from './model.ts';

/** A query of Logs Insights that is worth keeping. */
export type SavedQuery = {
  /** As people call it: `npx burnwatch logs "slowest routes"`. */
  readonly name: string;
  readonly help: string;
  /** Why it may find nothing where one would expect something. */
  readonly nothing?: string;
  /** A command a line, without the bar between them. `{id}` is what is looked for, where it takes one. */
  readonly commands: readonly string[];
  /** The functions whose logs it reads; those that a stack does not have are left out. */
  readonly of: readonly FunctionName[];
};

const all: readonly FunctionName[] = ['probe', 'evaluate', 'burst', 'notify', 'status', 'shortener'];
/** What stands for the id in a query that takes one. */
export const idMark = '{id}';
const id = quoted('faas.invocation_id');

/** The saved queries, each once for CloudWatch and for `npx burnwatch logs`. */
export const savedQueries: readonly SavedQuery[] = [
  {
    name: 'slowest routes',
    help: 'Each route and method: how often it was asked, how long it took on average and at most.',
    commands: queries.slowestRoutes,
    of: ['shortener', 'status'],
  },
  {
    name: 'errors by type',
    help: 'Lines that name an error, by its type, route and message.',
    commands: queries.errorsByType,
    of: all,
  },
  {
    name: 'one request by its id',
    help: 'Every line of one invocation, by the x-request-id of its answer, or of one trace.',
    nothing:
      'Of the requests of one second that are alike, the slowest alone is told with its id; each that failed with 5xx is.',
    commands: [
      `fields @timestamp, ${quoted('faas.name')} as function, level, message, ${quoted('http.route')} as route, ${field('statusCodes')} as status, ${field('requestErrors')} as error, ${quoted('exception.message')} as why`,
      `filter ${id} = "${idMark}" or trace_id = "${idMark}"`,
      'sort @timestamp asc',
      'limit 100',
    ],
    of: all,
  },
  {
    name: 'what did the probe see',
    help: 'The newest probes that did not pass and why, and how many did in each tick.',
    commands: [
      `fields @timestamp, message, ${quoted('burnwatch.shard')} as shard, passed, ${quoted('burnwatch.monitor')} as monitor, ${quoted('burnwatch.outcome')} as outcome, ${field('requestErrors')} as error, ${field('statusCodes')} as status, ${quoted('burnwatch.message')} as why`,
      'filter message = "probe" or message = "probed" or level = "error"',
      'sort @timestamp desc',
      'limit 50',
    ],
    of: ['probe'],
  },
];

/** A query as it is sent: for CloudWatch's console with the words that stand for an id, else with the id. */
export function queryText({ commands }: SavedQuery, given: string = 'paste-an-id-here'): string {
  return commands.join('\n| ').replaceAll(idMark, given);
}

/** The functions of a stack whose logs a query reads. */
export function functionsRead(stack: Stack, { of }: SavedQuery): readonly FunctionName[] {
  return functionsOf(stack).filter((name) => of.includes(name));
}

/** The saved queries as CloudWatch keeps them, in a folder of the stack's name. */
export function queryDefinitions(stack: Stack): Resources {
  if (stack.areQueriesSaved === false) return {};
  return Object.fromEntries(
    savedQueries.flatMap((query) => {
      const groups = functionsRead(stack, query);
      if (groups.length === 0) return [];
      const definition = {
        Type: 'AWS::Logs::QueryDefinition',
        Properties: {
          Name: `${nameOf(stack, 'logs')}/${query.name}`,
          QueryString: queryText(query),
          LogGroupNames: groups.map((name) => ref(logGroupId(name))),
        },
      };
      return [
        [`Query${query.name.replaceAll(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())}`, definition],
      ];
    }),
  );
}
