import { BurnwatchError, type Reference, type Text } from '../config/model.ts';

/** How references get their values; undefined where there is none. */
export type ReadReference = {
  parameter(path: string): Promise<string | undefined>;
  output(name: string): string | undefined;
};

/** What the steps of a flow have extracted so far, or the row of a burst's data, by name. Secure values are secrets. */
export type Vars = ReadonlyMap<string, { readonly value: string; readonly isSecure: boolean }>;

/** `secrets` are the values that must not be shown; `unresolved` is one sentence that says what is missing. */
export type ResolvedText =
  | { readonly value: string; readonly secrets: readonly string[] }
  | { readonly unresolved: string };

/**
 * Puts the values of its references into a text. The values of parameters and of secure variables are secrets; random ones
 * are made anew each time. Never rejects.
 */
export async function resolveText(text: Text, read: ReadReference, vars: Vars = noVars): Promise<ResolvedText> {
  if (typeof text === 'string') return { value: text, secrets: [] };
  const values: string[] = [];
  const secrets: string[] = [];
  for (const part of text) {
    if (typeof part === 'string') {
      values.push(part);
      continue;
    }
    const found = await resolveReference(part, read, vars);
    if ('unresolved' in found) return found;
    values.push(found.value);
    if (found.isSecret) secrets.push(found.value);
  }
  return { value: values.join(''), secrets };
}

const noVars: Vars = new Map();

type Found = { readonly value: string; readonly isSecret?: boolean } | { readonly unresolved: string };

async function resolveReference(reference: Reference, read: ReadReference, vars: Vars): Promise<Found> {
  if ('random' in reference) return makeRandom(reference.random);
  if ('vars' in reference) {
    const found = vars.get(reference.vars);
    if (found === undefined) return { unresolved: `the variable ${reference.vars} was not extracted by any step` };
    return { value: found.value, isSecret: found.isSecure };
  }
  if ('data' in reference) {
    const found = vars.get(reference.data);
    return found ?? { unresolved: `the row of data has no ${reference.data}` };
  }
  if ('output' in reference) {
    const { output } = reference;
    const value = read.output(output);
    if (value !== undefined) return { value };
    const mend = `set OUTPUT_${output}, or name it with --output ${output}=URL`;
    return { unresolved: `the output ${output} is not known: ${mend}` };
  }
  try {
    const value = await read.parameter(reference.ssm);
    if (value !== undefined) return { value, isSecret: true };
    return { unresolved: `the parameter ${reference.ssm} does not exist` };
  } catch (error) {
    return { unresolved: `the parameter ${reference.ssm} could not be read: ${reasonOf(error)}` };
  }
}

/** Loaded at first use: few monitors need it, and it costs a cold start some milliseconds. */
const loadCrypto = () => process.getBuiltinModule('node:crypto');

/** `uuid`, `hexN` or `digitsN`: that many digits, each as likely as any other. */
function makeRandom(kind: string): Found {
  const [, base = '', digits = ''] = /^(hex|digits)(\d{1,2})$/.exec(kind) ?? [];
  const { randomBytes, randomInt, randomUUID } = loadCrypto();
  const length = Number(digits);
  if (kind === 'uuid') return { value: randomUUID() };
  if (base === 'hex') return { value: randomBytes(length).toString('hex').slice(0, length) };
  if (base === 'digits') return { value: Array.from({ length }, () => randomInt(10)).join('') };
  return { unresolved: `there is no \${random.${kind}}: use uuid, hexN or digitsN` };
}

/** Our own errors are sentences without secrets; of others only the name is known to be harmless. */
function reasonOf(error: unknown): string {
  if (error instanceof BurnwatchError) return error.message;
  return error instanceof Error ? error.name : 'unknown reason';
}
