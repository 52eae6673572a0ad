import { withKey } from './encryption.ts';
import { type FunctionName, functionsOf, nameOf, type Resources, type Stack } from './model.ts';

/** The retentions that CloudWatch Logs takes, in days: PutRetentionPolicy in its API reference. */
export const retentionDays: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The logical id of a function's log group. */
export function logGroupId(name: FunctionName): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Logs`;
}

/** One log group a function. */
export function logGroups(stack: Stack): Resources {
  return Object.fromEntries(
    functionsOf(stack).map((name) => [
      logGroupId(name),
      {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName: `/aws/lambda/${nameOf(stack, name)}`,
          RetentionInDays: stack.logRetentionDays,
          ...withKey(stack, 'KmsKeyId'),
        },
      },
    ]),
  );
}
