import { stripVTControlCharacters } from 'node:util';
import type { Outcome } from '../../shared/config/model.ts';
import type { Phases, ProbeResult } from '../../shared/probe/result.ts';

type Style = { readonly hasColors: boolean; readonly columns: number };

/** Phases in their order: the key of a result, the letter and the ANSI colour of its part of the bar, its name. */
const phases: readonly (readonly [keyof Phases, string, number, string])[] = [
  ['resolveMs', 'r', 36, 'resolve'],
  ['connectMs', 'c', 33, 'connect'],
  ['tlsMs', 't', 35, 'tls'],
  ['processingMs', 'p', 32, 'processing'],
  ['transferMs', 'x', 34, 'transfer'],
];
const colorOf: Readonly<Record<Outcome, number>> = { passed: 32, degraded: 33, failed: 31, blocked: 35, unknown: 35 };
const indent = '  ';

/**
 * Results as a table: a line for each monitor with its phases as a small waterfall, and under it what was wrong.
 * Phases start where the one before ended; the slowest probe fills the column.
 */
export function renderTable(results: readonly ProbeResult[], style: Style): string {
  const widest = Math.max(7, ...results.map(({ monitor }) => monitor.length));
  const head = `${'MONITOR'.padEnd(widest)}  OUTCOME   STATUS     LATENCY  `;
  const barWidth = Math.min(48, Math.max(12, style.columns - head.length));
  const slowest = Math.max(1, ...results.map(({ latencyMs }) => latencyMs));
  const rows = results.flatMap((result) => [
    `${renderRow(result, widest, style)}${renderBar(result.phases, barWidth / slowest, style)}`.trimEnd(),
    ...renderDetails(result, style),
  ]);
  return [paint(`${head}PHASES`, 1, style), ...rows, '', renderLegend(style), ''].join('\n');
}

function renderRow(result: ProbeResult, widest: number, style: Style): string {
  const { monitor, outcome, statusCode, latencyMs, attempts } = result;
  const latency = attempts === 0 ? '–' : `${latencyMs.toFixed(1)} ms`;
  return [
    monitor.padEnd(widest),
    paint(outcome.padEnd(8), colorOf[outcome], style),
    String(statusCode ?? '–').padStart(6),
    latency.padStart(10),
    '',
  ].join(indent);
}

/** Each phase as wide as its share; what is shorter than half a column is left out, the longest never is. */
function renderBar(times: Phases, columnsPerMs: number, style: Style): string {
  let endMs = 0;
  let drawn = 0;
  const parts = phases.map(([key, letter, color]) => {
    endMs += times[key];
    const width = Math.max(0, Math.round(endMs * columnsPerMs) - drawn);
    drawn += width;
    return width === 0 ? '' : paint((style.hasColors ? '█' : letter).repeat(width), color, style);
  });
  return parts.join('');
}

function renderLegend(style: Style): string {
  const entries = phases.map(
    ([, letter, color, name]) => `${paint(style.hasColors ? '█' : letter, color, style)} ${name}`,
  );
  return `Phases: ${entries.join(indent)}`;
}

function renderDetails(result: ProbeResult, style: Style): readonly string[] {
  const { outcome, errorType, message, attempts, phases: times } = result;
  if (outcome === 'passed') return [];
  const lines: string[] = [];
  const missed = result.assertions.filter(({ passed }) => !passed);
  if (message !== undefined && (missed.length === 0 || errorType !== 'assertion')) {
    lines.push(errorType ? `${errorType}: ${message}` : message);
  }
  for (const { assertion, expected, actual, severity } of missed) {
    const sign = paint(severity === 'fail' ? '✗' : '!', severity === 'fail' ? 31 : 33, style);
    lines.push(`${sign} ${assertion}`, `${indent}expected  ${expected}`, `${indent}actual    ${actual ?? 'nothing'}`);
  }
  if (attempts > 0) lines.push(renderTimes(times));
  if (attempts > 1) lines.push(`confirmed by attempt ${attempts}`);
  return lines.map((line) => `${indent}${line}`);
}

function renderTimes(times: Phases): string {
  const parts = phases
    .filter(([key]) => times[key] > 0)
    .map(([key, , , name]) => `${name} ${times[key].toFixed(1)} ms`);
  return parts.join(' · ');
}

function paint(text: string, color: number, { hasColors }: Style): string {
  const plain = stripVTControlCharacters(text);
  return hasColors ? `\u001b[${color}m${plain}\u001b[0m` : plain;
}
