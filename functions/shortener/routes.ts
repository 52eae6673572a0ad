import { isCode, isReserved } from './code.ts';
import type { Problem } from './problem.ts';
import { type Route, routes } from './route-table.ts';

/** What stands at a path of the table: its routes by method, and those methods as `Allow` lists them. */
type Place = { readonly methods: ReadonlyMap<string, Route>; readonly allow: string };
/** What is at a path that was asked for, with the code in it. */
export type Found = { readonly place: Place; readonly code: string };

const places = new Map<string, Place>(
  Map.groupBy(routes, ({ path }) => path)
    .entries()
    .map(([path, all]) => [path, placeOf(all)]),
);
const literals = new Map<string, Found>(places.entries().map(([path, place]) => [path, { place, code: '' }]));

function placeOf(all: readonly Route[]): Place {
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
  if (path.includes('{') || (path === '/faults' && !areFaultsOn)) return undefined;
  return literals.get(path) ?? (path.startsWith('/links/') ? findOfLink(path) : findOfCode(path));
}

/** The route for a method at a path, or why there is none. */
export function findRoute(method: string, { place: { methods, allow } }: Found): Route | Problem {
  return methods.get(method) ?? { problem: 'method-not-allowed', detail: `use ${allow}`, headers: { allow } };
}

export const unknownPath: Problem = {
  problem: 'unknown-path',
  detail: 'try /, /openapi.json, /health, /demo, /links or a code: /{code}',
};

/** Whether the segment can be a code is the endpoint's to say. */
function findOfLink(path: string): Found | undefined {
  const [, code, rest = ''] = /^\/links\/([0-9A-Za-z]{1,64})(\/clicks)?$/.exec(path) ?? [];
  return code === undefined ? undefined : at(`/links/{code}${rest}`, code);
}

function findOfCode(path: string): Found | undefined {
  const suffix = path.endsWith('+') ? '+' : path.endsWith('.svg') ? '.svg' : '';
  const code = path.slice(1, path.length - suffix.length);
  return path.startsWith('/') && isCode(code) && !isReserved(code) ? at(`/{code}${suffix}`, code) : undefined;
}

function at(template: string, code: string): Found | undefined {
  const place = places.get(template);
  return place && { place, code };
}
