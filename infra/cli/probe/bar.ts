import { stripVTControlCharacters } from 'node:util';
import type { Phases } from '../../../shared/probe/result.ts';
import { wrap } from '../wrap.ts';

export type Colors = { readonly hasColors: boolean };

/** Phases in their order: the key of a result, the letter and the ANSI colour of its part of the bar, its name. */
const phases: readonly (readonly [keyof Phases, string, number, string])[] = [
  ['resolveMs', 'r', 36, 'resolve'],
  ['connectMs', 'c', 33, 'connect'],
  ['tlsMs', 't', 35, 'tls'],
  ['processingMs', 'p', 32, 'processing'],
  ['transferMs', 'x', 34, 'transfer'],
];

/** Each phase as wide as its share, from `startMs` on; what is shorter than half a column is left out. */
export function renderBar(times: Phases, startMs: number, columnsPerMs: number, style: Colors): string {
  let endMs = startMs;
  const start = Math.round(startMs * columnsPerMs);
  let drawn = start;
  const parts = phases.map(([key, letter, color]) => {
    endMs += times[key];
    const width = Math.max(0, Math.round(endMs * columnsPerMs) - drawn);
    drawn += width;
    return width === 0 ? '' : paint((style.hasColors ? '█' : letter).repeat(width), color, style);
  });
  return drawn === start ? '' : ' '.repeat(start) + parts.join('');
}

/** What the colours or letters of the bars stand for, in lines of at most `columns`. */
export function renderLegend(style: Colors & { readonly columns: number }): readonly string[] {
  const plain = `Phases: ${phases.map(([, letter, , name]) => `${letter}\u00a0${name}`).join('  ')}`;
  const painted = (line: string) =>
    line.replaceAll(/(\w)\u00a0/g, (_, letter: string) => {
      const color = phases.find(([, each]) => each === letter)?.[2] ?? 0;
      return `${paint(style.hasColors ? '█' : letter, color, style)} `;
    });
  return wrap(plain, style.columns).map((line) => painted(line.trim()));
}

/** `connect 1.2 ms · processing 10.4 ms` */
export function renderTimes(times: Phases): string {
  const parts = phases
    .filter(([key]) => times[key] > 0)
    .map(([key, , , name]) => `${name} ${times[key].toFixed(1)} ms`);
  return parts.join(' · ');
}

/** The text in an ANSI colour; what is in it is taken out of control characters first. */
export function paint(text: string, color: number, { hasColors }: Colors): string {
  const plain = stripVTControlCharacters(text);
  return hasColors ? `\u001b[${color}m${plain}\u001b[0m` : plain;
}
