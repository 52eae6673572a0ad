import { reportSlos, type SloReport } from '../../../shared/app/slo-report.ts';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { parsePercent } from '../../../shared/config/parse/index.ts';
import { formatPercent, formatRate, formatWindow } from '../../../shared/message/format.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { leftText } from './budget-bar.ts';
import { chooseSlo } from './choice.ts';
import { readSloConfig, type SloArguments, sloArguments, sloHelp, sloOptions, withSources } from './sources.ts';

const help = `
npx burnwatch gate --slo ID --min-budget 10% [--max-burn 1] [--stage NAME] [--region REGION] [--json]

Says whether a release may go out: by what is left of an error budget, and how fast it burns at the moment. One line
says why.

  --slo ID               the SLO that is asked
  --min-budget 10%       at least so much of its budget must be left
  --max-burn 1           over the last hour it must not burn faster; at 1 the budget lasts its window
${sloHelp}
  --json                 one JSON object on standard output: {"decision", "reason", "slo", "budgetLeftRatio", …}

Exit codes: 0 go, 1 stop, 2 cannot tell: nothing was judged lately, no such SLO, or nobody answers. What cannot be
told is no go.

Examples:
  npx burnwatch gate --slo shortener-availability --min-budget 10%
  npx burnwatch gate --slo shortener-availability --min-budget 10% --max-burn 1 --stage prod --region eu-west-1
  npx burnwatch gate --slo shortener-availability --min-budget 25% --json | jq -r .reason
`;

type Limits = { readonly leastPpm: number; readonly mostBurn: number | undefined };
type Decision = {
  readonly decision: 'go' | 'stop' | 'unknown';
  readonly reason: string;
  readonly slo?: string;
  /** The numbers of the moment, where they are known. */
  readonly budgetLeftRatio?: number;
  readonly burnRate?: number;
};

const exitCodes = { go: 0, stop: 1, unknown: 2 } as const;

/** Whether a release may go out, by an error budget: for CI. */
export const gateCommand: Command = {
  name: 'gate',
  summary: 'let a release go, or stop it, by an error budget',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      ...sloOptions,
      slo: { type: 'string' },
      'min-budget': { type: 'string' },
      'max-burn': { type: 'string' },
    });
    const args = sloArguments(values);
    const limits = readLimits(values['min-budget'], values['max-burn']);
    const decision = await decide(values.slo, limits, args, io);
    if (args.json) io.stdout(`${JSON.stringify({ ...decision, at: Date.now() })}\n`);
    else if (decision.decision === 'unknown') io.stderr(`burnwatch gate: cannot tell: ${decision.reason}\n`);
    else io.stdout(`${decision.decision}: ${decision.reason}\n`);
    return exitCodes[decision.decision];
  },
};

/** Throws BURN_USAGE where one of them is no limit, or none is given. */
function readLimits(budget: string | undefined, burn: string | undefined): Limits {
  if (budget === undefined) throw usage('how much of the budget must be left? --min-budget 10% says so');
  const least = parsePercent(budget);
  if (!least.ok) throw usage(`--min-budget ${least.message}, got ${JSON.stringify(budget)}`);
  if (burn === undefined) return { leastPpm: least.value, mostBurn: undefined };
  if (/^\d{1,6}(\.\d{1,6})?$/.test(burn)) return { leastPpm: least.value, mostBurn: Number(burn) };
  throw usage(`--max-burn must be a burn rate such as 1 or 14.4, got ${JSON.stringify(burn)}`);
}

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);

/** Never throws: whatever goes wrong, nobody can tell. */
async function decide(id: string | undefined, limits: Limits, args: SloArguments, io: Io): Promise<Decision> {
  const named = id === undefined ? {} : { slo: id };
  try {
    const config = await readSloConfig(args, io, true);
    if (config === undefined) return { ...named, decision: 'unknown', reason: `${args.config} is not valid` };
    const slo = chooseSlo(config, id, '--slo ID names one');
    return await withSources(config, args, io, async ({ deps, now }) => {
      const [report] = await reportSlos([slo], deps, now);
      return { slo: slo.id, ...judge(report, limits) };
    });
  } catch (cause) {
    const reason = cause instanceof BurnwatchError ? cause.message : `a fault of our own: ${String(cause)}`;
    return { ...named, decision: 'unknown', reason };
  }
}

function judge(report: SloReport | undefined, { leastPpm, mostBurn }: Limits): Decision {
  if (report === undefined) return { decision: 'unknown', reason: 'what the SLO counts could not be read' };
  const { slo, budgetLeftRatio, burnRate, goodEvents, badEvents, isWatched, watchedMs } = report;
  const seen = { budgetLeftRatio, burnRate };
  const left = `${slo.id} has ${leftText(budgetLeftRatio)} of its error budget left`;
  const pace = `and burns ${formatRate(burnRate)} over the last hour`;
  if (goodEvents + badEvents === 0)
    return { ...seen, decision: 'unknown', reason: `nothing is known of ${slo.id} yet` };
  if (!isWatched)
    return {
      ...seen,
      decision: 'unknown',
      reason: `nothing of ${slo.id} was judged in the last ${formatWindow(watchedMs)}`,
    };
  if (Math.round(budgetLeftRatio * 1_000_000) < leastPpm)
    return { ...seen, decision: 'stop', reason: `${left}, and at least ${formatPercent(leastPpm)} is wanted` };
  if (mostBurn !== undefined && burnRate > mostBurn)
    return { ...seen, decision: 'stop', reason: `${left} ${pace}: at most ${formatRate(mostBurn)} is wanted` };
  return { ...seen, decision: 'go', reason: `${left}${mostBurn === undefined ? '' : ` ${pace}`}` };
}
