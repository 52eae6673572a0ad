import type { LambdaClient } from '@aws-sdk/client-lambda';
import { boundedClient } from '../../shared/aws/client.ts';
import { attempt, inTurns, nameOf } from './look.ts';
import type { FunctionSeen, Look } from './model.ts';
import type { Asked } from './read.ts';

/** Whether each function is there, and what Lambda says of its last deployment. */
export async function readFunctions(
  names: readonly string[],
  { settings }: Asked,
): Promise<Look<readonly FunctionSeen[]>> {
  return withLambda(settings, 'lambda:GetFunctionConfiguration', (client) =>
    inTurns(names, names.length, (name) => readFunction(client, name)),
  );
}

async function readFunction(client: LambdaClient, name: string): Promise<FunctionSeen> {
  const { GetFunctionConfigurationCommand } = await import('@aws-sdk/client-lambda');
  try {
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    const { State, StateReasonCode, LastUpdateStatus, LastUpdateStatusReasonCode } = found;
    if (State === 'Failed') return { name, state: 'there', trouble: StateReasonCode ?? 'its state is Failed' };
    const isUpdateFailed = LastUpdateStatus === 'Failed';
    if (isUpdateFailed)
      return { name, state: 'there', trouble: LastUpdateStatusReasonCode ?? 'its last update failed' };
    return { name, state: 'there' };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return { name, state: 'missing' };
    throw error;
  }
}

/** How many invocations the account may hold at once in this region. */
export async function readConcurrency({ settings }: Asked): Promise<Look<number>> {
  const { GetAccountSettingsCommand } = await import('@aws-sdk/client-lambda');
  return withLambda(settings, 'lambda:GetAccountSettings', async (client) => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    if (AccountLimit?.ConcurrentExecutions !== undefined) return AccountLimit.ConcurrentExecutions;
    throw new TypeError('no ConcurrentExecutions in the answer');
  });
}

async function withLambda<Value>(
  settings: Asked['settings'],
  right: string,
  read: (client: LambdaClient) => Promise<Value>,
): Promise<Look<Value>> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({ ...boundedClient, ...settings });
  try {
    return await attempt(right, () => read(client));
  } finally {
    client.destroy();
  }
}
