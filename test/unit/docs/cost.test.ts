import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The README's price of ten monitors and three SLOs, computed again from list prices of us-east-1. */
const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');
const readme = read('README.md');
const minutes = 30 * 24 * 60;
const metric = 0.3;
const perGbSecond = 0.0000133334;
const lambda = (seconds: number): number => seconds * minutes * 0.5 * perGbSecond;
const requests = (2 * minutes * 0.2) / 1e6;

const rows = new Map(
  [...readme.matchAll(/^\| (.+?) \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \|$/gm)].map(([, what = '', price]) => [
    what,
    Number(price),
  ]),
);
const priceOf = (start: string): number | undefined => [...rows].find(([what]) => what.startsWith(start))?.[1];

describe('the price in the README', () => {
  it.each([
    ['`ProbeLatency`', 10 * metric],
    // ErrorBudgetLeft of three SLOs in one hour of each day.
    ['the other metrics', (3 * metric) / 24],
    ['43,200 PutMetricData calls', (minutes * 0.01) / 1_000],
    ['Lambda', lambda(0.45) + lambda(0.15) + requests],
    ['two alarms', 2 * 0.1],
    // Of 720 runs: 6.5 GB-s each, some 25 units of writing, a call; and a unit of reading each minute for their verdicts.
    ['the burst', metric + 720 * (6.5 * perGbSecond + 0.2e-6 + 25 * 0.625e-6 + 0.01e-3) + (minutes * 0.125) / 1e6],
  ])('of %s follows from the schedule', (what, expected) => {
    expect(priceOf(what)).toBeCloseTo(expected, 2);
  });

  it('adds up', () => {
    const total = priceOf('**together');
    const parts = [...rows].filter(([what]) => !what.startsWith('**')).reduce((sum, [, price]) => sum + price, 0);
    expect(rows.size).toBe(8);
    expect(parts).toBeCloseTo(total ?? 0, 5);
    expect(total).toBeLessThanOrEqual(5);
  });

  it('of a target that hangs is that of the longer wait', () => {
    expect(readme).toContain(`about $${(lambda(11) - lambda(0.45)).toFixed(2)} a month more`);
  });
});

/** What docs/probes.md says of a shard of sub-minute monitors, computed again from the same prices. */
describe('the price of intervals below a minute', () => {
  const probes = read('docs/probes.md');
  const cells = /^\| (.+?) \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \| (?:\*\*)?\$(\d+\.\d\d)(?:\*\*)? \|$/gm;
  const table = [...probes.matchAll(cells)].map(([, what = '', one, twenty]) => ({
    what,
    prices: [Number(one), Number(twenty)],
  }));
  const perInvocation = (seconds: number): number => lambda(seconds) + requests / 2;
  const calls = (minutes * 0.01) / 1_000;
  const written = (6 * minutes * 0.625) / 1e6;
  // The rows of four minutes are read by each evaluation, two units of 4 kB for 20 monitors; an invocation logs 0.8 kB.
  const others = (minutes * (1 + 2 * 0.125 + 800 * 0.5e-3)) / 1e6;

  it.each([
    ['Lambda: 43,200 invocations of 51 s at 512 MB', perInvocation(51), perInvocation(51)],
    ['`ProbeLatency`', metric, 20 * metric],
    ['43,200 PutMetricData calls', calls, calls],
    ['259,200 rows', written, written],
    ['EventBridge Scheduler', others, others],
  ])('of %s follows from the schedule', (start, one, twenty) => {
    const row = table.find(({ what }) => what.startsWith(start));
    expect(row?.prices[0]).toBeCloseTo(one, 2);
    expect(row?.prices[1]).toBeCloseTo(twenty, 2);
  });

  it.each([0, 1])('adds up in column %s', (column) => {
    const [together, ...parts] = table.toReversed().map(({ prices }) => prices[column] ?? 0);
    expect(parts).toHaveLength(5);
    expect(parts.reduce((sum, price) => sum + price, 0)).toBeCloseTo(together ?? 0, 5);
  });

  it('of other intervals is that of a longer or shorter wait', () => {
    const said = (seconds: number): string => `($${perInvocation(seconds).toFixed(2)})`;
    expect(probes).toContain(`56 s ${said(56)}, for 30 s 31 s ${said(31)}`);
    expect(probes).toContain(`up to a minute ${said(60)}`);
  });
});
