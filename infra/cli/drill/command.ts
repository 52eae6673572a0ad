import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { type Drill, longestDrillMs } from '../../../shared/alert/drill.ts';
import { newDrill } from '../../../shared/app/drill/drill.ts';
import { BurnwatchError, type Channel, type Config, notifiedChannels } from '../../../shared/config/model.ts';
import { parseDuration, renderDuration } from '../../../shared/config/parse/index.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import type { Command, Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { doorHelp, doorOptions, openDoor } from '../shortener-door.ts';
import { type DeployedStack, stackHelp, stackOptions, withStack } from '../stack.ts';
import { thereAre } from '../there-are.ts';
import { unconfirmed } from './email.ts';
import { readDrill, runNamedDrill } from './named.ts';
import { drillNames, isDrillName } from './named-drills.ts';
import { listJson, listText } from './named-text.ts';
import { drillJson, drillText, progressText } from './text.ts';
import { watchDrill } from './watch.ts';

const help = `
npx burnwatch drill [--channel NAME]… [--timeout 5m] [--json] [--stage NAME] [--region REGION] [--config FILE]
npx burnwatch drill NAME [--for 10m] [--url URL] [--token-parameter NAME] [--json]
npx burnwatch drill --list [--json]

Without a name, tries whether alerts arrive: sends a test alert the way of every alert, measures each hop (ledger, evaluation, SNS, each
channel, and the same of its end), and says at which one it broke. Whoever gets the message sees that it is a drill. An e-mail
is followed as far as SNS, and to the confirmation of its address.

  --channel NAME         a channel that is tried; can be given several times. All that any alert notifies by default
  --timeout SPAN         how long it may take, 10s to 1h; 5m by default. Evaluations come once a minute, and a drill takes two
${stackHelp}
  --config FILE          another file than monitors.yml
  --json                 one JSON object, nothing else on standard output; instants are epoch milliseconds

Ctrl-C ends the looking on; the next evaluation ends the drill itself.

With a name, breaks the shortener on purpose: ${drillNames.join(', ')}; "errors 20%" takes
another share than 5 %. It says what will be seen, where, and within what time. The shortener itself ends it; Ctrl-C mends at once.

  --list                  all of them, with what moves
  --for SPAN              how long, 1s to 24h; 10m by default
${doorHelp}

Exit codes: 0 every hop held, or the drill is over; 1 a hop did not, or the shortener takes no drills; 2 bad usage or configuration.

Examples:
  npx burnwatch drill
  npx burnwatch drill outage --for 5m
  npx burnwatch drill errors 20% --for 10m --json | jq .expected
  npx burnwatch drill --channel chat --stage prod
  npx burnwatch drill --stage prod --region eu-west-1 --json | jq '.hops[] | {hop, message, tookMs}'
`;

const shortestMs = 10_000;
const standardMs = 300_000;

/** Sends a marked test alert through a running stack and measures each hop; with a name, breaks the shortener on purpose. */
export const drillCommand: Command = {
  name: 'drill',
  summary: 'try whether alerts arrive, hop by hop; or break the shortener on purpose',
  help,
  run: async (argv, io) => {
    const flags = readDrillFlags(argv);
    if (flags.values.list) return list(flags, io);
    if (flags.positionals.length > 0) return breakShortener(flags, io);
    const args = readArguments(flags);
    const parsed = await readConfig(args.config, io);
    if (!parsed.ok || !args.json) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { config } = parsed;
    const notify = chooseChannels(config, args.channels);
    const folders = [dirname(resolve(io.cwd, args.config)), io.cwd];
    return withStack(config, { stage: args.stage, region: args.region, folders }, io, (stack) => {
      const suffix = randomBytes(2).toString('hex');
      const drill = newDrill({ notify, isScheduled: false, lastsMs: args.timeoutMs, suffix }, Date.now());
      return runDrill(drill, config.channels, stack, args.json, io);
    });
  },
};

