import { dirname, resolve } from 'node:path';
import { heartbeatToken, readHeartbeatKey } from '../../../shared/app/heartbeat/token.ts';
import { BurnwatchError, type HeartbeatMonitor, type Monitor } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { heartbeatKeyParameter } from '../../template/environment.ts';
import type { Command, Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { findLocalMode } from '../local-mode.ts';
import { createParameterReader } from '../parameters.ts';
import { thereAre } from '../there-are.ts';
import { renderHeartbeat } from './text.ts';

const help = `
npx burnwatch heartbeat <id> [--url BASE] [--config FILE] [--json]

Prints the URL that a heartbeat is called at, with examples. Whoever knows it can call: keep it like a password.

  --url BASE             where the stack answers: its output StatusUrl, which npx serverless info --verbose prints.
                         --output StatusUrl=BASE and the environment variable OUTPUT_StatusUrl do the same,
                         and a running local mode gives its own
  --config FILE          another file than monitors.yml
  --json                 one JSON object, nothing else on standard output

The URL holds a token, made of the id and of the key in the SSM parameter ${heartbeatKeyParameter}, which is read from
AWS, or from the running local mode when it is local mode's URL. Make the key once for each account and region:

  aws ssm put-parameter --name ${heartbeatKeyParameter} --type SecureString --value "$(openssl rand -hex 32)"

Exit codes: 0 printed, 2 bad usage or configuration, or the key cannot be read.

Examples:
  npx burnwatch heartbeat nightly-backup
  npx burnwatch heartbeat nightly-backup --url https://abc123.execute-api.eu-west-1.amazonaws.com
  npx burnwatch heartbeat nightly-backup --json | jq -r .url
`;

/** Prints where a heartbeat is called, with the token that only who may read the key can make. */
export const heartbeatCommand: Command = {
  name: 'heartbeat',
  summary: 'print the URL that a job calls to say that it is alive',
  help,
  run: async (argv, io) => {
    const args = readArguments(argv);
    const parsed = await readConfig(args.config, io);
    printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const monitor = chooseHeartbeat(parsed.config.monitors, args.id);
    const { base, readParameter } = findStatus(args, dirname(resolve(io.cwd, args.config)), io);
    const url = `${base}/heartbeats/${monitor.id}/${heartbeatToken(await readKey(readParameter), monitor.id)}`;
    io.stdout(args.json ? `${JSON.stringify({ monitor: monitor.id, url })}\n` : renderHeartbeat(monitor, url, io));
    io.stderr(`Whoever knows this URL can call for ${monitor.id}: keep it like a password.\n`);
    return 0;
  },
};

type Arguments = {
  readonly id: string | undefined;
  readonly config: string;
  readonly json: boolean;
  readonly url: string | undefined;
};

function usage(message: string): BurnwatchError {
  return new BurnwatchError('BURN_USAGE', message);
}

function readArguments(argv: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const options = { config: text, json: { type: 'boolean' }, output: { ...text, multiple: true }, url: text } as const;
  const { positionals, values } = readFlags(argv, options, 1);
  const outputs = (values.output ?? []).map((output) => {
    const [, url] = /^StatusUrl=(.+)$/s.exec(output) ?? [];
    if (url === undefined) throw usage(`--output takes StatusUrl=URL here, got ${JSON.stringify(output)}`);
    return url;
  });
  return {
    id: positionals[0],
    config: values.config ?? defaultFile,
    json: values.json ?? false,
    url: values.url ?? outputs.at(-1),
  };
}

function chooseHeartbeat(monitors: readonly Monitor[], id: string | undefined): HeartbeatMonitor {
  const ids = monitors.filter(({ type }) => type === 'heartbeat').map((monitor) => monitor.id);
  const there = ids.length === 0 ? 'no monitor is one' : thereAre(ids);
  if (id === undefined) throw usage(`which heartbeat? ${there}`);
  const found = monitors.find((monitor) => monitor.id === id);
  if (found === undefined)
    throw usage(`no heartbeat is called ${JSON.stringify(id)}${didYouMean(id, ids) || `; ${there}`}`);
  if (found.type !== 'heartbeat') throw usage(`${id} is a monitor of type ${found.type}, which nobody calls; ${there}`);
  return found;
}

type Status = {
  /** Without a slash at its end. */
  readonly base: string;
  readonly readParameter: (path: string) => Promise<string | undefined>;
};

/** The key of a local mode opens its own URL alone: for every other one it is read from AWS. */
function findStatus({ url }: Arguments, folder: string, io: Io): Status {
  const local = findLocalMode([folder, io.cwd], io);
  const localUrl = local?.outputs['StatusUrl'];
  const base = parseBase(url ?? io.env['OUTPUT_StatusUrl'] ?? localUrl);
  const isLocal = localUrl !== undefined && base === parseBase(localUrl);
  if (local && isLocal) io.stderr(`Using the running local mode (${local.file})\n`);
  const isOwnEndpoint = io.env['AWS_ENDPOINT_URL'] !== undefined;
  return { base, readParameter: createParameterReader(isLocal && !isOwnEndpoint ? local?.awsEndpoint : undefined) };
}

function parseBase(text: string | undefined): string {
  if (text === undefined)
    throw usage(
      'where heartbeats are called is not known: name it with --url, as npx serverless info --verbose prints it ' +
        '(StatusUrl), or start local mode (npm start)',
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw usage(
      `--url takes the address of a stack, such as https://abc123.execute-api.eu-west-1.amazonaws.com, got ${JSON.stringify(text)}`,
    );
  return url.href.replace(/\/+$/, '');
}

async function readKey(readParameter: Status['readParameter']): Promise<string> {
  const found = readHeartbeatKey(await readValue(readParameter), heartbeatKeyParameter);
  if ('problem' in found) throw new BurnwatchError('BURN_HEARTBEAT_KEY', found.problem);
  return found.key;
}

async function readValue(readParameter: Status['readParameter']): Promise<string | undefined> {
  try {
    return await readParameter(heartbeatKeyParameter);
  } catch (cause) {
    if (!(cause instanceof BurnwatchError)) throw cause;
    const message = `the SSM parameter ${heartbeatKeyParameter} cannot be read: ${cause.message}`;
    throw new BurnwatchError(cause.code, message, { cause });
  }
}
