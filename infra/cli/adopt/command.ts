import { BurnwatchError } from '../../../shared/config/model.ts';
import { buildResources } from '../../resources.ts';
import type { Command } from '../command.ts';
import { readDeployed } from '../cost/settings.ts';
import { readFlags } from '../flags.ts';
import { paint } from '../terminal.ts';
import { adoptTables } from './stack.ts';

const help = `
npx burnwatch adopt --stage NAME [--region REGION] [--config FILE] [--param NAME=VALUE]… [--json]

Takes the tables that a removed stack left behind (--param retain=true, the default of prod) into a stack of the same name, with all
that is in them, by a resource import of CloudFormation. It makes the stack where there is none, changes nothing else in one that is
there, and deletes nothing. Deploy afterwards, as always.

  --stage NAME           the environment whose tables they are
  --region REGION        where they are: AWS_REGION, else us-east-1
  --config FILE          another file than monitors.yml
  --param NAME=VALUE     as for npx serverless deploy; as often as needed
  --json                 one JSON object, nothing else on standard output: {"stack", "tables"}

Exit codes: 0 adopted, 1 there is nothing to adopt, 2 bad usage or configuration, or AWS refused.

Examples:
  npx burnwatch adopt --stage prod
  npx burnwatch adopt --stage prod --region eu-west-1 --param shortener=off --config mine.yml
`;

const options = {
  stage: { type: 'string' },
  region: { type: 'string' },
  config: { type: 'string' },
  param: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

/** Takes retained tables back into a stack. */
export const adoptCommand: Command = {
  name: 'adopt',
  summary: 'take the tables that a removed stack left behind into a new one',
  help,
  run: async (argv, io) => {
    const { json, ...asked } = readFlags(argv, options).values;
    if (asked.stage === undefined)
      throw new BurnwatchError('BURN_USAGE', 'whose tables? Name the environment with --stage, such as --stage prod');
    const deployed = await readDeployed(asked, io);
    if (deployed === undefined) return 2;
    const { config, options: how } = deployed;
    const { region, stage, isRetained } = how;
    const stack = `${config.service}-${stage}`;
    const place = { stack, region, signal: io.signal };
    const tables = await adoptTables(buildResources(config, how), place, (names) =>
      io.stderr(`Importing ${names.join(', ')} into ${stack} in ${region}\n`),
    );
    io.stdout(json ? `${JSON.stringify({ stack, tables })}\n` : textOf(stack, tables));
    if (tables.length === 0) return 1;
    if (!isRetained) io.stderr(`${paint('warning', 'yellow', io)} ${isLost(stage)}\n`);
    return 0;
  },
};

function textOf(stack: string, tables: readonly string[]): string {
  if (tables.length === 0) return `Nothing to adopt: each table of ${stack} is in its stack, or is not there\n`;
  return `${stack} has ${tables.join(' and ')}, with all that is in them. Now deploy, with the same --stage, --region and --param\n`;
}

const isLost = (stage: string): string =>
  `${stage} is not deployed with retain=true: a removal of the stack deletes the tables`;
