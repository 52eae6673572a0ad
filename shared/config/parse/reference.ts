import type { Text, TextPart } from '../model.ts';
import { didYouMean } from '../suggest.ts';

export type ReferenceKind = 'env' | 'ssm' | 'output' | 'vars' | 'random' | 'data';
/** A text taken apart: `env` names what was put in from the environment, so that a message never has to quote it. */
export type Expanded = {
  readonly text: Text;
  readonly env: readonly string[];
  readonly kinds: readonly ReferenceKind[];
};
export type Expansion = ({ readonly ok: true } & Expanded) | Refused;
type Refused = {
  readonly ok: false;
  readonly code: 'REFERENCE' | 'ENV_MISSING' | 'NOT_BUILT';
  readonly message: string;
};
export type Environment = Readonly<Record<string, string | undefined>>;

/** The kinds of references, and what stands between the kind and its argument. */
const separators: Readonly<Record<ReferenceKind, string>> = {
  env: ':',
  ssm: ':',
  output: ':',
  vars: '.',
  random: '.',
  data: '.',
};
const kinds = Object.keys(separators) as ReferenceKind[];
const laterKinds = ['now', 'steps', 'cf'];
/** SSM: at most 15 levels of these characters. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const ssmPath = /^(\/[A-Za-z0-9_.-]{1,128}){1,15}$/;
/** A CloudFormation logical id of an output. */
const outputName = /^[A-Za-z][A-Za-z0-9]{0,127}$/;
const variableName = /^[A-Za-z_]\w{0,63}$/;
const randomShape = /^(uuid|(hex|digits)([1-9]|[1-5]\d|6[0-4]))$/;
const envArgument = /^([A-Za-z_][A-Za-z0-9_]*)\s*(?:,\s*(?:'([^']*)'|"([^"]*)"))?$/;

/**
 * Puts in `${env:X}` and `${env:X, 'default'}`, keeps `${ssm:/path}`, `${output:Name}`, `${vars.name}`, `${random.hex8}`
 * and `${data.name}` as parts, and makes `$$` a plain `$`; a `$` before anything else is itself. What comes from the environment is never
 * read for references again. Which kinds a field takes is for the field to say.
 */
export function expandText(raw: string, env: Environment): Expansion {
  const parts: TextPart[] = [];
  const names: string[] = [];
  const met: ReferenceKind[] = [];
  let at = 0;
  while (at < raw.length) {
    const dollar = raw.indexOf('$', at);
    if (dollar === -1) break;
    parts.push(raw.slice(at, dollar));
    if (raw[dollar + 1] !== '{') {
      parts.push('$');
      at = dollar + (raw[dollar + 1] === '$' ? 2 : 1);
      continue;
    }
    const end = findEnd(raw, dollar + 2);
    if (end === -1) return refuse('REFERENCE', `has a reference that is not closed: "\${" without "}"`);
    const reference = readReference(raw.slice(dollar + 2, end), env);
    if (!reference.ok) return reference;
    parts.push(reference.part);
    met.push(reference.kind);
    if (reference.kind === 'env') names.push(reference.name);
    at = end + 1;
  }
  parts.push(raw.slice(at));
  return { ok: true, text: joinParts(parts), env: names, kinds: met };
}

/** Whether `${vars.<name>}` or `${data.<name>}` can name it. */
export function isVariableName(name: string): boolean {
  return variableName.test(name);
}

/** Where the reference that starts here is closed; a brace inside quotes does not close it. -1 when nothing does. */
function findEnd(raw: string, start: number): number {
  let quote = '';
  for (let at = start; at < raw.length; at += 1) {
    const char = raw[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (char === '}') return at;
  }
  return -1;
}

type Found = { readonly ok: true; readonly kind: ReferenceKind; readonly name: string; readonly part: TextPart };

function readReference(inside: string, env: Environment): Found | Refused {
  const match = /^\s*([A-Za-z0-9]{1,32})([:.])(.*?)\s*$/s.exec(inside);
  const [kind, separator, argument] = [match?.[1] ?? '', match?.[2], match?.[3]?.trim() ?? ''];
  if (laterKinds.includes(kind)) return refuse('NOT_BUILT', `uses \${${kind}${separator}…}, which is not built yet`);
  const known = kinds.find((each) => each === kind);
  if (known === undefined) {
    const hint = kind === '' ? '' : didYouMean(kind, kinds);
    return refuse('REFERENCE', `has a reference of an unknown kind: use ${usable}${hint}`);
  }
  if (separator !== separators[known]) {
    return bad(`write \${${known}${separators[known]}…}`);
  }
  return readArgument(known, argument, env);
}

const usable = `\${env:NAME}, \${ssm:/path}, \${output:Name}, \${random.hex8}, in flows \${vars.name} or, in bursts, \${data.name}`;

function readArgument(kind: ReferenceKind, argument: string, env: Environment): Found | Refused {
  switch (kind) {
    case 'env':
      return readEnv(argument, env);
    case 'ssm':
      if (ssmPath.test(argument)) return found(kind, argument, { ssm: argument });
      return bad(`\${ssm:…} takes the path of a parameter, such as /burnwatch/token`);
    case 'output':
      if (outputName.test(argument)) return found(kind, argument, { output: argument });
      return bad(`\${output:…} takes the name of an output, letters and digits only`);
    case 'vars':
      if (isVariableName(argument)) return found(kind, argument, { vars: argument });
      return bad(`\${vars.…} takes a name of letters, digits and _`);
    case 'data':
      if (isVariableName(argument)) return found(kind, argument, { data: argument });
      return bad(`\${data.…} takes a name of letters, digits and _`);
    case 'random':
      if (randomShape.test(argument)) return found(kind, argument, { random: argument });
      return bad(`\${random.…} takes uuid, hex8 or digits6, with 1 to 64 characters`);
    default:
      return kind satisfies never;
  }
}

function readEnv(argument: string, env: Environment): Found | Refused {
  const match = envArgument.exec(argument);
  const name = match?.[1];
  if (!match || name === undefined) return bad(`write \${env:NAME} or \${env:NAME, 'default'}`);
  const value = env[name] ?? match[2] ?? match[3];
  if (value !== undefined) return found('env', name, value);
  return refuse('ENV_MISSING', `needs the environment variable ${name}: set it, or write \${env:${name}, 'default'}`);
}

function found(kind: ReferenceKind, name: string, part: TextPart): Found {
  return { ok: true, kind, name, part };
}

function bad(message: string): Refused {
  return refuse('REFERENCE', `has a bad reference: ${message}`);
}

function refuse(code: Refused['code'], message: string): Refused {
  return { ok: false, code, message };
}

function joinParts(parts: readonly TextPart[]): Text {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  const [first = ''] = joined;
  return joined.length <= 1 && typeof first === 'string' ? first : joined;
}
