import type { Content, Widget } from './model.ts';

/** CloudWatch's grid. */
export const columns = 24;
const captionHeight = 2;

/** A figure, and under it the sentence that says how to read it. */
export type Figure = {
  readonly width: number;
  readonly height?: number;
  readonly content: Content;
  /** Markdown. */
  readonly caption?: string;
};
/** Figures side by side, at most 24 columns of them; one caption may serve them all. */
export type Row = { readonly figures: readonly Figure[]; readonly caption?: string };

/** Places rows one below the other, and each caption right after its figure, where a narrow screen stacks them. */
export function place(rows: readonly Row[]): readonly Widget[] {
  const widgets: Widget[] = [];
  let y = 0;
  for (const { figures, caption } of rows) {
    const own = placeFigures(figures, y);
    widgets.push(...own);
    y = Math.max(y, ...own.map((widget) => widget.y + widget.height));
    if (caption === undefined) continue;
    widgets.push({ x: 0, y, width: columns, height: 1, ...text(caption) });
    y += 1;
  }
  return widgets;
}

function placeFigures(figures: readonly Figure[], y: number): readonly Widget[] {
  let x = 0;
  return figures.flatMap(({ width, height = 6, content, caption }) => {
    const at = { x, width };
    x += width;
    const figure = { ...at, y, height, ...content };
    if (caption === undefined) return [figure];
    return [figure, { ...at, y: y + height, height: captionHeight, ...text(caption) }];
  });
}

/** A heading over the whole width. */
export function heading(markdown: string, height: number): Row {
  return { figures: [{ width: columns, height, content: text(markdown) }] };
}

function text(markdown: string): Content {
  return { type: 'text', properties: { markdown, background: 'transparent' } };
}

export function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
