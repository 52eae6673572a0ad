import type { BurnRuleView } from '../../../shared/app/overview/model.ts';
import type { SloReport } from '../../../shared/app/slo-report.ts';
import type { Slo } from '../../../shared/config/model.ts';
import { formatRate } from '../../../shared/message/format.ts';
import { renderTitled, type TextStyle, wrapLines } from '../burst/lines.ts';
import { count, paint } from '../terminal.ts';
import { budgetBar, budgetColor, leftText } from './budget-bar.ts';
import { goneText } from './forecast-text.ts';
import { objectiveText, ruleName, stateText } from './words.ts';

/** SLOs and how they stand; undefined where nobody knows. */
export type Listed = readonly { readonly slo: Slo; readonly report: SloReport | undefined }[];

const mostRows = 100;
const roomyColumns = 118;
const [longBar, shortBar] = [10, 5];

/** A row an SLO, those to look at first on top: pages, tickets, what is not known, and then by what is left. */
export function renderSlos(listed: Listed, now: number, style: TextStyle): string {
  const columns = !style.isTerminal || style.columns >= roomyColumns ? roomy : narrow;
  const rows = listed
    .toSorted((a, b) => urgency(b) - urgency(a) || leftOf(a) - leftOf(b))
    .slice(0, mostRows)
    .map((each) => columns.map(([title]) => cellsOf(each, now, columns === roomy, style)[title]));
  const rightAligned = [...columns.keys()].filter((index) => columns[index]?.[1] === 'right');
  const more = listed.length - mostRows;
  return [
    renderTitled(
      columns.map(([title]) => (title === 'LEFT' ? '' : title)),
      rows,
      rightAligned,
      style,
    ),
    ...(more > 0 ? [paint(`and ${count(more, 'more')}: --json has them all`, 'dim', style)] : []),
    '',
    ...wrapLines(legend, style).map((line) => paint(line, 'dim', style)),
    '',
  ].join('\n');
}

type Title = 'SLO' | 'OBJECTIVE' | 'BUDGET LEFT' | 'LEFT' | 'BURN 1H' | '6H' | 'GONE' | 'ALERTS';
type Column = readonly [title: Title, align?: 'right'];

const roomy: readonly Column[] = [
  ['SLO'],
  ['OBJECTIVE'],
  ['BUDGET LEFT'],
  ['LEFT', 'right'],
  ['BURN 1H', 'right'],
  ['6H', 'right'],
  ['GONE'],
  ['ALERTS'],
];
/** What does not fit is cut from the end. */
const narrow: readonly Column[] = [
  ['SLO'],
  ['BUDGET LEFT'],
  ['LEFT', 'right'],
  ['BURN 1H', 'right'],
  ['ALERTS'],
  ['GONE'],
];

const legend =
  'GONE is when nothing is left, if it goes on as in the last six hours; nine times of ten between the two in brackets. At a burn rate of 1x the budget lasts its window.';

function cellsOf(
  { slo, report }: Listed[number],
  now: number,
  isRoomy: boolean,
  style: TextStyle,
): Readonly<Record<Title, string>> {
  const named = { SLO: slo.id, OBJECTIVE: objectiveText(slo) };
  if (report === undefined) {
    const unknown = { 'BUDGET LEFT': paint('unknown', 'yellow', style), LEFT: '', 'BURN 1H': '', '6H': '' };
    return { ...named, ...unknown, GONE: '–', ALERTS: '–' };
  }
  const { budgetLeftRatio, burnRate, slowBurnRate, forecast } = report;
  return {
    ...named,
    'BUDGET LEFT': budgetBar(budgetLeftRatio, isRoomy ? longBar : shortBar, style),
    LEFT: paint(leftText(budgetLeftRatio), budgetColor(budgetLeftRatio), style),
    'BURN 1H': formatRate(burnRate),
    '6H': formatRate(slowBurnRate),
    GONE: goneText(forecast, now),
    ALERTS: alertsText(report, now, style),
  };
}

function alertsText({ rules, isWatched }: SloReport, now: number, style: TextStyle): string {
  const told = rules.filter(({ status }) => status === 'firing' || status === 'pending');
  const texts = told.map((rule) =>
    paint(`${ruleName(rule)} ${stateText(rule, now)}`, rule.severity === 'page' ? 'red' : 'yellow', style),
  );
  const blind = isWatched ? [] : [paint('no data', 'yellow', style)];
  return [...texts, ...blind].join(', ') || '–';
}

function urgency({ report }: Listed[number]): number {
  if (report === undefined) return 1;
  const fires = (severity: BurnRuleView['severity']) =>
    report.rules.some((rule) => rule.status === 'firing' && rule.severity === severity);
  return fires('page') ? 3 : fires('ticket') ? 2 : report.isWatched ? 0 : 1;
}

const leftOf = ({ report }: Listed[number]): number => report?.budgetLeftRatio ?? 0;
