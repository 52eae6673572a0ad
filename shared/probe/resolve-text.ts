import { BurnwatchError, type Reference, type Text } from '../config/model.ts';

/** How references get their values; undefined where there is none. */
export type ReadReference = {
  parameter(path: string): Promise<string | undefined>;
  output(name: string): string | undefined;
};

/** What the steps of a flow have extracted so far, by name. Secure values are secrets. */
export type Vars = ReadonlyMap<string, { readonly value: string; readonly isSecure: boolean }>;

/** `secrets` are the values that must not be shown; `unresolved` is one sentence that says what is missing. */
export type ResolvedText =
  | { readonly value: string; readonly secrets: readonly string[] }
  | { readonly unresolved: string };

/** Puts the values of its references into a text. The values of parameters are secrets. Never rejects. */
export async function resolveText(text: Text, read: ReadReference): Promise<ResolvedText> {
  if (typeof text === 'string') return { value: text, secrets: [] };
  const values: string[] = [];
  const secrets: string[] = [];
  for (const part of text) {
    if (typeof part === 'string') {
      values.push(part);
      continue;
    }
    const found = await resolveReference(part, read);
    if ('unresolved' in found) return found;
    values.push(found.value);
    if ('ssm' in part) secrets.push(found.value);
  }
  return { value: values.join(''), secrets };
}

type Found = { value: string } | { unresolved: string };

async function resolveReference(reference: Reference, read: ReadReference): Promise<Found> {
  if ('output' in reference) {
    const { output } = reference;
    const value = read.output(output);
    if (value !== undefined) return { value };
    const mend = `set OUTPUT_${output}, or give burnwatch probe --output ${output}=URL`;
    return { unresolved: `the output ${output} is not known: ${mend}` };
  }
  if (!('ssm' in reference)) return { unresolved: 'not built yet' };
  try {
    const value = await read.parameter(reference.ssm);
    if (value !== undefined) return { value };
    return { unresolved: `the parameter ${reference.ssm} does not exist` };
  } catch (error) {
    return { unresolved: `the parameter ${reference.ssm} could not be read: ${reasonOf(error)}` };
  }
}

/** Our own errors are sentences without secrets; of others only the name is known to be harmless. */
function reasonOf(error: unknown): string {
  if (error instanceof BurnwatchError) return error.message;
  return error instanceof Error ? error.name : 'unknown reason';
}
