import type { Silence } from '../../../shared/alert/model.ts';
import { alertsNamed, loadSilences, namesOf, silence, unsilence } from '../../../shared/app/alert-change/silence.ts';
import { BurnwatchError, type Config } from '../../../shared/config/model.ts';
import { parseDuration, renderDuration } from '../../../shared/config/parse/index.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { cleanText } from '../../../shared/message/clean.ts';
import { formatDuration, formatInstant } from '../../../shared/message/format.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { stackHelp, stackOptions } from '../stack.ts';
import { paint, renderTable } from '../terminal.ts';
import { thereAre } from '../there-are.ts';
import { type AlertsWork, whoIs, withAlerts } from './alerts.ts';

const help = `
npx burnwatch silence NAME --for 2h --reason TEXT [--by NAME] [--stage NAME] [--region REGION] [--config FILE]
npx burnwatch silence --list [--json]
npx burnwatch silence --end ID

Keeps alerts from announcing anything for a while. They go on being judged, and budgets go on burning: use maintenance for
planned work that is not to count. What fires in the meantime and still does at the end is told then; the end of what was told
before is told as ever.

  NAME                   a monitor, with its coverage; an SLO, with all of its rules; a burst; a location; or the id of
                         one alert, such as slo/checkout/page-1h
  --for SPAN             1m to 31d
  --reason TEXT          why, for whoever wonders
  --by NAME              who wants it; the name of whoever is logged in by default
  --list                 the silences that hold
  --end ID               ends one of them now
${stackHelp}
  --config FILE          another file than monitors.yml
  --json                 one JSON object, nothing else on standard output

Exit codes: 0 done, 2 bad usage or configuration, no such silence, or the stack does not answer.

Examples:
  npx burnwatch silence checkout --for 2h --reason "the provider has an outage" --stage prod
  npx burnwatch silence --list --stage prod
  npx burnwatch silence --end 1f0c2d3e --stage prod
`;

const minute = 60_000;
const longestMs = 31 * 1_440 * minute;

/** Silences alerts of a running stack. */
export const silenceCommand: Command = {
  name: 'silence',
  summary: 'keep an alert quiet for a while',
  help,
  run: (argv, io) => {
    const given = readArguments(argv);
    return withAlerts(given, io, (work) => {
      switch (given.verb) {
        case 'list':
          return list(work, given, io);
        case 'end':
          return end(work, given, io);
        case 'add':
          return add(work, given, io);
        default:
          return given satisfies never;
      }
    });
  },
};

type Where = {
  readonly config?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly json?: boolean | undefined;
};
type Add = Where & {
  readonly verb: 'add';
  readonly name: string;
  readonly forMs: number;
  readonly reason: string;
  readonly by: string | undefined;
};
type End = Where & { readonly verb: 'end'; readonly id: string };
type List = Where & { readonly verb: 'list' };

function readArguments(argv: readonly string[]): Add | End | List {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const own = { for: text, reason: text, by: text, list: flag, end: text, json: flag } as const;
  const { positionals, values } = readFlags(argv, { ...stackOptions, config: text, ...own }, 1);
  const { config, stage, region, json } = values;
  const where = { config, stage, region, json };
  const asked = [positionals[0] !== undefined, values.list === true, values.end !== undefined].filter(Boolean).length;
  if (asked === 0) throw usage('what? Name a monitor, an SLO, a burst or an alert, or take --list or --end ID');
  if (asked > 1) throw usage('takes a name, --list or --end ID, one of them');
  if (values.list) return { ...where, verb: 'list' };
  if (values.end !== undefined) return { ...where, verb: 'end', id: values.end };
  if (values.reason === undefined || values.reason.trim() === '') throw usage('why? Say it with --reason TEXT');
  const [name = ''] = positionals;
  return { ...where, verb: 'add', name, forMs: readSpan(values.for), reason: values.reason, by: values.by };
}

function readSpan(text: string | undefined): number {
  if (text === undefined) throw usage('for how long? Say it with --for, such as --for 2h');
  const read = parseDuration(text);
  if (!read.ok) throw usage(`--for ${read.message}, got ${JSON.stringify(text)}`);
  if (read.value < minute || read.value > longestMs)
    throw usage(`--for must be between ${renderDuration(minute)} and ${renderDuration(longestMs)}, got ${text}`);
  return read.value;
}

async function add({ config, deps }: AlertsWork, { name, forMs, reason, by, json }: Add, io: Io): Promise<number> {
  const { alerts, slosOver } = alertsNamed(config, name);
  if (alerts.length === 0) throw unknown(name, config);
  const added = await silence({ alerts, forMs, reason, by: whoIs(by, io) }, deps);
  if (json) io.stdout(`${JSON.stringify(added)}\n`);
  else
    io.stdout(
      `Silence ${added.id}: ${whatOf(added)} until ${formatInstant(added.untilAt)} (${formatDuration(forMs)}).\n`,
    );
  for (const slo of slosOver)
    io.stderr(`The SLO ${slo} over it still tells: npx burnwatch silence ${slo} keeps that quiet, too.\n`);
  return 0;
}

function unknown(name: string, config: Config): BurnwatchError {
  const names = namesOf(config);
  const there = `; ${thereAre(names)}`;
  return usage(
    `no monitor, SLO, burst or alert is called ${JSON.stringify(name.slice(0, 80))}${didYouMean(name, names) || there}`,
  );
}

async function end({ deps }: AlertsWork, { id, json }: End, io: Io): Promise<number> {
  if (!(await unsilence(id, deps)))
    throw usage(`there is no silence ${JSON.stringify(id.slice(0, 80))} that holds: see npx burnwatch silence --list`);
  io.stdout(
    json
      ? `${JSON.stringify({ ended: id })}\n`
      : `Silence ${id} has ended: what still fires is told within a minute.\n`,
  );
  return 0;
}

async function list({ deps }: AlertsWork, { json }: List, io: Io): Promise<number> {
  const silences = await loadSilences(deps);
  if (json) io.stdout(`${JSON.stringify({ silences })}\n`);
  else io.stdout(silences.length === 0 ? 'Nothing is silenced.\n' : `${tableOf(silences, deps.now(), io)}\n`);
  return 0;
}

function tableOf(silences: readonly Silence[], now: number, io: Io): string {
  const head = ['silence', 'until', 'left', 'by', 'what', 'reason'].map((word) => paint(word, 'dim', io));
  const rows = silences.map((each) => [
    each.id,
    formatInstant(each.untilAt),
    formatDuration(each.untilAt - now),
    cleanText(each.by, 20),
    whatOf(each),
    cleanText(each.reason, 200),
  ]);
  return renderTable([head, ...rows], { columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY });
}

/** `monitor api, coverage api`: a slash at the end stands for all that it has. */
function whatOf({ alerts }: Silence): string {
  return alerts.map((each) => (each.endsWith('/') ? each.slice(0, -1).replace('/', ' ') : each)).join(', ');
}

const usage = (message: string): BurnwatchError => new BurnwatchError('BURN_USAGE', message);
