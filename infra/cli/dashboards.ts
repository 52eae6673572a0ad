import { BurnwatchError, type Config, type DashboardName, dashboardNames } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/suggest.ts';
import {
  chosenDashboards,
  type DashboardSize,
  dashboardBody,
  dashboardPrice,
  pricesOf,
  sizeOf,
} from '../template/dashboards/index.ts';
import { asJson } from '../template/dashboards/model.ts';
import { subjects } from '../template/dashboards/scene.ts';
import { fillTokens } from '../template/dashboards/tokens.ts';
import { defaultRegionOf } from '../template/locations.ts';
import { type Stack, stackOf } from '../template/model.ts';
import type { Command, Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { readFlags } from './flags.ts';
import { paint, renderTable } from './terminal.ts';

const help = `
npx burnwatch dashboards [--config FILE] [--stage NAME] [--region REGION] [--json] [--body NAME]

Lists the dashboards that there are: the question that each answers, how large it is, and what it costs a month. Those that
are deployed are marked; \`dashboards: [overview, slos, runtime]\` or \`dashboards: all\` in monitors.yml chooses others.

  --config FILE          the configuration, ${defaultFile} by default
  --stage NAME           the environment that is written into them: dev by default
  --region REGION        the region: AWS_REGION, else us-east-1
  --json                 the list as JSON, on stdout and alone there
  --body NAME            the body of one, as CloudWatch takes it. What only AWS knows stands in it as \${AWS::AccountId},
                         \${AWS::Partition} and \${HttpApi}

Exit code: 0, or 2 for bad usage or configuration.

Examples:
  npx burnwatch dashboards
  npx burnwatch dashboards --json | jq '.dashboards[] | select(.deployed) | .name'
  npx burnwatch dashboards --body slos --stage prod > slos.json
`;

const options = {
  config: { type: 'string' },
  stage: { type: 'string' },
  region: { type: 'string' },
  json: { type: 'boolean' },
  body: { type: 'string' },
} as const;

export const dashboardsCommand: Command = {
  name: 'dashboards',
  summary: 'list the dashboards, what they answer and what they cost',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, options);
    const name = values.body === undefined ? undefined : chooseDashboard(values.body);
    const result = await readConfig(values.config ?? defaultFile, io);
    printProblems(result, io);
    if (!result.ok) return 2;
    const stack = playedStack(result.config, values.stage, values.region ?? io.env['AWS_REGION']);
    if (name !== undefined)
      io.stdout(`${fillTokens(asJson(dashboardBody(name, stack, result.config)), asSubstitution)}\n`);
    else print(listOf(stack, result.config), values.json === true, io);
    return 0;
  },
};

const asSubstitution = (token: string): string => `\${${token}}`;

function chooseDashboard(typed: string): DashboardName {
  const found = dashboardNames.find((name) => name === typed);
  if (found !== undefined) return found;
  const hint = didYouMean(typed, dashboardNames) || `; there are ${dashboardNames.join(', ')}`;
  throw new BurnwatchError('BURN_USAGE', `no dashboard is called ${JSON.stringify(typed.slice(0, 80))}${hint}`);
}

function playedStack(config: Config, stage = 'dev', region = defaultRegionOf(config)): Stack {
  const deployment = { isShortenerOn: true, areFaultsOn: false, isRetained: false, logRetentionDays: 30 };
  return stackOf(config, { stage, region, ...deployment });
}

type Listed = DashboardSize & {
  readonly name: DashboardName;
  readonly title: string;
  readonly question: string;
  readonly deployed: boolean;
  /** Dollars: of one that is deployed, beside the others; of any other, what it would add. */
  readonly perMonth: number;
};

function listOf(stack: Stack, config: Config): readonly Listed[] {
  const chosen = chosenDashboards(stack, config);
  const ordered = [...chosen, ...dashboardNames.filter((name) => !chosen.includes(name))];
  const sizes = new Map(ordered.map((name) => [name, sizeOf(dashboardBody(name, stack, config))]));
  const prices = pricesOf(ordered.flatMap((name) => sizes.get(name) ?? []));
  return dashboardNames.map((name) => ({
    name,
    ...subjects[name],
    deployed: chosen.includes(name),
    widgets: sizes.get(name)?.widgets ?? 0,
    metrics: sizes.get(name)?.metrics ?? 0,
    perMonth: prices[ordered.indexOf(name)] ?? 0,
  }));
}

function print(list: readonly Listed[], isJson: boolean, io: Io): void {
  const total = list.filter(({ deployed }) => deployed).reduce((sum, { perMonth }) => sum + perMonth, 0);
  if (isJson) io.stdout(`${JSON.stringify({ dashboards: list, perMonth: total })}\n`);
  else io.stdout(`${render(list, total, io)}\n`);
}

function render(list: readonly Listed[], total: number, io: Io): string {
  const head = ['', 'dashboard', 'widgets', 'metrics', 'a month', 'answers'];
  const rows = list.map(({ name, question, deployed, widgets, metrics, perMonth }) => [
    deployed ? paint('*', 'green', io) : ' ',
    name,
    String(widgets),
    String(metrics),
    perMonth === 0 ? 'free' : `$${perMonth.toFixed(2)}`,
    question,
  ]);
  const { free, freeMetrics, perMonth } = dashboardPrice;
  return [
    renderTable([head, ...rows], {
      rightAligned: [2, 3, 4],
      columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY,
    }),
    '',
    `* is deployed: $${total.toFixed(2)} a month together, in an account without other dashboards. ${free} are free, of at most`,
    `${freeMetrics} metrics each; every other one costs $${perMonth.toFixed(2)} a month.`,
  ].join('\n');
}
