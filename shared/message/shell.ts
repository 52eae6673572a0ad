import type { Reference, Text } from '../config/model.ts';

/** The values of this stack's outputs, by name: a record of them, or something that looks them up. */
export type Outputs = Readonly<Record<string, string | undefined>> | ((name: string) => string | undefined);

/** A shell's variable, by its name. */
type Variable = { readonly variable: string };
/** What makes up one word of a command. */
export type Piece = string | Variable;

/** The pieces of a text: outputs by their values where they are known; every other reference is a variable. */
export function piecesOf(text: Text, outputs: Outputs): readonly Piece[] {
  return (typeof text === 'string' ? [text] : text).map((part) => {
    if (typeof part === 'string') return part;
    return outputOf(part, outputs) ?? { variable: variableOf(part) };
  });
}

/** The same for people: variables as `$NAME`, outputs resolved. No secret is in it. */
export function showText(text: Text, outputs: Outputs): string {
  return piecesOf(text, outputs)
    .map((piece) => (typeof piece === 'string' ? piece : `$${piece.variable}`))
    .join('');
}

/**
 * One word for a POSIX shell: literals in single quotes, variables in double quotes beside them, so that nothing in a literal
 * means anything to the shell.
 */
export function quote(pieces: readonly Piece[]): string {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else joined.push(piece);
  }
  return joined.map((piece) => (typeof piece === 'string' ? quoteLiteral(piece) : `"$${piece.variable}"`)).join('');
}

/** The same, without quotes where nothing needs them. */
export function quoteLightly(pieces: readonly Piece[]): string {
  const whole = pieces.join('');
  const isPlain = pieces.every((piece) => typeof piece === 'string') && /^[\w%+=:,./@][\w%+=:,./@-]*$/.test(whole);
  return isPlain ? whole : quote(pieces);
}

/** `printf '…' "$VARIABLE"`: writes exactly these bytes, line ends included. */
export function printf(pieces: readonly Piece[]): string {
  const format = pieces.map((piece) => (typeof piece === 'string' ? escapeFormat(piece) : '%s')).join('');
  const values = pieces.filter((piece) => typeof piece !== 'string').map((piece) => quote([piece]));
  return ['printf', quoteLiteral(format), ...values].join(' ');
}

function escapeFormat(text: string): string {
  const named: Readonly<Record<string, string>> = { '\\': '\\\\', '%': '%%', '\r': '\\r', '\n': '\\n', '\t': '\\t' };
  return text.replaceAll(
    /[\\%\p{Cc}]/gu,
    (char) => named[char] ?? [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
}

function outputOf(reference: Reference, outputs: Outputs): string | undefined {
  if (!('output' in reference)) return undefined;
  return typeof outputs === 'function' ? outputs(reference.output) : outputs[reference.output];
}

/** The last part of a parameter's path in upper case, an output's or a variable's own name, `RANDOM_HEX8`. */
function variableOf(reference: Reference): string {
  const clean = nameOf(reference).replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(clean) ? `_${clean}` : clean;
}

function nameOf(reference: Reference): string {
  if ('ssm' in reference) return (reference.ssm.split('/').filter(Boolean).at(-1) ?? 'SECRET').toUpperCase();
  if ('output' in reference) return reference.output;
  if ('data' in reference) return reference.data;
  return 'vars' in reference ? reference.vars : `RANDOM_${reference.random.toUpperCase()}`;
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
