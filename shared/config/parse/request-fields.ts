import { z } from 'zod';
import type { Field, Json, JsonFill, RequestBody, Text } from '../model.ts';
import { refuse, type Sink } from './fields.ts';
import { readHost, readNameServer } from './host.ts';
import { type Environment, type Expanded, expandText } from './reference.ts';
import {
  checkDimension,
  checkFixedHost,
  checkHeader,
  checkHeaderName,
  checkLength,
  checkNamed,
  checkPem,
  checkPlace,
  checkSecret,
  checkUrl,
  checkUserName,
  type Refusal,
  type TextPlace,
} from './request.ts';
import { readMetricName, type Value } from './values.ts';

export const mostHeaders = 50;
export const mostFields = 100;
/** What is sent is small: it is kept beside the bundle. */
const longestBody = 65_536;
const longestValue = 4_096;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html */
const mostDimensions = 30;

/** The fields that are sent: texts that may hold references, as far as their place allows. */
export type RequestFields = ReturnType<typeof createRequestFields>;

export function createRequestFields(env: Environment, place: TextPlace) {
  const at = { env, place };
  const text = (description: string, example: string, read: (value: Expanded) => Value<Text>) =>
    z
      .string()
      .meta({ description, examples: [example] })
      .transform((raw, sink): Text => {
        const found = readText(raw, at, read);
        return found.ok ? found.value : refuse(sink, found);
      });
  const secret = (description: string) =>
    text(`${description} From \${ssm:/path}.`, `\${ssm:/burnwatch/token}`, judged(checkLatin, checkSecret));

  return {
    url: (description: string) =>
      text(
        description,
        'https://example.com/',
        place === 'burst' ? judged(checkFixedHost, checkUrl) : judged(checkUrl),
      ),
    /** A URL that is a secret as a whole, or holds one. */
    secretUrl: (description: string) =>
      text(`${description} From \${ssm:/path}.`, `\${ssm:/burnwatch/url}`, judged(checkUrl, checkSecret)),
    host: (description: string) => text(description, 'db.example.com', readHost),
    nameServer: (description: string) => text(description, '192.0.2.53', readNameServer),
    body: (description: string) =>
      text(
        description,
        'ping',
        judged((value) => checkLength(value, longestBody)),
      ),
    userName: (description: string) => text(description, 'monitor', judged(checkUserName)),
    secret,
    /** A certificate, which is no secret, and the private key of one, which is. */
    certificate: (description: string) =>
      text(`${description} PEM, or \${ssm:/path}.`, `\${ssm:/burnwatch/ca}`, judged(checkPem)),
    privateKey: (description: string) =>
      text(`${description} PEM, from \${ssm:/path}.`, `\${ssm:/burnwatch/key}`, judged(checkSecret)),
    headers: (description: string) =>
      z
        .record(z.string(), z.unknown().meta({ type: 'string' }))
        .meta({ description, maxProperties: mostHeaders })
        .transform((raw, sink) => readHeaders(raw, at, sink)),
    /** The dimensions of a metric, by their names. */
    dimensions: (description: string) =>
      z
        .record(z.string(), z.unknown().meta({ type: 'string' }))
        .meta({ description, maxProperties: mostDimensions })
        .transform((raw, sink) => readDimensions(raw, at, sink)),
    /** Names with their values, in order: of a query, or of a form. */
    pairs: (description: string) =>
      z
        .record(z.string(), z.unknown().meta({ anyOf: [scalar, { type: 'array', items: scalar }] }))
        .meta({ description, maxProperties: mostFields })
        .transform((raw, sink) => readPairs(raw, at, sink)),
    json: (description: string) =>
      z
        .unknown()
        .meta({ description })
        .transform((raw, sink) => readJsonBody(raw, at, sink)),
  };
}

const scalar = { type: ['string', 'number', 'boolean'] };
type At = { readonly env: Environment; readonly place: TextPlace };
type Check = (value: Expanded) => Refusal | undefined;

/** A text that is kept as it is when none of the checks refuses it. */
const judged =
  (...checks: readonly Check[]) =>
  (value: Expanded): Value<Text> => {
    const refusal = checks.map((check) => check(value)).find((found) => found !== undefined);
    return refusal ? { ok: false, ...refusal } : { ok: true, value: value.text };
  };

const checkLatin: Check = (value) => checkHeader('', value);

function readText(raw: string, { env, place }: At, read: (value: Expanded) => Value<Text>): Value<Text> {
  const expansion = expandText(raw, env);
  if (!expansion.ok) return expansion;
  const refusal = checkPlace(expansion, place);
  return refusal ? { ok: false, ...refusal } : read(expansion);
}

const notText: Refusal = { code: 'TYPE', message: 'must be a text: put it in quotes' };
const twice: Refusal = {
  code: 'HEADER',
  message: 'is there twice: letter case makes no difference in the name of a header',
};

