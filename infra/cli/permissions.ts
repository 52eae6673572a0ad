import { addedTo, type Grant, grantsOf } from '../permissions/grants.ts';
import { grantCells, renderGrants } from '../permissions/render.ts';
import { buildResources } from '../resources.ts';
import type { Command, Io } from './command.ts';
import { type Asked, readDeployed } from './cost/settings.ts';
import { readFlags } from './flags.ts';
import { paint, renderTable } from './terminal.ts';

const help = `
npx burnwatch permissions [--config FILE] [--than FILE] [--stage NAME] [--param NAME=VALUE] [--json | --markdown]

What each function may do once a configuration is deployed: a line for each statement of its role, with what it is about, what
must hold beside that, and why. Nothing is asked of AWS. What features add, and who may take the roles: docs/permissions.md.

  --config FILE          another file than ./monitors.yml
  --than FILE            only what the configuration has more than this one
  --stage NAME           the environment, whose parameters serverless.yml holds: dev by default
  --param NAME=VALUE     as for npx serverless deploy, such as metrics=on; as often as needed
  --region REGION        where it would be deployed, such as a location that is not home: AWS_REGION, else home, else us-east-1
  --json                 one JSON object on stdout: {"service", "grants": [{"role", "effect", "actions", "resources", …}]}
  --markdown             a table for a page

Exit codes: 0 fine, 2 bad usage or configuration.

Examples:
  npx burnwatch permissions
  npx burnwatch permissions --config mine.yml --than monitors.yml
  npx burnwatch permissions --stage prod --json | jq '.grants[] | select(.resources == ["*"])'
`;

const options = {
  config: { type: 'string' },
  than: { type: 'string' },
  stage: { type: 'string' },
  param: { type: 'string', multiple: true },
  region: { type: 'string' },
  json: { type: 'boolean' },
  markdown: { type: 'boolean' },
} as const;

export const permissionsCommand: Command = {
  name: 'permissions',
  summary: 'say what each function may do once it is deployed, and why',
  help,
  run: async (argv, io) => {
    const { than, json, markdown, ...asked } = readFlags(argv, options).values;
    const read = await readGrants(asked, io);
    const other = than === undefined ? [] : (await readGrants({ ...asked, config: than }, io))?.grants;
    if (read === undefined || other === undefined) return 2;
    const grants = addedTo(other, read.grants);
    if (json) io.stdout(`${JSON.stringify({ service: read.service, grants })}\n`);
    else io.stdout(`${markdown ? renderGrants(grants) : renderRows(grants, io)}\n`);
    return 0;
  },
};

type Read = { readonly service: string; readonly grants: readonly Grant[] };

async function readGrants(asked: Asked, io: Io): Promise<Read | undefined> {
  const deployed = await readDeployed(asked, io);
  if (deployed === undefined) return undefined;
  const { config, options: how } = deployed;
  return { service: config.service, grants: grantsOf(buildResources(config, how)) };
}

function renderRows(grants: readonly Grant[], io: Io): string {
  const head = ['ROLE', 'MAY', 'ON', 'ONLY FOR', 'WHY'].map((title) => paint(title, 'dim', io));
  return renderTable([head, ...grants.map(grantCells)], io.isTerminal ? { columns: io.columns } : {});
}
