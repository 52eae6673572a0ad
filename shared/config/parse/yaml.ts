import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Code, ShortCode } from './codes.ts';
import type { Fault } from './problem.ts';

export const longestFileBytes = 2_097_152;

/** A file as a tree of YAML nodes, with what is needed to say where each of them stands. */
export type Source = { readonly document: Document.Parsed; readonly lines: LineCounter };
export type Opened = { readonly source?: Source; readonly lines: LineCounter; readonly faults: readonly Fault[] };

/**
 * Reads YAML 1.2 (core types, `<<` merges allowed). Without a `source` the text is not worth reading further; an
 * unknown tag leaves the tree readable, so that the rest of the errors can be told with it. Keys that stand twice are
 * left to `toPlain`: the reader's own check takes a minute for a map of 20,000 keys.
 */
export function openYaml(input: string | Uint8Array): Opened {
  const lines = new LineCounter();
  const text = typeof input === 'string' ? input : new TextDecoder('utf-8', { ignoreBOM: true }).decode(input);
  const refusal = refuseText(text, typeof input === 'string' ? Buffer.byteLength(input) : input.byteLength);
  if (refusal) {
    countLines(text, lines);
    return { lines, faults: [refusal] };
  }
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    stringKeys: false,
    strict: true,
    uniqueKeys: false,
  });
  const faults = firstOfLine([...document.errors, ...document.warnings], lines).map(toFault);
  if (faults.some(({ code }) => !readable.includes(code))) return { lines, faults };
  return { source: { document, lines }, lines, faults };
}

const readable: readonly Code[] = ['BURN_CONFIG_TAG'];
const notUtf8: Fault = { code: 'BURN_CONFIG_ENCODING', path: [], message: 'the file must be UTF-8 text' };

/** The reader counts lines as it reads; for a text that it never sees they are counted here. */
function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
}

/** One slip often makes the reader stumble several times on the same line: the first time says it all. */
function firstOfLine(errors: readonly YAMLError[], lines: LineCounter): YAMLError[] {
  const seen = new Set<number>();
  return errors.filter(({ pos }) => {
    const { line } = lines.linePos(pos[0]);
    return !seen.has(line) && seen.add(line);
  });
}

function refuseText(text: string, bytes: number): Fault | undefined {
  if (bytes > longestFileBytes)
    return whole('TOO_LARGE', 'the file must be at most 2 MiB; use anchors for what repeats');
  if (text.startsWith('\uFEFF'))
    return whole('BOM', 'the file starts with a byte order mark: save it as UTF-8 without one');
  const odd = /\uFFFD|(?![\t\n\r\u0085])\p{Cc}/u.exec(text);
  if (odd?.[0] === '\uFFFD') return { ...notUtf8, offset: odd.index };
  if (odd) return { ...whole('CONTROL_CHARACTER', 'the file holds a control character'), offset: odd.index };
  const isEmpty = text.split('\n').every((line) => /^\s*(#.*|---\s*|\.\.\.\s*)?$/.test(line));
  return isEmpty ? whole('EMPTY', 'the file is empty: try npx burnwatch init') : undefined;
}

function whole(code: ShortCode, message: string): Fault {
  return { code: `BURN_CONFIG_${code}`, path: [], message };
}

/** Sentences of our own: those of the reader may quote the file, and the file may hold what must not be shown. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag of its own',
  BAD_COLLECTION_TYPE: 'this tag does not fit what it stands before',
  BAD_DIRECTIVE: 'only the directive %YAML 1.2 is known',
  BAD_DQ_ESCAPE: 'an escape in double quotes is wrong: a backslash is written as \\\\, or use single quotes',
  BAD_INDENT: 'the indentation is wrong, or brackets, braces or quotes further up are not closed',
  BAD_PROP_ORDER: 'anchors and tags belong before the value, after the key and its colon',
  BAD_SCALAR_START: 'a plain text cannot start with this character: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a map cannot start on the line of another key: put it on a line of its own, or quote a text with ": "',
  BLOCK_IN_FLOW: 'an indented block cannot stand inside brackets or braces',
  KEY_OVER_1024_CHARS: 'a key must be at most 1,024 characters long',
  MISSING_CHAR: 'something is missing here: a colon, a comma, a space, or the end of brackets, braces or quotes',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, followed by a colon',
  MULTIPLE_ANCHORS: 'a value can have only one anchor',
  MULTIPLE_DOCS: 'the file must hold one document: take out the line ---',
  MULTIPLE_TAGS: 'a value can have only one tag',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply',
  UNEXPECTED_TOKEN: 'this does not belong here: check the brackets, quotes and indentation',
};

function toFault(error: YAMLError): Fault {
  const at = { path: [], offset: error.pos[0] };
  if (error.code === 'TAB_AS_INDENT') {
    return { ...at, code: 'BURN_CONFIG_TAB', message: 'indentation must be spaces, not tabs' };
  }
  if (error.code === 'BAD_ALIAS') {
    return { ...at, code: 'BURN_CONFIG_ALIAS', message: 'an alias (*name) must follow an anchor (&name) of that name' };
  }
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return { ...at, code: 'BURN_CONFIG_TAG', message: 'this tag is not known: only the types of YAML 1.2 core are' };
  }
  return { ...at, code: 'BURN_CONFIG_YAML', message: sentences[error.code] ?? 'this is not valid YAML' };
}
