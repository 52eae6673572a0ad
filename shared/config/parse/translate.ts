import { z } from 'zod';
import { didYouMean } from '../suggest.ts';
import { asCode, type Code } from './codes.ts';
import { idPattern, later } from './fields.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { describe, type Fault, type Path, quote, renderPath } from './problem.ts';
import { isSecretName } from './secret.ts';

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;
type Place = { readonly schema: Schema; readonly path: Path; readonly value: unknown };

/**
 * Reads a value by its schema: what it means, or every fault of it in sentences of ours. Nothing that zod says itself
 * is passed on. A thing of a kind that later versions will know is one fault, whatever else is in it.
 */
export function readBy<T extends z.ZodType>(
  schema: T,
  value: unknown,
  path: Path,
): { value?: z.output<T>; faults: Fault[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, faults: [] };
  const faults = result.error.issues.flatMap((issue) => toFaults(issue, { schema, path, value }));
  const unbuilt = faults.filter(({ code }) => code === 'BURN_CONFIG_NOT_BUILT');
  const unknown = faults.filter(({ code }) => code === 'BURN_CONFIG_UNKNOWN_KEY');
  const mistyped = new Set(unknown.map((fault) => renderPath(fault.path.slice(0, -1))));
  const isSlip = (fault: Fault) => rulesOfKeys.includes(fault.code) && mistyped.has(renderPath(fault.path));
  const isOwn = (fault: Fault) => !unbuilt.some((other) => explains(other, fault)) && !isSlip(fault);
  return { faults: faults.filter(isOwn) };
}

/** Rules about which keys stand together: a map that holds a key which is not known may well have meant the one that it seems to lack. */
const rulesOfKeys: readonly Code[] = [
  'BURN_CONFIG_STAGE',
  'BURN_CONFIG_MIX',
  'BURN_CONFIG_ABORT',
  'BURN_CONFIG_DIALOGUE',
  'BURN_CONFIG_SLO',
];

/** What is not built yet explains what else is odd about it: in a thing of that type, or missing beside that key. */
function explains(unbuilt: Fault, fault: Fault): boolean {
  if (unbuilt === fault) return false;
  const within = unbuilt.path.slice(0, -1);
  const isInside = within.every((part, index) => fault.path[index] === part);
  if (unbuilt.path.at(-1) === 'type') return isInside;
  return isInside && fault.code === 'BURN_CONFIG_MISSING' && fault.path.length === unbuilt.path.length;
}

function toFaults(issue: Issue, root: Place): Fault[] {
  const place = enter(root, issue.path as (string | number)[]);
  switch (issue.code) {
    case 'custom':
      return [ownFault(issue, place)];
    case 'unrecognized_keys':
      return unknownKeys(place, issue.keys);
    case 'invalid_union':
      return unionFaults(issue, root, place);
    case 'invalid_value':
      return [wrongChoice(issue, place)];
    case 'too_big':
    case 'too_small':
      return [outOfBounds(issue, place)];
    case 'invalid_type':
      return [wrongType(issue, place)];
    default:
      return [fault('BURN_CONFIG_ID', place, `must be at most 64 small letters, digits and dashes (${idPattern})`)];
  }
}

function ownFault({ params = {}, message }: z.core.$ZodIssueCustom, place: Place): Fault {
  const { code } = params;
  return fault(asCode(String(code)), place, message);
}

