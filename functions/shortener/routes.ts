import { isCode, isReserved } from './code.ts';
import type { Problem } from './problem.ts';
import { type Route, routes } from './route-table.ts';

export type Match = { readonly route: Route; readonly code: string };
/** What is at a path: the methods it takes, as `Allow` lists them. */
export type Found = { readonly path: string; readonly code: string; readonly allow: string };

const byPath = new Map(
  Map.groupBy(routes, ({ path }) => path)
    .entries()
    .map(([path, all]) => [path, atPath(all)]),
);

type AtPath = { readonly methods: ReadonlyMap<string, Route>; readonly allow: string };

function atPath(all: readonly Route[]): AtPath {
  const methods = new Map<string, Route>(all.map((route) => [route.method, route]));
  const get = methods.get('GET');
  if (get) methods.set('HEAD', get);
  const allow = all.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return { methods, allow };
}

/**
 * What is at a path, or undefined. Paths are compared as they are: a trailing or doubled slash, a dot segment, a percent
 * sign or a NUL is part of no path.
 */
export function findPath(path: string, areFaultsOn: boolean): Found | undefined {
  if (path === '/faults' && !areFaultsOn) return undefined;
  const [template, code] = path.includes('{') ? [] : byPath.has(path) ? [path, ''] : templateOf(path);
  if (template === undefined || code === undefined) return undefined;
  return { path: template, code, allow: byPath.get(template)?.allow ?? '' };
}

/** The route for a method at a path, or why there is none. */
export function matchMethod(method: string, { path, code, allow }: Found): Match | Problem {
  const route = byPath.get(path)?.methods.get(method);
  if (route) return { route, code };
  return { problem: 'method-not-allowed', detail: `use ${allow}`, headers: { allow } };
}

export const unknownPath: Problem = {
  problem: 'unknown-path',
  detail: 'try /, /openapi.json, /health, /demo, /links or a code: /{code}',
};

function templateOf(path: string): readonly [string, string] | readonly [] {
  const [, segment, rest] = /^\/links\/([0-9A-Za-z]{1,64})(\/clicks)?$/.exec(path) ?? [];
  if (segment !== undefined) return [`/links/{code}${rest ?? ''}`, segment]; // whether it can be a code is the endpoint's to say
  const suffix = path.endsWith('+') ? '+' : path.endsWith('.svg') ? '.svg' : '';
  const code = path.slice(1, path.length - suffix.length);
  return path.startsWith('/') && isCode(code) && !isReserved(code) ? [`/{code}${suffix}`, code] : [];
}
