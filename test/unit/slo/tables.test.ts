import { readFileSync } from 'node:fs';
import { comparePace } from '../../../shared/slo/burn.ts';
import { anSlo, fastPage, minuteMs, slowPage, slowTicket } from '../../support/budget-examples.ts';

const page = readFileSync(new URL('../../../docs/error-budgets.md', import.meta.url), 'utf8');
const rules = [fastPage, slowPage, slowTicket];

/** The rows of the table whose head begins with these words, cell by cell. */
function table(head: string): string[][] {
  const lines = page.slice(page.indexOf(`| ${head}`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The first of 1, 2, 3, … up to `most` for which it holds, as it is printed. */
function first(most: number, holds: (count: number) => boolean): string {
  for (let count = 1; count <= most; count += 1) if (holds(count)) return String(count);
  return '–';
}

describe('the tables about error budgets', () => {
  it('say how soon a rule fires', () => {
    const rows = table('error ratio');
    expect(rows.length).toBe(7);
    for (const [ratio = '', ...minutes] of rows) {
      const perMinute = 10_000;
      const bad = Math.round(Number.parseFloat(ratio) * 100);
      const expected = rules.map((rule) => {
        const isMet = (ms: number, minute: number) =>
          comparePace(anSlo, rule, Math.min(minute, ms / minuteMs) * bad, (ms / minuteMs) * perMinute) === 'above';
        return first(rule.longMs / minuteMs, (minute) => isMet(rule.longMs, minute) && isMet(rule.shortMs, minute));
      });
      expect([ratio, ...minutes]).toEqual([ratio, ...expected]);
    }
  });

  it('say how many failures it takes', () => {
    const intervals: Record<string, number> = { '10s': 10_000, '1m': minuteMs, '5m': 5 * minuteMs };
    const rows = table('interval');
    expect(rows.length).toBe(10);
    for (const [interval = '', objective = '', ...failures] of rows) {
      const slo = { ...anSlo, objectivePpm: Math.round(Number.parseFloat(objective) * 10_000) };
      const expected = rules.map((rule) => {
        const events = rule.longMs / (intervals[interval] ?? Number.NaN);
        return first(events, (bad) => comparePace(slo, rule, bad, events) === 'above');
      });
      expect([interval, objective, ...failures]).toEqual([interval, objective, ...expected]);
    }
  });
});
