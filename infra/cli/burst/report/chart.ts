import { type Html, html } from './html.ts';
import type { Scale } from './scale.ts';

/** Heights in CSS pixels. Widths are shares of what the page gives, so that texts keep their size on every screen. */
export const plotHeight = 180;
const top = 14;
const bottom = 26;
const height = top + plotHeight + bottom;

/** Units of the drawing across, for paths: shares times this. */
const across = 1_000;

export type Axis = { readonly scale: Scale; readonly text: (value: number) => string; readonly title?: string };

/** One name in the legend, and the class that gives it its colour. */
export type Key = { readonly name: string; readonly kind: string };

export type Chart = {
  readonly title: string;
  /** What it shows, in a sentence, for those who do not see it. */
  readonly label: string;
  readonly keys: readonly Key[];
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn stretched over the plot: what `area`, `steps` and `line` make. */
  readonly shapes: readonly Html[];
  /** Drawn over it, unstretched: what `dot`, `mark` and `hit` make. */
  readonly marks: readonly Html[];
  /** Takes the whole width of the page. */
  readonly isWide?: boolean;
};

/** A point of the plot, both from 0 to 1: from the left, and from below. */
export type Point = readonly [x: number, y: number];

/** A chart as a figure with its legend. */
export function renderChart(chart: Chart): Html {
  const { title, label, keys, x, y, shapes, marks, isWide = false } = chart;
  return html`<figure class="card chart${isWide ? ' wide' : ''}">
<figcaption><h2>${title}</h2>${keys.length > 1 ? renderKeys(keys) : ''}</figcaption>
<div class="frame">
<svg class="gutter" height="${height}" aria-hidden="true">${y.scale.ticks.map((tick) => yLabel(tick, y))}</svg>
<svg class="plot" height="${height}" role="img" aria-label="${label}">
${y.scale.ticks.map((tick) => gridLine(y.scale.at(tick)))}
<svg x="0" y="${top}" width="100%" height="${plotHeight}" viewBox="0 0 ${across} ${plotHeight}" preserveAspectRatio="none">${shapes}</svg>
${marks}
${x.scale.ticks.map((tick) => xLabel(tick, x))}
</svg>
</div>
${x.title === undefined ? '' : html`<p class="axis">${x.title}</p>`}
</figure>
`;
}

function renderKeys(keys: readonly Key[]): Html {
  return html`<ul class="keys">${keys.map(({ name, kind }) => html`<li><span class="key ${kind}"></span>${name}</li>`)}</ul>`;
}

function yLabel(tick: number, { scale, text }: Axis): Html {
  return html`<text x="100%" y="${px(scale.at(tick)) + 4}" text-anchor="end">${text(tick)}</text>`;
}

function gridLine(at: number): Html {
  return html`<line class="${at === 0 ? 'base' : 'grid'}" x1="0" x2="100%" y1="${px(at)}" y2="${px(at)}"/>`;
}

/** The outermost labels stay inside. */
function xLabel(tick: number, { scale, text }: Axis): Html {
  const at = scale.at(tick);
  const anchor = at < 0.03 ? 'start' : at > 0.97 ? 'end' : 'middle';
  return html`<text x="${percent(at)}" y="${top + plotHeight + 18}" text-anchor="${anchor}">${text(tick)}</text>`;
}

/** A line through points; what is undefined interrupts it. */
export function line(points: readonly (Point | undefined)[], kind: string): Html {
  const commands = points.map((point, index) => point && `${points[index - 1] ? 'L' : 'M'}${xy(point)}`);
  return html`<path class="line ${kind}" d="${commands.filter((each) => each !== undefined).join('')}" vector-effect="non-scaling-stroke"/>`;
}

/** Columns beside one another, each between two heights (0 to 1). */
export function columns(spans: readonly { from: number; to: number; low: number; high: number }[], kind: string): Html {
  const path = spans
    .filter(({ low, high }) => high > low)
    .map(({ from, to, low, high }) => `M${xy([from, low])}L${xy([from, high])}L${xy([to, high])}L${xy([to, low])}Z`);
  return html`<path class="area ${kind}" d="${path.join('')}"/>`;
}

/** A line in steps, each value from where its span begins to where the next one does. */
export function steps(values: readonly number[], at: (index: number) => number, kind: string): Html {
  return line(
    values.flatMap((value, index): Point[] => [
      [at(index), value],
      [at(index + 1), value],
    ]),
    kind,
  );
}

/** A dot that keeps its shape. */
export function dot([x, y]: Point, kind: string, title: string): Html {
  return html`<circle class="dot ${kind}" cx="${percent(x)}" cy="${px(y)}" r="4"><title>${title}</title></circle>`;
}

/** A vertical line with a name at its top. */
export function mark(x: number, name: string, kind: string): Html {
  const anchor = x > 0.9 ? 'end' : x < 0.1 ? 'start' : 'middle';
  return html`<line class="mark ${kind}" x1="${percent(x)}" x2="${percent(x)}" y1="${top}" y2="${top + plotHeight}"/><text class="name ${kind}" x="${percent(x)}" y="${top - 4}" text-anchor="${anchor}">${name}</text>`;
}

/** A horizontal line with a name at its left end. */
export function limit(y: number, name: string, kind: string): Html {
  return html`<line class="mark ${kind}" x1="0" x2="100%" y1="${px(y)}" y2="${px(y)}"/><text class="name ${kind}" x="4" y="${px(y) - 4}">${name}</text>`;
}

/** An invisible column that says its numbers where a pointer rests on it. */
export function hit(from: number, to: number, title: string): Html {
  return html`<rect class="hit" x="${percent(from)}" width="${percent(Math.max(0, to - from))}" y="${top}" height="${plotHeight}"><title>${title}</title></rect>`;
}

const px = (share: number): number => round(top + (1 - share) * plotHeight);
const percent = (share: number): string => `${round(share * 100)}%`;
const xy = ([x, y]: Point): string => `${round(x * across)} ${round((1 - y) * plotHeight)}`;
const round = (value: number): number => Math.round(value * 100) / 100;
