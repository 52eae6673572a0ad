import { dirname, resolve } from 'node:path';
import { createMemory } from '../../shared/app/history.ts';
import type { SloReportDeps } from '../../shared/app/slo-report.ts';
import { DeadlineExceeded, within } from '../../shared/clock/deadline.ts';
import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import type { Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { findLocalMode, type LocalMode } from './probe-local.ts';
import { type DeployedStack, stackHelp, stackOptions, withStack } from './stack.ts';

/** The options of every command that asks how SLOs stand. */
export const sloOptions = {
  ...stackOptions,
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The lines of a help text on those of them that are not `--json`. */
export const sloHelp = `${stackHelp}
  --config FILE          another file than ./monitors.yml`;

export type SloArguments = {
  readonly config: string;
  readonly json: boolean;
  readonly stage: string | undefined;
  readonly region: string | undefined;
};

type Typed = {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
};

export function sloArguments({ config = defaultFile, json = false, stage, region }: Typed): SloArguments {
  return { config, json, stage, region };
}

/**
 * The configuration, with the intervals that the running local mode really has; undefined where it is wrong, which is then said.
 * Warnings are said to people who look, not to machines.
 */
export async function readSloConfig(args: SloArguments, io: Io, isTerse = args.json): Promise<Config | undefined> {
  const intervalMs = localOf(args, io)?.intervalMs;
  const parsed = await readConfig(args.config, io, intervalMs === undefined ? {} : { intervalMs });
  if (!parsed.ok || !isTerse) printProblems(parsed, io);
  return parsed.ok ? parsed.config : undefined;
}

/** What reports are made from, and when. */
export type SloSources = {
  readonly deps: SloReportDeps;
  readonly environment: string;
  /** Epoch ms. */
  readonly now: number;
};

const longestReadMs = 60_000;

/** Runs `work` with the stack that is asked, as `withStack` does; within a minute, or until Ctrl-C. */
export async function withSources<Answer>(
  config: Config,
  args: SloArguments,
  io: Io,
  work: (sources: SloSources) => Promise<Answer>,
): Promise<Answer> {
  const { stage, region } = args;
  return withStack(config, { stage, region, folders: foldersOf(args, io) }, io, async (stack) => {
    const deps = await createDeps(config, stack, io);
    const sources = { deps, environment: stack.environment, now: Date.now() };
    return bounded(io, () => work(sources));
  });
}

async function bounded<Answer>(io: Io, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await within(longestReadMs, io.signal, work);
  } catch (cause) {
    if (cause instanceof DeadlineExceeded)
      throw new BurnwatchError('BURN_STACK_UNREACHABLE', 'the ledger could not be read within a minute: try again', {
        cause,
      });
    throw io.signal.aborted ? new BurnwatchError('BURN_ENDED', 'ended before anything was known', { cause }) : cause;
  }
}

/** The adapters bring the SDK with them: they are loaded where they are needed alone. */
async function createDeps(config: Config, stack: DeployedStack, io: Io): Promise<SloReportDeps> {
  const { createLedgerStore } = await import('../../shared/aws/ledger-store.ts');
  const { createAlertStore } = await import('../../shared/aws/alert-store.ts');
  const { createRunCountsReader } = await import('../../shared/aws/run-counts.ts');
  return {
    config,
    location: stack.region,
    ledger: createLedgerStore(stack.client, stack.table),
    alerts: createAlertStore(stack.client, stack.table),
    memory: createMemory(),
    counted: { loadRunCounts: createRunCountsReader(stack.client, stack.table) },
    onWarning: (message, cause) =>
      io.stderr(`${message} (${cause instanceof Error ? cause.message : String(cause)})\n`),
  };
}

/** The local mode that is asked, where one is. */
function localOf(args: SloArguments, io: Io): LocalMode | undefined {
  return args.stage === undefined || args.stage === 'local' ? findLocalMode(foldersOf(args, io)) : undefined;
}

function foldersOf({ config }: SloArguments, { cwd }: Io): readonly string[] {
  return [dirname(resolve(cwd, config)), cwd];
}
