const symbols: Readonly<Record<string, string>> = {
  '==': 'equals',
  '!=': 'notEquals',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};
const withPath = ['header', 'json'];
const named = /^(\w+)\.([^\s=!<>]*)$/;

export type ShortForm = { source: string; path?: string; op: string; value?: string };

/**
 * Splits `source [path] operator [value]`, with white space between the parts; undefined when it has another shape.
 * A JSONPath may hold spaces inside brackets and quotes; the path of `certificate.issuer` follows a dot. Names are not
 * judged here.
 */
export function splitShortForm(input: string): ShortForm | undefined {
  const [word, afterSource] = takeWord(input.trim());
  if (word === '') return undefined;
  const [, source = word, name] = named.exec(word) ?? [];
  const [path, afterPath] =
    withPath.includes(source) && name === undefined ? takePath(afterSource) : [name, afterSource];
  const [operator, value] = takeOperator(afterPath);
  const op = symbols[operator] ?? operator;
  if (op === '' || path === '') return undefined;
  return { source, op, ...(path === undefined ? {} : { path }), ...(value === '' ? {} : { value }) };
}

/** The symbol of an operator where it has one, else its word. */
export function symbolOf(op: string): string {
  return Object.entries(symbols).find(([, word]) => word === op)?.[0] ?? op;
}

/** An operator as it is written in that form of an assertion. */
export function spell(op: string, form: 'short' | 'object'): string {
  return form === 'short' ? symbolOf(op) : op;
}

function takeWord(text: string): [string, string] {
  const word = /^[^\s=!<>]+/.exec(text)?.[0] ?? '';
  return [word, text.slice(word.length).trimStart()];
}

/** A symbol may stand without spaces around it; a word may not. */
function takeOperator(text: string): [string, string] {
  const symbol = /^(==|!=|<=|>=|<|>)/.exec(text)?.[0];
  if (symbol) return [symbol, text.slice(symbol.length).trim()];
  const word = /^\S+/.exec(text)?.[0] ?? '';
  return [word, text.slice(word.length).trim()];
}

/** Up to the first white space or comparison that is outside brackets and quotes. */
function takePath(text: string): [string, string] {
  let depth = 0;
  let quote = '';
  let at = 0;
  for (; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quote) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (depth > 0 && (char === '"' || char === "'")) quote = char;
    else if (char === '[' || char === '(') depth += 1;
    else if (char === ']' || char === ')') depth -= 1;
    else if (depth === 0 && /[\s=!<>]/.test(char)) break;
  }
  return [text.slice(0, at), text.slice(at).trimStart()];
}
