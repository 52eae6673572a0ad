import { readFileSync } from 'node:fs';
import { parseConfig, renderDuration, renderProblem } from '../../../shared/config/parse/index.ts';

const page = readFileSync(new URL('../../../docs/error-budgets.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, block = '']) => block);
const head = `version: 1
service: shop
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  api: { type: http, request: { url: https://example.com/ } }
  web: { type: http, request: { url: https://example.com/ } }
bursts:
  redirects: { schedule: rate(1 hour), request: { url: https://example.com/ }, stages: [{ hold: 100/s for 10s }] }
`;

function read(text: string) {
  const result = parseConfig(head + text, { file: 'm.yml', env: {} });
  return result.ok
    ? { slos: result.config.slos, told: result.warnings.map(renderProblem) }
    : { slos: [], told: result.errors.map(renderProblem) };
}

/** A block that is a part of an SLO, in a whole one. */
const whole = (block: string) =>
  block.startsWith(' ')
    ? `slos:\n  s:\n    indicator: { monitors: [api] }\n    objective: 99.9%\n    window: 30d\n    notify: [oncall]\n${block}`
    : block;

describe('the page about error budgets', () => {
  it.each(blocks.map((block, index) => [index, block] as const))('shows SLOs that are valid: %i', (_, block) => {
    const { slos, told } = read(whole(block));
    expect(told).toEqual([]);
    expect(slos.length).toBeGreaterThan(0);
  });

  it('lists the usual rules', () => {
    const rows = [...page.matchAll(/^\| ((?:\d+d)(?:, \d+d)*) \| (.* in .*) \|$/gm)];
    expect(rows).toHaveLength(2);
    for (const [, windows = '', cells = ''] of rows)
      for (const window of windows.split(', ')) {
        const text = `slos: { s: { indicator: { monitors: [api] }, objective: 99%, window: ${window}, notify: [oncall] } }\n`;
        const rules = read(text).slos[0]?.alerts.map(
          ({ budgetPpm, longMs }) => `${budgetPpm / 10_000} % in ${renderDuration(longMs)}`,
        );
        expect(cells.split(' | ')).toEqual(rules);
      }
  });
});
