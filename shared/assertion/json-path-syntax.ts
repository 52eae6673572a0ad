import { JSONPathEnvironment } from 'json-p3';

/**
 * Why `path` is not a JSONPath (RFC 9535) that we run, without what was found; undefined when it is one. Left out is what can
 * take far more time than the document is long, and what only the document decides: expressions of its own
 * (`match`, `search`), and searches within searches.
 */
export function jsonPathProblem(path: string): string | undefined {
  if (!isWellFormed(path)) return 'must be a JSONPath such as $.status (RFC 9535)';
  const bare = withoutQuotes(path);
  if (/\b(match|search)\s*\(/.test(bare)) {
    return 'must not use match() or search(), whose time cannot be bounded: use the operator matches';
  }
  const inBrackets = bracketed(bare);
  if (bare.split('..').length > 2 || inBrackets.some((text) => text.includes('..'))) {
    return 'must hold at most one "..", outside brackets: more take too long on a large document';
  }
  if (inBrackets.some((text) => text.includes('$'))) {
    return 'must not begin at "$" again inside brackets: it takes too long on a large document';
  }
  if (inBrackets.filter((text) => text.includes(',')).length > 1) {
    return 'must hold at most one list of selectors: more take too long on a large document';
  }
  return undefined;
}

function isWellFormed(path: string): boolean {
  try {
    new JSONPathEnvironment().compile(path);
    return true;
  } catch {
    // The library's own message names positions of its tokens; the caller says what was expected.
    return false;
  }
}

function withoutQuotes(path: string): string {
  return path.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "''");
}

/** What stands inside each pair of brackets, without what is inside further ones. */
function bracketed(path: string): readonly string[] {
  const open: string[] = [];
  const closed: string[] = [];
  for (const char of path) {
    if (char === '[') open.push('');
    else if (char === ']') closed.push(open.pop() ?? '');
    else if (open.length > 0) open.push(`${open.pop()}${char}`);
  }
  return closed;
}
