import type uPlot from 'uplot';
import type { Theme } from './chart.ts';
import type { HistoryEntry, LatencyModel } from './latency-series.ts';

/** Bands behind the line: maintenance, and every tick that failed. */
export function drawShades(u: uPlot, model: LatencyModel, theme: Theme): void {
  for (const entry of model.series.entries) {
    if (entry === null) continue;
    if (entry.isMaintenance) drawBand(u, entry, model.intervalMs, theme.info);
    if (entry.outcome === 'failed') drawBand(u, entry, model.intervalMs, theme.badFill);
  }
}

function drawBand(u: uPlot, entry: HistoryEntry, intervalMs: number, colour: string): void {
  const left = Math.max(u.bbox.left, u.valToPos((entry.at - intervalMs / 2) / 1000, 'x', true));
  const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos((entry.at + intervalMs / 2) / 1000, 'x', true));
  u.ctx.fillStyle = colour;
  u.ctx.fillRect(left, u.bbox.top, Math.max(right - left, devicePixelRatio), u.bbox.height);
}

/** Shapes on the floor of the chart, so that a tick that was not good is told without colour: a cross, a triangle, a square. */
export function drawMarks(u: uPlot, model: LatencyModel, theme: Theme, isSmall: boolean): void {
  const size = (isSmall ? 2 : 3) * devicePixelRatio;
  const floor = u.bbox.top + u.bbox.height - size * 2;
  let freeFrom = Number.NEGATIVE_INFINITY;
  for (const entry of model.series.entries) {
    if (entry === null || entry.outcome === 'passed') continue;
    const x = u.valToPos(entry.at / 1000, 'x', true);
    if (x < freeFrom) continue;
    freeFrom = x + size * 2.6;
    drawShape(u.ctx, entry.outcome, x, floor, size, theme);
  }
}

function drawShape(
  ctx: CanvasRenderingContext2D,
  outcome: HistoryEntry['outcome'],
  x: number,
  y: number,
  size: number,
  theme: Theme,
): void {
  ctx.beginPath();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.strokeStyle = outcome === 'failed' ? theme.bad : outcome === 'degraded' ? theme.warn : theme.odd;
  if (outcome === 'failed') {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  } else if (outcome === 'degraded') {
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.lineTo(x - size, y + size);
    ctx.closePath();
  } else ctx.rect(x - size, y - size, size * 2, size * 2);
  ctx.stroke();
}

/** The line above which a passed probe is degraded; off the scale it is only named at the top. */
export function drawDegradedLine(u: uPlot, model: LatencyModel, theme: Theme): void {
  if (model.degradedAfterMs === undefined) return;
  const { ctx, bbox } = u;
  const y = Math.max(bbox.top, u.valToPos(model.degradedAfterMs, 'y', true));
  const isOffScale = y === bbox.top;
  ctx.save();
  ctx.strokeStyle = theme.warn;
  ctx.fillStyle = theme.warn;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  if (!isOffScale) ctx.stroke();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'top';
  ctx.fillText(
    `${isOffScale ? '↑ ' : ''}degraded above ${model.degradedAfterMs} ms`,
    bbox.left + bbox.width - 4,
    y + 3 * devicePixelRatio,
  );
  ctx.restore();
}
