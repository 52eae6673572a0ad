import type { Code } from './codes.ts';

/** A place in the tree of the file: keys and indexes from the root on. */
export type Path = readonly (string | number)[];

/** Something that is wrong in the file, before its line is known. `at` says what to point at where the path is absent. */
export type Fault = {
  readonly code: Code;
  readonly path: Path;
  /** A sentence without its subject: `must be below 100, got 100`. */
  readonly message: string;
  /** Offset in the file, for faults that have no path (syntax) or a better place than their path. */
  readonly offset?: number;
};

/** One error or warning as a person reads it. Line and column start at 1; a fault of the file as a whole is at 1:1. */
export type Problem = {
  readonly code: Code;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `slos.api.alerts[0].budget`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
};

const longestMessage = 400;
const longestPath = 240;

/** `slos.api.alerts[0].budget`. Keys that would read badly are quoted: `headers["x y"]`. */
export function renderPath(path: Path): string {
  const text = path.reduce<string>((above, part) => `${above}${renderPart(part, above === '')}`, '');
  return text.length > longestPath ? `${text.slice(0, longestPath - 1)}…` : text;
}

function renderPart(part: string | number, isFirst: boolean): string {
  if (typeof part === 'number') return `[${part}]`;
  if (!/^([\w-]{1,64}|<<)$/.test(part)) return `[${quote(part)}]`;
  return isFirst ? part : `.${part}`;
}

/** `monitors.yml:12:5 slos.api.objective: must be below 100, got 100`. One line, whatever the file held. */
export function renderProblem(problem: Problem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const subject = problem.path === '' ? '' : ` ${problem.path}`;
  return `${place}${subject}: ${problem.message}`;
}

/** A value as JSON on one line, at most 60 characters, so that what a person typed can be shown back safely. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  const cut = json.length > 60 ? `${json.slice(0, 57)}…` : json;
  return cut.replaceAll(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** What was found, for the end of a message: numbers as they are, `nothing` for an empty value. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'object' ? 'a map' : quote(value);
}

/** Cuts a sentence of another room to a length that a terminal can bear. */
export function short(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message;
}
