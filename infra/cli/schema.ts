import { jsonSchema } from '../../shared/config/parse/index.ts';
import type { Command } from './command.ts';
import { readFlags } from './flags.ts';

const help = `
npx burnwatch schema

Prints the JSON Schema of monitors.yml. Editors complete from it when the first line of the file names it:

  # yaml-language-server: $schema=./monitors.schema.json

Examples:
  npx burnwatch schema > monitors.schema.json
  npx burnwatch schema > shared/config/monitors.schema.json     after a change to the language itself
`;

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of monitors.yml, for editors',
  help,
  run: async (argv, io) => {
    readFlags(argv, {});
    io.stdout(`${JSON.stringify(jsonSchema(), null, 2)}\n`);
    return 0;
  },
};
