import { dirname, resolve } from 'node:path';
import { BurnwatchError, type Monitor, type MonitorType, type Outcome } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { referencesOf } from '../../../shared/config/texts.ts';
import { rowOf } from '../../../shared/probe/row.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { thereAre } from '../there-are.ts';
import { findReferences, noteOutputs, type Outputs, readOutputs } from './references.ts';
import { probeAll } from './run.ts';
import { renderTable } from './table.ts';

const help = `
npx burnwatch probe [ids…] [--config FILE] [--json] [--output Name=URL]…

Probes the monitors of monitors.yml from this machine, now: all of them, or those that are named.
Nothing is recorded: no row in the ledger, no metric, no alert.

  --config FILE      another file than monitors.yml
  --json             one JSON object a line, nothing else on standard output
  --output Name=URL  what \${output:Name} stands for; the environment variable OUTPUT_Name does the same,
                     and a running local mode gives its own addresses

Secrets (\${ssm:/path}) are read from AWS SSM, or from a running local mode. Requests that are signed (sigv4) take
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION.

The table shows how long each probe took, phase by phase; under it, what was wrong, and of a flow each of its steps.
The STATUS of a flow is how many of its steps passed. A heartbeat waits to be called: it cannot be probed from here,
and unless it is named it does not count for the exit code.

Exit codes: 0 all passed or degraded, 1 any failed, blocked or unknown, 2 bad usage or configuration.

Examples:
  npx burnwatch probe
  npx burnwatch probe shorten-and-follow --config flows.yml
  npx burnwatch probe shortener-health --output ShortenerUrl=https://abc123.execute-api.eu-west-1.amazonaws.com
  npx burnwatch probe --json | jq -c '{monitor, outcome, latencyMs}'
  npx burnwatch probe --json | jq -r 'select(.steps) | .steps[] | [.step, .outcome, .message] | @tsv'
`;

/** Probes from this machine for a person's eyes, or as JSON lines. */
export const probeCommand: Command = {
  name: 'probe',
  summary: 'probe monitors from this machine, now',
  help,
  run: async (argv, io) => {
    const args = readArguments(argv);
    const parsed = await readConfig(args.config, io);
    printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { config } = parsed;
    const monitors = chooseMonitors(config.monitors, args.ids);
    const found = findReferences(args.outputs, dirname(resolve(io.cwd, args.config)), io);
    const [all, chosen] = [config.monitors.flatMap(referencesOf), monitors.flatMap(referencesOf)];
    noteOutputs({ who: 'monitor', all, chosen }, args.outputs, found, io);
    const results = await probeAll(monitors, found, io);
    const typeOf = new Map(monitors.map(({ id, type }) => [id, type]));
    const probed = results.map((result) => ({ type: typeOf.get(result.monitor) ?? 'http', result }));
    io.stdout(
      args.json
        ? results.map((result) => `${JSON.stringify(rowOf(result))}\n`).join('')
        : renderTable(probed, { ...io, now: Date.now() }),
    );
    const isCounted = (type: MonitorType) => type !== 'heartbeat' || args.ids.length > 0;
    return probed.every(({ type, result }) => isGood(result.outcome) || !isCounted(type)) ? 0 : 1;
  },
};

const isGood = (outcome: Outcome): boolean => outcome === 'passed' || outcome === 'degraded';

type Arguments = {
  readonly ids: readonly string[];
  readonly config: string;
  readonly json: boolean;
  readonly outputs: Outputs;
};

function usage(message: string): BurnwatchError {
  return new BurnwatchError('BURN_USAGE', message);
}

function readArguments(argv: readonly string[]): Arguments {
  const options = {
    config: { type: 'string' },
    json: { type: 'boolean' },
    output: { type: 'string', multiple: true },
  } as const;
  const { positionals, values } = readFlags(argv, options, Number.POSITIVE_INFINITY);
  return {
    ids: positionals,
    config: values.config ?? defaultFile,
    json: values.json ?? false,
    outputs: readOutputs(values.output ?? []),
  };
}

function chooseMonitors(monitors: readonly Monitor[], ids: readonly string[]): readonly Monitor[] {
  const known = monitors.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw usage(
      `no monitor is called ${JSON.stringify(unknown)}${didYouMean(unknown, known) || `; ${thereAre(known)}`}`,
    );
  return ids.length === 0 ? monitors : monitors.filter(({ id }) => ids.includes(id));
}
