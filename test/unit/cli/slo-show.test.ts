import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { budgetBar } from '../../../infra/cli/slo/budget-bar.ts';
import { aheadText, forecastText, goneText } from '../../../infra/cli/slo/forecast-text.ts';
import { renderSlos } from '../../../infra/cli/slo/list-text.ts';
import { renderSlo } from '../../../infra/cli/slo/show-text.ts';
import { widthOf } from '../../../infra/cli/terminal.ts';
import { reportSlo, type SloDetail } from '../../../shared/app/slo-report.ts';
import type { Slo } from '../../../shared/config/model.ts';
import type { Forecast } from '../../../shared/slo/forecast.ts';
import { dayMs, hourMs, minuteMs } from '../../support/budget-examples.ts';
import { sceneNow as now, type Scene, sceneConfig, sceneDeps } from '../../support/slo-scene.ts';

const [slo] = sceneConfig.slos as [Slo];
const pipe = { isTerminal: false, hasColors: false, columns: 80 };
const terminal = (columns: number) => ({ isTerminal: true, hasColors: true, columns });
async function detailOf(scene: Scene = {}): Promise<SloDetail> {
  const detail = await reportSlo(slo, await sceneDeps(scene), now);
  if (detail === undefined) throw new Error('nobody knows');
  return detail;
}

describe('burnwatch slo show', () => {
  let detail: SloDetail;
  beforeAll(async () => {
    detail = await detailOf();
  });
  const show = (style = pipe, shown = detail) => renderSlo({ detail: shown, environment: 'prod', now }, style);

  it('shows the budget over time, what comes, the rules, where it went and the incidents', () => {
    expect(show()).toBe(`availability: 99.9% of 30d · probes of api · prod, 2026-11-20 10:01 UTC

    100 %  █████████████████████████████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
           ██████████████████████████████████████████████████████████████████
           ██████████████████████████████████████████████████████████████████▅▅
           ████████████████████████████████████████████████████████████████████
     50 %  ████████████████████████████████████████████████████████████████████▇
           █████████████████████████████████████████████████████████████████████
           █████████████████████████████████████████████████████████████████████
      0 %  █████████████████████████████████████████████████████████████████████
           2026-10-21 10:01                                                  now
bad        ·····································█···························█··█
page 1h    ·································································█···
page 6h    ····································································█
ticket 3d  ·····································································

Budget left: 49 %, 22 bad of 43.2 allowed, 43,178 good. Coverage 100 %.
The budget is gone in 16 h if this goes on; with a chance of 90 % between 9 h and 32 h. That is what 8 bad of 360 events in the last 6 h tell.

RULE       FIRES ABOVE  LONG  SHORT      BAD  STATE                                                TELLS
page 1h          14.4x   33x     0x   2 of 3  inactive                                             oncall
page 6h             6x   22x    33x   8 of 3  firing since 50 min, ends in 55 min at the earliest  oncall
ticket 3d           1x  3.9x    22x  17 of 5  pending                                              oncall

WHERE IT WENT              BAD   SHARE  OF BUDGET  MOSTLY
2026-11-19 00:33 to 00:41    8  36.4 %       18 %  api: assertion not met, incident a1b2c3d4e5f6
2026-11-06 12:36 to 12:41    5  22.7 %       11 %  api
2026-11-20 09:09 to 09:57    2   9.1 %      4.6 %  api: timeout, incident ffee00112233
2026-11-20 08:22 to 08:23    1   4.6 %      2.3 %  api: timeout
2026-11-20 07:35 to 07:36    1   4.6 %      2.3 %  api: timeout
2026-11-20 06:48 to 06:49    1   4.6 %      2.3 %  api: timeout
2026-11-20 06:01 to 06:02    1   4.5 %      2.3 %  api: timeout
2026-11-20 05:14 to 05:15    1   4.5 %      2.3 %  api: timeout
2026-11-20 04:27 to 04:28    1   4.5 %      2.3 %  api: timeout
2026-11-20 03:40 to 03:41    1   4.5 %      2.3 %  api: timeout

BY REASON          BAD   SHARE
timeout              9  40.9 %
assertion not met    8  36.4 %
unknown              5  22.7 %

INCIDENT      OPENED            LASTED                 ALERTS
ffee00112233  2026-11-20 09:11  open for 50 min  page  availability burning (page 6h)
a1b2c3d4e5f6  2026-11-19 00:37  19 min           page  availability burning (page 1h)
`);
  });

  it.each([60, 80, 120])('keeps to %i columns of a terminal, in colour too', (columns) => {
    const text = show(terminal(columns));
    const widths = stripVTControlCharacters(text).split('\n').map(widthOf);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
    expect(text).toContain('\u001B[31m');
    // The chart takes the room that there is.
    expect(text).toContain('█'.repeat(Math.min(40, columns - 25)));
  });

  it('says that the history is young, and that nobody looks', async () => {
    const young = await detailOf({ days: 2, failureAt: (minutes) => (minutes < 90 ? null : undefined) });
    const text = show(pipe, young);
    expect(text).toContain('Warming up: the history goes back 47 h 59 min of 30 d; the budget is that of all of it.');
    expect(text).toContain('Nothing was judged in the last 1 h.');
    expect(text).toContain('Nothing bad among 270 events in the last 6 h');
    expect(text).not.toContain('WHERE IT WENT');
  });

  it('makes up neither a history nor coverage of an SLO that nothing is known of yet', async () => {
    const text = show(pipe, await detailOf({ days: 2, failureAt: () => null }));
    expect(text).toMatch(/Budget left: 100 %, 0 bad of [\d.,]+ allowed, 0 good\. Nothing is known of it yet\.\n/);
    expect(text).not.toMatch(/Coverage|goes back/);
  });

  it('of many episodes shows the dearest, and the others together', async () => {
    const many = await detailOf({ days: 3, failureAt: (minutes) => (minutes % 180 === 7 ? 'tls' : undefined) });
    const rows = show(pipe, many).split('\n');
    expect(rows.filter((row) => row.includes('api: TLS refused'))).toHaveLength(10);
    expect(rows.find((row) => row.startsWith('14 smaller ones'))).toMatch(/ 14 +58\.\d % +32 %$/);
  });
});

