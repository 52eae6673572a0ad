import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { acknowledgeKeyParameter, heartbeatKeyParameter, writeTokenParameter } from '../../template/environment.ts';
import { AwsError } from './error.ts';
import { isObject, readTexts, requireText } from './read.ts';
import type { Output, Service } from './service.ts';
import { account, region } from './service.ts';

const mostNames = 10;

/**
 * Seeds `file` with a random write token and random keys for heartbeats and acknowledgements, readable by its owner alone. A file
 * that is there keeps what it holds and gets the keys that it has not; one that is no JSON object stays as it is.
 */
export function seedParameters(file: string): void {
  const known = existsSync(file) ? parse(file) : { [writeTokenParameter]: randomSecret() };
  const missing = [heartbeatKeyParameter, acknowledgeKeyParameter].filter((name) => !Object.hasOwn(known ?? {}, name));
  if (known === undefined || missing.length === 0) return;
  const draft = `${file}.draft`;
  const seeded = { ...known, ...Object.fromEntries(missing.map((name) => [name, randomSecret()])) };
  writeFileSync(draft, `${JSON.stringify(seeded, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const randomSecret = (): string => randomBytes(24).toString('base64url');

/** Parameters from a JSON file of names and values, read anew at each call. Its values are never told in an error. */
export function createSsm(file: string): Service {
  return {
    GetParameter: (input) => {
      const name = requireText(input, 'Name');
      const value = readParameters(file)[name];
      if (value === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name.slice(0, 1_024)} not found.`);
      return { Parameter: describe(file, name, value) };
    },
    GetParameters: (input) => {
      const names = readTexts(input, 'Names');
      if (names.length === 0 || names.length > mostNames)
        throw new AwsError('ValidationException', `Names must have between 1 and ${mostNames} entries.`);
      const known = readParameters(file);
      return {
        Parameters: names.flatMap((name) => (known[name] === undefined ? [] : [describe(file, name, known[name])])),
        InvalidParameters: names.filter((name) => known[name] === undefined),
      };
    },
  };
}

/** Without a prototype, so that no name finds what nobody wrote. */
function readParameters(file: string): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(parseFile(file))) {
    if (typeof value === 'string') parameters[name] = value;
  }
  return parameters;
}

/** The reason for undefined may quote the file's content: it is not told. */
function parse(file: string): object | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isObject(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function parseFile(file: string): object {
  const content = parse(file);
  if (content !== undefined) return content;
  throw new AwsError('InternalServerError', 'parameters.json must be a JSON object of names and texts.', 500);
}

function describe(file: string, name: string, value: string): Output {
  return {
    Name: name,
    Value: value,
    Type: 'SecureString',
    DataType: 'text',
    Version: 1,
    ARN: `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`,
    LastModifiedDate: new Date(statSync(file).mtimeMs),
  };
}
