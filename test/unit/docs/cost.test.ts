import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The README's price of ten monitors and three SLOs, computed again from list prices of us-east-1. */
const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
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
  ])('of %s follows from the schedule', (what, expected) => {
    expect(priceOf(what)).toBeCloseTo(expected, 2);
  });

  it('adds up', () => {
    const total = priceOf('**together');
    const parts = [...rows].filter(([what]) => !what.startsWith('**')).reduce((sum, [, price]) => sum + price, 0);
    expect(rows.size).toBe(7);
    expect(parts).toBeCloseTo(total ?? 0, 5);
    expect(total).toBeLessThanOrEqual(5);
  });

  it('of a target that hangs is that of the longer wait', () => {
    expect(readme).toContain(`about $${(lambda(11) - lambda(0.45)).toFixed(2)} a month more`);
  });
});
