import type uPlot from 'uplot';
import type { Theme } from './chart.ts';
import type { MetricProperties } from './dashboard-model.ts';
import { besides, type Place } from './widget-words.ts';

const linesOf = ({ annotations }: MetricProperties) => annotations?.horizontal ?? [];

export function highestAnnotation(properties: MetricProperties): number | undefined {
  return linesOf(properties).reduce<number | undefined>((most, { value }) => Math.max(most ?? value, value), undefined);
}

export function lowestAnnotation(properties: MetricProperties): number | undefined {
  return linesOf(properties).reduce<number | undefined>(
    (least, { value }) => Math.min(least ?? value, value),
    undefined,
  );
}

/** Dashed lines across the graph with their words above them, and the ground that they divide. */
export function drawAnnotations(u: uPlot, properties: MetricProperties, theme: Theme): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  const words: Place[] = [];
  for (const { value, label, color = theme.muted, fill } of linesOf(properties)) {
    const y = Math.round(u.valToPos(value, 'y', true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    if (fill !== undefined) shade(ctx, bbox, y, fill, color);
    ctx.strokeStyle = color;
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillStyle = theme.muted;
    const isTop = y - bbox.top < 14 * ratio;
    const place = besides(words, bbox.left + bbox.width - 2 * ratio, isTop ? y + 12 * ratio : y - 3 * ratio, ratio);
    ctx.fillText(label, place.x, place.y);
    words.push({ x: place.x - ctx.measureText(label).width, y: place.y });
  }
  ctx.restore();
}

function shade(
  ctx: CanvasRenderingContext2D,
  bbox: uPlot.BBox,
  y: number,
  fill: 'above' | 'below',
  color: string,
): void {
  ctx.fillStyle = `${color}1f`;
  if (fill === 'above') ctx.fillRect(bbox.left, bbox.top, bbox.width, y - bbox.top);
  else ctx.fillRect(bbox.left, y, bbox.width, bbox.top + bbox.height - y);
}
