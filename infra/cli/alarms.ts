import { type Alarm, type Config, isSent } from '../../shared/config/model.ts';
import { presetAlarms } from '../../shared/config/parse/alarms.ts';
import { alarmNameOf, describeWatched, limitText, windowText } from '../../shared/message/alarm-text.ts';
import { priceOfOne } from '../../shared/metrics/price-list.ts';
import { priceOf } from '../template/alarm-price.ts';
import type { Command, Io } from './command.ts';
import { defaultFile, printProblems, readConfig } from './config-file.ts';
import { readFlags } from './flags.ts';
import { paint, renderTable } from './terminal.ts';

const help = `
npx burnwatch alarms [--presets] [--stage NAME] [--config FILE] [--json]

Lists the alarms of CloudWatch that a configuration deploys: what each watches, from where on it rings, whom it tells, and
its list price a month. Nothing is asked of AWS: how they stand, aws cloudwatch describe-alarms says.

  --presets      the presets that could be had instead, with what they watch, their limits and their prices
  --stage NAME   the environment in their names; dev by default
  --config FILE  another file than ./monitors.yml
  --json         one JSON object on stdout: {"service", "alarms", "dollarsPerMonth"}, or {"presets"}

Exit codes: 0 fine, 2 bad usage or configuration.

Examples:
  npx burnwatch alarms
  npx burnwatch alarms --presets
  npx burnwatch alarms --stage prod --json | jq -r '.alarms[].name'
`;

export const alarmsCommand: Command = {
  name: 'alarms',
  summary: 'list the alarms that are deployed, what they watch and what they cost',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, {
      presets: { type: 'boolean' },
      stage: { type: 'string' },
      config: { type: 'string' },
      json: { type: 'boolean' },
    });
    if (values.presets) return listPresets(values.json === true, io);
    const result = await readConfig(values.config ?? defaultFile, io);
    if (!result.ok) {
      printProblems(result, io);
      return 2;
    }
    return listAlarms(result.config, values.stage ?? 'dev', values.json === true, io);
  },
};

/** A row of the table, and what is told of it as JSON. */
type Listed = {
  readonly name: string;
  readonly watches: string;
  readonly rings: string;
  readonly notify: readonly string[];
  readonly severity: string;
  readonly dollarsPerMonth: number;
  readonly runbook: string;
};

function listAlarms(config: Config, stage: string, isJson: boolean, io: Io): number {
  const { service } = config;
  const alarms = [
    ...usualAlarms(config, stage),
    ...(config.alarms ?? []).map((alarm) => listed(alarm, alarmNameOf(alarm, service, stage), service, stage)),
  ];
  const dollarsPerMonth = sumOf(alarms);
  if (isJson) io.stdout(`${JSON.stringify({ service, alarms, dollarsPerMonth })}\n`);
  else {
    io.stdout(`${renderRows(['ALARM', ...titles], alarms, io)}\n\n`);
    io.stdout(`${dollars(dollarsPerMonth)} a month at list price; the first ten of an account are free.\n`);
    if (config.alarms === undefined) io.stdout('npx burnwatch alarms --presets lists what could be had.\n');
  }
  return 0;
}

function listed(alarm: Alarm, name: string, service: string, environment: string): Listed {
  const outputs = (output: string) => `\${output:${output}}`;
  return {
    name,
    watches: describeWatched(alarm.watches, { service, environment, outputs }),
    rings: `${limitText(alarm)} in ${windowText(alarm)}`,
    notify: alarm.notify,
    severity: alarm.severity,
    dollarsPerMonth: priceOf(alarm),
    runbook: alarm.runbook,
  };
}

/** Those that are there without asking; by e-mail, because they watch the monitoring itself. */
function usualAlarms({ service, channels }: Config, stage: string): readonly Listed[] {
  const notify = channels.flatMap((channel) => (isSent(channel) ? [] : [channel.id]));
  const usual = { notify, severity: 'page', dollarsPerMonth: priceOfOne('alarm') };
  const dead = (name: string): Listed => ({
    ...usual,
    name: alarmNameOf({ id: `${name}-dead` }, service, stage),
    watches: `average of Errors in AWS/Lambda (FunctionName ${service}-${stage}-${name})`,
    rings: 'at 1, or without data, in 5 of 5 periods of 1 min',
    runbook: 'docs/runbooks/monitoring-dead.md',
  });
  const queue = `${service}-${stage}-undelivered`;
  const undelivered: Listed = {
    ...usual,
    name: queue,
    watches: `maximum of ApproximateNumberOfMessagesVisible in AWS/SQS (QueueName ${queue})`,
    rings: 'at 1 in one period of 1 min',
    runbook: 'docs/runbooks/undelivered.md',
  };
  return [dead('probe'), dead('evaluate'), ...(channels.some(isSent) ? [undelivered] : [])];
}

function listPresets(isJson: boolean, io: Io): number {
  const presets = presetAlarms().map(({ alarms, ...preset }) => {
    const all = alarms.map((alarm) => listed(alarm, alarm.id, 'service', 'environment'));
    return { ...preset, alarms: all, dollarsPerMonth: sumOf(all) };
  });
  if (isJson) {
    io.stdout(`${JSON.stringify({ presets })}\n`);
    return 0;
  }
  const rows = presets.map(({ preset, of, about, limitText: text, alarms, dollarsPerMonth }) => [
    of === undefined ? preset : `${preset}, ${of}: …`,
    about,
    ringsText(alarms, text),
    dollars(dollarsPerMonth),
  ]);
  io.stdout(`${table(['PRESET', 'WATCHES', 'RINGS', 'A MONTH'], rows, io)}\n`);
  return 0;
}

/** Of several alarms what tells them apart; the periods are the same. */
function ringsText(alarms: readonly Listed[], limit: string | undefined): string {
  const texts = alarms.map(({ severity, rings }) => `${severity} ${limit ?? rings.split(' in ')[0]}`);
  return `${[...new Set(texts)].join(', ')} in ${alarms[0]?.rings.split(' in ')[1]}`;
}

const titles = ['WATCHES', 'RINGS', 'NOTIFIES', 'A MONTH'];

function renderRows(heads: readonly string[], alarms: readonly Listed[], io: Io): string {
  const rows = alarms.map((alarm) => [
    alarm.name,
    alarm.watches,
    alarm.rings,
    `${alarm.severity} → ${alarm.notify.join(', ') || 'nobody'}`,
    dollars(alarm.dollarsPerMonth),
  ]);
  return table(heads, rows, io);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], io: Io): string {
  const head = heads.map((title) => paint(title, 'dim', io));
  return renderTable([head, ...rows], io.isTerminal ? { columns: io.columns } : {});
}

/** Prices are whole cents. */
const sumOf = (alarms: readonly Pick<Listed, 'dollarsPerMonth'>[]): number =>
  Math.round(alarms.reduce((sum, { dollarsPerMonth }) => sum + dollarsPerMonth, 0) * 100) / 100;
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
