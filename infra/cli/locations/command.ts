import type { Config } from '../../../shared/config/model.ts';
import { schedulesIn } from '../../doctor/expected.ts';
import { buildResources } from '../../resources.ts';
import { monitorsAt } from '../../template/locations.ts';
import { type StackOptions, stackOf } from '../../template/model.ts';
import { monitorUsers, outputNames } from '../../template/references.ts';
import type { Command, Io } from '../command.ts';
import { readDeployed } from '../cost/settings.ts';
import { readFlags } from '../flags.ts';
import { commandsFor, type Typed } from './commands.ts';
import { countEnabled, type LocationRow, renderLocations } from './text.ts';

const help = `
npx burnwatch locations [--stage NAME] [--config FILE] [--param NAME=VALUE]… [--json]

Lists where everything is probed from: the stack in each region, its schedules, how old its newest row in the ledger is; and prints the
commands that deploy and remove each, with the outputs of home that a stack elsewhere is told. It changes nothing. What it
may not look at is said to be "not looked at", and where home does not answer an output stands as <Name>.

Home is deployed first, because the others write into its ledger, and removed last.

  --stage NAME           the environment: dev by default
  --config FILE          another file than monitors.yml
  --param NAME=VALUE     as for npx serverless deploy; can be given several times
  --json                 one JSON object, nothing else on standard output: {"service", "environment", "locations": [{"location", "isHome",
                         "stack", "schedules", "newestRowAgeMs", "unseen", "deploy", "remove"}]}

Exit codes: 0 printed, 2 bad usage or configuration.

Examples:
  npx burnwatch locations --stage prod
  npx burnwatch locations --stage prod --param shortener=off
  npx burnwatch locations --stage prod --json | jq -r '.locations[].deploy'
`;

const options = {
  stage: { type: 'string' },
  config: { type: 'string' },
  param: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

/** Lists the locations, what is deployed there, and how to deploy and remove it. */
export const locationsCommand: Command = {
  name: 'locations',
  summary: 'list where is probed from, and print the commands that deploy each',
  help,
  run: async (argv, io) => {
    const { json, ...typed } = readFlags(argv, options).values;
    const deployed = await readDeployed(typed, io);
    if (deployed === undefined) return 2;
    const { config } = deployed;
    const how = { ...deployed.options, region: config.locations?.home ?? deployed.options.region };
    if (config.locations === undefined) io.stderr(alone(how.region));
    const rows = await rowsOf(config, how, typed, io);
    const { service } = config;
    if (json) io.stdout(`${JSON.stringify({ service, environment: how.stage, locations: rows.map(asJson) })}\n`);
    else io.stdout(renderLocations(rows, `${service} in ${how.stage}`, io));
    return 0;
  },
};

function alone(region: string): string {
  const other = region === 'eu-west-1' ? 'us-east-1' : 'eu-west-1';
  return `The configuration names no locations, so there is one. Another: locations: { home: ${region}, also: [${other}] }\n`;
}

async function rowsOf(config: Config, how: StackOptions, typed: Typed, io: Io): Promise<readonly LocationRow[]> {
  const regions = [how.region, ...(config.locations?.also ?? [])];
  const { readLocations } = await import('../../doctor/read-locations.ts');
  const endpoint = io.env['AWS_ENDPOINT_URL'];
  const settings = { region: how.region, ...(endpoint === undefined ? {} : { endpoint }) };
  const seen = await readLocations({ regions, settings, prefix: `${config.service}-${how.stage}`, now: Date.now() });
  const [home] = seen;
  const answered = home !== undefined && 'value' in home.stack ? home.stack.value?.outputs : undefined;
  const outputs = { ...how.homeOutputs, ...answered };
  return seen.map((each): LocationRow => {
    const at = { ...how, region: each.location };
    const used = outputNames(monitorUsers({ monitors: monitorsAt(config, each.location) }), stackOf(config, at));
    return {
      ...each,
      isHome: each === home,
      expected: schedulesIn(buildResources(config, at).Resources),
      ...commandsFor(each.location, { ...typed, stage: how.stage }, each === home ? undefined : { used, outputs }),
    };
  });
}

/** What was not looked at is not there; what was and is missing is null. */
function asJson({ location, isHome, stack, schedules, expected, newestRowAgeMs, ...commands }: LocationRow): object {
  const { deploy, remove } = commands;
  const looks = [stack, schedules, newestRowAgeMs];
  return {
    location,
    isHome,
    ...('value' in stack ? { stack: stack.value ?? null } : {}),
    ...('value' in schedules
      ? { schedules: { expected: expected.length, enabled: countEnabled(schedules.value, expected) } }
      : {}),
    ...('value' in newestRowAgeMs ? { newestRowAgeMs: newestRowAgeMs.value ?? null } : {}),
    unseen: [...new Set(looks.flatMap((look) => ('unseen' in look ? [look.unseen] : [])))],
    deploy,
    remove,
  };
}
