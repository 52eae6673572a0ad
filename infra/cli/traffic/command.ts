import { BurnwatchError } from '../../../shared/config/model.ts';
import { parseDuration, parseRate, renderDuration } from '../../../shared/config/parse/index.ts';
import { isLoopbackHost } from '../../local/server.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { doorHelp, doorOptions, openDoor, type ShortenerDoor } from '../shortener-door.ts';
import { sendTraffic, type TrafficPlan } from './run.ts';
import { trafficJson, trafficText } from './text.ts';

const [mostPerSecond, mostRequests] = [200, 2_000_000];
const [shortestMs, longestMs] = [1_000, 86_400_000];

const help = `
npx burnwatch traffic [--rate 20/s] [--for 10m] [--wave 10m] [--think 2s] [--url URL] [--token-parameter NAME] [--json]

Plays callers of the shortener, so that dashboards have something to show and drills somebody to hurt: they follow links, most of
them a few hot ones (Zipf), make, look at, list and delete their own, guess codes and ask wrongly. Bounded, and to a shortener of
Burnwatch alone: on this machine, or the one that OUTPUT_ShortenerUrl names. It deletes the links that it made.

  --rate 20/s             on average, up to ${mostPerSecond}/s
  --for 10m               1s to 24h, and ${mostRequests.toLocaleString('en-US')} requests at most
  --wave 10m              a day takes so long, 1m to 24h: at noon there are seven times as many requests as at night. "off" for
                          a steady rate
  --think 2s              what a caller thinks between two requests: with the rate, how many callers there are
${doorHelp}
  --json                  one JSON object, nothing else on standard output; latencies in ms

Ctrl-C ends it, cleans up and prints what there was.

Exit codes: 0 fine, 1 links could not be deleted (they end by themselves, an hour after the run), 2 bad usage or configuration,
130 ended by Ctrl-C.

Examples:
  npx burnwatch traffic
  npx burnwatch traffic --rate 50/s --for 1h --wave 20m
  npx burnwatch traffic --rate 5/s --for 1m --wave off --json | jq .statuses
`;

const text = { type: 'string' } as const;
const options = {
  ...doorOptions,
  ...{ rate: text, for: text, wave: text, think: text },
  json: { type: 'boolean' },
} as const;

/** Plays callers of the shortener, for a while. */
export const trafficCommand: Command = {
  name: 'traffic',
  summary: 'play callers of the shortener, for demonstrations',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, options);
    const plan = readTraffic(values);
    const door = openDoor(values, io);
    requireOwn(door, io);
    const result = await sendTraffic(plan, door, io);
    io.stdout(values.json ? `${JSON.stringify(trafficJson(result, door.origin))}\n` : trafficText(result, io));
    return result.leftLinks === 0 ? 0 : 1;
  },
};

const usage = (message: string): BurnwatchError => new BurnwatchError('BURN_USAGE', message);

/** What flags ask for. Throws BURN_USAGE for what is beyond the bounds. */
export function readTraffic(flags: {
  readonly rate?: string;
  readonly for?: string;
  readonly wave?: string;
  readonly think?: string;
}): TrafficPlan {
  const perSecond = readRate(flags.rate ?? '20/s');
  const durationMs = readSpan('for', flags.for ?? '10m', shortestMs, longestMs);
  const wave = flags.wave ?? '10m';
  const dayMs = wave === 'off' ? undefined : readSpan('wave', wave, 60_000, longestMs);
  const thinkMs = readSpan('think', flags.think ?? '2s', 100, 60_000);
  const requests = (perSecond * durationMs) / 1_000;
  if (requests <= mostRequests) return { perSecond, durationMs, dayMs, thinkMs };
  const count = (value: number) => Math.round(value).toLocaleString('en-US');
  throw usage(`--rate and --for come to ${count(requests)} requests: at most ${count(mostRequests)} are sent`);
}

function readRate(text: string): number {
  const read = parseRate(/^[\d.]+$/.test(text) ? `${text}/s` : text);
  if (read.ok && read.value > 0 && read.value <= mostPerSecond) return read.value;
  throw usage(`--rate must be a rate up to ${mostPerSecond}/s, such as 20/s, got ${JSON.stringify(text.slice(0, 80))}`);
}

function readSpan(name: string, text: string, leastMs: number, mostMs: number): number {
  const read = parseDuration(text);
  if (read.ok && read.value >= leastMs && read.value <= mostMs) return read.value;
  const span = `${renderDuration(leastMs)} to ${renderDuration(mostMs)}`;
  throw usage(
    `--${name} must be ${span}${name === 'wave' ? ', or off' : ''}, got ${JSON.stringify(text.slice(0, 80))}`,
  );
}

/** Load goes to this machine, or to an output of one's own stack. */
function requireOwn({ origin }: ShortenerDoor, { env }: Io): void {
  const own = env['OUTPUT_ShortenerUrl'];
  const isOutput = own !== undefined && URL.canParse(own) && new URL(own).origin === origin;
  if (isOutput || isLoopbackHost(new URL(origin).host)) return;
  throw usage(
    `--url ${origin} is not on this machine: to load a stack of your own, set OUTPUT_ShortenerUrl to that address as well`,
  );
}
