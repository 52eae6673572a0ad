import { AwsError } from './error.ts';
import { isObject, readText } from './read.ts';
import type { Input } from './service.ts';
import { type Attributes, isScalar, type Scalar } from './sns-filter.ts';

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
const mostBytes = 262_144;
const longestSubject = 99;

/** What a Publish asks to send, as an e-mail subscription would get it. */
export type Publication = {
  readonly subject: string;
  readonly text: string;
  readonly attributes: Attributes;
  /** What a function gets in place of the text, where that is something else. */
  readonly machineText?: string;
  /** The attributes as a function sees them. */
  readonly rawAttributes?: RawAttributes;
};
export type RawAttributes = Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;

/** Reads and checks a Publish. Without a subject, the mail has the one that SNS gives it. */
export function parsePublish(input: Input): Publication {
  const message = readText(input, 'Message') ?? '';
  if (message === '') throw invalid('Empty message');
  if (Buffer.byteLength(message) > mostBytes) throw invalid('Message too long');
  const attributes = readAttributes(input['MessageAttributes']);
  return {
    subject: readSubject(input),
    text: readStructured(input, message, 'email'),
    machineText: readStructured(input, message, 'lambda'),
    attributes: Object.fromEntries(attributes.map(({ name, scalars }) => [name, scalars])),
    rawAttributes: Object.fromEntries(attributes.map(({ name, raw }) => [name, raw])),
  };
}

function readSubject(input: Input): string {
  const subject = readText(input, 'Subject');
  if (subject === undefined) return 'AWS Notification Message';
  if (subject === '' || subject.length > longestSubject || /\p{Cc}/u.test(subject)) throw invalid('Subject');
  return subject;
}

/** `MessageStructure: json` carries one text a protocol; each takes its own, or the default. */
function readStructured(input: Input, message: string, protocol: 'email' | 'lambda'): string {
  const structure = readText(input, 'MessageStructure');
  if (structure === undefined) return message;
  if (structure !== 'json') throw invalid('MessageStructure');
  const texts = parseTexts(message);
  if (typeof texts['default'] !== 'string') throw invalid('Message Structure - No default entry in JSON message body');
  const own = texts[protocol];
  return typeof own === 'string' ? own : texts['default'];
}

function parseTexts(message: string): Input {
  try {
    const texts: unknown = JSON.parse(message);
    if (isObject(texts)) return texts;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw invalid('Message Structure - JSON message body failed to parse');
}

/** In Query a map is a list of `{Name, Value}`. */
function readAttributes(entries: unknown): readonly Attribute[] {
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) throw invalid('MessageAttributes');
  return entries.map((entry) => readAttribute(entry));
}

type Attribute = {
  readonly name: string;
  readonly scalars: readonly Scalar[];
  readonly raw: { readonly Type: string; readonly Value: string };
};

function readAttribute(entry: unknown): Attribute {
  const name = isObject(entry) ? entry['Name'] : undefined;
  const value = isObject(entry) ? entry['Value'] : undefined;
  if (typeof name !== 'string' || !/^[\w.-]{1,256}$/.test(name)) throw invalid('The message attribute name is invalid');
  if (!isObject(value) || typeof value['DataType'] !== 'string')
    throw invalid(`The message attribute '${name}' must contain non-empty message attribute type.`);
  const raw = { Type: value['DataType'], Value: String(value['StringValue'] ?? value['BinaryValue'] ?? '') };
  return { name, scalars: readScalars(name, value['DataType'], value), raw };
}

function readScalars(name: string, dataType: string, value: Input): readonly Scalar[] {
  const [type] = dataType.split('.');
  const text = value['StringValue'];
  if (type === 'Binary') return [];
  if (typeof text !== 'string' || text === '')
    throw invalid(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${dataType.slice(0, 32)}'.`,
    );
  if (dataType === 'String.Array') return readArray(name, text);
  if (type === 'String') return [text];
  if (type === 'Number' && text.trim() !== '' && Number.isFinite(Number(text))) return [Number(text)];
  throw invalid(`The message attribute '${name}' has an invalid message attribute type or value.`);
}

function readArray(name: string, text: string): readonly Scalar[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every(isScalar)) return list;
  } catch {
    // Said below, as for JSON that is no list.
  }
  throw invalid(`The message attribute '${name}' must be a JSON array of strings, numbers, booleans or nulls.`);
}

const invalid = (reason: string) => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