/** Headers by their names in lower case; every one of them is judged, whatever the others are. */
function readHeaders(raw: Record<string, unknown>, at: At, sink: Sink): Record<string, Text> {
  const headers: Record<string, Text> = {};
  refuseCount(raw, mostHeaders, sink);
  for (const [name, value] of Object.entries(raw)) {
    const header = readHeader(name, value, at);
    const refusal = Object.hasOwn(headers, name.toLowerCase()) ? twice : header;
    if (!('value' in refusal)) refuse(sink, refusal, name);
    headers[name.toLowerCase()] = 'value' in header ? header.value : '';
  }
  return headers;
}

function readHeader(name: string, value: unknown, at: At): { value: Text } | Refusal {
  const wrong = checkHeaderName(name);
  if (wrong) return wrong;
  if (typeof value !== 'string') return notText;
  return readText(
    value,
    at,
    judged((each) => checkHeader(name, each)),
  );
}

function readDimensions(raw: Record<string, unknown>, at: At, sink: Sink): Record<string, Text> {
  refuseCount(raw, mostDimensions, sink);
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      const wrong = readMetricName(name);
      if (!wrong.ok) refuse(sink, wrong, name);
      const found =
        typeof value === 'string' ? readText(value, at, judged(checkDimension)) : ({ ok: false, ...notText } as const);
      return [name, found.ok ? found.value : refuse(sink, found, name)];
    }),
  );
}

function refuseCount(raw: Record<string, unknown>, most: number, sink: Sink): void {
  const { length } = Object.keys(raw);
  if (length > most) refuse(sink, { code: 'COUNT', message: `must have at most ${most} entries, got ${length}` });
}

/** A list gives its name several times. Numbers and true or false are sent as they are written. */
function readPairs(raw: Record<string, unknown>, at: At, sink: Sink): Field[] {
  refuseCount(raw, mostFields, sink);
  return Object.entries(raw).flatMap(([name, value]) => {
    const wrong = checkPairName(name);
    if (wrong) refuse(sink, wrong, name);
    if (!Array.isArray(value)) return [[name, readPair(name, value, at, sink, [name])] as const];
    if (value.length > mostFields) {
      refuse(sink, { code: 'COUNT', message: `must have at most ${mostFields} entries, got ${value.length}` }, name);
    }
    return value.map((each, index) => [name, readPair(name, each, at, sink, [name, index])] as const);
  });
}

function checkPairName(name: string): Refusal | undefined {
  if (name.includes('${')) return noReference;
  return name.length <= 256 ? undefined : { code: 'LENGTH', message: 'must have a name of at most 256 characters' };
}

function readPair(name: string, value: unknown, at: At, sink: Sink, path: Path): Text {
  if (typeof value === 'boolean' || (typeof value === 'number' && isExact(value))) return String(value);
  if (typeof value === 'number') return refuse(sink, inexact, ...path);
  if (typeof value !== 'string') {
    return refuse(sink, { code: 'TYPE', message: 'must be a text, a number, or true or false' }, ...path);
  }
  const found = readText(
    value,
    at,
    judged((each) => checkNamed(name, each) ?? checkLength(each, longestValue)),
  );
  return found.ok ? found.value : refuse(sink, found, ...path);
}

type Path = readonly (string | number)[];
const noReference: Refusal = {
  code: 'REFERENCE_PLACE',
  message: 'has a reference in its name: they work in values only',
};
const inexact: Refusal = { code: 'NUMBER', message: 'must be a number that is exact: write it in quotes' };
const isExact = (value: number): boolean =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** Any YAML value as JSON. Texts with references are left empty, and listed with their paths. */
function readJsonBody(raw: unknown, at: At, sink: Sink): RequestBody {
  const fills: JsonFill[] = [];
  const json = readJson(raw, [], { at, sink, fills });
  const isLong = JSON.stringify([json, fills]).length > longestBody;
  const most = longestBody.toLocaleString('en-US');
  if (isLong) return refuse(sink, { code: 'LENGTH', message: `must be at most ${most} characters long` });
  return { kind: 'json', json, fills };
}

type JsonReader = { readonly at: At; readonly sink: Sink; readonly fills: JsonFill[] };

function readJson(raw: unknown, path: Path, reader: JsonReader): Json {
  if (raw === null || typeof raw === 'boolean') return raw;
  if (typeof raw === 'number') return isExact(raw) ? raw : refuse(reader.sink, inexact, ...path);
  if (typeof raw === 'string') return readJsonText(raw, path, reader);
  if (Array.isArray(raw)) return raw.map((each, index) => readJson(each, [...path, index], reader));
  if (typeof raw !== 'object') return refuse(reader.sink, inexact, ...path);
  const entries = Object.entries(raw).map(([key, value]) => {
    if (key.includes('${')) refuse(reader.sink, noReference, ...path, key);
    return [key, readJson(value, [...path, key], reader)] as const;
  });
  return Object.fromEntries(entries);
}

function readJsonText(raw: string, path: Path, { at, sink, fills }: JsonReader): Json {
  const name = String(path.findLast((part) => typeof part === 'string') ?? '');
  const found = readText(
    raw,
    at,
    judged((value) => checkNamed(name, value)),
  );
  if (!found.ok) return refuse(sink, found, ...path);
  if (typeof found.value === 'string') return found.value;
  fills.push({ path, text: found.value });
  return '';
}
