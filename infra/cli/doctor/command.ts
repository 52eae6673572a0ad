import { dirname, resolve } from 'node:path';
import { atOneLocation, type Config } from '../../../shared/config/model.ts';
import type { Checked } from '../../doctor/checks.ts';
import type { StackOptions } from '../../template/model.ts';
import type { Command, Io } from '../command.ts';
import { defaultFile } from '../config-file.ts';
import { readDeployed } from '../cost/settings.ts';
import { readFlags } from '../flags.ts';
import { findLocalMode } from '../local-mode.ts';
import { type DeployedStack, stackHelp, stackOptions, withStack } from '../stack.ts';
import { renderDoctor } from './text.ts';

const help = `
npx burnwatch doctor [--stage NAME] [--region REGION] [--config FILE] [--param NAME=VALUE]… [--json]

Looks at a deployed stack and says what is wrong with it, each with its mend: functions, schedules, the last hour's errors and
throttles, alarms, confirmations of e-mail addresses, KMS keys, secrets, targets that the policy blocks, other locations, quotas, the
clock. It changes nothing and shows no secret. What it may not look at is said to be "not looked at", never fine.

${stackHelp}
  --config FILE          another file than monitors.yml
  --param NAME=VALUE     as it was deployed with; can be given several times
  --json                 one JSON object, nothing else on standard output

Exit codes: 0 nothing is wrong, 1 something is, 2 bad usage or configuration, or there is no such stack.

Examples:
  npx burnwatch doctor
  npx burnwatch doctor --stage prod --region eu-west-1
  npx burnwatch doctor --stage prod --json | jq -r '.checks[].findings[] | "\\(.what): \\(.mend)"'
`;

/** Looks at a running stack and says what is wrong with it. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'look at a deployed stack and say what is wrong with it, with the mend',
  help,
  run: async (argv, io) => {
    const param = { type: 'string', multiple: true } as const;
    const options = { ...stackOptions, config: { type: 'string' }, param, json: { type: 'boolean' } } as const;
    const { values } = readFlags(argv, options);
    const { stage, region, config: file } = values;
    const folders = [dirname(resolve(io.cwd, file ?? defaultFile)), io.cwd];
    const deployed = await readDeployed({ ...values, stage: stage ?? 'local' }, io);
    if (deployed === undefined) return 2;
    return withStack(deployed.config, { stage, region, folders }, io, async (stack) => {
      const checked = await examineStack(deployed, stack, folders, io);
      const { service } = deployed.config;
      const { environment, region: where } = stack;
      if (values.json) io.stdout(`${JSON.stringify({ service, environment, region: where, checks: checked })}\n`);
      else io.stdout(renderDoctor(checked, `${service} in ${environment} (${where})`, io));
      return checked.some(({ findings }) => findings.some(({ severity }) => severity === 'wrong')) ? 1 : 0;
    });
  },
};

type Deployed = { readonly config: Config; readonly options: StackOptions };

async function examineStack(
  { config, options }: Deployed,
  stack: DeployedStack,
  folders: readonly string[],
  io: Io,
): Promise<readonly Checked[]> {
  const [{ createAlertStore }, { expectedOf }, { readStack }, { examine }] = await Promise.all([
    import('../../../shared/aws/alert-store.ts'),
    import('../../doctor/expected.ts'),
    import('../../doctor/read.ts'),
    import('../../doctor/checks.ts'),
  ]);
  const { environment, region, table, client, settings } = stack;
  // Without a table there is no stack, and nothing to examine: this rejects, and is told.
  await createAlertStore(client, table).load();
  const isLocal = environment === 'local';
  const expected = expectedOf(isLocal ? atOneLocation(config) : config, { ...options, stage: environment, region });
  const ownHosts = isLocal ? hostsOf(findLocalMode(folders, io)?.outputs ?? {}) : [];
  const { signal } = io;
  const prefix = table.replace(/-ledger$/, '');
  const seen = await readStack(config, expected, { settings, prefix, isLocal, ownHosts, now: Date.now(), signal });
  return examine(seen, expected);
}

const hostsOf = (outputs: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(outputs).flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname] : []));
