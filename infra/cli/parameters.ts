import { BurnwatchError } from '../../shared/config/model.ts';

/** A person waits for the answer: longer than this, something is wrong that they can mend. */
const patienceMs = 4_000;

/**
 * Reads secrets from SSM, each once. `endpoint` is that of a running local mode; without it the SDK looks for region and
 * credentials as everywhere. The SDK is loaded when the first secret is read. What goes wrong is a BurnwatchError with one
 * sentence.
 */
export function createParameterReader(endpoint: string | undefined): (path: string) => Promise<string | undefined> {
  let parameters: Promise<(path: string) => Promise<string | undefined>> | undefined;
  return async (path) => {
    parameters ??= openParameters(endpoint);
    try {
      return await withPatience((await parameters)(path));
    } catch (error) {
      if (error instanceof BurnwatchError) throw error;
      throw new BurnwatchError('BURN_PARAMETER_UNREADABLE', explain(error), { cause: error });
    }
  };
}

async function openParameters(endpoint: string | undefined) {
  const { createParameters } = await import('../../shared/aws/parameters.ts');
  return createParameters(Date.now, endpoint === undefined ? {} : local(endpoint));
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