async function runDrill(
  drill: Drill,
  channels: readonly Channel[],
  stack: DeployedStack,
  json: boolean,
  io: Io,
): Promise<number> {
  const tried = channels.filter(({ id }) => drill.notify.includes(id));
  io.stderr(`Drill ${drill.id} to ${drill.notify.join(', ')}: an evaluation takes it up within a minute\n`);
  const mail = await unconfirmed(tried, stack);
  const watched = await watchDrill({ drill, channels: tried, stack, mail, signal: io.signal }, (hop) =>
    io.stderr(progressText(hop, drill)),
  );
  io.stdout(json ? `${JSON.stringify(drillJson(watched, stack))}\n` : drillText(watched, stack, io));
  return watched.outcome === 'held' ? 0 : 1;
}

type Arguments = {
  readonly channels: readonly string[];
  readonly timeoutMs: number;
  readonly json: boolean;
  readonly config: string;
  readonly stage: string | undefined;
  readonly region: string | undefined;
};

const usage = (message: string): BurnwatchError => new BurnwatchError('BURN_USAGE', message);

const text = { type: 'string' } as const;
const alertOptions = {
  ...stackOptions,
  channel: { type: 'string', multiple: true },
  timeout: text,
  config: text,
} as const;
const namedOptions = { ...doorOptions, for: text, list: { type: 'boolean' } } as const;

type DrillFlags = ReturnType<typeof readDrillFlags>;
type Option = keyof DrillFlags['values'];

const readDrillFlags = (argv: readonly string[]) =>
  readFlags(argv, { ...alertOptions, ...namedOptions, json: { type: 'boolean' } }, 2);

/** Throws BURN_USAGE for an option of the other kind of drill. */
function refuseOthers(flags: DrillFlags, others: object, why: string): void {
  const other = (Object.keys(others) as Option[]).find((name) => flags.values[name] !== undefined);
  if (other !== undefined) throw usage(`--${other} ${why}`);
}

function list(flags: DrillFlags, io: Io): number {
  if (flags.positionals[0] !== undefined) throw usage('--list takes no name');
  io.stdout(flags.values.json ? `${JSON.stringify(listJson())}\n` : listText(io));
  return 0;
}

async function breakShortener(flags: DrillFlags, io: Io): Promise<number> {
  const [name = '', share] = flags.positionals;
  if (!isDrillName(name)) {
    const hint = didYouMean(name, drillNames) || `; there are ${drillNames.join(', ')}`;
    throw usage(`there is no drill ${JSON.stringify(name.slice(0, 80))}${hint}`);
  }
  refuseOthers(flags, alertOptions, 'goes with a drill of the alerts, without a name');
  const asked = readDrill(name, share, flags.values.for);
  return runNamedDrill(asked, openDoor(flags.values, io), flags.values.json ?? false, io);
}

function readArguments(flags: DrillFlags): Arguments {
  refuseOthers(flags, namedOptions, 'goes with the name of a drill, such as outage: see --list');
  const { values } = flags;
  return {
    channels: values.channel ?? [],
    timeoutMs: readTimeout(values.timeout),
    json: values.json ?? false,
    config: values.config ?? defaultFile,
    stage: values.stage,
    region: values.region,
  };
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return standardMs;
  const read = parseDuration(text);
  if (!read.ok) throw usage(`--timeout ${read.message}, got ${JSON.stringify(text)}`);
  if (read.value >= shortestMs && read.value <= longestDrillMs) return read.value;
  throw usage(
    `--timeout must be between ${renderDuration(shortestMs)} and ${renderDuration(longestDrillMs)}, got ${text}`,
  );
}

function chooseChannels(config: Config, wanted: readonly string[]): readonly string[] {
  const ids = config.channels.map(({ id }) => id);
  for (const id of wanted) {
    if (ids.includes(id)) continue;
    throw usage(
      `no channel is called ${JSON.stringify(id.slice(0, 80))}${didYouMean(id, ids) || `; ${thereAre(ids)}`}`,
    );
  }
  const chosen = wanted.length > 0 ? [...new Set(wanted)] : notifiedChannels(config);
  if (chosen.length > 0) return chosen;
  throw usage('there is nobody to tell: no alert notifies any channel. Name one with --channel');
}
