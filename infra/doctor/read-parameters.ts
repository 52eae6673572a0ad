import { createParameters } from '../../shared/aws/parameters.ts';
import { attempt, inTurns } from './look.ts';
import type { ExpectedParameter, StackSeen } from './model.ts';
import type { Asked } from './read.ts';

const atOnce = 5;

/** Whether each parameter has a value that can be decrypted. The values themselves are forgotten at once. */
export async function readParameters(
  parameters: readonly ExpectedParameter[],
  { settings, now }: Asked,
): Promise<StackSeen['parameters']> {
  const read = createParameters(() => now, settings);
  const states = await inTurns(parameters, atOnce, async ({ path }) => {
    const state = await attempt(`ssm:GetParameter on ${path}, and kms:Decrypt on its key`, async () => {
      const value = await read(path);
      if (value === undefined) return 'missing';
      return value === '' ? 'empty' : 'there';
    });
    return [path, state] as const;
  });
  return Object.fromEntries(states);
}
