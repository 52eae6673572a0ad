/** Where words end, or begin, in pixels of the canvas. */
export type Place = { readonly x: number; readonly y: number };

/** Where words end that would stand at the right edge: left of those that begin on the same height. `ratio` is that of the device's pixels. */
export function besides(words: readonly Place[], right: number, y: number, ratio: number): Place {
  const near = words.filter((word) => Math.abs(word.y - y) < 12 * ratio);
  return { x: Math.min(right, ...near.map(({ x }) => x - 8 * ratio)), y };
}