function unionFaults(issue: z.core.$ZodIssueInvalidUnion, root: Place, place: Place): Fault[] {
  const { options } = issue as { options?: readonly string[] };
  if (options) return [wrongWord(options, place)];
  const [branch] = issue.errors.filter(
    (errors) => !errors.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  if (!branch) return [fault('BURN_CONFIG_TYPE', place, `must be ${eitherOf(place.schema)}, got ${shown(place)}`)];
  return branch.flatMap((inner) => toFaults({ ...inner, path: [...issue.path, ...inner.path] }, root));
}

/** Who reads so many has understood: the rest of one map is counted. */
const mostUnknownKeys = 1_000;

function unknownKeys(place: Place, keys: readonly string[]): Fault[] {
  const left = keys.length - mostUnknownKeys;
  const told = keys.slice(0, mostUnknownKeys).map((key) => unknownKey(place, key));
  if (left <= 0) return told;
  const message = `holds ${left.toLocaleString('en-US')} more keys that do not belong here`;
  return [...told, fault('BURN_CONFIG_UNKNOWN_KEY', place, message)];
}

function unknownKey(place: Place, key: string): Fault {
  const at = { ...place, path: [...place.path, key] };
  const { keys: soon = [], elsewhere = {} } = later.get(place.schema) ?? {};
  if (soon.includes(key)) return fault('BURN_CONFIG_NOT_BUILT', at, 'is not built yet');
  const where = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined;
  if (where !== undefined) return fault('BURN_CONFIG_UNKNOWN_KEY', at, where);
  const keys = keysOf(place.schema);
  const hint = didYouMean(key, keys) || `; there are ${keys.join(', ')}`;
  return fault('BURN_CONFIG_UNKNOWN_KEY', at, `is no key that belongs here${hint}`);
}

/** What a union takes: all of ours take a map, or something short for it, which is the schema of what is no map. */
function eitherOf(schema: Schema): string {
  return schema instanceof z.ZodBoolean ? 'true, or a map' : 'a text or a map';
}

function wrongChoice(issue: z.core.$ZodIssueInvalidValue, place: Place): Fault {
  const texts = issue.values.filter((word) => typeof word === 'string');
  // A number beside its text is only another way to write it.
  if (texts.length > 0) return wrongWord(texts, place);
  return wrongWord(issue.values.map(String), place, issue.values.includes(true) ? '' : 'the number ');
}

function wrongWord(words: readonly string[], place: Place, kind = ''): Fault {
  const { value } = place;
  if (value === undefined && words.length === 1) return missing(place);
  if (value === undefined) return fault('BURN_CONFIG_MISSING', place, `is missing: one of ${words.join(', ')}`);
  if (typeof value === 'string' && later.get(place.schema)?.values?.includes(value)) {
    return fault('BURN_CONFIG_NOT_BUILT', place, `${quote(value)} is not built yet`);
  }
  const must = words.length === 1 ? `must be ${kind}${words[0]}` : `must be one of ${words.join(', ')}`;
  const hint = typeof value === 'string' && kind === '' ? didYouMean(value, words) : '';
  return fault('BURN_CONFIG_CHOICE', place, `${must}, got ${shown(place)}${hint}`);
}

function outOfBounds(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, place: Place): Fault {
  const bound =
    issue.code === 'too_big' ? `at most ${Number(issue.maximum).toLocaleString('en-US')}` : `at least ${issue.minimum}`;
  if (issue.origin === 'array') {
    const count = Array.isArray(place.value) ? place.value.length : 0;
    return fault('BURN_CONFIG_COUNT', place, `must have ${bound} ${entries(issue)}, got ${count}`);
  }
  return fault('BURN_CONFIG_NUMBER', place, `must be ${bound}, got ${shown(place)}`);
}

function entries(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  return (issue.code === 'too_big' ? issue.maximum : issue.minimum) === 1 ? 'entry' : 'entries';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function wrongType(issue: z.core.$ZodIssueInvalidType, place: Place): Fault {
  if (place.value === undefined) return missing(place);
  const got = containers.includes(issue.expected) ? kindOf(place.value) : shown(place);
  return fault('BURN_CONFIG_TYPE', place, `must be ${kindWanted(issue, place)}, got ${got}${mendOf(issue, place)}`);
}

function kindWanted({ expected }: z.core.$ZodIssueInvalidType, { schema, value }: Place): string {
  const { examples } = z.globalRegistry.get(schema) ?? {};
  const example = Array.isArray(examples) ? String(examples[0]) : undefined;
  const kind = kinds[expected] ?? expected;
  if (example === undefined) return kind;
  const lacksUnit = typeof value === 'number' && /^[\d.]+(%|\/?[a-z]+)$/.test(example);
  return lacksUnit ? `a number with its unit, such as ${example}` : `${kind} such as ${example}`;
}

/** How what was written becomes what is wanted, where it is only the form that is wrong. */
function mendOf({ expected }: z.core.$ZodIssueInvalidType, { value }: Place): string {
  if (expected === 'array' && value !== null) return ': put it in [ ]';
  if (expected === 'record' && Array.isArray(value)) return ': write the name of each entry before it, as in name: …';
  return '';
}

const containers: readonly string[] = ['object', 'record', 'array'];

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? describe(value) : `a ${typeof value}`;
}

function missing(place: Place): Fault {
  return fault('BURN_CONFIG_MISSING', place, 'is missing');
}

/**
 * What was typed; only its kind where its name says that it is a secret, and where a map or a list should be: a text
 * in place of headers may well be one of them.
 */
function shown({ path, value }: Place): string {
  const isSecret = path.some((part) => typeof part === 'string' && isSecretName(part));
  if (!isSecret || (typeof value === 'object' && value !== null)) return describe(value);
  return kindOf(value);
}

function fault(code: Code, { path }: Place, message: string): Fault {
  return { code, path, message };
}

/** The schema and the value that a path leads to. */
function enter(root: Place, path: readonly (string | number)[]): Place {
  const place = path.reduce<Place>((above, part) => step(above, part), root);
  return { ...place, schema: unwrap(place.schema, place.value) };
}

function step({ schema, path, value }: Place, part: string | number): Place {
  const isContainer = isPlainMap(value) || Array.isArray(value);
  const child = isContainer ? (value as Record<string | number, Plain>)[part] : undefined;
  return { schema: childOf(unwrap(schema, value), part), path: [...path, part], value: child };
}

function childOf(schema: Schema, part: string | number): Schema {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, Schema>)[part] ?? z.unknown();
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return z.unknown();
}

/** Through `optional`, transforms and unions to what holds the keys. */
function unwrap(schema: Schema, value: unknown): Schema {
  if (schema instanceof z.ZodOptional) return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in, value);
  if (schema instanceof z.ZodDiscriminatedUnion) return branchOf(schema, value);
  if (!(schema instanceof z.ZodUnion)) return schema;
  const member = schema.options.find((option) => option instanceof z.ZodObject === isPlainMap(value));
  return member ? unwrap(member, value) : schema;
}

/** The branch of the value's type; the union itself where it has none. */
function branchOf(schema: z.ZodDiscriminatedUnion, value: unknown): Schema {
  const { discriminator } = schema.def;
  const name = isPlainMap(value) ? value[discriminator] : undefined;
  const branch = schema.options.find((option) => childOf(option, discriminator)._zod.values?.has(name as string));
  return branch ?? schema;
}

function keysOf(schema: Schema): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}
