import type { ProblemName } from './problem.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type RouteId =
  | 'createLink'
  | 'createLinks'
  | 'listLinks'
  | 'readLink'
  | 'changeLink'
  | 'deleteLink'
  | 'readClicks'
  | 'followLink'
  | 'previewLink'
  | 'drawCode'
  | 'followDemo'
  | 'checkLiveness'
  | 'checkReadiness'
  | 'readFault'
  | 'saveFault'
  | 'deleteFault'
  | 'showPage'
  | 'loadScript'
  | 'loadStyles'
  | 'describeApi';

type Output = 'Link' | 'LinkPage' | 'LinkResults' | 'Clicks' | 'Fault' | 'Health' | 'Description';

/** One operation, described well enough to route by and to write an API description from. */
export type Route = {
  readonly id: RouteId;
  readonly method: Method;
  /** `{code}` stands for one code; everything else is literal. */
  readonly path: string;
  readonly summary: string;
  readonly access: 'public' | 'token';
  /** Name of the JSON body that it takes, if it takes one. */
  readonly input?: 'NewLink' | 'NewLinks' | 'LinkChange' | 'NewFault';
  /** It takes an `Idempotency-Key`. */
  readonly isOnce?: true;
  /** The parameters in its query. */
  readonly query?: readonly ('limit' | 'cursor' | 'days')[];
  /** Its success: the name of the JSON body that comes with it, or the media type of another one. */
  readonly success: { readonly status: number; readonly output?: Output; readonly type?: string };
  /** It answers 304 to who has what it would answer. */
  readonly isRevalidated?: true;
  /** Problems of its own; besides these every route may answer `fault-injected` and `internal-error`. */
  readonly problems: readonly ProblemName[];
};

const api = ['too-many-requests', 'unauthorized', 'token-unavailable', 'database-unavailable'] as const;
const takesBody = [
  'invalid-json',
  'body-too-large',
  'unsupported-media-type',
  'unsupported-content-encoding',
  'invalid-input',
] as const;
const takesKey = ['invalid-idempotency-key', 'idempotency-key-in-use', 'idempotency-key-reused'] as const;
/** A code may be a reserved word, and then there is nothing at its path. */
const looksUp = ['unknown-path', 'unknown-link', 'link-disabled', 'too-many-requests', 'database-unavailable'] as const;

const links: readonly Route[] = [
  {
    id: 'createLink',
    method: 'POST',
    path: '/links',
    summary: 'Make a short link',
    access: 'token',
    input: 'NewLink',
    isOnce: true,
    success: { status: 201, output: 'Link' },
    problems: [...api, ...takesBody, ...takesKey, 'code-taken', 'no-free-code'],
  },
  {
    id: 'listLinks',
    method: 'GET',
    path: '/links',
    summary: 'List the links, a page at a time',
    access: 'token',
    query: ['limit', 'cursor'],
    success: { status: 200, output: 'LinkPage' },
    isRevalidated: true,
    problems: [...api, 'invalid-input'],
  },
  {
    id: 'createLinks',
    method: 'POST',
    path: '/links/bulk',
    summary: 'Make up to 100 short links, and learn of each what became of it',
    access: 'token',
    input: 'NewLinks',
    isOnce: true,
    success: { status: 200, output: 'LinkResults' },
    problems: [...api, ...takesBody, ...takesKey],
  },
  {
    id: 'readLink',
    method: 'GET',
    path: '/links/{code}',
    summary: 'Show one link with its click count',
    access: 'token',
    success: { status: 200, output: 'Link' },
    isRevalidated: true,
    problems: [...api, 'unknown-link'],
  },
  {
    id: 'changeLink',
    method: 'PATCH',
    path: '/links/{code}',
    summary: 'Disable or enable one link',
    access: 'token',
    input: 'LinkChange',
    success: { status: 200, output: 'Link' },
    problems: [...api, ...takesBody, 'unknown-link'],
  },
  {
    id: 'deleteLink',
    method: 'DELETE',
    path: '/links/{code}',
    summary: 'Delete one link',
    access: 'token',
    success: { status: 204 },
    problems: [...api, 'unknown-link'],
  },
  {
    id: 'readClicks',
    method: 'GET',
    path: '/links/{code}/clicks',
    summary: 'Show the clicks of one link, day by day',
    access: 'token',
    query: ['days'],
    success: { status: 200, output: 'Clicks' },
    isRevalidated: true,
    problems: [...api, 'unknown-link', 'invalid-input'],
  },
];

/** Without drills there is nothing at their path. */
const faults: readonly Route[] = [
  {
    id: 'readFault',
    method: 'GET',
    path: '/faults',
    summary: 'Show the drill that is on',
    access: 'token',
    success: { status: 200, output: 'Fault' },
    problems: [...api, 'unknown-path'],
  },
  {
    id: 'saveFault',
    method: 'PUT',
    path: '/faults',
    summary: 'Start a drill, in place of the one that is on',
    access: 'token',
    input: 'NewFault',
    success: { status: 200, output: 'Fault' },
    problems: [...api, ...takesBody, 'unknown-path'],
  },
  {
    id: 'deleteFault',
    method: 'DELETE',
    path: '/faults',
    summary: 'End the drill',
    access: 'token',
    success: { status: 204 },
    problems: [...api, 'unknown-path'],
  },
];

const health: readonly Route[] = [
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
];

const files = (
  [
    ['showPage', '/', 'The page to make and manage links', 'text/html; charset=utf-8'],
    ['loadScript', '/assets/app.js', 'The script of that page', 'text/javascript; charset=utf-8'],
    ['loadStyles', '/assets/app.css', 'The styles of that page and of previews', 'text/css; charset=utf-8'],
    ['describeApi', '/openapi.json', 'This description', 'application/json'],
  ] as const
).map(([id, path, summary, type]): Route => {
  const success = id === 'describeApi' ? { status: 200, output: 'Description' as const } : { status: 200, type };
  return { id, method: 'GET', path, summary, access: 'public', success, isRevalidated: true, problems: [] };
});

const visits: readonly Route[] = [
  {
    id: 'followDemo',
    method: 'GET',
    path: '/demo',
    summary: 'Follow the built-in link, which needs no database',
    access: 'public',
    success: { status: 302 },
    problems: [],
  },
  {
    id: 'followLink',
    method: 'GET',
    path: '/{code}',
    summary: 'Follow a link',
    access: 'public',
    success: { status: 302 },
    problems: [...looksUp],
  },
  {
    id: 'previewLink',
    method: 'GET',
    path: '/{code}+',
    summary: 'See where a link leads before following it',
    access: 'public',
    success: { status: 200, type: 'text/html; charset=utf-8' },
    isRevalidated: true,
    problems: [...looksUp],
  },
  {
    id: 'drawCode',
    method: 'GET',
    path: '/{code}.svg',
    summary: 'The QR code of a link',
    access: 'public',
    success: { status: 200, type: 'image/svg+xml' },
    isRevalidated: true,
    problems: [...looksUp],
  },
];

/** Every operation of the shortener. HEAD is answered wherever GET is. */
export const routes: readonly Route[] = [...links, ...faults, ...health, ...files, ...visits];
