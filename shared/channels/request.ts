import type { Auth, HttpRequest, Json, JsonFill, Text } from '../config/model.ts';

/** JSON by POST, to this very place: a redirect is an answer like any other, because it would take the message elsewhere. */
export function postJson(url: Text, json: Json, fills: readonly JsonFill[] = [], auth?: Auth): HttpRequest {
  return { ...post(url), body: { kind: 'json', json, fills }, ...(auth && { auth }) };
}

/** These very bytes, which are JSON. */
export function postText(url: Text, text: string, headers: Readonly<Record<string, string>>): HttpRequest {
  return { ...post(url), headers: { 'content-type': 'application/json', ...headers }, body: { kind: 'text', text } };
}

const post = (url: Text) =>
  ({
    method: 'POST',
    url,
    query: [],
    headers: {},
    followRedirects: false,
    maxRedirects: 0,
    httpVersion: '1.1',
  }) as const;

/** A path below an address that may end in a slash. */
export function below(url: Text, path: string): Text {
  if (typeof url === 'string') return url.replace(/\/+$/, '') + path;
  const last = url.at(-1);
  return typeof last === 'string' ? [...url.slice(0, -1), last.replace(/\/+$/, '') + path] : [...url, path];
}

const shortestPart = 8;

/** What of an address must not be shown where it is a secret as a whole: a server may quote its path, or a part of it. */
export function secretsOfUrl(address: string): readonly string[] {
  if (!URL.canParse(address)) return [address];
  const { href, pathname, search, searchParams } = new URL(address);
  const parts = [...pathname.split('/'), ...searchParams.values()].filter(({ length }) => length >= shortestPart);
  const long = [`${pathname}${search}`, pathname, search].filter(({ length }) => length >= shortestPart);
  return [address, href, ...long, ...parts, ...parts.map((part) => decode(part))];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not percent-encoded after all: it is what it is.
    return part;
  }
}
