import type { Auth, Field, HttpRequest, Json, RequestBody } from '../config/model.ts';
import { BurnwatchError } from '../config/model.ts';
import type { HttpAttempt, Sign } from '../http/model.ts';
import { AttemptError } from '../net/error.ts';
import { prepareTls } from '../net/tls.ts';
import { type Prepared, prepareWithin, type ReadText, readTls } from './prepare.ts';
import type { ProbeDeps } from './prober.ts';
import type { Vars } from './resolve-text.ts';

export type Limits = { readonly timeoutMs: number; readonly maxBodyBytes: number };
type Context = {
  readonly read: ReadText;
  /** Grows while the request is signed, hop by hop. */
  readonly secrets: string[];
  readonly signer: ProbeDeps['signer'];
};

/** Puts a request together: its references resolved, the query added, the body written, the authentication put in. */
export function prepareRequest(
  request: HttpRequest,
  limits: Limits,
  deps: Pick<ProbeDeps, 'resolveText' | 'signer' | 'signal'>,
  vars?: Vars,
): Promise<Prepared<HttpAttempt>> {
  const { signer } = deps;
  const build = (read: ReadText, secrets: string[]) => buildAttempt(request, limits, { read, secrets, signer });
  return prepareWithin(limits.timeoutMs, deps, build, vars);
}

async function buildAttempt(request: HttpRequest, limits: Limits, context: Context): Promise<HttpAttempt> {
  const { read, secrets } = context;
  const { method, followRedirects, maxRedirects, httpVersion, ipVersion } = request;
  const [address, query, ownHeaders, body, auth, tls] = await Promise.all([
    read(request.url),
    readFields(request.query, read),
    readFields(Object.entries(request.headers), read),
    request.body && buildBody(request.body, read),
    buildAuth(request.auth, context),
    request.tls && readTls(request.tls, read),
  ]);
  const headers = { ...body?.headers, ...Object.fromEntries(ownHeaders), ...auth.headers };
  checkHeaders(headers);
  secrets.push(...secrets.flatMap(formsInUrl));
  const url = buildUrl(address, [...query, ...auth.query]);
  if (url.protocol === 'https:' && !tls) prepareTls();
  const sign = request.auth?.type === 'sigv4' ? createSign(request.auth, context) : undefined;
  // Signed once ahead: missing credentials are found before anything is sent, and what signs is not loaded while measured.
  await sign?.({ method, url, headers, ...(body ? { body: body.bytes } : {}) });
  return {
    method,
    url: url.href,
    headers,
    ...(body ? { body: body.bytes } : {}),
    httpVersion,
    ...(ipVersion ? { ipVersion } : {}),
    ...(tls ? { tls } : {}),
    ...(sign ? { sign } : {}),
    followRedirects,
    maxRedirects,
    ...limits,
  };
}

type ResolvedField = readonly [name: string, value: string];

function readFields(fields: readonly Field[], read: ReadText): Promise<ResolvedField[]> {
  return Promise.all(fields.map(async ([name, value]): Promise<ResolvedField> => [name, await read(value)]));
}

type Body = { readonly bytes: Buffer; readonly headers: Readonly<Record<string, string>> };

async function buildBody(body: RequestBody, read: ReadText): Promise<Body> {
  switch (body.kind) {
    case 'text':
      return bodyOf('text/plain; charset=utf-8', await read(body.text));
    case 'form':
      return bodyOf('application/x-www-form-urlencoded', encodeFields(await readFields(body.fields, read)));
    case 'json': {
      let json = body.json;
      for (const { path, text } of body.fills) json = fill(json, path, await read(text));
      return bodyOf('application/json', JSON.stringify(json));
    }
    default:
      return body satisfies never;
  }
}

function bodyOf(type: string, text: string): Body {
  return { bytes: Buffer.from(text), headers: { 'content-type': type } };
}

