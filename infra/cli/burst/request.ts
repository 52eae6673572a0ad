import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type HttpMethod, type HttpRequest, httpMethods } from '../../../shared/config/model.ts';
import { checkHeader, checkHeaderName, type Refusal } from '../../../shared/config/parse/request.ts';
import { didYouMean } from '../../../shared/config/suggest.ts';
import { codeOf } from '../node-error.ts';
import { type BurstFlags, quoteUrl, usage } from './flags.ts';

type RequestFlags = Pick<BurstFlags, 'method' | 'header' | 'body' | 'follow-redirects'> & { readonly url: string };

const longestBody = 10 * 1024 * 1024;
const longestUrl = 2_048;

/**
 * The request that flags describe, as curl would send it: GET, or POST where there is a body. References such as `${ssm:…}` are
 * not looked up here: what is typed is what is sent. Throws BURN_USAGE.
 */
export function readRequest(flags: RequestFlags, cwd: string): HttpRequest {
  const { method, header = [], body } = flags;
  return {
    method: readMethod(method ?? (body === undefined ? 'GET' : 'POST')),
    url: readUrl(flags.url),
    query: [],
    headers: readHeaders(header),
    ...(body === undefined ? {} : { body: { kind: 'text', text: readBody(body, cwd) } as const }),
    followRedirects: flags['follow-redirects'] ?? false,
    maxRedirects: 5,
    httpVersion: '1.1',
  };
}

function readMethod(typed: string): HttpMethod {
  const found = httpMethods.find((method) => method === typed.toUpperCase());
  if (found !== undefined) return found;
  const hint = didYouMean(typed.toUpperCase(), httpMethods) || `: there are ${httpMethods.join(', ')}`;
  throw usage(`--method ${JSON.stringify(typed)} is not known${hint}`);
}

function readUrl(typed: string): string {
  if (!/^https?:\/\//i.test(typed) || !URL.canParse(typed) || /[\s\p{Cc}]/u.test(typed))
    throw usage(`--url must be an http or https URL such as https://example.com/, got ${quoteUrl(typed)}`);
  if (typed.length > longestUrl) throw usage(`--url must be at most ${longestUrl} characters long`);
  const url = new URL(typed);
  if (url.username !== '' || url.password !== '')
    throw usage("--url must hold no user and password: send them with --header 'authorization: Basic …'");
  return typed;
}

function readHeaders(typed: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const each of typed) {
    const [, name, value] = /^([^:]+):\s*(.*?)\s*$/s.exec(each) ?? [];
    // Without what was typed: it may well be a token.
    if (name === undefined || value === undefined) throw usage("--header must look like 'name: value'");
    const refusal = refusalOf(name, value);
    if (refusal !== undefined) throw usage(`--header ${JSON.stringify(name.slice(0, 80))}: ${refusal.message}`);
    const key = name.toLowerCase();
    if (headers.has(key)) throw usage(`--header ${key} is there twice: keep one`);
    headers.set(key, value);
  }
  return Object.fromEntries(headers);
}

/** A secret may be typed here: nobody commits a command line. */
function refusalOf(name: string, value: string): Refusal | undefined {
  return checkHeaderName(name) ?? checkHeader('', { text: value, env: [], kinds: [] });
}

/** The text itself, or what the file behind `@` holds, which must be text, too. */
function readBody(typed: string, cwd: string): string {
  if (!typed.startsWith('@')) return typed;
  const file = typed.slice(1);
  const path = resolve(cwd, file);
  try {
    if (statSync(path).size > longestBody) throw usage(`--body ${typed} is longer than ${longestBody} bytes`);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    throw explain(typed, cause);
  }
}

function explain(typed: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === 'BURN_USAGE') return cause;
  if (code === 'ENOENT') return usage(`--body ${typed}: there is no such file`);
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return usage(`--body ${typed}: it is no UTF-8 text`);
  return usage(`--body ${typed}: it cannot be read (${code})`);
}
