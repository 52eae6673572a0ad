import type { HttpMethod, HttpRequest, RequestBody } from '../model.ts';
import type { EntryOf } from './assemble.ts';
import { buildTls, checkClientCertificate } from './assemble-request.ts';
import type { ShortCode } from './codes.ts';
import type { Fault, Path } from './problem.ts';
import { checkHeaderName } from './request.ts';

export type HttpRequestEntry = EntryOf<'http'>['request'];

const standardRedirects = 5;

/** A request with every default put in. */
export function buildHttpRequest(entry: HttpRequestEntry): HttpRequest {
  const { url, method = 'GET', query = [], headers = {}, auth, tls, ipVersion } = entry;
  const { followRedirects = true, maxRedirects = standardRedirects } = entry;
  const body = bodyOf(entry);
  return {
    method,
    url,
    query,
    headers,
    ...(body ? { body } : {}),
    ...(auth ? { auth: withoutUndefined(auth) } : {}),
    followRedirects,
    maxRedirects,
    httpVersion: isHttp2(entry) ? '2' : '1.1',
    ...(ipVersion === undefined ? {} : { ipVersion }),
    ...(tls ? { tls: buildTls(tls) } : {}),
  };
}

function bodyOf({ body, json, form }: HttpRequestEntry): RequestBody | undefined {
  if (body !== undefined) return { kind: 'text', text: body };
  if (form !== undefined) return { kind: 'form', fields: form };
  return json;
}

/** The region is there or it is not. */
export function withoutUndefined(auth: NonNullable<HttpRequestEntry['auth']>): NonNullable<HttpRequest['auth']> {
  if (auth.type !== 'sigv4') return auth;
  const { type, service, region } = auth;
  return { type, service, ...(region === undefined ? {} : { region }) };
}

/** YAML reads a bare 2 as a number. */
const isHttp2 = ({ httpVersion }: HttpRequestEntry): boolean => String(httpVersion) === '2';

/** What is wrong with the keys of a request together. */
export function checkHttpRequest(entry: HttpRequestEntry, path: Path): Fault[] {
  return [
    ...checkBody(entry, path),
    ...checkAuth(entry, path),
    ...checkVersion(entry, path),
    ...(entry.tls ? checkClientCertificate(entry.tls, [...path, 'tls']) : []),
  ];
}

const bodyKeys = ['body', 'json', 'form'] as const;
/** Their content has no meaning, and may be refused. https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1 */
const bodiless: readonly HttpMethod[] = ['GET', 'HEAD'];

function checkBody(entry: HttpRequestEntry, path: Path): Fault[] {
  const method = entry.method ?? 'GET';
  const [first, second] = bodyKeys.filter((key) => entry[key] !== undefined);
  if (first === undefined) return [];
  if (second !== undefined) {
    return [fault('BODY', [...path, second], `stands beside ${first}: a request has one body, so keep one of them`)];
  }
  if (!bodiless.includes(method)) return [];
  const message = `cannot be sent with ${method}, whose body means nothing to servers and is dropped or refused on the way: set a method such as POST`;
  return [fault('BODY', [...path, first], message)];
}

function checkAuth({ auth, headers = {}, query = [] }: HttpRequestEntry, path: Path): Fault[] {
  if (!auth) return [];
  if (auth.type !== 'apiKey') {
    return Object.hasOwn(headers, 'authorization') ? [repeated([...path, 'headers', 'authorization'])] : [];
  }
  const { name } = auth;
  if (auth.in === 'query') return query.some(([each]) => each === name) ? [repeated([...path, 'query', name])] : [];
  const wrong = checkHeaderName(name);
  if (wrong) return [fault(wrong.code, [...path, 'auth', 'name'], wrong.message)];
  return [name.toLowerCase(), 'authorization']
    .filter((each, index, all) => all.indexOf(each) === index && Object.hasOwn(headers, each))
    .map((each) => repeated([...path, 'headers', each]));
}

const repeated = (path: Path): Fault => fault('AUTH', path, 'stands beside auth: keep one of them');

function checkVersion(entry: HttpRequestEntry, path: Path): Fault[] {
  const [start] = [entry.url].flat();
  if (!isHttp2(entry) || typeof start !== 'string' || !/^http:/i.test(start)) return [];
  const message = 'HTTP/2 is agreed on in TLS: use it with an https URL';
  return [fault('HTTP_VERSION', [...path, 'httpVersion'], message)];
}

function fault(code: ShortCode, path: Path, message: string): Fault {
  return { code: `BURN_CONFIG_${code}`, path, message };
}
