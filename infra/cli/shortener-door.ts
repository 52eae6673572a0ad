import { BurnwatchError } from '../../shared/config/model.ts';
import type { Io } from './command.ts';
import { findLocalMode } from './local-mode.ts';
import { createParameterReader } from './parameters.ts';

/** Where a running shortener is, and what it takes to be let in. */
export type ShortenerDoor = {
  /** Its origin. */
  readonly origin: string;
  /** Probes are so far apart there, where that is known. */
  readonly intervalMs?: number;
  /** Sends one request; a token is read and shown once it is asked for, and only to this origin. Rejects with a BurnwatchError. */
  ask(method: string, path: string, body?: object): Promise<Answered>;
  /** The headers that let one in, once `ask` has been let in. */
  headers(): Readonly<Record<string, string>>;
};
export type Answered = { readonly status: number; readonly body: unknown };

/** The options of every command that asks a shortener, and their help. */
export const doorOptions = { url: { type: 'string' }, 'token-parameter': { type: 'string' } } as const;
export const doorHelp = `  --url URL               the shortener: the running local mode's (npm start) by default; of a stack in AWS its ShortenerUrl,
                          as npx serverless info --verbose prints it, or OUTPUT_ShortenerUrl in the environment
  --token-parameter NAME  the SSM parameter of its write token, /burnwatch/write-token by default: read when it is asked for`;

export type DoorFlags = { readonly url?: string | undefined; readonly 'token-parameter'?: string | undefined };

const standardParameter = '/burnwatch/write-token';
const patienceMs = 10_000;

/** Finds the shortener that flags, the environment or a running local mode mean. Throws BURN_USAGE where there is none. */
export function openDoor(flags: DoorFlags, io: Io): ShortenerDoor {
  const local = findLocalMode([io.cwd], io);
  const localOrigin = local?.outputs['ShortenerUrl'];
  const origin = readOrigin(flags.url ?? (io.env['OUTPUT_ShortenerUrl'] || localOrigin));
  const isLocal = localOrigin !== undefined && origin === new URL(localOrigin).origin;
  if (isLocal) io.stderr(`Using the running local mode (${local?.file})\n`);
  const readParameter = createParameterReader(isLocal ? local?.awsEndpoint : undefined);
  const parameter = flags['token-parameter'] ?? standardParameter;
  let headers: Readonly<Record<string, string>> = {};
  const readToken = async (): Promise<string> => {
    const token = await readParameter(parameter);
    if (token !== undefined) return token;
    throw new BurnwatchError('BURN_PARAMETER_UNREADABLE', `there is no SSM parameter ${parameter} to get in with`);
  };
  return {
    origin,
    ...(isLocal && local?.intervalMs !== undefined ? { intervalMs: local.intervalMs } : {}),
    headers: () => headers,
    ask: async (method, path, body) => {
      const first = await request(origin, method, path, headers, body);
      if (first.status !== 401 || headers['authorization'] !== undefined) return first;
      headers = { authorization: `Bearer ${await readToken()}` };
      return request(origin, method, path, headers, body);
    },
  };
}

function readOrigin(text: string | undefined): string {
  const usage = (message: string) => new BurnwatchError('BURN_USAGE', message);
  if (text === undefined)
    throw usage(
      'no local mode runs here: start it (npm start), say where its data is (BURNWATCH_DATA=FOLDER), or name a shortener with --url, as ShortenerUrl has it',
    );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (isPlain && /^https?:$/.test(url.protocol)) return url.origin;
  throw usage(
    '--url takes the address of a shortener alone, such as https://abc123.execute-api.eu-west-1.amazonaws.com',
  );
}

async function request(
  origin: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
): Promise<Answered> {
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  try {
    const answer = await fetch(`${origin}${path}`, {
      method,
      headers: { ...headers, ...content },
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: parse(await answer.text()) };
  } catch (cause) {
    throw new BurnwatchError('BURN_SHORTENER_UNREACHABLE', `the shortener at ${origin} does not answer`, { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
