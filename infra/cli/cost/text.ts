import type { Config } from '../../../shared/config/model.ts';
import { type ListPrice, type PriceKey, priceList } from '../../../shared/metrics/price-list.ts';
import type { Bill, Dollars, Line } from '../../cost/bill.ts';
import type { Lever } from '../../cost/levers.ts';
import type { Synthetics } from '../../cost/synthetics.ts';
import { categories, type Whose } from '../../cost/usage.ts';
import type { Io } from '../command.ts';
import { count, paint, renderTable } from '../terminal.ts';

/** What there is to say of one month. */
export type Answer = {
  readonly config: Config;
  readonly alertsPerMonth: number;
  readonly bill: Bill;
  readonly synthetics: Synthetics;
  readonly cheaper: readonly Lever[];
};

/** Lines that cost less are summed up. */
const leastDollars = 0.005;
const mostParts = 5;
/** Columns of a terminal in which a line has room for its unit and its price. */
const wideColumns = 132;

export function renderCost(answer: Answer, io: Io): string {
  const { bill, config } = answer;
  const title = (text: string) => paint(text, 'bold', io);
  return [
    title(`A month of ${config.service}, by list prices of us-east-1, and with what is free:`),
    '',
    renderSide('ours', bill, 'the monitoring', io),
    '',
    title('What it makes the targets do, were each an HTTP API with a function of 256 MB:'),
    '',
    renderSide('target', bill, 'the targets', io),
    '',
    ...partLines(answer),
    ...comparison(answer),
    ...cheaperLines(answer, title),
    memoryLine(bill),
  ].join('\n');
}

function renderSide(whose: Whose, { lines, [whose]: total }: Bill, name: string, io: Io): string {
  const mine = categories.flatMap((category) =>
    lines.filter((line) => line.whose === whose && line.category === category),
  );
  const [large, small] = [
    mine.filter(({ list }) => list >= leastDollars),
    mine.filter(({ list }) => list < leastDollars),
  ];
  const rest = small.reduce<Dollars>(
    (sum, { list, withFree }) => ({ list: sum.list + list, withFree: sum.withFree + withFree }),
    { list: 0, withFree: 0 },
  );
  const rows = [
    ['', 'what', 'quantity', '', 'each', 'list', 'with free'].map((text) => paint(text, 'dim', io)),
    ...large.map(lineRow),
    ...(small.length > 0 ? [['', `${count(small.length, 'line')} below a cent`, '', '', '', ...dollarsOf(rest)]] : []),
    ['', paint(name, 'bold', io), '', '', '', ...dollarsOf(total).map((text) => paint(text, 'bold', io))],
  ];
  if (!io.isTerminal || io.columns >= wideColumns) return renderTable(rows, { rightAligned: [2, 4, 5, 6] });
  const short = rows.map((row) => row.filter((_, column) => column !== 3 && column !== 4));
  return renderTable(short, { rightAligned: [2, 3, 4] });
}

function lineRow({ category, what, location, quantity, unit, price, list, withFree }: Line): readonly string[] {
  const where = location === undefined ? what : `${what}, from ${location}`;
  return [category, where, quantityText(quantity), unitOf(unit), priceText(price), ...dollarsOf({ list, withFree })];
}

const unitOf = (unit: PriceKey): string => (priceList[unit] as ListPrice).unit;
const dollars = (amount: number): string =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const dollarsOf = ({ list, withFree }: Dollars): readonly string[] => [dollars(list), dollars(withFree)];
const quantityText = (quantity: number): string =>
  quantity.toLocaleString('en-US', quantity < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 });
/** Of what costs next to nothing the price of a million. */
export const priceText = (price: number): string =>
  price >= 0.01 ? dollars(price) : `$${Number((price * 1e6).toPrecision(4))} a million`;

function partLines({ bill, config }: Answer): readonly string[] {
  const monitors = bill.parts.filter(({ id }) => id.startsWith('monitor/'));
  const each = monitors.reduce((sum, { list }) => sum + list, 0) / Math.max(1, monitors.length);
  const dearer = bill.parts
    .filter(({ list }) => list > each * 1.01)
    .slice(0, mostParts)
    .map(({ id, list }) => `${id.replace('/', ' ')} ${dollars(list)}`);
  return [
    `A monitor costs ${dollars(each)} on average (${count(config.monitors.length, 'monitor')}); what they all share ${dollars(bill.shared)}.`,
    ...(dearer.length > 0 ? [`Dearer than that: ${dearer.join(', ')}.`] : []),
    ...locationLines(bill),
  ];
}

/** What judging and the rest cost, which is done at home, is in none of them. */
function locationLines({ locations }: Bill): readonly string[] {
  if (locations.length === 0) return [];
  const each = locations.map(({ location, list }) => `${location} ${dollars(list)}`);
  return [`Probing from each location: ${each.join(', ')}.`];
}

function comparison({ synthetics }: Answer): readonly string[] {
  const { monitors, canaries, multiCheck } = synthetics;
  if (monitors === 0) return [];
  const many = monitors === 1 ? 'a canary' : `${monitors.toLocaleString('en-US')} canaries`;
  return [
    '',
    `CloudWatch Synthetics: ${dollars(canaries)} as ${many}, ${dollars(multiCheck)} with up to ten checks in each; Lambda, logs and alarms come on top.`,
  ];
}

function cheaperLines({ cheaper }: Answer, title: (text: string) => string): readonly string[] {
  if (cheaper.length === 0) return [''];
  const rows = cheaper.map(({ what, saves }) => [dollars(saves), what]);
  return [
    '',
    title('What would make it cheaper, each for itself, by how much together with the targets:'),
    renderTable(rows, { rightAligned: [0] }),
    '',
  ];
}

/** Prices that nobody has looked up are named. */
function memoryLine({ lines }: Bill): string {
  const used = [...new Set(lines.map(({ unit }) => unit))];
  const unsure = used.filter((unit) => priceList[unit].grade === 'memory').map(unitOf);
  const sure = used.filter((unit) => priceList[unit].grade === 'checked').map((unit) => priceList[unit].asOf);
  const since = sure.toSorted()[0] ?? '';
  const memory = unsure.length === 0 ? '' : ` From memory: the price of ${unsure.join(', of ')}.`;
  return `Prices as read between ${since} and ${sure.toSorted().at(-1) ?? ''}.${memory} What is assumed: docs/cost.md.`;
}
