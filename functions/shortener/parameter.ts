/**
 * Bounds of one call: without `throwOnRequestTimeout` the SDK only warns, and without the others it waits for ever.
 * Two attempts of a second each, and a short pause between them.
 */
export const bounds = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true, socketTimeout: 1_000 },
};

/** The value of an SSM parameter, decrypted; undefined when there is none. The SDK's client is loaded at first use. */
export async function readParameter(name: string, abortSignal: AbortSignal): Promise<string | undefined> {
  const { SSMClient, GetParameterCommand, ParameterNotFound } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(bounds);
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    return (await client.send(command, { abortSignal })).Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
