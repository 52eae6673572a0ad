import { type Replayed, replay, replayPlain } from '../../../shared/app/replay.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { formatSpan } from '../../../shared/slo/words.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';
import { chooseSlo } from './choice.ts';
import { renderReplay } from './replay-text.ts';
import { readSeries } from './series-file.ts';

const help = `
npx burnwatch slo replay --series FILE [--config FILE] [--plain] [--json]

Takes recorded minutes through an SLO and its burn rules, as if they were evaluated at the end of each: what would have
fired and resolved, and what would be left of the budget.

  --series FILE   {"slo": "ID", "minutes": [{"good": 1, "bad": 0}, null, …]}: what was good and bad in each minute,
                  null where there is no data; 400 days and 32 MiB at most
  --config FILE   another file than ./monitors.yml
  --plain         the rules of the textbook alone: met while the burn rate is above the threshold over the long window
                  and over a twelfth of it, each divided by the events that are in it. Without it there is all that
                  evaluate does: minBadEvents, expected events, hysteresis, resolve delays, gaps, and no ticket while
                  a page of the same SLO is open
  --json          one line: {"transitions": [{"minute", "kind", "severity", "long"}], "budgetLeftRatio"}

Minutes count from 1: the first one at whose end a rule is met, or no longer met. They have no date: there is no
maintenance, and the budget is that of a window that rolls. Rules that can never fire, or that
look back too shortly for the interval, are warned of, not refused.
Exit codes: 0 whatever fires, 2 bad usage, configuration or series.

Examples:
  npx burnwatch slo replay --config monitors.yml --series series.json
  npx burnwatch slo replay --config monitors.yml --series series.json --plain --json
`;

/** Backtests an SLO with a series of minutes. */
export const replayCommand: Command = {
  name: 'slo replay',
  summary: 'take recorded minutes through the rules of an SLO',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      config: { type: 'string' },
      series: { type: 'string' },
      plain: { type: 'boolean' },
      json: { type: 'boolean' },
    });
    const { config: file = defaultFile, series: seriesFile, plain: isPlain = false, json } = values;
    if (seriesFile === undefined) throw new BurnwatchError('BURN_USAGE', 'which minutes? --series FILE names them');
    const parsed = await readConfig(file, io, { isTrial: true });
    if (!parsed.ok || !json) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { sloId, series } = await readSeries(seriesFile, io);
    const slo = chooseSlo(parsed.config, sloId, `"slo" in ${seriesFile} names one`);
    const replayed = isPlain ? replayPlain(slo, series) : replay(slo, parsed.config.monitors, series);
    io.stdout(json ? toJson(replayed, series.length) : renderReplay({ slo, series, replayed, isPlain }, io));
    return 0;
  },
};

function toJson({ transitions, budgetLeftRatio }: Replayed, minutes: number): string {
  const rows = transitions.map(({ minute, kind, rule }) => ({
    minute,
    kind,
    severity: rule.severity,
    long: formatSpan(rule.longMs),
  }));
  return `${JSON.stringify({ transitions: rows, budgetLeftRatio: budgetLeftRatio(minutes) })}\n`;
}
