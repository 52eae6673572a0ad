import type { HttpMonitor, Monitor, Reference, Text } from '../config/model.ts';

/** The values of this stack's outputs, by name: a record of them, or something that looks them up. */
export type Outputs = Readonly<Record<string, string | undefined>> | ((name: string) => string | undefined);

/**
 * A monitor's request as a line for a POSIX shell. References to secrets stay variables (`$SLACK_URL` for
 * `/burnwatch/slack-url`); an output is its value, or a variable where the value is not known. `url` is the target alone,
 * for people. No secret is in either of them.
 */
export function renderCurl(monitor: Monitor, outputs: Outputs): { readonly url: string; readonly curl: string } {
  const { request, timeoutMs }: HttpMonitor = monitor;
  const words = [
    'curl -sS -i',
    ...methodFlags(request.method),
    ...(request.followRedirects ? [`-L --max-redirs ${request.maxRedirects}`] : []),
    `--max-time ${Math.max(1, Math.ceil(timeoutMs / 1_000))}`,
    ...Object.entries(request.headers).map(
      ([name, value]) => `-H ${quoteText([`${name}: `, ...partsOf(value)], outputs)}`,
    ),
    quoteText(partsOf(request.url), outputs),
  ];
  return { url: showText(request.url, outputs), curl: words.join(' ') };
}

/** `-X` only where curl would choose another method by itself; a HEAD has its own flag, since `-X HEAD` waits for a body. */
function methodFlags(method: string): readonly string[] {
  if (method === 'GET') return [];
  return method === 'HEAD' ? ['-I'] : [`-X ${method}`];
}

function partsOf(text: Text): readonly (string | Reference)[] {
  return typeof text === 'string' ? [text] : text;
}

function showText(text: Text, outputs: Outputs): string {
  return partsOf(text)
    .map((part) => (typeof part === 'string' ? part : (outputOf(part, outputs) ?? `$${variableOf(part)}`)))
    .join('');
}

function outputOf(reference: Reference, outputs: Outputs): string | undefined {
  if (!('output' in reference)) return undefined;
  return typeof outputs === 'function' ? outputs(reference.output) : outputs[reference.output];
}

/** The last part of a parameter's path in upper case; an output's own name. */
function variableOf(reference: Reference): string {
  const name =
    'ssm' in reference ? (reference.ssm.split('/').filter(Boolean).at(-1) ?? 'SECRET').toUpperCase() : reference.output;
  const clean = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return /^\d/.test(clean) ? `_${clean}` : clean;
}

/** Literal parts in single quotes, variables in double quotes beside them: nothing in a literal means anything to the shell. */
function quoteText(parts: readonly (string | Reference)[], outputs: Outputs): string {
  const pieces: { text: string; isVariable: boolean }[] = [];
  for (const part of parts) {
    const value = typeof part === 'string' ? part : outputOf(part, outputs);
    const last = pieces.at(-1);
    if (value === undefined) pieces.push({ text: variableOf(part as Reference), isVariable: true });
    else if (last && !last.isVariable) last.text += value;
    else pieces.push({ text: value, isVariable: false });
  }
  return pieces.map(({ text, isVariable }) => (isVariable ? `"$${text}"` : quoteLiteral(text))).join('');
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
