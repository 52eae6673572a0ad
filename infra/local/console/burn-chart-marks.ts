import type uPlot from 'uplot';
import type { Band, BurnChartModel } from './burn-chart-model.ts';
import type { Theme } from './chart.ts';

/** Behind the line: incidents, maintenance hatched, gaps, and red ground below nothing. */
export function drawGround(u: uPlot, model: BurnChartModel, theme: Theme): void {
  clipped(u, () => {
    for (const band of model.gaps) fillBand(u, band, theme.grid);
    for (const band of model.incidents) fillBand(u, band, theme.badFill);
    for (const band of model.maintenance) hatchBand(u, band, theme.muted);
    const zero = u.valToPos(0, 'y', true);
    u.ctx.fillStyle = theme.badFill;
    u.ctx.fillRect(u.bbox.left, zero, u.bbox.width, Math.max(0, u.bbox.top + u.bbox.height - zero));
  });
}

/** From a whole budget at the begin of the span to none at its end. */
export function drawIdeal(u: uPlot, { ideal }: BurnChartModel, theme: Theme): void {
  clipped(u, () => {
    const { ctx } = u;
    ctx.strokeStyle = theme.muted;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
    line(u, [
      [ideal.fromAt, 100],
      [ideal.toAt, 0],
    ]);
    ctx.stroke();
  });
}

/** From now to where the budget ends: the band of nine in ten, and the most likely course in it. */
export function drawFan(u: uPlot, { fan, toAt }: BurnChartModel, theme: Theme): void {
  if (fan === null) return;
  const { fromAt, fromPercent, earliestAt, likelyAt, latestAt } = fan;
  // What may last has no end that could be drawn: its upper edge is what is left now.
  const late: readonly (readonly [number, number])[] =
    latestAt === undefined
      ? [
          [toAt, 0],
          [toAt, fromPercent],
        ]
      : [[latestAt, 0]];
  clipped(u, () => {
    const { ctx } = u;
    ctx.fillStyle = theme.warn;
    ctx.globalAlpha = 0.22;
    line(u, [[fromAt, fromPercent], [earliestAt, 0], ...late, [fromAt, fromPercent]]);
    ctx.fill();
    ctx.globalAlpha = 1;
    if (likelyAt === undefined) return;
    ctx.strokeStyle = theme.warn;
    ctx.lineWidth = 2 * devicePixelRatio;
    ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
    line(u, [
      [fromAt, fromPercent],
      [likelyAt, 0],
    ]);
    ctx.stroke();
  });
}

function line(u: uPlot, points: readonly (readonly [number, number])[]): void {
  u.ctx.beginPath();
  for (const [at, percent] of points) u.ctx.lineTo(u.valToPos(at / 1000, 'x', true), u.valToPos(percent, 'y', true));
}

function fillBand(u: uPlot, band: Band, colour: string): void {
  const { left, width } = edges(u, band);
  u.ctx.fillStyle = colour;
  u.ctx.fillRect(left, u.bbox.top, width, u.bbox.height);
}

function hatchBand(u: uPlot, band: Band, colour: string): void {
  const { ctx, bbox } = u;
  const { left, width } = edges(u, band);
  const step = 7 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, bbox.top, width, bbox.height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - bbox.height; x < left + width; x += step) {
    ctx.moveTo(x, bbox.top + bbox.height);
    ctx.lineTo(x + bbox.height, bbox.top);
  }
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.5;
  ctx.lineWidth = devicePixelRatio;
  ctx.stroke();
  ctx.restore();
}

/** Inside the chart, and never so narrow that nobody sees it. */
function edges(u: uPlot, { fromAt, toAt }: Band): { readonly left: number; readonly width: number } {
  const { left: start, width: room } = u.bbox;
  const x = (at: number) => Math.min(start + room, Math.max(start, u.valToPos(at / 1000, 'x', true)));
  const left = x(fromAt);
  return { left, width: Math.max(2 * devicePixelRatio, x(toAt) - left) };
}

function clipped(u: uPlot, draw: () => void): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw();
  ctx.restore();
}
