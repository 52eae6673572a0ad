import { BurnwatchError } from '../../shared/config/model.ts';

/** A person waits for the answer: longer than this, something is wrong that they can mend. */
const patienceMs = 4_000;

/**
 * Reads secrets from SSM, each once. `endpoint` is that of a running local mode; without it the SDK looks for region and
 * credentials as everywhere. The SDK is loaded when the first secret is read. What goes wrong is a BurnwatchError with one
 * sentence.
 */
export function createParameterReader(endpoint: string | undefined): (path: string) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return (path) => {
    const value = known.get(path) ?? withPatience(readParameter(path, endpoint));
    known.set(path, value);
    return value;
  };
}

async function readParameter(path: string, endpoint: string | undefined): Promise<string | undefined> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({
    maxAttempts: 2,
    requestHandler: { requestTimeout: 2_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : local(endpoint)),
  });
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: path, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if (nameOf(error) === 'ParameterNotFound') return undefined;
    throw new BurnwatchError('BURN_PARAMETER_UNREADABLE', explain(error), { cause: error });
  } finally {
    client.destroy();
  }
}

/** Local mode takes any keys. */
function local(endpoint: string) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
}

function explain(error: unknown): string {
  const name = nameOf(error);
  if (String(error).includes('Region is missing')) return 'no AWS region is set (set AWS_REGION)';
  if (/Credentials|TokenProvider/.test(name)) return 'no AWS credentials were found (set AWS_PROFILE, or log in)';
  if (/AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken/.test(name)) return `AWS refused it (${name})`;
  return `AWS did not answer (${name})`;
}

function nameOf(error: unknown): string {
  const hasName = typeof error === 'object' && error !== null && 'name' in error;
  return hasName ? String(error.name) : 'unknown reason';
}

async function withPatience<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const sentence = `AWS did not answer within ${patienceMs / 1_000} s`;
  const timer = setTimeout(() => reject(new BurnwatchError('BURN_PARAMETER_UNREADABLE', sentence)), patienceMs);
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
}
