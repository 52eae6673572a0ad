import { type Simulated, simulate } from '../../../shared/app/simulate.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { parseDuration, parsePercent, renderDuration } from '../../../shared/config/parse/index.ts';
import type { Trouble } from '../../../shared/slo/trouble.ts';
import { formatSpan } from '../../../shared/slo/words.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { chooseSlo } from './choice.ts';
import { renderSimulation } from './simulate-text.ts';

const minuteMs = 60_000;
const longestMs = 30 * 1_440 * minuteMs;

const help = `
npx burnwatch slo simulate --slo ID --outage 10m [--config FILE] [--json]
npx burnwatch slo simulate --slo ID --errors 5% --for 1h [--config FILE] [--json]

When each burn rule of an SLO would fire and resolve if this happened now, and how much of the budget it would take.

  --slo ID        the SLO
  --outage 10m    everything fails for so long: whole minutes, 30d at most
  --errors 5%     that part of the events fails, evenly spread, --for so long
  --config FILE   another file than ./monitors.yml
  --json          one line: {"slo", "errorRatio", "minutes", "events", "bad", "badSlices", "budgetSpentRatio",
                  "rules": [{"severity", "long", "firedMinute", "toldMinute", "resolvedMinute"}]}

Before it the SLO was well for as long as its longest window, and after it is well again. Minutes count from its start, the
first one being 1. A ticket is told of later than it fires while a page of the same SLO is open. Where nothing schedules
the events (bursts, CloudWatch) there are a thousand a minute.
Exit codes: 0 whatever would fire, 2 bad usage or configuration.

Examples:
  npx burnwatch slo simulate --slo shortener-availability --outage 10m
  npx burnwatch slo simulate --slo shortener-availability --errors 5% --for 1h
`;

/** Says when rules would fire. */
export const simulateCommand: Command = {
  name: 'slo simulate',
  summary: 'when the rules of an SLO would fire and resolve',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      slo: { type: 'string' },
      outage: { type: 'string' },
      errors: { type: 'string' },
      for: { type: 'string' },
      config: { type: 'string' },
      json: { type: 'boolean' },
    });
    const trouble = readTrouble(values);
    const parsed = await readConfig(values.config ?? defaultFile, io, { isTrial: true });
    if (!parsed.ok || !values.json) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const slo = chooseSlo(parsed.config, values.slo, '--slo ID names it');
    const simulated = simulate(slo, parsed.config.monitors, trouble);
    io.stdout(values.json ? toJson(slo.id, trouble, simulated) : renderSimulation(slo, trouble, simulated, io));
    return 0;
  },
};

type Asked = {
  readonly outage?: string | undefined;
  readonly errors?: string | undefined;
  readonly for?: string | undefined;
};

function readTrouble({ outage, errors, for: span }: Asked): Trouble {
  if (outage !== undefined) {
    if (errors !== undefined) throw usage('takes --outage or --errors, not both');
    if (span !== undefined) throw usage('--for goes with --errors: --outage says itself how long it lasts');
    return { errorPpm: 1_000_000, minutes: readMinutes('--outage', outage) };
  }
  if (errors === undefined) throw usage('what happens? --outage 10m, or --errors 5% --for 1h');
  if (span === undefined) throw usage('how long do they last? --for 1h');
  return { errorPpm: readErrors(errors), minutes: readMinutes('--for', span) };
}

function readErrors(text: string): number {
  const read = parsePercent(text);
  if (!read.ok) throw usage(`--errors ${read.message.replace('99.9%', '5%')}, got ${shown(text)}`);
  if (read.value === 0) throw usage(`--errors must be above 0%, got ${shown(text)}`);
  return read.value;
}

function readMinutes(flag: string, text: string): number {
  const read = parseDuration(text);
  if (!read.ok) throw usage(`${flag} ${read.message}, got ${shown(text)}`);
  if (read.value > 0 && read.value % minuteMs === 0 && read.value <= longestMs) return read.value / minuteMs;
  throw usage(`${flag} must be whole minutes up to ${renderDuration(longestMs)}, got ${shown(text)}`);
}

function toJson(slo: string, { errorPpm, minutes }: Trouble, simulated: Simulated): string {
  const { events, bad, badSlices, budgetSpentRatio, rules } = simulated;
  const answer = {
    slo,
    errorRatio: errorPpm / 1_000_000,
    minutes,
    events,
    bad,
    ...(badSlices !== undefined && { badSlices }),
    budgetSpentRatio,
    rules: rules.map(({ rule, firedMinute, toldMinute, resolvedMinute }) => ({
      severity: rule.severity,
      long: formatSpan(rule.longMs),
      firedMinute: firedMinute ?? null,
      toldMinute: toldMinute ?? null,
      resolvedMinute: resolvedMinute ?? null,
    })),
  };
  return `${JSON.stringify(answer)}\n`;
}

const shown = (text: string): string => JSON.stringify(text.length <= 40 ? text : `${text.slice(0, 39)}…`);
const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
