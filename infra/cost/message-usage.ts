import { isSent, notifiedChannels } from '../../shared/config/model.ts';
import { gigabytes, gigabytesOf } from '../template/memory.ts';
import { assumptions, hoursPerMonth } from './assumptions.ts';
import { runsOfMonth } from './month-runs.ts';
import { invocations, locationsOf, logged, ours, type Scene, type Usage } from './usage.ts';

const { alert, notifySeconds, logBytes, evaluate } = assumptions;

/** What telling costs: the alerts of a month, and the drills that come by themselves. */
export function messageUsage(scene: Scene): readonly Usage[] {
  const { config, alertsPerMonth, fromAt } = scene;
  const hours = (alertsPerMonth * alert.metricHours) / hoursPerMonth;
  const drills = config.drill === undefined ? 0 : runsOfMonth(config.drill.schedule, fromAt).runs;
  return [
    ...told(scene, 'alerts', alertsPerMonth, notifiedChannels(config)),
    ...(alertsPerMonth > 0
      ? [ours('metrics', 'failures, while alerts fire', 'metric', (locationsOf(scene).length + 1) * hours)]
      : []),
    ...(drills > 0
      ? [
          ours('schedules', 'drills', 'schedule', drills),
          ...invocations('evaluate', drills, evaluate.seconds, gigabytesOf('evaluate', scene.stack)),
          ...told(scene, 'drills', drills, config.drill?.notify ?? []),
        ]
      : []),
  ];
}

/** Each fires and resolves: two messages, of which an address gets a mail each, and `notify` both. */
function told({ config }: Scene, what: string, count: number, notify: readonly string[]): readonly Usage[] {
  if (count === 0 || notify.length === 0) return [];
  const channels = config.channels.filter(({ id }) => notify.includes(id));
  const mails = channels.filter((channel) => !isSent(channel)).length;
  const sent = channels.length > mails ? count * alert.messages : 0;
  const lines = logBytes.invocation + logBytes.platform + logBytes.burst;
  return [
    ours('messages', `messages of ${what}`, 'message', count * alert.messages),
    ...(mails > 0 ? [ours('messages', `e-mails of ${what}`, 'mail', count * alert.messages * mails)] : []),
    ...(sent > 0
      ? [...invocations('notify', sent, notifySeconds, gigabytes.notify), logged('notify', sent * lines)]
      : []),
    ours('dynamodb', `${what}, written`, 'writeUnit', count * alert.writes),
  ];
}
