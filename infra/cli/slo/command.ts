import { BurnwatchError } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import type { Command } from '../command.ts';
import { sloHelp } from './sources.ts';

const help = `
npx burnwatch slo [--stage NAME] [--region REGION] [--config FILE] [--json]     how every SLO stands
npx burnwatch slo show <id>                              one of them: its budget, what comes, and where it went
npx burnwatch slo preview <id>                           how soon each rule fires, and how many failures it takes
npx burnwatch slo simulate --slo ID --outage 10m         when the rules would fire and resolve
npx burnwatch slo replay --config FILE --series FILE     what the rules would have done with recorded minutes

Without a verb, a row an SLO: what is left of its budget, how fast that burns over the last hour and the last six, when
it will be gone, with a band that holds the truth nine times of ten, and its alerts. Those to look at first are on top.

${sloHelp}
  --json                 one JSON object, nothing else on standard output; instants are epoch milliseconds

npx burnwatch slo <verb> --help says more. Exit codes: 0 shown, 2 bad usage or configuration, or nobody answers.

Examples:
  npx burnwatch slo
  npx burnwatch slo --stage prod --region eu-west-1
  npx burnwatch slo --json | jq -r '.slos[] | [.id, .budgetLeftRatio, .forecast.kind] | @tsv'
  npx burnwatch slo show shortener-availability
  npx burnwatch slo preview shortener-availability
  npx burnwatch slo simulate --slo shortener-availability --errors 5% --for 1h
  npx burnwatch slo replay --config monitors.yml --series series.json
`;

const verbs: NonNullable<Command['verbs']> = {
  show: async () => (await import('./show.ts')).showCommand,
  preview: async () => (await import('./preview.ts')).previewCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
};

/** What is asked about SLOs; each verb has a file of its own. */
export const sloCommand: Command = {
  name: 'slo',
  summary: 'see how SLOs stand, and what their burn rules would do',
  help,
  verbs,
  run: async (argv, io) => {
    const names = Object.keys(verbs);
    const [word = '-'] = argv;
    if (word.startsWith('-')) return (await import('./list.ts')).listSlos(argv, io);
    throw usage(`there is no slo ${JSON.stringify(word)}${didYouMean(word, names) || ': see --help'}`);
  },
};

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