/** The same JSON with `text` at `path`; where there is no such path, it stays as it is. */
function fill(json: Json, path: readonly (string | number)[], text: string): Json {
  const [key, ...rest] = path;
  if (key === undefined) return text;
  if (isList(json)) return json.map((each, index) => (index === key ? fill(each, rest, text) : each));
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, each]) => [name, name === String(key) ? fill(each, rest, text) : each]),
  );
}

/** Array.isArray does not know readonly lists. */
const isList = (json: Json): json is readonly Json[] => Array.isArray(json);

/** `a=1&b=2`, in a form that redaction recognises. */
function encodeFields(fields: readonly ResolvedField[]): string {
  return fields.map((field) => field.map((part) => encodeURIComponent(part.toWellFormed())).join('=')).join('&');
}

type AuthParts = {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly ResolvedField[];
};

/** What proves who asks is a secret wherever it came from. */
async function buildAuth(auth: Auth | undefined, { read, secrets }: Context): Promise<AuthParts> {
  switch (auth?.type) {
    case 'basic': {
      const [username, password] = await Promise.all([read(auth.username), read(auth.password)]);
      const pair = `${username}:${password}`;
      secrets.push(password, pair);
      return inHeader('authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
    }
    case 'bearer': {
      const token = await read(auth.token);
      secrets.push(token);
      return inHeader('authorization', `Bearer ${token}`);
    }
    case 'apiKey': {
      const value = await read(auth.value);
      secrets.push(value);
      return auth.in === 'header'
        ? inHeader(auth.name.toLowerCase(), value)
        : { headers: {}, query: [[auth.name, value]] };
    }
    case 'sigv4':
    case undefined:
      return { headers: {}, query: [] };
    default:
      return auth satisfies never;
  }
}

const inHeader = (name: string, value: string): AuthParts => ({ headers: { [name]: value }, query: [] });

/** What a header's value may hold: RFC 9110 §5.5, and the bytes of Latin-1. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const [bad] = Object.entries(headers).find(([, value]) => !sendable.test(value)) ?? [];
  if (bad === undefined) return;
  const held = 'a line break, another control character or one beyond Latin-1';
  throw new AttemptError('monitor', `the header ${bad} cannot be sent: what its references stand for holds ${held}`);
}

function buildUrl(address: string, query: readonly ResolvedField[]): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new AttemptError('monitor', 'the URL of the monitor is not an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new AttemptError('monitor', 'the URL of the monitor holds a user name or password: use auth for them');
  }
  if (query.length > 0) url.search = [url.search.slice(1), encodeFields(query)].filter((part) => part !== '').join('&');
  return url;
}

/** How a URL writes a secret, which is unlike what encodeURI makes of it; and a URL that is one, as messages show URLs. */
function formsInUrl(secret: string): readonly string[] {
  const url = new URL('http://host');
  url.pathname = secret;
  url.search = secret;
  const own = URL.canParse(secret) ? new URL(secret) : undefined;
  const shown = own && own.pathname.length > 1 ? [own.href, `${own.origin}${own.pathname}`] : [];
  return [url.pathname.slice(1), url.search.slice(1), ...shown];
}

function createSign({ service, region }: Auth & { type: 'sigv4' }, { signer, secrets }: Context): Sign {
  const sign = signer(service, region);
  return async (request) => {
    const headers = await sign(request).catch((error: unknown) => {
      throw error instanceof BurnwatchError ? new AttemptError('monitor', error.message, { cause: error }) : error;
    });
    secrets.push(...Object.entries(headers).flatMap(secretsOfHeader));
    return headers;
  };
}

/** The token and the signature; dates and hashes of the body are none. */
function secretsOfHeader([name, value]: readonly [string, string]): readonly string[] {
  if (name === 'x-amz-security-token') return [value];
  const signature = /Signature=(\w+)/.exec(value)?.[1];
  return signature === undefined ? [] : [value, signature];
}
