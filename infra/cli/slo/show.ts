import { reportSlo, type SloDetail } from '../../../shared/app/slo-report.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import type { Command } from '../command.ts';
import { readFlags } from '../flags.ts';
import { chooseSlo } from './choice.ts';
import { reportJson } from './list.ts';
import { renderSlo } from './show-text.ts';
import { readSloConfig, sloArguments, sloHelp, sloOptions, withSources } from './sources.ts';

const help = `
npx burnwatch slo show <id> [--stage NAME] [--region REGION] [--config FILE] [--json]

Shows one SLO: its budget over the window as a chart, when it will be spent, its rules against their thresholds, where
the budget went, and its incidents. It reads the ledger and changes nothing.

${sloHelp}
  --json                 one JSON object, nothing else on standard output; instants are epoch milliseconds

What was bad is known to the minute for 35 days, to the day after that; why it was, for three days.
Exit codes: 0 shown, 2 bad usage or configuration, or nobody knows how it stands.

Examples:
  npx burnwatch slo show shortener-availability
  npx burnwatch slo show shortener-availability --stage prod --region eu-west-1
  npx burnwatch slo show shortener-availability --json | jq '.spending.episodes[0]'
`;

/** Everything about one SLO of a running stack. */
export const showCommand: Command = {
  name: 'slo show',
  summary: 'show one SLO: its budget, what comes, and where it went',
  help,
  run: async (argv, io) => {
    const { values, positionals } = readFlags(argv, sloOptions, 1);
    const args = sloArguments(values);
    const config = await readSloConfig(args, io);
    if (config === undefined) return 2;
    const slo = chooseSlo(config, positionals[0], 'slo show <id> names one');
    return withSources(config, args, io, async ({ deps, environment, now }) => {
      const detail = await reportSlo(slo, deps, now);
      if (detail === undefined)
        throw new BurnwatchError(
          'BURN_SLO_UNKNOWN',
          `what ${slo.id} counts could not be read: nobody knows how it stands`,
        );
      const json = { service: config.service, environment, at: now, ...detailJson(detail) };
      io.stdout(args.json ? `${JSON.stringify(json)}\n` : renderSlo({ detail, environment, now }, io));
      return 0;
    });
  },
};

function detailJson({ spending, incidents, ...report }: SloDetail): object {
  return { ...reportJson(report), spending, incidents };
}
