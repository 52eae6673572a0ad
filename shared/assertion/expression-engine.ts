import { RE2JS } from 're2js';
import { isExpression } from './expression-syntax.ts';

/** What an expression matched, then its groups; null for a group that took no part. */
type Groups = readonly (string | null)[];

/** Searches, never demands that all of a text matches (`^` and `$` do). All of it takes time linear in the text. */
export type Expressions = {
  /** False, too, for a text that is longer than `longestText`. */
  readonly test: (pattern: string, text: string) => boolean;
  /** The first match; undefined where there is none, or the text is longer than half of `longestText`. */
  readonly find: (pattern: string, text: string) => Groups | undefined;
  /** How many characters this expression may look at: fewer, the larger it is. */
  readonly longestText: (pattern: string) => number;
};

/**
 * Steps × characters. A hostile pair costs 8 ns each in `test` (130 ms for all of it) and 12 ns in `find`, which gets half:
 * measured with `a[ab]{900}$` on random letters. Ordinary ones take a twentieth of that.
 */
const mostWork = 2 ** 24;
/** Compiled expressions that are kept, the latest ones. */
const mostKept = 100;

/** The one engine, with its compiled expressions. Patterns that are none match nothing. */
export const expressions: Expressions = {
  test: (pattern, text) => {
    const compiled = compile(pattern);
    return compiled !== undefined && text.length <= textLimit(compiled) && compiled.test(text);
  },
  find: (pattern, text) => {
    const compiled = compile(pattern);
    if (!compiled || text.length > textLimit(compiled) / 2) return undefined;
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return undefined;
    return Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group));
  },
  longestText: (pattern) => {
    const compiled = compile(pattern);
    return compiled ? textLimit(compiled) : 0;
  },
};

const kept = new Map<string, RE2JS | undefined>();

function compile(pattern: string): RE2JS | undefined {
  if (kept.has(pattern)) return kept.get(pattern);
  const compiled = isExpression(pattern) === true ? RE2JS.compile(pattern) : undefined;
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value ?? '');
  kept.set(pattern, compiled);
  return compiled;
}

function textLimit(compiled: RE2JS): number {
  return Math.floor(mostWork / compiled.programSize());
}
