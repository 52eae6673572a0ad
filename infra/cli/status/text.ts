import type { BurstView, LocationView, MonitorView, Overview, SloView } from '../../../shared/app/overview/model.ts';
import { formatRate, formatShortDuration } from '../../../shared/message/format.ts';
import { renderTitled, type TextStyle } from '../burst/lines.ts';
import { budgetColor, leftText } from '../slo/budget-bar.ts';
import { minuteText } from '../slo/words.ts';
import { count, paint, type Style } from '../terminal.ts';
import { burstTrouble, locationTrouble, monitorTrouble, sloTrouble } from './trouble.ts';

/** More lines of a kind than this are counted. Those with trouble come first. */
const mostRows = 50;

/** Tables of what there is, what is wrong, and a sentence that tells it all. */
export function renderStatus(view: Overview, wrong: readonly string[], style: TextStyle): string {
  const { locations = [], monitors, slos, bursts, at } = view;
  const blocks = [
    table(
      ['LOCATION', 'STATE', 'LAST TICK'],
      [],
      locations,
      (each) => locationTrouble(each, at),
      style,
      (each) => locationCells(each, at, style),
    ),
    table(
      ['MONITOR', 'STATE', 'FOR', 'LATENCY', 'ALERTS'],
      [3],
      monitors,
      (each) => monitorTrouble(each, at),
      style,
      (each) => monitorCells(each, at, style),
    ),
    table(['SLO', 'BUDGET LEFT', 'BURN 1H', 'ALERTS'], [1, 2], slos, sloTrouble, style, (each) =>
      sloCells(each, style),
    ),
    table(['BURST', 'STATE', 'LAST RUN', 'ALERTS'], [], bursts, burstTrouble, style, (each) =>
      burstCells(each, at, style),
    ),
    wrong.map((line) => `${paint('✗', 'red', style)} ${line}`).join('\n'),
    `${view.service} in ${view.environment} at ${minuteText(at)} UTC: ${verdict(view, wrong, style)}`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function verdict(
  { locations = [], monitors, slos, bursts }: Overview,
  wrong: readonly string[],
  style: TextStyle,
): string {
  if (wrong.length > 0) return paint(`${count(wrong.length, 'thing')} wrong`, 'red', style);
  const places = locations.length === 0 ? [] : [count(locations.length, 'location')];
  const all = [...places, count(monitors.length, 'monitor'), count(slos.length, 'SLO'), count(bursts.length, 'burst')];
  return `${paint('nothing is wrong', 'green', style)} (${all.join(', ')})`;
}

function table<Row extends { readonly id: string }>(
  titles: readonly string[],
  rightAligned: readonly number[],
  rows: readonly Row[],
  trouble: (row: Row) => string | undefined,
  style: TextStyle,
  cells: (row: Row) => readonly string[],
): string {
  if (rows.length === 0) return '';
  const sorted = rows.toSorted((a, b) => Number(trouble(b) !== undefined) - Number(trouble(a) !== undefined));
  const more = rows.length - mostRows;
  const text = renderTitled(titles, sorted.slice(0, mostRows).map(cells), rightAligned, style);
  return more > 0 ? `${text}\n${paint(`and ${count(more, 'more')}: --json has them all`, 'dim', style)}` : text;
}

const stateStyles: Readonly<Record<MonitorView['state'], Style>> = {
  passed: 'green',
  degraded: 'yellow',
  failed: 'red',
  unknown: 'yellow',
  blocked: 'yellow',
  waiting: 'dim',
};

const locationStyles: Readonly<Record<LocationView['state'], Style>> = {
  heard: 'green',
  silent: 'red',
  waiting: 'yellow',
};

function locationCells({ id, state, isHome, lastTickAt }: LocationView, now: number, style: TextStyle) {
  const ago = lastTickAt === undefined ? '–' : `${formatShortDuration(now - lastTickAt)} ago`;
  return [`${id}${isHome ? ' (home)' : ''}`, paint(state, locationStyles[state], style), ago];
}

function monitorCells(monitor: MonitorView, now: number, style: TextStyle): readonly string[] {
  const { id, state, since, latencyMs, isUnderMaintenance, alerts } = monitor;
  return [
    id,
    `${paint(state, stateStyles[state], style)}${seenText(monitor)}${isUnderMaintenance ? ', maintenance' : ''}`,
    since === undefined ? '–' : formatShortDuration(now - since),
    latencyMs === undefined ? '–' : `${Math.round(latencyMs)} ms`,
    alertsText(alerts),
  ];
}

/** ` from 2 of 3` where several locations look and it failed, `, not from us-east-1` where it did not. */
function seenText({ state, seenFrom }: MonitorView): string {
  if (seenFrom === undefined || seenFrom.failed.length === 0) return '';
  const { failed, good, silent } = seenFrom;
  return state === 'failed'
    ? ` from ${failed.length} of ${failed.length + good.length + silent.length}`
    : `, not from ${failed.join(', ')}`;
}

function sloCells({ id, budgetLeftRatio, burnRate, rules }: SloView, style: TextStyle): readonly string[] {
  const left = paint(leftText(budgetLeftRatio), budgetColor(budgetLeftRatio), style);
  return [id, left, formatRate(burnRate), alertsText(rules)];
}

function burstCells({ id, state, runs, alerts }: BurstView, now: number, style: TextStyle): readonly string[] {
  const lastRunAt = runs[0]?.runAt;
  const ago = lastRunAt === undefined ? '–' : `${formatShortDuration(now - lastRunAt)} ago`;
  return [id, paint(state, stateStyles[state], style), ago, alertsText(alerts)];
}

/** `1 firing, 2 pending`. */
function alertsText(alerts: readonly { readonly status: string }[]): string {
  const told = (['firing', 'pending'] as const).flatMap((status) => {
    const found = alerts.filter((alert) => alert.status === status).length;
    return found === 0 ? [] : [`${found} ${status}`];
  });
  return told.join(', ') || '–';
}
