import { BurnwatchError } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import type { Command } from '../command.ts';

const help = `
npx burnwatch notify test --channel NAME     sends a test message to a channel, and says what came of it

npx burnwatch notify <verb> --help says more.

Examples:
  npx burnwatch notify test --channel chat
`;

const verbs: NonNullable<Command['verbs']> = {
  test: async () => (await import('./send-test.ts')).notifyTestCommand,
};

/** What is asked of channels; each verb has a file of its own. */
export const notifyCommand: Command = {
  name: 'notify',
  summary: 'send a test message to a channel',
  help,
  verbs,
  run: async ([word]) => {
    const names = Object.keys(verbs);
    if (word === undefined) throw usage(`do what? There is ${names.join(', ')}: see --help`);
    throw usage(`there is no notify ${JSON.stringify(word)}${didYouMean(word, names) || ': see --help'}`);
  },
};

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
