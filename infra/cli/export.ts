import type { Command } from './command.ts';
import { unknownFormat } from './import.ts';

const help = `
npx burnwatch export openslo     the SLOs of monitors.yml as OpenSLO v1

npx burnwatch export openslo --help says more.

Examples:
  npx burnwatch export openslo > slos.yaml
`;

const verbs: NonNullable<Command['verbs']> = {
  openslo: async () => (await import('./export-openslo.ts')).exportOpenSloCommand,
};

/** The SLOs in the words of others; each format has a file of its own. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'write SLOs as OpenSLO',
  help,
  verbs,
  run: async ([word]) => {
    throw unknownFormat('export', word, Object.keys(verbs));
  },
};
