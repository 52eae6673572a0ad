import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A local mode that is running: what it writes into `<data>/local.json`. */
export type LocalMode = {
  readonly outputs: Readonly<Record<string, string>>;
  readonly awsEndpoint?: string;
};

type Environment = Record<string, unknown>;
type Variables = Readonly<Record<string, string | undefined>>;

/** The local mode that runs on this project's own data, if there is one whose process lives. */
export function readLocalMode(root: string): LocalMode | undefined {
  try {
    const { outputs, awsEndpoint, pid } = JSON.parse(readFileSync(join(root, '.burnwatch', 'local.json'), 'utf8'));
    if (!(Number.isSafeInteger(pid) && pid > 0 && isAlive(pid)) || typeof outputs !== 'object' || outputs === null)
      return undefined;
    const texts = Object.entries(outputs).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return { outputs: Object.fromEntries(texts), ...(typeof awsEndpoint === 'string' ? { awsEndpoint } : {}) };
  } catch {
    return undefined; // Not started, or not finished writing: then there is none to ask.
  }
}

/** What a function needs to speak with local mode: its addresses, leave to probe them, and its AWS instead of a real one. */
export function localVariables({ outputs, awsEndpoint }: LocalMode): Readonly<Record<string, string>> {
  const origins = Object.values(outputs)
    .filter((value) => URL.canParse(value))
    .map((value) => new URL(value).origin);
  const aws = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_SESSION_TOKEN: '' };
  return {
    ...Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`OUTPUT_${name}`, value])),
    BURNWATCH_ALLOW_ORIGINS: [...new Set(origins)].join(','),
    ...(awsEndpoint === undefined ? {} : { AWS_ENDPOINT_URL: awsEndpoint, ...aws }),
  };
}

/**
 * Makes a function's environment fit for `invoke local`, in place: CloudFormation expressions, which the framework
 * would refuse, become what the shell or local mode says, or go. The shell wins over local mode. Returns the names of
 * the outputs that nothing gave a value.
 */
export function localize(environment: Environment, shell: Variables, local: Variables): readonly string[] {
  for (const [name, value] of Object.entries({ ...local, ...overridden(local, shell) }))
    if (value !== undefined) environment[name] = value;
  const missing: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value !== 'object') continue;
    if (shell[name] !== undefined) environment[name] = shell[name];
    else delete environment[name];
    if (environment[name] === undefined && name.startsWith('OUTPUT_')) missing.push(name);
  }
  return missing;
}

function overridden(local: Variables, shell: Variables): Variables {
  const pairs = Object.keys(local).map((name) => [name, shell[name]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
