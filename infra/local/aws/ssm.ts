import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { acknowledgeKeyParameter, heartbeatKeyParameter, writeTokenParameter } from '../../template/environment.ts';
import { AwsError } from './error.ts';
import { isObject, readTexts, requireText } from './read.ts';
import type { Output, Service } from './service.ts';
import { account, region } from './service.ts';

const mostNames = 10;
/** Of a standard parameter: https://docs.aws.amazon.com/general/latest/gr/ssm.html#limits_ssm */
const mostBytes = 4_096;
const namePattern = /^\/?[\w.-]+(\/[\w.-]+)*$/;

/**
 * Seeds `file` with a random write token and random keys for heartbeats and acknowledgements, readable by its owner alone. A file
 * that is there keeps what it holds and gets the keys that it has not; one that is no JSON object stays as it is.
 */
export function seedParameters(file: string): void {
  const known = existsSync(file) ? parse(file) : { [writeTokenParameter]: randomSecret() };
  const missing = [heartbeatKeyParameter, acknowledgeKeyParameter].filter((name) => !Object.hasOwn(known ?? {}, name));
  if (known === undefined || missing.length === 0) return;
  write(file, { ...known, ...Object.fromEntries(missing.map((name) => [name, randomSecret()])) });
}

/** At once, or not at all. */
function write(file: string, parameters: object): void {
  const draft = `${file}.draft`;
  writeFileSync(draft, `${JSON.stringify(parameters, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

const randomSecret = (): string => randomBytes(24).toString('base64url');

/** Parameters in a JSON file of names and values, read anew at each call. Its values are never told in an error. */
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
    PutParameter: (input) => {
      const name = requireText(input, 'Name');
      const value = requireText(input, 'Value');
      if (!namePattern.test(name))
        throw new AwsError('ValidationException', 'Parameter name: must be letters, digits, . - _ and slashes.');
      if (Buffer.byteLength(value) > mostBytes)
        throw new AwsError('ValidationException', `A parameter takes at most ${mostBytes} bytes.`);
      const known = parseFile(file);
      if (Object.hasOwn(known, name) && input['Overwrite'] !== true)
        throw new AwsError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      write(file, { ...known, [name]: value });
      return { Version: 1, Tier: 'Standard' };
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
