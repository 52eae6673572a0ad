import type { Command } from '../command.ts';
import { unknownFormat } from './import.ts';

const help = `
npx burnwatch export openslo        the SLOs of monitors.yml as OpenSLO v1
npx burnwatch export prometheus     their burn rules as rules of Prometheus
npx burnwatch export grafana        a dashboard of Grafana, over CloudWatch or Prometheus

npx burnwatch export <format> --help says more.

Examples:
  npx burnwatch export openslo > slos.yaml
  npx burnwatch export prometheus > rules.yml
  npx burnwatch export grafana > burnwatch.json
`;

const verbs: NonNullable<Command['verbs']> = {
  openslo: async () => (await import('./export-openslo.ts')).exportOpenSloCommand,
  prometheus: async () => (await import('./export-prometheus.ts')).exportPrometheusCommand,
  grafana: async () => (await import('./export-grafana.ts')).exportGrafanaCommand,
};

/** The SLOs in the words of others; each format has a file of its own. */
export const exportCommand: Command = {
  name: 'export',
  summary: 'write SLOs as OpenSLO or rules of Prometheus, dashboards for Grafana',
  help,
  verbs,
  run: async ([word]) => {
    throw unknownFormat('export', word, Object.keys(verbs));
  },
};
