import type { Overview } from '../../../shared/app/overview/model.ts';
import { type OverviewDeps, overview } from '../../../shared/app/overview/overview.ts';
import type { Config } from '../../../shared/config/model.ts';
import type { Command } from '../command.ts';
import { readFlags } from '../flags.ts';
import { readSloConfig, type SloSources, sloArguments, sloHelp, sloOptions, withSources } from '../slo/sources.ts';
import { renderStatus } from './text.ts';
import { troublesOf } from './trouble.ts';

const help = `
npx burnwatch status [--stage NAME] [--region REGION] [--config FILE] [--output Name=VALUE]… [--json]

Prints what is up and what burns: a line for each monitor, SLO and burst, of several locations for each of these, and what is wrong.

Wrong is a location from which nothing comes; a monitor whose newest probe failed, could not be judged, or is long ago or missing; an SLO of which a rule fires, nothing is left, or
nobody knows how it stands; a burst whose newest run failed; an open incident. Monitors under maintenance may fail.

${sloHelp}
  --json                 one JSON object, nothing else on standard output; instants are epoch milliseconds

Exit codes: 0 nothing is wrong, 1 something is, 2 bad usage or configuration, or the stack does not answer.

Examples:
  npx burnwatch status
  npx burnwatch status --stage prod --region eu-west-1
  npx burnwatch status --stage prod --json | jq -r '.wrong[]'
`;

/** Prints how a running stack stands. */
export const statusCommand: Command = {
  name: 'status',
  summary: 'print what is up and what burns',
  help,
  run: async (argv, io) => {
    const args = sloArguments(readFlags(argv, sloOptions).values);
    const config = await readSloConfig(args, io);
    if (config === undefined) return 2;
    return withSources(config, args, io, async (sources) => {
      const view = await overview(await depsOf(config, sources), sources.now);
      const wrong = troublesOf(view);
      io.stdout(args.json ? toJson(view, wrong) : renderStatus(view, wrong, io));
      return wrong.length === 0 ? 0 : 1;
    });
  },
};

async function depsOf(config: Config, { deps, stack }: SloSources): Promise<OverviewDeps> {
  const [{ createBurstStore }, { createVerdictReader }] = await Promise.all([
    import('../../../shared/aws/burst-store.ts'),
    import('../../../shared/aws/burst-verdicts.ts'),
  ]);
  const { client, table, environment } = stack;
  return {
    ...deps,
    ...{ config, environment },
    loadVerdicts: createVerdictReader(client, table),
    loadRuns: createBurstStore(client, table).loadRuns,
    runMemory: new Map(),
    outputs: () => undefined,
    showUrl: () => '',
  };
}

/** Without what takes a page to be shown: histories, burn-downs, the seconds of runs. */
function toJson(view: Overview, wrong: readonly string[]): string {
  const { service, environment, at, locations, silences, unknownSlos = [] } = view;
  const monitors = view.monitors.map(({ history: _, url: __, ...monitor }) => monitor);
  const slos = view.slos.map(({ burnDown: _, ...slo }) => slo);
  const bursts = view.bursts.map(({ id, state, nextRunAt, runs, alerts }) => ({
    ...{ id, state, alerts },
    ...(nextRunAt === undefined ? {} : { nextRunAt }),
    ...(runs[0] === undefined ? {} : { lastRunAt: runs[0].runAt, reasons: runs[0].reasons }),
  }));
  const incidents = view.incidents.filter(({ closedAt }) => closedAt === null);
  return `${JSON.stringify({ service, environment, at, wrong, locations, monitors, slos, unknownSlos, bursts, incidents, silences })}\n`;
}
