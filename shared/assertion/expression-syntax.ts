import { RE2JS, RE2JSSyntaxException } from 're2js';

const longestPattern = 1_000;
/** Steps of the compiled program, repetitions unrolled. */
const mostSteps = 1_000;

/**
 * Whether it is an expression that we run: RE2, which is Perl's syntax without backreferences and lookarounds, with flags
 * as a prefix (`(?i)`, `(?m)`, `(?s)`). Otherwise the reason, as the end of a sentence about it.
 */
export function isExpression(pattern: string): true | string {
  if (pattern === '') return 'must not be empty';
  if (pattern.length > longestPattern) return `must have at most ${longestPattern} characters, has ${pattern.length}`;
  try {
    const steps = RE2JS.compile(pattern).programSize();
    if (steps <= mostSteps) return true;
    return `is too large: ${steps} steps once its repetitions are written out, of at most ${mostSteps}`;
  } catch (error) {
    return reasonOf(error);
  }
}

const why = 'which RE2 has not, because the time that it takes could not be bounded';

function reasonOf(error: unknown): string {
  if (!(error instanceof RE2JSSyntaxException)) return 'is no regular expression (RE2)';
  const [what, where] = [error.getDescription(), error.getPattern() ?? ''];
  if (/^\\[1-9k]/.test(where)) return `must not hold a backreference (${where}), ${why}`;
  if (/^\(\?<?[=!]/.test(where)) return `must not look ahead or behind (${lookaround(where)}), ${why}`;
  return `is no regular expression (RE2): ${what}${where === '' ? '' : ` at ${where.slice(0, 40)}`}`;
}

const lookaround = (where: string): string => /^\(\?<?[=!]/.exec(where)?.[0] ?? '';
