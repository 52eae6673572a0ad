import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import type { Template } from './model.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const mostResources = 500;
export const mostTemplateBytes = 1_000_000;
/** Kept for what the framework makes of serverless.yml beside ours: functions, the HTTP API, its bucket, outputs. */
export const frameworkShare = { resources: 30, bytes: 40_000 } as const;

const kinds: Readonly<Record<string, string>> = {
  'AWS::Scheduler::Schedule': 'schedules',
  'AWS::CloudWatch::Alarm': 'alarms',
  'AWS::SNS::Subscription': 'subscriptions',
};

/** Throws BURN_TOO_MANY_MONITORS for what CloudFormation would refuse as one stack, with what it is made of. */
export function checkSize({ monitors }: Pick<Config, 'monitors'>, template: Template): void {
  const resources = Object.values(template.Resources);
  const bytes = Buffer.byteLength(JSON.stringify(template));
  const parts = Object.entries(kinds).flatMap(([type, kind]) => {
    const { length } = resources.filter(({ Type }) => Type === type);
    return length > 0 ? [`${length} ${kind}`] : [];
  });
  const limits = [
    [resources.length, mostResources - frameworkShare.resources, 'resources'],
    [bytes, mostTemplateBytes - frameworkShare.bytes, 'bytes'],
  ] as const;
  for (const [is, most, unit] of limits) {
    if (is <= most) continue;
    const [found, room, all] = [is, most, monitors.length].map((count) => count.toLocaleString('en-US'));
    throw new BurnwatchError(
      'BURN_TOO_MANY_MONITORS',
      `a stack of ${all} monitors takes ${found} ${unit}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}, and one may have ${room}: ` +
        'split them over several configurations with a service name each (docs/grow.md)',
    );
  }
}
