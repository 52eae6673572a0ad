import { isCode } from './code.ts';
import { type InputError, invalidInput, type Problem } from './problem.ts';

/** One page of the list: at most `limit` links that come after the link `after`. */
export type PageQuery = { readonly limit: number; readonly after?: string };

const usualLimit = 50;
const largestLimit = 100;
/** Marks the form of a cursor, so that another form can follow one day. */
const version = '1:';

/** `?limit=` (1 to 100, 50 without it) and `?cursor=` of a list; anything else is refused. */
export function parsePageQuery(query: string): { readonly value: PageQuery } | Problem {
  const parameters = new URLSearchParams(query);
  const limit = parameters.get('limit') ?? String(usualLimit);
  const cursor = parameters.get('cursor');
  const after = cursor === null ? undefined : parseCursor(cursor);
  const errors: InputError[] = [...strangers(parameters)];
  if (!/^[1-9]\d{0,2}$/.test(limit) || Number(limit) > largestLimit) {
    errors.push(wrong('limit', `limit must be a whole number from 1 to ${largestLimit}`));
  }
  if (cursor !== null && after === undefined) errors.push(wrong('cursor', 'cursor must be a nextCursor of this list'));
  if (errors.length > 0) return invalidInput(errors);
  return { value: { limit: Number(limit), ...(after !== undefined && { after }) } };
}

/** The cursor for what follows the link with this code. */
export function renderCursor(code: string): string {
  return Buffer.from(version + code).toString('base64url');
}

/** The code in a cursor, or undefined. A forged one can at most name another place to go on from. */
function parseCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor.slice(0, 128), 'base64url').toString('latin1');
  const code = text.slice(version.length);
  return text.startsWith(version) && isCode(code) && renderCursor(code) === cursor ? code : undefined;
}

function strangers(parameters: URLSearchParams): readonly InputError[] {
  const names = [...parameters.keys()];
  if (names.every((name, at) => (name === 'limit' || name === 'cursor') && names.indexOf(name) === at)) return [];
  return [wrong('', 'limit and cursor are the only parameters here, each at most once')];
}

function wrong(name: string, detail: string): InputError {
  return { pointer: `?${name}`, code: 'parameter', detail };
}
