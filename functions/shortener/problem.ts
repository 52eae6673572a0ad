import type { Answer } from './http.ts';

/**
 * Every problem that the shortener answers with, by its stable name: its HTTP status and its title. The `type` of a
 * problem is `urn:burnwatch:problem:<name>`: absolute as RFC 9457 §3.1.1 advises, and no promise of a page somewhere.
 */
export const problems = {
  'invalid-request': { status: 400, title: 'This is not an HTTP request' },
  'invalid-idempotency-key': { status: 400, title: 'The idempotency key is not one' },
  'invalid-json': { status: 400, title: 'The body is not one JSON object' },
  unauthorized: { status: 401, title: 'A valid bearer token is needed' },
  'unknown-path': { status: 404, title: 'There is nothing at this path' },
  'unknown-link': { status: 404, title: 'There is no such link' },
  'method-not-allowed': { status: 405, title: 'This path does not take this method' },
  'code-taken': { status: 409, title: 'This code is taken' },
  'idempotency-key-in-use': { status: 409, title: 'A request with this idempotency key is under way' },
  'link-disabled': { status: 410, title: 'This link is disabled' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json' },
  'unsupported-content-encoding': { status: 415, title: 'The body must not be encoded' },
  'invalid-input': { status: 422, title: 'Some of the input is not valid' },
  'idempotency-key-reused': { status: 422, title: 'This idempotency key came with another request' },
  'too-many-requests': { status: 429, title: 'There were too many requests' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  'fault-injected': { status: 503, title: 'A drill is on: this failure is on purpose' },
  'database-unavailable': { status: 503, title: 'The database cannot be reached' },
  'token-unavailable': { status: 503, title: 'The write token cannot be read' },
  'no-free-code': { status: 503, title: 'No free code was found' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemName = keyof typeof problems;

/** One thing that is wrong with the input: `pointer` is `#/url` for a field of the body, `?limit` for a parameter. */
export type InputError = { readonly pointer: string; readonly code: string; readonly detail: string };

/** A refusal as data. `detail` is one sentence that says what to do; it never holds a secret or a stack. */
export type Problem = {
  readonly problem: ProblemName;
  readonly detail: string;
  readonly errors?: readonly InputError[];
  readonly headers?: Readonly<Record<string, string>>;
};

/** What an endpoint says: an answer, or why there is none. */
export type Reply = Answer | Problem;

export function problemType(name: ProblemName): string {
  return `urn:burnwatch:problem:${name}`;
}

/** A refusal for wrong input, which lists everything that is wrong with it. */
export function invalidInput(errors: readonly InputError[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  return { problem: 'invalid-input', detail: `${first?.detail ?? 'the input is not valid'}${more}`, errors };
}

/** RFC 9457 problem details. `requestId` is Lambda's, so that the log of this invocation can be found. */
export function problemAnswer(problem: Problem, requestId: string): Answer {
  return {
    statusCode: problems[problem.problem].status,
    headers: { ...problem.headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify({ ...renderProblem(problem), requestId }),
  };
}

/** The members of a problem document but for `requestId`. */
export function renderProblem({ problem, detail, errors }: Problem): Readonly<Record<string, unknown>> {
  const { status, title } = problems[problem];
  return { type: problemType(problem), title, status, detail, ...(errors && { errors }) };
}
