import { keyOf } from '../template/encryption.ts';
import { assumptions } from './assumptions.ts';
import { ours, type Scene, type Usage } from './usage.ts';

/**
 * What a key of one's own costs: itself, one in each region, and what services ask of it in the name of schedules and functions, which grows with what
 * is scheduled. Nothing where everything is left to AWS's keys.
 */
export function keyUsage({ stack, elsewhere }: Scene, usages: readonly Usage[]): readonly Usage[] {
  if (keyOf(stack) === undefined) return [];
  const asked = usages.flatMap((usage) =>
    usage.unit === 'schedule'
      ? [
          {
            ...usage,
            category: 'keys',
            what: 'requests to the key',
            unit: 'keyRequest',
            quantity: usage.quantity * assumptions.keyRequestsPerInvocation,
          } as const,
        ]
      : [],
  );
  return [ours('keys', 'key of your own', 'key', 1 + elsewhere.length), ...asked];
}
