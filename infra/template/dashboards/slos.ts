import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { thresholdOf } from '../../../shared/slo/burn.ts';
import { formatPercent, formatSpan } from '../../../shared/slo/words.ts';
import type { Stack } from '../model.ts';
import { chunks, columns, type Row } from './layout.ts';
import { plain } from './links.ts';
import { figure, filled, graph, metric, numbers } from './metrics.ts';
import type { Content, HorizontalAnnotation } from './model.ts';
import { headOf, runbookOf, type Scene } from './scene.ts';

/** Beyond so many SLOs they share graphs; beyond the second number the first ones are shown. */
const limits = { detailed: 40, shown: 500, aGraph: 25 };
const hourSeconds = 3_600;

/** What may still fail before an objective is missed, and how fast it goes. */
export function slosRows(scene: Scene): readonly Row[] {
  const { stack, config } = scene;
  const slos = config.slos.slice(0, limits.shown);
  const left = config.slos.length - slos.length;
  return [
    headOf(
      scene,
      'slos',
      'At 0 the objective is missed. A burn rate of 1 lands exactly on it; above a threshold an alert fires.',
      left > 0 ? `The first ${limits.shown} SLOs are shown; ${left} more are under Metrics.` : '',
    ),
    ...(slos.length <= limits.detailed
      ? slos.map((slo) => detailed(scene, slo))
      : chunks(slos, limits.aGraph).map((some) => grouped(stack, some))),
  ];
}

function detailed(scene: Scene, slo: Slo): Row {
  const { stack } = scene;
  const runbook = slo.alerts.flatMap((rule) => rule.runbook ?? [])[0];
  const rules = slo.alerts.map(ruleText).join('; ');
  return {
    figures: [
      { width: 4, content: gauge(stack, slo) },
      { width: 10, content: burnDown(stack, slo) },
      { width: 10, content: burning(stack, slo) },
    ],
    caption:
      `${plain(slo.objective)} of ${formatSpan(slo.windowMs)}. What is left is sent at midnight UTC, and while it burns. The line is the burn rate of the last hour; each threshold is held against the ` +
      `windows of its own rule${rules === '' ? '' : `: ${rules}`}. ${runbook === undefined ? '' : runbookOf(scene, runbook)}`,
  };
}

const ruleText = ({ severity, budgetPpm, longMs }: BurnRule) =>
  `${severity} when more than ${formatPercent(budgetPpm)} burns in ${formatSpan(longMs)}`;

/** It is sent once a day while nothing moves, so it is looked for in two days. */
function gauge(stack: Stack, { id }: Slo): Content {
  const left = metric(stack, 'errorBudgetLeft', { Slo: id }, { label: '% left' });
  return figure(stack, `How much of ${id} is left?`, [left], {
    view: 'gauge',
    stat: 'Minimum',
    period: hourSeconds,
    start: '-P2D',
    end: 'P0D',
    yAxis: { left: { min: 0, max: 100 } },
    annotations: { horizontal: [{ value: 25, label: 'slow down', color: '#d62728', fill: 'below' }] },
  });
}

function burnDown(stack: Stack, { id }: Slo): Content {
  const rows = [
    [{ expression: 'FILL(m0, REPEAT)', id: 'left', label: '% left' }] as const,
    metric(stack, 'errorBudgetLeft', { Slo: id }, { id: 'm0', visible: false }),
  ];
  return graph(stack, `Where did the budget of ${id} go?`, rows, '% of the budget', {
    stat: 'Minimum',
    period: hourSeconds,
    start: '-P28D',
    end: 'P0D',
    yAxis: { left: { max: 100, label: '% of the budget', showUnits: false } },
    annotations: { horizontal: [{ value: 0, label: 'objective missed', color: '#d62728', fill: 'below' }] },
  });
}

function burning(stack: Stack, slo: Slo): Content {
  const rows = filled([metric(stack, 'burnRate', { Slo: slo.id }, { label: 'burn rate' })]);
  return graph(stack, `Does ${slo.id} burn too fast?`, rows, 'times the budget', {
    stat: 'Maximum',
    annotations: { horizontal: thresholdsOf(slo) },
  });
}

/** The thresholds of its rules, the steepest first, and the rate that spends exactly all. Rules that share one share a line. */
export function thresholdsOf(slo: Slo): readonly HorizontalAnnotation[] {
  const lines = new Map<number, string>();
  for (const rule of slo.alerts) {
    const value = Number(thresholdOf(slo, rule).toPrecision(4));
    const label = `${rule.severity} ${formatSpan(rule.longMs)}`;
    lines.set(value, lines.has(value) ? `${lines.get(value)}, ${label}` : label);
  }
  if (!lines.has(1)) lines.set(1, 'spends exactly all');
  return [...lines]
    .sort(([a], [b]) => b - a)
    .map(([value, label]) => ({
      value,
      label,
      color: label.startsWith('page') ? '#d62728' : label.startsWith('ticket') ? '#ff7f0e' : '#7f7f7f',
    }));
}

function grouped(stack: Stack, slos: readonly Slo[]): Row {
  return {
    figures: [
      { width: columns / 2, content: budgetsLeft(stack, slos) },
      { width: columns / 2, content: burnRates(stack, slos) },
    ],
    caption: 'In percent of each budget, with the objective it is of; and how fast it went in the last hour.',
  };
}

/** The newest figure of each. */
export function budgetsLeft(stack: Stack, slos: readonly Slo[]): Content {
  const rows = slos.map(({ id, objective }) =>
    metric(stack, 'errorBudgetLeft', { Slo: id }, { label: `% left of ${id} (${objective})` }),
  );
  return numbers(stack, 'How much error budget is left?', rows, {
    stat: 'Minimum',
    period: hourSeconds,
    sparkline: true,
    start: '-P7D',
    end: 'P0D',
  });
}

export function burnRates(stack: Stack, slos: readonly Slo[]): Content {
  const rows = slos.map(({ id }) => metric(stack, 'burnRate', { Slo: id }, { label: id }));
  return graph(stack, 'How fast do budgets burn?', filled(rows), 'times the budget', {
    stat: 'Maximum',
    annotations: { horizontal: [{ value: 1, label: 'spends exactly all' }] },
  });
}
