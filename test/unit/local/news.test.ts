import type { ConsoleState } from '../../../infra/local/console/state.ts';
import { createNews } from '../../../infra/local/news.ts';
import type { Terminal } from '../../../infra/local/terminal.ts';
import type { BurstRunView } from '../../../shared/app/overview/model.ts';
import { aSummary, ranAt } from '../../support/burst.ts';
import { burstView } from '../../support/console-bursts.ts';
import { quiet } from '../../support/console-states.ts';

function setUp() {
  const lines: string[] = [];
  const terminal = { line: (mark: string, text: string) => void lines.push(`${mark} ${text}`) } as unknown as Terminal;
  const tell = createNews(terminal);
  const state = (...runs: readonly BurstRunView[]): ConsoleState => ({
    ...quiet(ranAt),
    bursts: [burstView(ranAt, { runs })],
  });
  return { lines, tell, state };
}
const run = (change: Partial<BurstRunView> = {}): BurstRunView => ({
  runAt: ranAt,
  outcome: 'passed',
  reasons: [],
  more: 0,
  summary: aSummary(),
  ...change,
});

describe('the terminal', () => {
  it('says what came of each run since it looked last, and nothing of those before', () => {
    const { lines, tell, state } = setUp();
    tell(state(run()));
    const reasons = ['p99 412 ms, wanted < 300 ms', 'dropped 7, wanted 0'];
    const failed = run({ runAt: ranAt + 60_000, outcome: 'failed', reasons });
    const { summary: _, ...unsent } = run({
      runAt: ranAt + 120_000,
      outcome: 'refused',
      reasons: ['it came too late'],
    });
    tell(state(unsent, failed, run()));
    tell(state(unsent, failed, run()));
    tell(state(run({ runAt: ranAt + 180_000 }), unsent, failed));
    expect(lines).toEqual([
      'bad burst redirects failed: p99 412 ms, wanted < 300 ms; dropped 7, wanted 0',
      'note burst redirects was not sent: it came too late',
      'good burst redirects passed: 2,500 requests, 166/s, p99 182 ms',
    ]);
  });

  it('says of a search what it found', () => {
    const { lines, tell, state } = setUp();
    tell(state());
    const breakingPoint = { sustainedPerSecond: 430, end: 'found' as const, curve: [] };
    tell(state(run({ summary: aSummary({ model: 'breakingPoint', breakingPoint }) })));
    expect(lines).toEqual(['good burst redirects passed: sustains 430/s']);
  });
});
