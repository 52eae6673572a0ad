import { BurnwatchError } from '../../shared/config/model.ts';
import { didYouMean } from '../../shared/config/suggest.ts';
import type { Command } from './command.ts';

const help = `
npx burnwatch slo replay --config FILE --series FILE     what the rules would have done with recorded minutes

npx burnwatch slo <verb> --help says more.

Examples:
  npx burnwatch slo replay --config monitors.yml --series series.json
`;

const verbs: NonNullable<Command['verbs']> = {
  replay: async () => (await import('./slo-replay.ts')).replayCommand,
};

/** What is asked about SLOs; each verb has a file of its own. */
export const sloCommand: Command = {
  name: 'slo',
  summary: 'see what SLOs and their burn rules would do',
  help,
  verbs,
  run: async ([word]) => {
    const names = Object.keys(verbs);
    if (word === undefined) throw usage(`which? There are ${names.join(', ')}: see --help`);
    throw usage(`there is no slo ${JSON.stringify(word)}${didYouMean(word, names) || ': see --help'}`);
  },
};

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
