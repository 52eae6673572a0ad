import { readFileSync } from 'node:fs';
import { BurnwatchError } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/suggest.ts';
import type { Command, Io } from './command.ts';
import { paint, renderTable } from './terminal.ts';

type Entry = { readonly summary: string; readonly example: string; readonly load: () => Promise<Command> };

/** Every command, loaded when it is run: what is wrong with one does not touch the others. */
const commands: Readonly<Record<string, Entry>> = {
  init: {
    summary: 'write a first monitors.yml',
    example: 'npx burnwatch init --url https://example.com/ --email you@example.com',
    load: async () => (await import('./init.ts')).initCommand,
  },
  validate: {
    summary: 'check monitors.yml and say what it holds',
    example: 'npx burnwatch validate --config monitors.yml',
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  probe: {
    summary: 'probe monitors from this machine, now',
    example: 'npx burnwatch probe shortener-health',
    load: async () => (await import('./probe/command.ts')).probeCommand,
  },
  burst: {
    summary: 'send a bounded load from this machine, now',
    example: 'npx burnwatch burst --url http://127.0.0.1:8080/ --rate 200 --for 10s',
    load: async () => (await import('./burst/command.ts')).burstCommand,
  },
  heartbeat: {
    summary: 'print the URL that a job calls to say that it is alive',
    example: 'npx burnwatch heartbeat nightly-backup',
    load: async () => (await import('./heartbeat/command.ts')).heartbeatCommand,
  },
  slo: {
    summary: 'see how SLOs stand, and what their burn rules would do',
    example: 'npx burnwatch slo show shortener-availability',
    load: async () => (await import('./slo/command.ts')).sloCommand,
  },
  gate: {
    summary: 'let a release go, or stop it, by an error budget',
    example: 'npx burnwatch gate --slo shortener-availability --min-budget 10% --stage prod',
    load: async () => (await import('./slo/gate.ts')).gateCommand,
  },
  status: {
    summary: 'print what is up and what burns',
    example: 'npx burnwatch status --stage prod',
    load: async () => (await import('./status/command.ts')).statusCommand,
  },
  doctor: {
    summary: 'look at a deployed stack and say what is wrong with it, with the mend',
    example: 'npx burnwatch doctor --stage prod',
    load: async () => (await import('./doctor/command.ts')).doctorCommand,
  },
  adopt: {
    summary: 'take the tables that a removed stack left behind into a new one',
    example: 'npx burnwatch adopt --stage prod',
    load: async () => (await import('./adopt/command.ts')).adoptCommand,
  },
  locations: {
    summary: 'list where is probed from, and print the commands that deploy each',
    example: 'npx burnwatch locations --stage prod',
    load: async () => (await import('./locations/command.ts')).locationsCommand,
  },
  incidents: {
    summary: 'list what is wrong now, and what was lately',
    example: 'npx burnwatch incidents --stage prod',
    load: async () => (await import('./alerts/incidents.ts')).incidentsCommand,
  },
  ack: {
    summary: 'say that you are at an incident',
    example: 'npx burnwatch ack 4714205da574 --note "rolling back" --stage prod',
    load: async () => (await import('./alerts/ack.ts')).ackCommand,
  },
  silence: {
    summary: 'keep an alert quiet for a while',
    example: 'npx burnwatch silence checkout --for 2h --reason "provider outage" --stage prod',
    load: async () => (await import('./alerts/silence.ts')).silenceCommand,
  },
  alarms: {
    summary: 'list the alarms that are deployed, what they watch and what they cost',
    example: 'npx burnwatch alarms --presets',
    load: async () => (await import('./alarms.ts')).alarmsCommand,
  },
  cost: {
    summary: 'say what a month would cost, line by line, before it is deployed',
    example: 'npx burnwatch cost --max 15',
    load: async () => (await import('./cost/command.ts')).costCommand,
  },
  permissions: {
    summary: 'say what each function may do once it is deployed, and why',
    example: 'npx burnwatch permissions',
    load: async () => (await import('./permissions.ts')).permissionsCommand,
  },
  notify: {
    summary: 'send a test message to a channel',
    example: 'npx burnwatch notify test --channel chat',
    load: async () => (await import('./notify/command.ts')).notifyCommand,
  },
  drill: {
    summary: 'try whether alerts arrive, hop by hop; or break the shortener on purpose',
    example: 'npx burnwatch drill --stage prod',
    load: async () => (await import('./drill/command.ts')).drillCommand,
  },
  traffic: {
    summary: 'play callers of the shortener, for demonstrations',
    example: 'npx burnwatch traffic --rate 20/s --for 10m',
    load: async () => (await import('./traffic/command.ts')).trafficCommand,
  },
  logs: {
    summary: 'ask the logs by a saved query',
    example: 'npx burnwatch logs slowest-routes --since 15m',
    load: async () => (await import('./logs.ts')).logsCommand,
  },
  dashboards: {
    summary: 'list the dashboards, what they answer and what they cost',
    example: 'npx burnwatch dashboards',
    load: async () => (await import('./dashboards.ts')).dashboardsCommand,
  },
  export: {
    summary: 'write SLOs as OpenSLO or rules of Prometheus, dashboards for Grafana',
    example: 'npx burnwatch export openslo > slos.yaml',
    load: async () => (await import('./exchange/export.ts')).exportCommand,
  },
  import: {
    summary: 'take SLOs over from OpenSLO',
    example: 'npx burnwatch import openslo slos.yaml > imported.yml',
    load: async () => (await import('./exchange/import.ts')).importCommand,
  },
  schema: {
    summary: 'print the JSON Schema of monitors.yml, for editors',
    example: 'npx burnwatch schema > monitors.schema.json',
    load: async () => (await import('./schema.ts')).schemaCommand,
  },
};

/**
 * Runs one command line (without `node` and the script) and answers its exit code: 0 fine, 1 what was checked did not
 * hold, 2 bad usage or configuration. Results go to stdout, all else to stderr.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) return refuse(`which command?\n\n${helpText(io)}`, io);
  if (name === '--version' || name === '-v') return print(`${version()}\n`, io);
  if (name === '--help' || name === '-h') return print(helpText(io), io);
  const [wanted, args] = name === 'help' ? [rest[0] ?? '', [...rest.slice(1), '--help']] : [name, rest];
  if (wanted === '') return print(helpText(io), io);
  const entry = Object.hasOwn(commands, wanted) ? commands[wanted] : undefined;
  if (!entry)
    return refuse(
      `there is no command ${JSON.stringify(wanted)}${didYouMean(wanted, Object.keys(commands))}\n${seeHelp}`,
      io,
    );
  const [command, own] = await chooseVerb(await entry.load(), args);
  return asksForHelp(own) ? print(command.help.trim().concat('\n'), io) : runCommand(command, own, io);
}

/** The command that a word after its name stands for, with what follows that; the command itself where there is none. */
async function chooseVerb(command: Command, args: readonly string[]): Promise<[Command, readonly string[]]> {
  const [word = '', ...rest] = args;
  const load = Object.hasOwn(command.verbs ?? {}, word) ? command.verbs?.[word] : undefined;
  return load ? [await load(), rest] : [command, args];
}

const seeHelp = 'npx burnwatch --help lists what there is.\n';

async function runCommand(command: Command, args: readonly string[], io: Io): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (!(error instanceof BurnwatchError)) throw error;
    io.stderr(`burnwatch ${command.name}: ${error.message}\n`);
    return 2;
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

function helpText(io: Io): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [`  ${name}`, summary]);
  const examples = Object.values(commands).map(({ example }) => `  ${example}`);
  const title = (text: string) => paint(text, 'bold', io);
  return `${[
    `${title('burnwatch')} watches what you care about, and speaks in error budgets.`,
    '',
    title('Usage:'),
    '  npx burnwatch <command> [options]',
    '',
    title('Commands:'),
    renderTable(rows),
    '',
    title('Examples:'),
    ...examples,
    '',
    'npx burnwatch <command> --help says more. Exit codes: 0 fine, 1 what was checked did not hold,',
    '2 bad usage or configuration.',
  ].join('\n')}\n`;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function print(text: string, io: Io): number {
  io.stdout(text);
  return 0;
}

function refuse(text: string, io: Io): number {
  io.stderr(`burnwatch: ${text}`);
  return 2;
}
