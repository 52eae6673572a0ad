import { stringify } from 'yaml';
import { toOpenSlo } from '../../openslo/export.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';

const help = `
npx burnwatch export openslo [--config FILE] [--json]

Prints the SLOs of monitors.yml as OpenSLO v1: a Service, the DataSources and AlertNotificationTargets that are used, an
AlertPolicy a burn rule, and the SLOs, as documents of one YAML file. Nothing is asked, and where channels lead to is not
in it.

  --config FILE     another file than ./monitors.yml
  --json            one array of objects

OpenSLO has one window an alert condition: the long one is told, the short one, the share of the budget and what else a
rule holds stand in annotations (burnwatch.dev/…), by which npx burnwatch import openslo finds them again.

Exit codes: 0 printed, 2 bad usage or configuration.

Examples:
  npx burnwatch export openslo > slos.yaml
  npx burnwatch export openslo --json | jq '.[] | select(.kind == "SLO") | .metadata.name'
`;

/** The SLOs of a configuration as OpenSLO v1. */
export const exportOpenSloCommand: Command = {
  name: 'export openslo',
  summary: 'write SLOs as OpenSLO v1',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, { config: { type: 'string' }, json: { type: 'boolean' } });
    const parsed = await readConfig(values.config ?? defaultFile, io);
    if (!parsed.ok || !values.json) printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const objects = toOpenSlo(parsed.config);
    // What YAML 1.1 takes for a time or a switch is quoted: OpenSLO's own tools read that.
    const documents = objects.map((each) => stringify(each, { lineWidth: 0, compat: 'yaml-1.1' }));
    io.stdout(values.json ? `${JSON.stringify(objects)}\n` : documents.join('---\n'));
    return 0;
  },
};
