import { type Command, type Expression, InsightsError, type Named } from './model.ts';
import { type Token, tokensOf } from './tokens.ts';

const commands = ['fields', 'display', 'filter', 'stats', 'sort', 'limit'] as const;
/** Functions of one event, and of many. */
export const functions = ['ispresent', 'bin'] as const;
export const aggregates = ['count', 'count_distinct', 'sum', 'avg', 'min', 'max', 'pct', 'earliest', 'latest'] as const;
/** The strongest last. */
const operators: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['=', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const comparisons = 2;

/**
 * A query of Logs Insights as its commands: fields, display, filter, stats … by, sort and limit, with comparisons, arithmetic,
 * `like`, `in`, `not`, `ispresent`, `bin` and the aggregates that `aggregates` names. A `SOURCE` at the start is passed over. Throws
 * an InsightsError that names what is wrong, or what is not there here.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function parseInsights(query: string): readonly Command[] {
  const reader = new Reader(tokensOf(query));
  const parsed: Command[] = [];
  do {
    const command = readCommand(reader);
    if (command) parsed.push(command);
  } while (reader.take('|'));
  reader.expectEnd();
  return parsed;
}

function readCommand(reader: Reader): Command | undefined {
  const word = reader.word('a command').toLowerCase();
  if (word === 'source') {
    while (!reader.isAt('|') && !reader.isAtEnd()) reader.skip();
    return undefined;
  }
  const known = commands.find((command) => command === word);
  switch (known) {
    case 'fields':
    case 'display':
      return { kind: 'fields', fields: readNamed(reader) };
    case 'filter':
      return { kind: 'filter', condition: readExpression(reader) };
    case 'stats':
      return { kind: 'stats', values: readNamed(reader), by: reader.take('by') ? readNamed(reader) : [] };
    case 'sort':
      return { kind: 'sort', keys: readKeys(reader) };
    case 'limit':
      return { kind: 'limit', count: reader.count() };
    case undefined:
      throw new InsightsError(`the command ${word} is not known here; there are ${commands.join(', ')}`);
    default:
      return known satisfies never;
  }
}

function readNamed(reader: Reader): readonly Named[] {
  const all: Named[] = [];
  do {
    const from = reader.position;
    const of = readExpression(reader);
    const text = reader.textSince(from);
    all.push({ of, name: reader.take('as') ? reader.name() : of.kind === 'field' ? of.name : text });
  } while (reader.take(','));
  return all;
}

function readKeys(reader: Reader) {
  const keys: { of: Expression; isDescending: boolean }[] = [];
  do {
    const of = readExpression(reader);
    const isDescending = reader.take('desc');
    if (!isDescending) reader.take('asc');
    keys.push({ of, isDescending });
  } while (reader.take(','));
  return keys;
}

function readExpression(reader: Reader, level = 0): Expression {
  const signs = operators[level];
  if (signs === undefined) return readOperand(reader);
  if (level === comparisons && reader.take('not')) return { kind: 'not', of: readExpression(reader, level) };
  let left = readExpression(reader, level + 1);
  for (;;) {
    const operator = signs.find((sign) => reader.take(sign));
    if (operator !== undefined) left = { kind: 'binary', operator, left, right: readExpression(reader, level + 1) };
    else if (level === comparisons && reader.isAtMembership()) left = readMembership(reader, left);
    else return left;
  }
}

/** `like` and `in`, or one of them denied. */
function readMembership(reader: Reader, of: Expression): Expression {
  const isDenied = reader.take('not');
  const found: Expression = reader.take('like')
    ? { kind: 'like', of, pattern: reader.pattern() }
    : { kind: 'in', of, list: readList(reader) };
  return isDenied ? { kind: 'not', of: found } : found;
}

function readList(reader: Reader): readonly Expression[] {
  reader.expect('in');
  reader.expect('[');
  const list = [readOperand(reader)];
  while (reader.take(',')) list.push(readOperand(reader));
  reader.expect(']');
  return list;
}

function readOperand(reader: Reader): Expression {
  if (reader.take('(')) {
    const inner = readExpression(reader);
    reader.expect(')');
    return inner;
  }
  const value = reader.value();
  if (value !== undefined) return { kind: 'value', value };
  const isQuoted = reader.isAtQuoted();
  const name = reader.name();
  if (isQuoted || !reader.take('(')) return { kind: 'field', name };
  const lower = name.toLowerCase();
  if (![...functions, ...aggregates].some((known) => known === lower))
    throw new InsightsError(
      `the function ${name} is not known here; there are ${[...functions, ...aggregates].join(', ')}`,
    );
  const given: Expression[] = [];
  if (lower === 'count' && reader.take('*')) reader.expect(')');
  else if (!reader.take(')')) {
    do given.push(readExpression(reader));
    while (reader.take(','));
    reader.expect(')');
  }
  return { kind: 'call', name: lower, arguments: given };
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new InsightsError(`/${pattern}/ is no regular expression`, { cause });
  }
}

