import type { DrawnSeries } from './widget-queries.ts';

/** Told apart on white and on near-black alike; the order in which series take them. */
const wheel = [
  '#2766c4',
  '#d9730d',
  '#2f9e5b',
  '#c2323f',
  '#8a63d2',
  '#9a6b4f',
  '#d256a5',
  '#74808f',
  '#a8991f',
  '#1a9fb0',
] as const;

/** Each series its colour: its own, else the next of the wheel. */
export function colorsOf(series: readonly Pick<DrawnSeries, 'color'>[]): readonly string[] {
  return series.map(({ color }, index) => color ?? wheel[index % wheel.length] ?? wheel[0]);
}

/** The same, thin enough to lie under lines. */
export const faded = (color: string): string => `${color}40`;
