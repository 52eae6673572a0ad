import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { bounds } from './bounds.ts';

/** The value of an SSM parameter, decrypted; undefined when there is none. */
export async function readParameter(name: string, abortSignal: AbortSignal): Promise<string | undefined> {
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
