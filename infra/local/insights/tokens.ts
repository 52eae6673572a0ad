import { InsightsError } from './model.ts';

export type Token = {
  readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'span' | 'pattern' | 'sign' | 'end';
  readonly text: string;
};

/** What may stand where, tried in this order. A name in backticks may hold anything else. */
const kinds: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /(?:\s|#[^\n]*)+/y],
  ['span', /\d+(?:ms|s|m|h|d|w)\b/y],
  ['number', /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/iy],
  ['text', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y],
  ['quoted', /`[^`]+`/y],
  ['word', /[@A-Za-z_][\w@.]*/y],
  ['sign', /<=|>=|!=|[=<>|,()[\]*+/-]/y],
];
const pattern = /\/(?:[^/\\\n]|\\.)+\//y;

/** The tokens of a query, with one of kind `end` behind the last. A slash after `like` begins a regular expression. */
export function tokensOf(query: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < query.length) {
    const previous = tokens.at(-1);
    const isPattern = previous?.kind === 'word' && previous.text.toLowerCase() === 'like';
    const isOperator = previous !== undefined && (previous.kind !== 'sign' || previous.text === ')');
    const found = next(query, at, isPattern, isOperator);
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text });
    at += found.text.length;
  }
  return [...tokens, { kind: 'end', text: '' }];
}

function next(query: string, at: number, isPattern: boolean, isOperator: boolean) {
  const candidates = isPattern
    ? ([...kinds.slice(0, 1), ['pattern', pattern] as const, ...kinds.slice(1)] as const)
    : kinds;
  for (const [kind, expression] of candidates) {
    expression.lastIndex = at;
    const text = expression.exec(query)?.[0];
    // After an operand a minus is a sign between two.
    if (text === undefined || (kind === 'number' && isOperator && text.startsWith('-'))) continue;
    return { kind, text };
  }
  throw new InsightsError(`there is no sense in ${JSON.stringify(query.slice(at, at + 20))}, at character ${at + 1}`);
}
