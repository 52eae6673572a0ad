import { homeOutputNames } from './template/references.ts';

/**
 * The outputs of home as `--param outputs=…` gives them to a stack elsewhere: `ShortenerUrl=https://… StatusUrl=https://…`, with
 * spaces between, which no URL holds. What is wrong goes to `problems`, a line each.
 */
export function parseHomeOutputs(text: string, problems: string[]): Readonly<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const entry of text.split(/\s+/).filter((each) => each !== '')) {
    const [name = '', value = ''] = /^([^=]+)=(.+)$/.exec(entry)?.slice(1) ?? [entry];
    const problem = Object.hasOwn(outputs, name) ? 'is named twice' : problemOf(name, value);
    if (problem === undefined) outputs[name] = value;
    else problems.push(`--param outputs: ${name.slice(0, 100)} ${problem}`);
  }
  return outputs;
}

function problemOf(name: string, value: string): string | undefined {
  if (!homeOutputNames.includes(name))
    return `is no output of home; there are ${homeOutputNames.join(', ')}, as Name=value with spaces between`;
  if (name.endsWith('Url')) return problemOfUrl(value);
  return /^[a-z0-9]{1,64}$/.test(value) ? undefined : `must be an id, got ${JSON.stringify(value.slice(0, 200))}`;
}

function problemOfUrl(value: string): string | undefined {
  const url = /^[!-~]{1,2048}$/.test(value) && URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return `must be an http or https URL, got ${JSON.stringify(value.slice(0, 200))}`;
  return url.username === '' && url.password === '' ? undefined : 'must be a URL without a name and a password';
}
