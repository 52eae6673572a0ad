import { boundedClient } from '../../shared/aws/client.ts';
import { allPages, attempt, nameOf } from './look.ts';
import type { StackSeen } from './model.ts';
import type { Asked } from './read.ts';

/** The schedules of the stack's group; none where the group itself is gone. */
export async function readSchedules({
  settings,
  prefix,
}: Pick<Asked, 'settings' | 'prefix'>): Promise<StackSeen['schedules']> {
  const { ListSchedulesCommand, SchedulerClient } = await import('@aws-sdk/client-scheduler');
  const client = new SchedulerClient({ ...boundedClient, ...settings });
  try {
    return await attempt('scheduler:ListSchedules', async () => {
      const all = await allPages(async (next) => {
        const NextToken = next === undefined ? {} : { NextToken: next };
        const answer = await client.send(new ListSchedulesCommand({ GroupName: `${prefix}-ticks`, ...NextToken }));
        return { entries: answer.Schedules ?? [], next: answer.NextToken };
      }).catch((error: unknown) => {
        if (nameOf(error) === 'ResourceNotFoundException') return [];
        throw error;
      });
      return all.map(({ Name = '', State }) => ({ name: Name, isEnabled: State !== 'DISABLED' }));
    });
  } finally {
    client.destroy();
  }
}
