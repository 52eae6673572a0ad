import { BurnwatchError } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import type { Command } from '../command.ts';

const help = `
npx burnwatch import openslo FILE     SLOs of OpenSLO v1 as a part of monitors.yml

npx burnwatch import openslo --help says more.

Examples:
  npx burnwatch import openslo slos.yaml > imported.yml
`;

const verbs: NonNullable<Command['verbs']> = {
  openslo: async () => (await import('./import-openslo.ts')).importOpenSloCommand,
};

/** What others say of SLOs, in the words of monitors.yml; each format has a file of its own. */
export const importCommand: Command = {
  name: 'import',
  summary: 'take SLOs over from OpenSLO',
  help,
  verbs,
  run: async ([word]) => {
    throw unknownFormat('import', word, Object.keys(verbs));
  },
};

/** Which formats there are, where none was named, or one that is none. */
export function unknownFormat(command: string, word: string | undefined, names: readonly string[]): BurnwatchError {
  const sentence =
    word === undefined
      ? `from or to which format? There is ${names.join(' and ')}: see --help`
      : `there is no ${command} ${JSON.stringify(word.slice(0, 80))}${didYouMean(word, names) || ': see --help'}`;
  return new BurnwatchError('BURN_USAGE', sentence);
}
