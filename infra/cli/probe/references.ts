import { BurnwatchError, type Reference } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import type { Io } from '../command.ts';
import { findLocalMode, type LocalMode } from '../local-mode.ts';
import { createParameterReader } from '../parameters.ts';

export type Outputs = Readonly<Record<string, string>>;

/** Where what a monitor refers to comes from. */
export type References = {
  readonly output: (name: string) => string | undefined;
  readonly parameter: (path: string) => Promise<string | undefined>;
  /** Origins that the user named, or that belong to the local mode: they may be private. */
  readonly allowOrigins: readonly string[];
  /** The local mode that runs and gives its outputs. */
  readonly local?: LocalMode;
};

/** What `--output` was given: names and URLs. Throws BURN_USAGE for what is no `Name=URL`. */
export function readOutputs(typed: readonly string[]): Outputs {
  const outputs = typed.map((text): [string, string] => {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value];
    throw new BurnwatchError('BURN_USAGE', `--output takes Name=URL, got ${JSON.stringify(text)}`);
  });
  return Object.fromEntries(outputs);
}

/** Outputs by name from the command line, then the environment, then a local mode that runs in `folder` or here. */
export function findReferences(named: Outputs, folder: string, io: Io): References {
  const local = findLocalMode([folder, io.cwd], io);
  if (local) io.stderr(describe(local));
  const outputs = { ...local?.outputs, ...named };
  return {
    ...(local === undefined ? {} : { local }),
    output: (name) => named[name] ?? io.env[`OUTPUT_${name}`] ?? local?.outputs[name],
    parameter: createParameterReader(io.env['AWS_ENDPOINT_URL'] ? undefined : local?.awsEndpoint),
    allowOrigins: Object.values(outputs).flatMap((value) => (URL.canParse(value) ? [new URL(value).origin] : [])),
  };
}

function describe({ file, outputs }: LocalMode): string {
  const list = Object.entries(outputs).map(([name, value]) => `${name}=${value}`);
  return `Using the running local mode (${file}): ${list.join(', ') || 'no outputs'}\n`;
}

/** Says which output was named in vain, and how one that is missing becomes known. `all` and `chosen` are what `who` refer to. */
export function noteOutputs(
  {
    who,
    all,
    chosen,
  }: {
    readonly who: 'monitor' | 'burst';
    readonly all: readonly Reference[];
    readonly chosen: readonly Reference[];
  },
  named: Outputs,
  found: References,
  io: Io,
): void {
  const used = outputsOf(all);
  for (const name of Object.keys(named).filter((each) => !used.includes(each)))
    io.stderr(`No ${who} uses the output ${name}${didYouMean(name, used)}\n`);
  const missing = outputsOf(chosen).filter((name) => found.output(name) === undefined);
  if (missing.length > 0 && found.local === undefined)
    io.stderr(`No local mode runs here that would say what ${missing.join(', ')} is: npm start starts one\n`);
}

function outputsOf(references: readonly Reference[]): readonly string[] {
  return [...new Set(references.flatMap((part) => ('output' in part ? [part.output] : [])))];
}
