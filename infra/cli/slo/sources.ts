import { dirname, resolve } from 'node:path';
import type { CountedSources } from '../../../shared/app/counted/counted.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { ReadMetrics } from '../../../shared/app/ports.ts';
import type { SloReportDeps } from '../../../shared/app/slo-report.ts';
import { DeadlineExceeded, within } from '../../../shared/clock/deadline.ts';
import { atOneLocation, BurnwatchError, type Config } from '../../../shared/config/model.ts';
import type { Io } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { findLocalMode, type LocalMode } from '../local-mode.ts';
import { type Outputs, readOutputs } from '../probe/references.ts';
import { type DeployedStack, stackHelp, stackOptions, withStack } from '../stack.ts';

/** The options of every command that asks how SLOs stand. */
export const sloOptions = {
  ...stackOptions,
  config: { type: 'string' },
  json: { type: 'boolean' },
  output: { type: 'string', multiple: true },
} as const;

/** The lines of a help text on those of them that are not `--json`. */
export const sloHelp = `${stackHelp}
  --config FILE          another file than ./monitors.yml
  --output Name=VALUE    what \${output:Name} stands for in an SLO over metrics; the environment variable OUTPUT_Name
                         does the same, and a running local mode gives its own`;

export type SloArguments = {
  readonly config: string;
  readonly json: boolean;
  readonly stage: string | undefined;
  readonly region: string | undefined;
  readonly outputs: Outputs;
};

type Typed = {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  readonly output?: readonly string[] | undefined;
};

/** Throws BURN_USAGE for an output that is no `Name=VALUE`. */
export function sloArguments({ config = defaultFile, json = false, stage, region, output = [] }: Typed): SloArguments {
  return { config, json, stage, region, outputs: readOutputs(output) };
}

/**
 * The configuration, with the intervals and the one location that the running local mode really has; undefined where it is wrong, which is then said.
 * Warnings are said to people who look, not to machines.
 */
export async function readSloConfig(args: SloArguments, io: Io, isTerse = args.json): Promise<Config | undefined> {
  const local = localOf(args, io);
  const intervalMs = local?.intervalMs;
  const parsed = await readConfig(args.config, io, intervalMs === undefined ? {} : { intervalMs });
  if (!parsed.ok || !isTerse) printProblems(parsed, io);
  if (!parsed.ok) return undefined;
  return local === undefined ? parsed.config : atOneLocation(parsed.config);
}

/** What reports are made from, and when. */
export type SloSources = {
  readonly deps: SloReportDeps;
  readonly environment: string;
  readonly stack: DeployedStack;
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
    const deps = await createDeps(config, stack, args, io);
    const sources = { deps, environment: stack.environment, stack, now: Date.now() };
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
async function createDeps(config: Config, stack: DeployedStack, args: SloArguments, io: Io): Promise<SloReportDeps> {
  const { createLedgerStore } = await import('../../../shared/aws/ledger-store.ts');
  const { createAlertStore } = await import('../../../shared/aws/alert-store.ts');
  return {
    config,
    location: stack.region,
    ledger: createLedgerStore(stack.client, stack.table),
    alerts: createAlertStore(stack.client, stack.table),
    memory: createMemory(),
    counted: await createCounted(config, stack, args, io),
    onWarning: (message, cause) =>
      io.stderr(`${message} (${cause instanceof Error ? cause.message : String(cause)})\n`),
  };
}

async function createCounted(
  config: Config,
  stack: DeployedStack,
  args: SloArguments,
  io: Io,
): Promise<CountedSources> {
  const { createCountedStore } = await import('../../../shared/aws/counted-store.ts');
  const { createRunCountsReader } = await import('../../../shared/aws/run-counts.ts');
  const local = localOf(args, io);
  const isOverMetrics = config.slos.some(({ indicator }) => indicator.kind === 'cloudwatch');
  return {
    loadRunCounts: createRunCountsReader(stack.client, stack.table),
    metrics: {
      ...(isOverMetrics ? { readMetrics: await createReader(stack) } : {}),
      store: createCountedStore(stack.client, stack.table),
      outputs: (name) => args.outputs[name] ?? io.env[`OUTPUT_${name}`] ?? local?.outputs[name],
    },
  };
}

async function createReader({ settings }: DeployedStack): Promise<ReadMetrics> {
  const [{ CloudWatchClient }, { createMetricReader }, { boundedClient }] = await Promise.all([
    import('@aws-sdk/client-cloudwatch'),
    import('../../../shared/aws/metric-reader.ts'),
    import('../../../shared/aws/client.ts'),
  ]);
  // A month takes CloudWatch longer to put together than anything else that is asked here.
  const requestHandler = { ...boundedClient.requestHandler, requestTimeout: 5_000, socketTimeout: 5_000 };
  return createMetricReader(new CloudWatchClient({ ...boundedClient, requestHandler, ...settings }));
}

/** The local mode that is asked, where one is. */
function localOf(args: SloArguments, io: Io): LocalMode | undefined {
  return args.stage === undefined || args.stage === 'local' ? findLocalMode(foldersOf(args, io), io) : undefined;
}

function foldersOf({ config }: SloArguments, { cwd }: Io): readonly string[] {
  return [dirname(resolve(cwd, config)), cwd];
}
