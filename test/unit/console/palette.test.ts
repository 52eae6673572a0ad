import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const source = readFileSync(join(import.meta.dirname, '../../../infra/local/console/css/palette.css'), 'utf8');
const [light = '', dark = ''] = source.split('@media (prefers-color-scheme: dark)');
const lightColours = coloursOf(light);
const schemes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  light: lightColours,
  dark: { ...lightColours, ...coloursOf(dark) },
};

/** Ink and ground as the style sheet puts them together. */
const pairs: readonly (readonly [string, string, number])[] = [
  ...['ground', 'surface', 'raised', 'good-ground', 'warn-ground', 'bad-ground', 'info-ground'].map(
    (ground) => ['text', ground, 4.5] as const,
  ),
  ...['ground', 'surface', 'raised'].map((ground) => ['muted', ground, 4.5] as const),
  ...['good', 'warn', 'bad', 'odd', 'calm', 'info'].map((tone) => [tone, `${tone}-ground`, 4.5] as const),
  ...['good', 'warn', 'bad', 'odd'].map((tone) => [tone, 'surface', 4.5] as const),
  ['bad', 'raised', 4.5],
  ['surface', 'accent', 4.5],
  ['on-solid', 'solid-bad', 4.5],
  ['on-solid', 'solid-good', 4.5],
  ['focus', 'ground', 3],
  ['focus', 'surface', 3],
  ['focus', 'bad-ground', 3],
  ['line', 'surface', 3],
  ['border-strong', 'surface', 3],
];
const rows = Object.keys(schemes).flatMap((scheme) =>
  pairs.map(([ink, ground, least]) => [scheme, ink, ground, least] as const),
);

describe('the palette (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
  it.each(rows)('%s: %s on %s has a contrast of at least %s', (scheme, ink, ground, least) => {
    expect(contrast(colour(scheme, ink), colour(scheme, ground))).toBeGreaterThanOrEqual(least);
  });

  it('knows black on white as 21', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  });
});

function coloursOf(css: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...css.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1], match[2]]));
}

function colour(scheme: string, name: string): string {
  const value = schemes[scheme]?.[name];
  if (value === undefined) throw new Error(`no colour --${name} in ${scheme}`);
  return value;
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
