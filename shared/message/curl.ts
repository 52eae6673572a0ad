import type {
  Auth,
  HttpMonitor,
  HttpRequest,
  Json,
  JsonFill,
  RequestBody,
  Text,
  TlsSettings,
} from '../config/model.ts';
import { type Outputs, type Piece, piecesOf, quote } from './shell.ts';

/**
 * An http monitor's request as a line for a POSIX shell. References to secrets stay variables (`$SLACK_URL` for
 * `/burnwatch/slack-url`), certificates and keys are files that variables name; an output is its value, or a variable where
 * the value is not known. No secret is in it.
 */
export function renderCurl({ request, timeoutMs }: HttpMonitor, outputs: Outputs): string {
  const { method, body, auth, tls, headers, httpVersion, ipVersion } = request;
  const all = { ...contentType(body), ...headers };
  return [
    'curl -sS -i',
    ...methodFlags(method, body !== undefined),
    ...(request.followRedirects ? [`-L --max-redirs ${request.maxRedirects}`] : []),
    `--max-time ${Math.max(1, Math.ceil(timeoutMs / 1_000))}`,
    ...(httpVersion === '2' ? ['--http2'] : []),
    ...(ipVersion === undefined ? [] : [`-${ipVersion}`]),
    ...(tls ? tlsFlags(tls) : []),
    ...authFlags(auth, outputs),
    ...Object.entries(all).map(([name, value]) => header(name, piecesOf(value, outputs))),
    ...(body ? bodyFlags(body, outputs) : []),
    quote(urlPieces(request, outputs)),
  ].join(' ');
}

/** `-X` only where curl would choose another method by itself; a HEAD has its own flag, since `-X HEAD` waits for a body. */
function methodFlags(method: string, hasBody: boolean): readonly string[] {
  if (method === 'HEAD' && !hasBody) return ['-I'];
  return method === (hasBody ? 'POST' : 'GET') ? [] : [`-X ${method}`];
}

const header = (name: string, value: readonly Piece[]): string => `-H ${quote([`${name}: `, ...value])}`;

/** The variable that stands for a secret which the configuration holds as it is. */
const secret = (text: Text, name: string, outputs: Outputs): readonly Piece[] =>
  typeof text === 'string' ? [{ variable: name }] : piecesOf(text, outputs);

function authFlags(auth: Auth | undefined, outputs: Outputs): readonly string[] {
  switch (auth?.type) {
    case 'basic':
      return [`-u ${quote([...piecesOf(auth.username, outputs), ':', ...secret(auth.password, 'PASSWORD', outputs)])}`];
    case 'bearer':
      return [header('authorization', ['Bearer ', ...secret(auth.token, 'TOKEN', outputs)])];
    case 'apiKey':
      return auth.in === 'header' ? [header(auth.name, secret(auth.value, 'API_KEY', outputs))] : [];
    case 'sigv4':
      return sigv4Flags(auth.service, auth.region);
    case undefined:
      return [];
    default:
      return auth satisfies never;
  }
}

/** With the credentials in the variables that AWS's own tools read. */
function sigv4Flags(service: string, region: string | undefined): readonly string[] {
  const scope = quote(['aws:amz:', region ?? { variable: 'AWS_REGION' }, `:${service}`]);
  const user = quote([{ variable: 'AWS_ACCESS_KEY_ID' }, ':', { variable: 'AWS_SECRET_ACCESS_KEY' }]);
  return [`--aws-sigv4 ${scope} -u ${user}`, header('x-amz-security-token', [{ variable: 'AWS_SESSION_TOKEN' }])];
}

function tlsFlags({ rejectUnauthorized, minVersion, ca, cert, key }: TlsSettings): readonly string[] {
  return [
    ...(rejectUnauthorized ? [] : ['-k']),
    ...(minVersion === undefined ? [] : [`--tlsv${minVersion.replace('TLSv', '')}`]),
    ...(ca === undefined ? [] : ['--cacert "$CA_FILE"']),
    ...(cert === undefined ? [] : ['--cert "$CERT_FILE"']),
    ...(key === undefined ? [] : ['--key "$KEY_FILE"']),
  ];
}

function contentType(body: RequestBody | undefined): Readonly<Record<string, string>> {
  if (body?.kind === 'text') return { 'content-type': 'text/plain; charset=utf-8' };
  return body?.kind === 'json' ? { 'content-type': 'application/json' } : {};
}

function bodyFlags(body: RequestBody, outputs: Outputs): readonly string[] {
  switch (body.kind) {
    case 'text':
      return [`--data-raw ${quote(piecesOf(body.text, outputs))}`];
    case 'form':
      return body.fields.map(
        ([name, value]) => `--data-urlencode ${quote([`${encodeURIComponent(name)}=`, ...piecesOf(value, outputs)])}`,
      );
    case 'json':
      return [`--data-raw ${quote(jsonPieces(body.json, body.fills, outputs))}`];
    default:
      return body satisfies never;
  }
}

/** JSON as one line, with what is filled in at its place. */
function jsonPieces(json: Json, fills: readonly JsonFill[], outputs: Outputs): readonly Piece[] {
  const own = fills.find(({ path }) => path.length === 0);
  if (own) return ['"', ...piecesOf(own.text, outputs).map(escapeJson), '"'];
  const inside = (key: string | number) =>
    fills.filter(({ path }) => path[0] === key).map(({ path, text }) => ({ path: path.slice(1), text }));
  if (Array.isArray(json)) {
    const items: readonly Json[] = json;
    return ['[', ...separated(items.map((each, index) => jsonPieces(each, inside(index), outputs))), ']'];
  }
  if (typeof json !== 'object' || json === null) return [JSON.stringify(json)];
  const entries = Object.entries(json).map(([name, each]) => [
    `${JSON.stringify(name)}:`,
    ...jsonPieces(each, inside(name), outputs),
  ]);
  return ['{', ...separated(entries), '}'];
}

const separated = (all: readonly (readonly Piece[])[]): readonly Piece[] =>
  all.flatMap((each, index) => (index === 0 ? each : [',', ...each]));

const escapeJson = (piece: Piece): Piece => (typeof piece === 'string' ? JSON.stringify(piece).slice(1, -1) : piece);

/** The URL with the query of the request; variables in it stand as they are, and are not encoded. */
function urlPieces({ url, query, auth }: HttpRequest, outputs: Outputs): readonly Piece[] {
  const isKey = auth?.type === 'apiKey' && auth.in === 'query';
  const key: readonly (readonly [string, readonly Piece[]])[] = isKey
    ? [[auth.name, secret(auth.value, 'API_KEY', outputs)]]
    : [];
  const own = query.map(([name, value]) => [name, piecesOf(value, outputs)] as const);
  const pieces = piecesOf(url, outputs);
  const hasQuery = pieces.some((piece) => typeof piece === 'string' && piece.includes('?'));
  const fields = [...own, ...key].flatMap(([name, value], index) => [
    `${index === 0 && !hasQuery ? '?' : '&'}${encodeURIComponent(name)}=`,
    ...value.map((piece) => (typeof piece === 'string' ? encodeURIComponent(piece) : piece)),
  ]);
  return [...pieces, ...fields];
}
