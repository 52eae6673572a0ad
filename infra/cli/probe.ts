import { dirname, resolve } from 'node:path';
import { systemClock } from '../../shared/clock/clock.ts';
import { BurnwatchError, type Monitor, type Text } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/parse/suggest.ts';
import { referencesOf } from '../../shared/config/texts.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import { resolveText } from '../../shared/probe/resolve-text.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { rowOf } from '../../shared/probe/row.ts';
import { runProbe } from '../../shared/probe/run.ts';
import { noWatch } from '../../shared/probe/watch.ts';
import type { Command, Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { readFlags } from './flags.ts';
import { findLocalMode, type LocalMode } from './probe-local.ts';
import { createParameterReader } from './probe-parameters.ts';
import { renderTable } from './probe-table.ts';

const help = `
npx burnwatch probe [ids…] [--config FILE] [--json] [--output Name=URL]…

Probes the monitors of monitors.yml from this machine, now: all of them, or those that are named.
Nothing is recorded: no row in the ledger, no metric, no alert.

  --config FILE      another file than monitors.yml
  --json             one JSON object a line, nothing else on standard output
  --output Name=URL  what \${output:Name} stands for; the environment variable OUTPUT_Name does the same,
                     and a running local mode gives its own addresses

Secrets (\${ssm:/path}) are read from AWS SSM, or from a running local mode.

Exit codes: 0 all passed or degraded, 1 any failed, blocked or unknown, 2 bad usage or configuration.

Examples:
  npx burnwatch probe
  npx burnwatch probe shortener-health --output ShortenerUrl=https://abc123.execute-api.eu-west-1.amazonaws.com
  npx burnwatch probe --json | jq -c '{monitor, outcome, latencyMs}'
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
    const found = references(args.outputs, dirname(resolve(io.cwd, args.config)), io);
    noteOutputs(outputsOf(config.monitors), outputsOf(monitors), args.outputs, found, io);
    await readAhead(monitors, found);
    const results = await probeAll(monitors, found, io);
    io.stdout(
      args.json
        ? results.map((result) => `${JSON.stringify(rowOf(result))}\n`).join('')
        : renderTable(results, tableStyle(io)),
    );
    return results.every(({ outcome }) => outcome === 'passed' || outcome === 'degraded') ? 0 : 1;
  },
};

type Arguments = {
  readonly ids: readonly string[];
  readonly config: string;
  readonly json: boolean;
  readonly outputs: Readonly<Record<string, string>>;
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
  const outputs = (values.output ?? []).map((text): [string, string] => {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw usage(`--output takes Name=URL, got ${JSON.stringify(text)}`);
    return [name, value];
  });
  return {
    ids: positionals,
    config: values.config ?? defaultFile,
    json: values.json ?? false,
    outputs: Object.fromEntries(outputs),
  };
}

function chooseMonitors(monitors: readonly Monitor[], ids: readonly string[]): readonly Monitor[] {
  const known = monitors.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw usage(`no monitor is called ${JSON.stringify(unknown)}${didYouMean(unknown, known) || thereAre(known)}`);
  return ids.length === 0 ? monitors : monitors.filter(({ id }) => ids.includes(id));
}

const mostListed = 20;

function thereAre(ids: readonly string[]): string {
  return `; there are ${ids.slice(0, mostListed).join(', ')}${ids.length > mostListed ? ', …' : ''}`;
}

type References = {
  readonly output: (name: string) => string | undefined;
  readonly parameter: (path: string) => Promise<string | undefined>;
  /** Origins that the user named, or that belong to the local mode: they may be private. */
  readonly allowOrigins: readonly string[];
  /** A local mode runs and gives its outputs. */
  readonly isLocal: boolean;
};

function references(named: Readonly<Record<string, string>>, folder: string, io: Io): References {
  const local = findLocalMode([folder, io.cwd]);
  if (local) io.stderr(describe(local));
  const outputs = { ...local?.outputs, ...named };
  return {
    isLocal: local !== undefined,
    output: (name) => named[name] ?? io.env[`OUTPUT_${name}`] ?? local?.outputs[name],
    parameter: createParameterReader(io.env['AWS_ENDPOINT_URL'] ? undefined : local?.awsEndpoint),
    allowOrigins: Object.values(outputs).flatMap((value) => (URL.canParse(value) ? [new URL(value).origin] : [])),
  };
}

function describe({ file, outputs }: LocalMode): string {
  const list = Object.entries(outputs).map(([name, value]) => `${name}=${value}`);
  return `Using the running local mode (${file}): ${list.join(', ') || 'no outputs'}\n`;
}

/** The outputs that monitors refer to. */
function outputsOf(monitors: readonly Monitor[]): readonly string[] {
  const names = monitors.flatMap(referencesOf).flatMap((part) => ('output' in part ? [part.output] : []));
  return [...new Set(names)];
}

/** Says which output was named in vain, and how one that is missing becomes known. */
function noteOutputs(
  used: readonly string[],
  wanted: readonly string[],
  named: Arguments['outputs'],
  found: References,
  io: Io,
): void {
  for (const name of Object.keys(named).filter((each) => !used.includes(each)))
    io.stderr(`No monitor uses the output ${name}${didYouMean(name, used)}\n`);
  const missing = wanted.filter((name) => found.output(name) === undefined);
  if (missing.length > 0 && !found.isLocal)
    io.stderr(`No local mode runs here that would say what ${missing.join(', ')} is: npm start starts one\n`);
}

/** Reads every secret before the first probe: loading the SDK meanwhile would be charged to the targets. */
async function readAhead(monitors: readonly Monitor[], { parameter }: References): Promise<void> {
  const paths = monitors.flatMap(referencesOf).flatMap((part) => ('ssm' in part ? [part.ssm] : []));
  // What cannot be read is reported by the probe that needs it.
  await Promise.allSettled(paths.map(parameter));
}

/** More probes at once would spend their CPU in each other's latency. */
const concurrency = 16;

async function probeAll(monitors: readonly Monitor[], found: References, io: Io): Promise<readonly ProbeResult[]> {
  const deps = {
    clock: systemClock,
    runHttp: runHttpAttempt,
    allowOrigins: found.allowOrigins,
    resolveText: (text: Text) => resolveText(text, found),
    signal: io.signal,
    signer: () => async () => ({}),
    loadHeartbeat: async () => undefined,
    watch: noWatch,
  };
  const results: ProbeResult[] = [];
  const waiting = [...monitors.entries()];
  let done = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, monitor] = next;
      results[index] = await runProbe(monitor, deps);
      done += 1;
      if (io.isTerminal) io.stderr(`\r${done} of ${monitors.length} probed`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, monitors.length) }, work));
  if (io.isTerminal) io.stderr(`\r${' '.repeat(30)}\r`);
  return results;
}

function tableStyle({ hasColors, columns }: Io) {
  return { hasColors, columns };
}
