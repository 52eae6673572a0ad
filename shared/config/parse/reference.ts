import type { Text, TextPart } from '../model.ts';
import { didYouMean } from './suggest.ts';

type ReferenceKind = 'env' | 'ssm' | 'output';
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

const kinds = ['env', 'ssm', 'output'];
const laterKinds = ['vars', 'random', 'now', 'steps', 'cf'];
/** SSM: at most 15 levels of these characters. https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html */
const ssmPath = /^(\/[A-Za-z0-9_.-]{1,128}){1,15}$/;
/** A CloudFormation logical id of an output. */
const outputName = /^[A-Za-z][A-Za-z0-9]{0,127}$/;
const envArgument = /^([A-Za-z_][A-Za-z0-9_]*)\s*(?:,\s*(?:'([^']*)'|"([^"]*)"))?$/;

/**
 * Puts in `${env:X}` and `${env:X, 'default'}`, keeps `${ssm:/path}` and `${output:Name}` as parts, and makes `$$` a
 * plain `$`; a `$` before anything else is itself. What comes from the environment is never read for references again.
 */
export function expandText(raw: string, env: Environment): Expansion {
  const parts: TextPart[] = [];
  const names: string[] = [];
  const found: ReferenceKind[] = [];
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
    found.push(reference.kind);
    if (reference.kind === 'env') names.push(reference.name);
    at = end + 1;
  }
  parts.push(raw.slice(at));
  return { ok: true, text: joinParts(parts), env: names, kinds: found };
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
  if (separator !== ':' || !kinds.includes(kind)) {
    const hint = kind === '' ? '' : didYouMean(kind, kinds);
    return refuse(
      'REFERENCE',
      `has a reference of an unknown kind: use \${env:NAME}, \${ssm:/path} or \${output:Name}${hint}`,
    );
  }
  if (kind === 'env') return readEnv(argument, env);
  if (kind === 'ssm') return readSsm(argument);
  if (outputName.test(argument)) return { ok: true, kind: 'output', name: argument, part: { output: argument } };
  return refuse('REFERENCE', `has a bad reference: \${output:…} takes the name of an output, letters and digits only`);
}

function readEnv(argument: string, env: Environment): Found | Refused {
  const match = envArgument.exec(argument);
  const name = match?.[1];
  if (!match || name === undefined) {
    return refuse('REFERENCE', `has a bad reference: write \${env:NAME} or \${env:NAME, 'default'}`);
  }
  const value = env[name] ?? match[2] ?? match[3];
  if (value !== undefined) return { ok: true, kind: 'env', name, part: value };
  return refuse('ENV_MISSING', `needs the environment variable ${name}: set it, or write \${env:${name}, 'default'}`);
}

function readSsm(argument: string): Found | Refused {
  if (ssmPath.test(argument)) return { ok: true, kind: 'ssm', name: argument, part: { ssm: argument } };
  return refuse('REFERENCE', `has a bad reference: \${ssm:…} takes the path of a parameter, such as /burnwatch/token`);
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
