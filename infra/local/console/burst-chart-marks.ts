import type uPlot from 'uplot';
import type { BurstChartModel, ChartSecond, Limit } from './burst-model.ts';
import type { Theme } from './chart.ts';

/** A bar for each second; the failed ones of it are its foot, in red. */
export function drawBars(u: uPlot, seconds: readonly ChartSecond[], theme: Theme): void {
  const floor = u.valToPos(0, 'y', true);
  for (const { second, requests, failures } of seconds) {
    const left = u.valToPos(second, 'x', true);
    const width = Math.max(1, u.valToPos(second + 1, 'x', true) - left - devicePixelRatio);
    const top = u.valToPos(requests, 'y', true);
    fillBar(u.ctx, theme.info, left, top, width, floor - top);
    fillBar(u.ctx, theme.line, left, top, width, Math.min(2 * devicePixelRatio, floor - top));
    if (failures === 0) continue;
    const height = Math.max(3 * devicePixelRatio, floor - u.valToPos(failures, 'y', true));
    fillBar(u.ctx, theme.bad, left, floor - height, width, height);
  }
}

function fillBar(
  ctx: CanvasRenderingContext2D,
  colour: string,
  left: number,
  top: number,
  width: number,
  height: number,
): void {
  ctx.fillStyle = colour;
  ctx.fillRect(left, top, width, height);
}

/** The rates that are asked for, as a dashed line. */
export function drawPlan(u: uPlot, rates: BurstChartModel['rates'], theme: Theme): void {
  if (rates.length === 0) return;
  const { ctx } = u;
  ctx.save();
  ctx.strokeStyle = theme.muted;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  for (const { atMs, perSecond } of rates)
    ctx.lineTo(u.valToPos(atMs / 1_000, 'x', true), u.valToPos(perSecond, 'y', true));
  ctx.stroke();
  ctx.restore();
}

const textHeight = 14;

/** The thresholds of latencies; one that is off the scale is only named at the top. */
export function drawLimits(u: uPlot, limits: readonly Limit[], theme: Theme, side: 'left' | 'right'): void {
  const { ctx, bbox } = u;
  const x = side === 'right' ? bbox.left + bbox.width - 4 : bbox.left + 6;
  ctx.save();
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = side;
  ctx.textBaseline = 'top';
  let above = 0;
  for (const { text, valueMs } of limits) {
    const y = u.valToPos(valueMs, 'y', true);
    const isOffScale = y < bbox.top;
    if (!isOffScale) strokeAcross(u, y, theme);
    const isAtFloor = y + textHeight * devicePixelRatio > bbox.top + bbox.height;
    const textY = isOffScale ? bbox.top + above : y + (isAtFloor ? -textHeight : 3) * devicePixelRatio;
    writeOver(ctx, `${isOffScale ? '↑ ' : ''}${text}`, x, textY, theme);
    if (isOffScale) above += textHeight * devicePixelRatio;
  }
  ctx.restore();
}

function strokeAcross({ ctx, bbox }: uPlot, y: number, theme: Theme): void {
  ctx.strokeStyle = theme.warn;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** With a rim of the ground's colour, so that lines that cross it do not take its words. */
function writeOver(ctx: CanvasRenderingContext2D, text: string, x: number, y: number, theme: Theme): void {
  ctx.strokeStyle = theme.surface;
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, x, y);
  ctx.fillStyle = theme.warn;
  ctx.fillText(text, x, y);
}