describe('burnwatch slo', () => {
  it('has a row an SLO, those to look at first on top', async () => {
    const quiet: Slo = { ...slo, id: 'quiet', alerts: [] };
    const unread: Slo = { ...slo, id: 'unread', calendar: { unit: 'month', timezone: 'UTC' } };
    const calm = await detailOf({ days: 31, failureAt: () => undefined });
    const listed = [
      { slo: quiet, report: { ...calm, slo: quiet, rules: [] } },
      { slo: unread, report: undefined },
      { slo, report: await detailOf() },
    ];
    expect(
      renderSlos(listed, now, pipe),
    ).toBe(`SLO           OBJECTIVE         BUDGET LEFT         BURN 1H   6H  GONE                   ALERTS
availability  99.9% of 30d      ████▉░░░░░    49 %      33x  22x  in 16 h (9 h to 32 h)  page 6h since 50 min, ticket 3d pending
unread        99.9% of a month  unknown                           –                      –
quiet         99.9% of 30d      ██████████   100 %       0x   0x  not within 3.7 d       –

GONE is when nothing is left, if it goes on as in the last six hours; nine times of ten between the two in brackets. At a burn rate of 1x the budget lasts its window.
`);
    const page = readFileSync(new URL('../../../docs/error-budgets.md', import.meta.url), 'utf8');
    expect(page).toContain(renderSlos(listed.slice(2), now, pipe).split('\n', 2).join('\n'));
    for (const columns of [60, 80, 120]) {
      const lines = stripVTControlCharacters(renderSlos(listed, now, terminal(columns))).split('\n');
      expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
      expect(lines[1]).toContain('availability');
      expect(lines[1]).toContain('page 6h');
    }
  });
});

describe('a forecast in words', () => {
  const base = { lookbackMs: 6 * hourMs, judged: 360, bad: 3, untilAt: now + 30 * dayMs };
  const at = (days: number) => now + days * dayMs;
  it.each<[string, Forecast, string, string]>([
    [
      'that burns',
      { ...base, kind: 'burning', earliestAt: at(0.9), likelyAt: at(2.2), latestAt: at(5.6) },
      'in 2.2 d (22 h to 5.6 d)',
      'The budget is gone in 2.2 d if this goes on; with a chance of 90 % between 22 h and 5.6 d. That is what 3 bad of 360 events in the last 6 h tell.',
    ],
    [
      'that may last',
      { ...base, kind: 'burning', earliestAt: at(4), likelyAt: at(20) },
      'in 20 d (4 d or later)',
      'The budget is gone in 20 d if this goes on; with a chance of 90 % in 4 d at the earliest, or much later. That is what 3 bad of 360 events in the last 6 h tell.',
    ],
    [
      'that rather lasts',
      { ...base, kind: 'burning', earliestAt: at(12) },
      'perhaps in 12 d or later',
      'The budget rather lasts for 30 d at this pace; it may be gone in 12 d. That is what 3 bad of 360 events in the last 6 h tell.',
    ],
    [
      'that lasts',
      { ...base, kind: 'burning' },
      'not within 30 d',
      'The budget lasts for 30 d at this pace, with a chance of 95 %. That is what 3 bad of 360 events in the last 6 h tell.',
    ],
    [
      'that is calm',
      { ...base, bad: 0, kind: 'calm', lastsUntilAt: at(3.6) },
      'not within 3.6 d',
      'Nothing bad among 360 events in the last 6 h: with a chance of 95 % the budget lasts for 3.6 d at least.',
    ],
    [
      'that is spent',
      { ...base, kind: 'spent', backAt: at(0.02) },
      'spent, back in 29 min',
      'Nothing is left of the budget. It is back in 29 min, if nothing more is bad.',
    ],
    ['that is spent for good', { ...base, kind: 'spent' }, 'spent', 'Nothing is left of the budget.'],
    ['of nothing', { ...base, kind: 'unknown' }, '–', 'Nothing was judged lately that would tell what comes.'],
  ])('%s', (_, forecast, short, long) => {
    expect(goneText(forecast, now)).toBe(short);
    expect(forecastText(forecast, now)).toBe(long);
  });

  it.each([
    [-5, '0 min'],
    [119 * minuteMs, '119 min'],
    [47 * hourMs, '47 h'],
    [9.94 * dayMs, '9.9 d'],
    [25.4 * dayMs, '25 d'],
  ])('has of %p ms the digits that it knows', (ms, text) => {
    expect(aheadText(ms)).toBe(text);
  });
});

describe('a budget as a bar', () => {
  it.each([
    [1, '█████'],
    [0.5, '██▌░░'],
    [0.001, '▏░░░░'],
    [0, '░░░░░'],
    [-3, '░░░░░'],
    [7, '█████'],
  ])('of %p', (left, bar) => {
    expect(budgetBar(left, 5, pipe)).toBe(bar);
  });
});
