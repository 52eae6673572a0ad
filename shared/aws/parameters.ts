import { GetParameterCommand, ParameterNotFound, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { boundedClient } from './client.ts';

/** How long a value, and the news that there is none, is kept. */
const keptMs = 5 * 60_000;
const missingKeptMs = 10_000;

/**
 * Reads secrets from SSM, decrypted. Undefined where there is no such parameter; rejects with the SDK's error where SSM
 * cannot say. `config` is for another endpoint than AWS's.
 */
export function createParameters(
  now: () => number,
  config: SSMClientConfig = {},
): (path: string) => Promise<string | undefined> {
  const client = new SSMClient({ ...boundedClient, ...config });
  const cache = new Map<string, { value: Promise<string | undefined>; until: number }>();
  return (path) => {
    const known = cache.get(path);
    if (known !== undefined && known.until > now()) return known.value;
    const value = readParameter(client, path);
    const entry = { value, until: now() + keptMs };
    cache.set(path, entry);
    value.then(
      (found) => {
        if (found === undefined) entry.until = now() + missingKeptMs;
      },
      () => cache.delete(path),
    );
    return value;
  };
}

async function readParameter(client: SSMClient, path: string): Promise<string | undefined> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: path, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
