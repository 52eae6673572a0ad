import { AwsError } from './error.ts';

export const operators = ['||', '&&', '==', '!=', '<=', '>=', '<', '>', '+', '-', '*', '/', '^'] as const;
export type Operator = (typeof operators)[number];

/** A metric math expression as a tree. A name is the id of another query, or a word such as `REPEAT`. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'minus'; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
const longest = 2_048;
const deepest = 64;

/** Which operators bind how tightly, the loosest first. A power binds tighter than the minus before it. */
const levels: readonly (readonly Operator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

/** Throws an AwsError (ValidationError) that says what cannot be read. */
export function parseExpression(text: string): Expression {
  if (text.length > longest) throw invalid(text, `is longer than ${longest} characters`);
  const reader = new Reader(text, tokensOf(text));
  const expression = reader.binary(0, 0);
  const rest = reader.next();
  if (rest !== undefined) throw invalid(text, `has ${rest} where it should end`);
  return expression;
}

/** The queries that an expression names. */
export function namesIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return [];
    case 'name':
      return [expression.name];
    case 'list':
      return expression.items.flatMap(namesIn);
    case 'call':
      return expression.args.flatMap(namesIn);
    case 'minus':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    default:
      return expression satisfies never;
  }
}

const token = /\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|"[^"]*"|'[^']*'|\|\||&&|[=!<>]=|[<>+\-*/^()[\],])/y;

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const found = token.exec(text)?.[1];
    if (found === undefined) throw invalid(text, `cannot be read from character ${at + 1}`);
    tokens.push(found === 'AND' ? '&&' : found === 'OR' ? '||' : found);
  }
  return tokens;
}

function invalid(text: string, why: string): AwsError {
  return new AwsError('ValidationError', `The expression ${text.slice(0, 200)} ${why}.`);
}

class Reader {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string, tokens: readonly string[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  binary(level: number, depth: number): Expression {
    const own = levels[level];
    if (own === undefined) return this.#unary(depth);
    let left = this.binary(level + 1, depth);
    for (;;) {
      const operator = own.find((one) => one === this.#tokens[this.#at]);
      if (operator === undefined) return left;
      this.#at += 1;
      left = { kind: 'binary', operator, left, right: this.binary(level + 1, depth) };
    }
  }

  #unary(depth: number): Expression {
    if (depth > deepest) throw invalid(this.#text, 'is nested too deeply');
    if (this.#takes('-')) return { kind: 'minus', operand: this.#unary(depth + 1) };
    const base = this.#primary(depth);
    return this.#takes('^') ? { kind: 'binary', operator: '^', left: base, right: this.#unary(depth + 1) } : base;
  }

  #primary(depth: number): Expression {
    const first = this.next();
    if (first === undefined) throw invalid(this.#text, 'ends where a value should be');
    if (/^[\d.]/.test(first)) return { kind: 'number', value: Number(first) };
    if (/^["']/.test(first)) return { kind: 'text', value: first.slice(1, -1) };
    if (first === '[') return { kind: 'list', items: this.#until(']', depth) };
    if (first === '(') {
      const inner = this.binary(0, depth + 1);
      if (!this.#takes(')')) throw invalid(this.#text, 'has a ( without its )');
      return inner;
    }
    if (!/^\w/.test(first)) throw invalid(this.#text, `has ${first} where a value should be`);
    return this.#takes('(')
      ? { kind: 'call', name: first, args: this.#until(')', depth) }
      : { kind: 'name', name: first };
  }

  #until(end: ')' | ']', depth: number): readonly Expression[] {
    const items: Expression[] = [];
    if (this.#takes(end)) return items;
    do items.push(this.binary(0, depth + 1));
    while (this.#takes(','));
    if (!this.#takes(end)) throw invalid(this.#text, `has no ${end} where one should be`);
    return items;
  }

  #takes(wanted: string): boolean {
    if (this.#tokens[this.#at] !== wanted) return false;
    this.#at += 1;
    return true;
  }
}
