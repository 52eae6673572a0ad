import { parseArgs } from 'node:util';
import { BurnwatchError } from '../../shared/config/model.ts';
import { parseDuration } from '../../shared/config/parse/index.ts';
import { explainFlags } from '../cli/flags.ts';

export type Flags = {
  readonly consolePort: number;
  readonly appPort: number;
  readonly awsPort: number;
  readonly data: string;
  readonly isFresh: boolean;
  readonly config: string;
  /** Replaces every monitor's interval. */
  readonly intervalMs?: number;
};

export const help = `npm start -- [flags]

Runs all of Burnwatch on this machine, with no AWS account: the URL shortener that it monitors, the very functions that
are deployed, an endpoint that plays AWS for them, and a console to watch it. Loopback only; for development,
demonstration and tests.

  --console-port <port>   the console                       (default 4000; 0 takes a free one)
  --app-port <port>       the shortener                     (default 4001)
  --aws-port <port>       the AWS endpoint                  (default 4566)
  --data <folder>         where everything is remembered    (default .burnwatch)
  --fresh                 forget everything in that folder first
  --config <file>         what to monitor                   (default monitors.yml; edits are taken while it runs)
  --interval <duration>   probe every so often, whatever the monitors say, 1s to 1h, as in 10s
  --help                  this text

Ctrl-C ends it; the next start goes on where it stopped.

  npm start -- --interval 10s                 an outage becomes an e-mail within a minute and a half
  npm start -- --data /tmp/try --fresh        an empty one, beside your own
  BURNWATCH_DATA=/tmp/try npx burnwatch slo   asks that one
`;

const options = {
  'console-port': { type: 'string', default: '4000' },
  'app-port': { type: 'string', default: '4001' },
  'aws-port': { type: 'string', default: '4566' },
  data: { type: 'string', default: '.burnwatch' },
  fresh: { type: 'boolean', default: false },
  config: { type: 'string', default: 'monitors.yml' },
  interval: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** The flags, or 'help'. Throws LOCAL_USAGE with one line about the first flag that is wrong. */
export function parseFlags(argv: readonly string[]): Flags | 'help' {
  const values = readValues(argv);
  if (values.help) return 'help';
  const { interval } = values;
  return {
    ...readPorts(values),
    data: readPath('--data', values.data),
    isFresh: values.fresh,
    config: readPath('--config', values.config),
    ...(interval === undefined ? {} : { intervalMs: readInterval(interval) }),
  };
}

function readValues(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw usage(`npm start ${explainFlags(argv, options, error, 'see npm start -- --help')}`);
  }
}

function readPorts(values: ReturnType<typeof readValues>) {
  const consolePort = readPort('--console-port', values['console-port']);
  const appPort = readPort('--app-port', values['app-port']);
  const awsPort = readPort('--aws-port', values['aws-port']);
  const fixed = [consolePort, appPort, awsPort].filter((port) => port !== 0);
  const twice = fixed.find((port, index) => fixed.indexOf(port) < index);
  if (twice === undefined) return { consolePort, appPort, awsPort };
  throw usage(`--console-port, --app-port and --aws-port must differ, got ${twice} twice`);
}

function readPort(flag: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usage(`${flag} must be a port from 0 to 65535, got ${JSON.stringify(text)}`);
}

function readPath(flag: string, text: string): string {
  if (text !== '') return text;
  throw usage(`${flag} must name a path, got nothing`);
}

const shortestMs = 1_000;
const longestMs = 3_600_000;

function readInterval(text: string): number {
  const ms = durationOf(text);
  if (ms === undefined || ms < shortestMs || ms > longestMs || ms % 1_000 !== 0)
    throw usage(`--interval must be 1s to 1h in whole seconds, as in 10s, got ${JSON.stringify(text)}`);
  if (ms > 60_000 && ms % 60_000 !== 0)
    throw usage(`--interval above a minute must be in whole minutes, as in 5m, got ${JSON.stringify(text)}`);
  return ms;
}

function durationOf(text: string): number | undefined {
  const read = parseDuration(text);
  return read.ok ? read.value : undefined;
}

const usage = (message: string) => new BurnwatchError('LOCAL_USAGE', message);
