import { isCode, isReserved } from './code.ts';
import type { Problem, ProblemName } from './problem.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type RouteId =
  | 'createLink'
  | 'listLinks'
  | 'readLink'
  | 'deleteLink'
  | 'followLink'
  | 'followDemo'
  | 'checkLiveness'
  | 'checkReadiness'
  | 'readFault'
  | 'saveFault'
  | 'deleteFault';

/** One operation, described well enough to route by and to write an API description from. */
export type Route = {
  readonly id: RouteId;
  readonly method: Method;
  /** `{code}` stands for one code; everything else is literal. */
  readonly path: string;
  readonly summary: string;
  readonly access: 'public' | 'token';
  /** Name of the JSON body that it takes, if it takes one. */
  readonly input?: 'NewLink' | 'NewFault';
  /** The status of its success, and the name of the JSON body that comes with it. */
  readonly success: { readonly status: number; readonly output?: 'Link' | 'LinkPage' | 'Fault' | 'Health' };
  /** Problems of its own; besides these every route may answer `fault-injected` and `internal-error`. */
  readonly problems: readonly ProblemName[];
};

const writes = ['unauthorized', 'token-unavailable', 'database-unavailable'] as const;
const takesBody = [
  'invalid-json',
  'body-too-large',
  'unsupported-media-type',
  'unsupported-content-encoding',
  'invalid-input',
] as const;

/** Every operation of the shortener. HEAD is answered wherever GET is. */
export const routes: readonly Route[] = [
  {
    id: 'createLink',
    method: 'POST',
    path: '/links',
    summary: 'Make a short link',
    access: 'token',
    input: 'NewLink',
    success: { status: 201, output: 'Link' },
    problems: [...writes, ...takesBody, 'code-taken', 'no-free-code'],
  },
  {
    id: 'listLinks',
    method: 'GET',
    path: '/links',
    summary: 'List the links, a page at a time',
    access: 'token',
    success: { status: 200, output: 'LinkPage' },
    problems: [...writes, 'invalid-input'],
  },
  {
    id: 'readLink',
    method: 'GET',
    path: '/links/{code}',
    summary: 'Show one link with its click count',
    access: 'token',
    success: { status: 200, output: 'Link' },
    problems: [...writes, 'unknown-link'],
  },
  {
    id: 'deleteLink',
    method: 'DELETE',
    path: '/links/{code}',
    summary: 'Delete one link',
    access: 'token',
    success: { status: 204 },
    problems: [...writes, 'unknown-link'],
  },
  {
    id: 'followDemo',
    method: 'GET',
    path: '/demo',
    summary: 'Follow the built-in link, which needs no database',
    access: 'public',
    success: { status: 302 },
    problems: [],
  },
  ...(['/health', '/health/readiness'] as const).map(
    (path): Route => ({
      id: 'checkReadiness',
      method: 'GET',
      path,
      summary: 'Read the database once and say whether that worked (503 with the same body when not)',
      access: 'public',
      success: { status: 200, output: 'Health' },
      problems: [],
    }),
  ),
  {
    id: 'checkLiveness',
    method: 'GET',
    path: '/health/liveness',
    summary: 'Say that the function runs',
    access: 'public',
    success: { status: 200, output: 'Health' },
    problems: [],
  },
  {
    id: 'readFault',
    method: 'GET',
    path: '/faults',
    summary: 'Show the drill that is on',
    access: 'token',
    success: { status: 200, output: 'Fault' },
    problems: [...writes],
  },
  {
    id: 'saveFault',
    method: 'PUT',
    path: '/faults',
    summary: 'Start a drill, in place of the one that is on',
    access: 'token',
    input: 'NewFault',
    success: { status: 200, output: 'Fault' },
    problems: [...writes, ...takesBody],
  },
  {
    id: 'deleteFault',
    method: 'DELETE',
    path: '/faults',
    summary: 'End the drill',
    access: 'token',
    success: { status: 204 },
    problems: [...writes],
  },
  {
    id: 'followLink',
    method: 'GET',
    path: '/{code}',
    summary: 'Follow a link',
    access: 'public',
    success: { status: 302 },
    problems: ['unknown-link', 'database-unavailable'],
  },
];

export type Match = { readonly route: Route; readonly code: string };

const byPath = Map.groupBy(routes, ({ path }) => path);
const underLinks = '/links/';

/**
 * The route for a method and a path, or why there is none. Paths are compared as they are: a trailing or doubled
 * slash, a dot segment, a percent sign or a NUL is part of no path, so it ends in one `unknown-path`.
 */
export function matchRoute(method: string, path: string, areFaultsOn: boolean): Match | Problem {
  const { candidates, code } = findPath(path, areFaultsOn);
  if (!candidates) return { problem: 'unknown-path', detail: 'try /health, /demo, /links or a code: /{code}' };
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = candidates.find((candidate) => candidate.method === wanted);
  if (route) return { route, code };
  const allow = candidates.flatMap((candidate) => (candidate.method === 'GET' ? ['GET', 'HEAD'] : [candidate.method]));
  return { problem: 'method-not-allowed', detail: `use ${allow.join(', ')}`, headers: { allow: allow.join(', ') } };
}

function findPath(path: string, areFaultsOn: boolean): { candidates: readonly Route[] | undefined; code: string } {
  if (path === '/faults' && !areFaultsOn) return { candidates: undefined, code: '' };
  if (!path.includes('{') && byPath.has(path)) return { candidates: byPath.get(path), code: '' };
  if (path.startsWith(underLinks)) {
    const code = path.slice(underLinks.length);
    return { candidates: isSegment(code) ? byPath.get('/links/{code}') : undefined, code };
  }
  const code = path.slice(1);
  const isLink = path.startsWith('/') && isCode(code) && !isReserved(code);
  return { candidates: isLink ? byPath.get('/{code}') : undefined, code };
}

/** A path segment of letters and digits; whether it can be a code is the endpoint's to say. */
function isSegment(text: string): boolean {
  return /^[0-9A-Za-z]{1,64}$/.test(text);
}
