import type { Incident } from '../../../shared/alert/model.ts';
import type { BurnRuleView } from '../../../shared/app/overview/model.ts';
import type { SloDetail } from '../../../shared/app/slo-report.ts';
import { titleOf } from '../../../shared/message/alert-title.ts';
import {
  formatCount,
  formatDuration,
  formatPercent,
  formatRate,
  formatWindow,
} from '../../../shared/message/format.ts';
import { describeIndicator } from '../../../shared/message/indicator-text.ts';
import { joinLines, renderTitled, type TextStyle, wrapLines } from '../burst/lines.ts';
import { count, paint } from '../terminal.ts';
import { leftText } from './budget-bar.ts';
import { type Lane, renderBudgetChart } from './chart.ts';
import { forecastText } from './forecast-text.ts';
import { renderSpending } from './spending-text.ts';
import { minuteText, objectiveText, ruleName, stateText } from './words.ts';

const minuteMs = 60_000;
const mostIncidents = 10;

export type ShownSlo = { readonly detail: SloDetail; readonly environment: string; readonly now: number };

/** Everything about one SLO: its budget over time, what comes, its rules, where the budget went, its incidents. */
export function renderSlo(shown: ShownSlo, style: TextStyle): string {
  const { detail, now } = shown;
  const parts = [
    joinLines(headOf(shown), style).join('\n'),
    chartOf(shown, style),
    [...budgetLines(detail, now), forecastText(detail.forecast, now)]
      .flatMap((line) => wrapLines(line, style))
      .join('\n'),
    rulesTable(detail, now, style),
    renderSpending(detail, style),
    incidentTable(detail, now, style),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headOf({ detail: { slo }, environment, now }: ShownSlo): readonly string[] {
  return [`${slo.id}: ${objectiveText(slo)}`, describeIndicator(slo, {}), `${environment}, ${minuteText(now)} UTC`];
}

function chartOf({ detail, now }: ShownSlo, style: TextStyle): string {
  const { burnDown, rules, spending, incidents } = detail;
  const fromAt = burnDown[0]?.at ?? now;
  const minutes = Math.max(1, Math.ceil((now - fromAt) / minuteMs));
  const minuteOf = (at: number) => Math.max(1, Math.min(minutes, Math.floor((at - fromAt) / minuteMs) + 1));
  const leftRatio = (minute: number) =>
    burnDown.findLast(({ at }) => at <= fromAt + minute * minuteMs)?.leftRatio ?? burnDown[0]?.leftRatio ?? 1;
  const spanOf = (span: { readonly from: number; readonly to: number }) =>
    [minuteOf(span.from), minuteOf(span.to)] as const;
  const bad: Lane = {
    name: 'bad',
    spans: spending.episodes.map(({ fromAt: from, toAt }) => spanOf({ from, to: toAt - 1 })),
    style: 'yellow',
  };
  const lanes = rules.map((rule) => ({
    name: ruleName(rule),
    spans: firingOf(rule.id, incidents, now)
      .filter(({ to }) => to > fromAt)
      .map(spanOf),
    style: rule.severity === 'page' ? ('red' as const) : ('yellow' as const),
  }));
  const axis = ['', minuteText(fromAt), 'now'] as const;
  return renderBudgetChart({ minutes, leftRatio, lanes: [bad, ...lanes], axis }, style);
}

function firingOf(alertId: string, incidents: readonly Incident[], now: number) {
  return incidents.flatMap(({ alerts }) =>
    alerts
      .filter((alert) => alert.alertId === alertId)
      .map(({ firedAt, resolvedAt }) => ({ from: firedAt, to: resolvedAt ?? now })),
  );
}

function budgetLines(detail: SloDetail, now: number): readonly string[] {
  const { slo, budgetLeftRatio, badEvents, goodEvents, budgetEvents, unjudgedEvents, coverageRatio } = detail;
  const budget = `Budget left: ${leftText(budgetLeftRatio)}, ${formatCount(badEvents)} bad of ${formatCount(budgetEvents)} allowed, ${formatCount(goodEvents)} good.`;
  const isUnseen = goodEvents + badEvents + unjudgedEvents === 0;
  if (isUnseen && detail.isWarmingUp) return [`${budget} Nothing is known of it yet.`];
  const coverage = `Coverage ${formatPercent(Math.floor(coverageRatio * 1_000_000))}${unjudgedEvents > 0 ? `, ${formatCount(unjudgedEvents)} that could not be judged` : ''}.`;
  const firstAt = detail.burnDown[0]?.at ?? now;
  const young = detail.isWarmingUp
    ? [
        `Warming up: the history goes back ${formatDuration(now - firstAt)} of ${formatWindow(slo.windowMs)}; the budget is that of all of it.`,
      ]
    : [];
  const blind = detail.isWatched ? [] : [`Nothing was judged in the last ${formatWindow(detail.watchedMs)}.`];
  return [`${budget} ${coverage}`, ...young, ...blind];
}

function rulesTable({ rules }: SloDetail, now: number, style: TextStyle): string {
  if (rules.length === 0) return '';
  const rows = rules.map((rule) => [
    ruleName(rule),
    formatRate(rule.threshold),
    formatRate(rule.longBurnRate),
    formatRate(rule.shortBurnRate),
    `${formatCount(rule.badEvents)} of ${rule.minBadEvents}`,
    paintState(rule, now, style),
    rule.notify.join(', '),
  ]);
  return renderTitled(['RULE', 'FIRES ABOVE', 'LONG', 'SHORT', 'BAD', 'STATE', 'TELLS'], rows, [1, 2, 3, 4], style);
}

function paintState(rule: BurnRuleView, now: number, style: TextStyle): string {
  const { status, resolvesAt, severity } = rule;
  if (status !== 'firing') return status === 'pending' ? paint(status, 'yellow', style) : status;
  const ends = resolvesAt === undefined ? '' : `, ends in ${formatDuration(resolvesAt - now)} at the earliest`;
  return paint(`firing ${stateText(rule, now)}${ends}`, severity === 'page' ? 'red' : 'yellow', style);
}

function incidentTable({ incidents }: SloDetail, now: number, style: TextStyle): string {
  if (incidents.length === 0) return '';
  const rows = incidents
    .slice(0, mostIncidents)
    .map(({ id, openedAt, closedAt, severity, alerts }) => [
      id,
      minuteText(openedAt),
      closedAt === undefined
        ? paint(`open for ${formatDuration(now - openedAt)}`, 'red', style)
        : formatDuration(closedAt - openedAt),
      severity,
      alerts.map(({ alertId }) => titleOf(alertId)).join(', '),
    ]);
  const more = incidents.length - mostIncidents;
  const table = renderTitled(['INCIDENT', 'OPENED', 'LASTED', '', 'ALERTS'], rows, [], style);
  return more > 0 ? `${table}\n${paint(`and ${count(more, 'older one')}`, 'dim', style)}` : table;
}
