import { BurnwatchError, locationNames } from '../../../shared/config/model.ts';
import { priceList } from '../../../shared/metrics/price-list.ts';
import type { Bill } from '../../cost/bill.ts';
import { costOf } from '../../cost/index.ts';
import { leversOf } from '../../cost/levers.ts';
import { syntheticsOf } from '../../cost/synthetics.ts';
import type { Command, Io } from '../command.ts';
import { readFlags } from '../flags.ts';
import { readDeployed } from './settings.ts';
import { type Answer, renderCost } from './text.ts';

const help = `
npx burnwatch cost [--config FILE] [--max DOLLARS] [--stage NAME] [--param NAME=VALUE] [--alerts N] [--json]

What a configuration would cost a month of 30 days, line by line, before it is deployed: at the list prices of us-east-1, and with
what is free in an account that uses it for nothing else. What it makes the targets do is priced apart, and CloudWatch Synthetics
beside it. Nothing is asked of AWS. How it is counted, and what is assumed: docs/cost.md.

  --config FILE          another file than ./monitors.yml
  --max DOLLARS          fails where the monitoring costs more than this a month at list price; the targets' part is not in it
  --stage NAME           the environment, whose parameters serverless.yml holds: dev by default
  --param NAME=VALUE     as for npx serverless deploy, such as shortener=off; as often as needed
  --region REGION        where it would be deployed: AWS_REGION, else us-east-1. The prices are those of us-east-1 all the same, and all
                         locations are in them
  --alerts N             alerts that fire in a month: 10 by default
  --json                 one JSON object on stdout: {"service", "alertsPerMonth", "ours", "target", "lines", "parts", "shared",
                         "locations", "synthetics", "cheaper", "prices"}, all of them dollars a month

Exit codes: 0 fine, 1 it costs more than --max, 2 bad usage or configuration.

Examples:
  npx burnwatch cost
  npx burnwatch cost --config mine.yml --param shortener=off --max 15
  npx burnwatch cost --stage prod --json | jq '.ours.list'
`;

const options = {
  config: { type: 'string' },
  max: { type: 'string' },
  stage: { type: 'string' },
  param: { type: 'string', multiple: true },
  region: { type: 'string' },
  alerts: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const costCommand: Command = {
  name: 'cost',
  summary: 'say what a month would cost, line by line, before it is deployed',
  help,
  run: async (argv, io) => {
    const { values } = readFlags(argv, options);
    const most =
      values.max === undefined
        ? undefined
        : amountOf('--max', values.max, /^\d{1,7}(\.\d{1,2})?$/, 'dollars such as 15 or 7.50');
    const alertsPerMonth = amountOf('--alerts', values.alerts ?? '10', /^\d{1,6}$/, 'a whole number such as 10');
    const deployed = await readDeployed(values, io);
    if (deployed === undefined) return 2;
    const { config } = deployed;
    // All locations are priced, so the region that is asked about is home.
    const region = config.locations?.home ?? deployed.options.region;
    const given = { ...deployed.options, region, alertsPerMonth, fromAt: monthAt(Date.now()) };
    const bill = costOf(config, given);
    const synthetics = syntheticsOf(config.monitors, Math.max(1, locationNames(config).length));
    const answer: Answer = { config, alertsPerMonth, bill, synthetics, cheaper: leversOf(config, given, bill) };
    io.stdout(values.json ? `${JSON.stringify(asJson(answer))}\n` : `${renderCost(answer, io)}\n`);
    return most === undefined ? 0 : judge(bill, most, io);
  },
};

/** Calendars are counted from the first of the month that goes on. */
function monthAt(now: number): number {
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1);
}

function amountOf(flag: string, typed: string, pattern: RegExp, what: string): number {
  if (pattern.test(typed)) return Number(typed);
  throw new BurnwatchError(
    'BURN_USAGE',
    `${flag} must be ${what}, not ${JSON.stringify(typed.slice(0, 40))}: see --help`,
  );
}

function judge({ ours }: Bill, most: number, io: Io): number {
  const cents = (dollars: number) => Math.round(dollars * 100);
  const over = cents(ours.list) - cents(most);
  if (over <= 0) return 0;
  const [costs, may, more] = [ours.list, most, over / 100].map((dollars) => `$${dollars.toFixed(2)}`);
  io.stderr(`burnwatch cost: ${costs} a month are ${more} more than --max ${may}\n`);
  return 1;
}

/** Dollars to the hundredth of a cent. */
function asJson({ bill, synthetics, cheaper, config, alertsPerMonth }: Answer): unknown {
  const { ours, target, lines, parts, shared, locations } = bill;
  const bills = { ours, target, lines, parts, shared, locations };
  const answer = { service: config.service, alertsPerMonth, ...bills, synthetics, cheaper };
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value);
  return { ...(JSON.parse(JSON.stringify(answer, rounded)) as object), prices: priceList };
}
