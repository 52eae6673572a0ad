import { BurnwatchError, type Config, type Json } from '../../../shared/config/model.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { cloudWatchDashboard } from '../../grafana/cloudwatch.ts';
import { sources } from '../../grafana/model.ts';
import { prometheusDashboard } from '../../grafana/prometheus.ts';
import { stackOf } from '../../template/model.ts';
import { withoutShortener } from '../../template/references.ts';
import type { Command } from '../command.ts';
import { defaultFile, printProblems, readConfig } from '../config-file.ts';
import { readFlags } from '../flags.ts';

const help = `
npx burnwatch export grafana [--source cloudwatch|prometheus] [--stage NAME] [--no-shortener] [--config FILE]

Prints a dashboard of Grafana (11 and newer): import it under Dashboards, New, Import, and choose the data source there.

  --source SOURCE     cloudwatch (the default): what is published there, by the names of one environment;
                      prometheus: what a Prometheus scrapes from /metrics
  --stage NAME        the environment, prod by default
  --no-shortener      that environment was deployed with --param shortener=off
  --config FILE       another file than ./monitors.yml

Exit codes: 0 printed, 2 bad usage or configuration.

Examples:
  npx burnwatch export grafana > burnwatch.json
  npx burnwatch export grafana --source prometheus > burnwatch-prometheus.json
`;

/** Dashboards for Grafana, of the same catalogue as CloudWatch's. */
export const exportGrafanaCommand: Command = {
  name: 'export grafana',
  summary: 'write a dashboard of Grafana',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      source: { type: 'string', default: 'cloudwatch' },
      stage: { type: 'string', default: 'prod' },
      'no-shortener': { type: 'boolean', default: false },
      config: { type: 'string' },
    });
    const source = sources.find((each) => each === values.source);
    if (source === undefined)
      throw usage(
        `--source: must be ${sources.join(' or ')}, got ${JSON.stringify(values.source.slice(0, 40))}${didYouMean(values.source, sources)}`,
      );
    if (!/^[\w-]{1,64}$/.test(values.stage))
      throw usage(`--stage: must be a name, got ${JSON.stringify(values.stage.slice(0, 80))}`);
    const parsed = await readConfig(values.config ?? defaultFile, io);
    printProblems(parsed, io);
    if (!parsed.ok) return 2;
    const { config } = parsed;
    const dashboard =
      source === 'prometheus'
        ? prometheusDashboard(config.service, values.stage, config.locations !== undefined)
        : overCloudWatch(config, values.stage, !values['no-shortener']);
    io.stdout(`${JSON.stringify(dashboard, null, 2)}\n`);
    return 0;
  },
};

function overCloudWatch(whole: Config, stage: string, isShortenerOn: boolean): Json {
  const config = isShortenerOn ? whole : withoutShortener(whole).config;
  const options = {
    stage,
    region: config.locations?.home ?? '',
    isRetained: false,
    areFaultsOn: false,
    logRetentionDays: 30,
    isShortenerOn,
  };
  return cloudWatchDashboard(config, stackOf(config, options));
}

const usage = (sentence: string): BurnwatchError => new BurnwatchError('BURN_USAGE', sentence);
