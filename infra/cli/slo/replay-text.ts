import type { Replay, Replayed } from '../../../shared/app/replay.ts';
import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { formatDuration, formatPercent } from '../../../shared/message/format.ts';
import type { Series } from '../../../shared/slo/series.ts';
import { formatSpan } from '../../../shared/slo/words.ts';
import { joinLines, renderTitled, type TextStyle, wrapLines } from '../burst/lines.ts';
import { count, paint } from '../terminal.ts';
import { type Lane, renderBudgetChart } from './chart.ts';
import { ruleText } from './rule-text.ts';

const minuteMs = 60_000;
const mostRows = 60;

export type ReplayView = {
  readonly slo: Slo;
  readonly series: Series;
  readonly replayed: Replayed;
  readonly isPlain: boolean;
};

/** How a series went through the rules of an SLO: what fired and resolved when, and the budget as a chart. */
export function renderReplay(view: ReplayView, style: TextStyle): string {
  const { slo, series, replayed } = view;
  const lanes = slo.alerts.map((rule) => ruleLane(rule, replayed.transitions, series.length));
  const leftRatio = replayed.budgetLeftRatio;
  const parts = [
    joinLines(headOf(view), style).join('\n'),
    renderTransitions(replayed.transitions, style),
    renderBudgetChart({ minutes: series.length, leftRatio, lanes: [...lanes, ...gapLanes(series)] }, style),
    wrapLines(summaryOf(view), style).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headOf({ slo, series, isPlain }: ReplayView): readonly string[] {
  const gaps = series.filter((minute) => minute === null).length;
  return [
    `${slo.id}: ${slo.objective} of ${formatSpan(slo.windowMs)}`,
    `${count(series.length, 'minute')}${gaps > 0 ? `, ${gaps.toLocaleString('en-US')} without data` : ''}`,
    isPlain ? 'textbook rules' : 'with all that evaluate does',
  ];
}

function renderTransitions(transitions: readonly Replay[], style: TextStyle): string {
  if (transitions.length === 0) return '';
  const rows = transitions.slice(0, mostRows).map(({ minute, kind, rule }, index) => {
    const fired = transitions.slice(0, index).findLast((each) => each.rule.id === rule.id && each.kind === 'fired');
    const lasted = kind === 'resolved' && fired ? `after ${formatDuration((minute - fired.minute) * minuteMs)}` : '';
    const what = paint(kind, kind === 'resolved' ? 'green' : colorOf(rule), style);
    return [minute.toLocaleString('en-US'), ruleText(rule), what, lasted];
  });
  const more = transitions.length - mostRows;
  const table = renderTitled(['MINUTE', 'RULE', '', ''], rows, [0], style);
  return more > 0
    ? `${table}\n${paint(`and ${more.toLocaleString('en-US')} more: --json has them all`, 'dim', style)}`
    : table;
}

const colorOf = ({ severity }: BurnRule) => (severity === 'page' ? 'red' : 'yellow');

function ruleLane(rule: BurnRule, transitions: readonly Replay[], minutes: number): Lane {
  const mine = transitions.filter((each) => each.rule.id === rule.id);
  const spans = mine.flatMap(({ kind, minute }, index) =>
    kind === 'fired' ? [[minute, (mine[index + 1]?.minute ?? minutes + 1) - 1] as const] : [],
  );
  return { name: ruleText(rule), spans, style: colorOf(rule) };
}

/** Minutes without data have a line of their own, where there are any. */
function gapLanes(series: Series): readonly Lane[] {
  const spans: [number, number][] = [];
  for (const [index, minute] of series.entries()) {
    if (minute !== null) continue;
    const last = spans.at(-1);
    if (last?.[1] === index) last[1] = index + 1;
    else spans.push([index + 1, index + 1]);
  }
  return spans.length === 0 ? [] : [{ name: 'no data', spans, style: 'bold' }];
}

function summaryOf({ slo, series, replayed }: ReplayView): string {
  const fired = (severity: BurnRule['severity']) =>
    replayed.transitions.filter(({ kind, rule }) => kind === 'fired' && rule.severity === severity).length;
  const [pages, tickets] = [fired('page'), fired('ticket')];
  const told = pages + tickets === 0 ? 'Nothing fired' : `${count(pages, 'page')} and ${count(tickets, 'ticket')}`;
  const left = formatPercent(replayed.budgetLeftRatio(series.length) * 1_000_000);
  return slo.alerts.length === 0 ? `There are no rules; budget left ${left}` : `${told}; budget left ${left}`;
}