const spanMs: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 },
};

/** Reads tokens one after the other. */
class Reader {
  readonly #tokens: readonly Token[];
  position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.position] ?? { kind: 'end', text: '' };
  }
  isAtEnd(): boolean {
    return this.#token.kind === 'end';
  }
  isAtQuoted(): boolean {
    return this.#token.kind === 'quoted';
  }
  isAt(text: string): boolean {
    const { kind, text: own } = this.#token;
    return (kind === 'sign' || kind === 'word') && own.toLowerCase() === text;
  }
  isAtMembership(): boolean {
    const following = this.#tokens[this.position + 1]?.text.toLowerCase();
    const isDenied = this.isAt('not') && (following === 'like' || following === 'in');
    return this.isAt('like') || this.isAt('in') || isDenied;
  }
  skip(): void {
    this.position += 1;
  }
  take(text: string): boolean {
    const is = this.isAt(text);
    if (is) this.skip();
    return is;
  }
  expect(text: string): void {
    if (!this.take(text)) throw this.#unexpected(JSON.stringify(text));
  }
  expectEnd(): void {
    if (!this.isAtEnd()) throw this.#unexpected('| or the end');
  }
  word(wanted: string): string {
    const { kind, text } = this.#token;
    if (kind !== 'word') throw this.#unexpected(wanted);
    this.skip();
    return text;
  }
  name(): string {
    const { kind, text } = this.#token;
    if (kind !== 'quoted') return this.word('the name of a field');
    this.skip();
    return text.slice(1, -1);
  }
  count(): number {
    const { kind, text } = this.#token;
    if (kind !== 'number' || !/^[1-9]\d{0,4}$/.test(text)) throw this.#unexpected('a whole number from 1 to 99999');
    this.skip();
    return Number(text);
  }
  /** A text, a number, or a span as its milliseconds. */
  value(): string | number | undefined {
    const { kind, text } = this.#token;
    if (kind !== 'text' && kind !== 'number' && kind !== 'span') return undefined;
    this.skip();
    if (kind === 'text') return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
    if (kind === 'number') return Number(text);
    const [, number, unit = ''] = /^(\d+)(\w+)$/.exec(text) ?? [];
    return Number(number) * (spanMs[unit] ?? Number.NaN);
  }
  /** Of a regular expression, or of a text that has to be somewhere in it. */
  pattern(): RegExp {
    const { kind, text } = this.#token;
    if (kind === 'pattern') {
      this.skip();
      return compile(text.slice(1, -1));
    }
    const value = this.value();
    if (typeof value !== 'string') throw this.#unexpected('/a regular expression/ or a text');
    return new RegExp(RegExp.escape(value));
  }
  /** As it was written, without spaces. */
  textSince(position: number): string {
    return this.#tokens
      .slice(position, this.position)
      .map(({ text }) => text)
      .join('');
  }

  #unexpected(wanted: string): InsightsError {
    const { kind, text } = this.#token;
    return new InsightsError(`expected ${wanted}, got ${kind === 'end' ? 'the end' : text.slice(0, 40)}`);
  }
}
