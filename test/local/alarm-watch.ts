import { createAlarms } from '../../infra/local/alarm/alarms.ts';
import { openCloudWatchStore } from '../../infra/local/aws/cloudwatch-store.ts';
import { createSns } from '../../infra/local/aws/sns.ts';
import { openSnsStore } from '../../infra/local/aws/sns-store.ts';
import type { Functions } from '../../infra/local/function/functions.ts';
import { buildStack, schedulesAt } from '../../infra/local/stack.ts';
import type { Terminal } from '../../infra/local/terminal.ts';
import { createTicks } from '../../infra/local/ticks.ts';
import { createVendedMetrics } from '../../infra/local/vended-metrics.ts';
import type { Config } from '../../shared/config/model.ts';
import type { OwnFunction } from './own-stack.ts';

const minuteMs = 60_000;
const startAt = Date.UTC(2026, 10, 21, 12);
const origins = { console: 'http://127.0.0.1:1', shortener: 'http://127.0.0.1:2', aws: 'http://127.0.0.1:3' };
export type Watched = 'probe' | 'evaluate';

export type AlarmWatch = {
  /** Minutes in which the schedules of one function do not come, or all of them do. */
  pass(minutes: number, stopped?: Watched): Promise<void>;
  /** How often each function was run. */
  readonly ran: Readonly<Record<Watched, number>>;
  /** `<minute> <address> <first two words of the subject>`, the oldest first. */
  mails(): readonly string[];
  /** The text of the newest. */
  newest(): string;
  close(): void;
};

/**
 * The schedules and the alarms of the very template, the packaged handlers, what Lambda publishes of them, SNS and its inbox. Only
 * the clock of the alarms runs faster: a minute of it takes as long as one tick.
 */
export function openAlarmWatch(config: Config, functions: Readonly<Record<Watched, OwnFunction>>): AlarmWatch {
  const stack = buildStack(config, origins, '/nowhere', {});
  const metrics = openCloudWatchStore(':memory:');
  const inbox = openSnsStore(':memory:');
  let now = startAt;
  for (const topic of stack.topics) inbox.addTopic(topic);
  inbox.replaceStack(stack.subscriptions);
  const nobody = () => {};
  const sns = createSns(inbox, () => now, nobody, nobody);
  const alarms = createAlarms({ store: metrics, publish: sns.publish, now: () => now });
  alarms.replace(stack.alarms);
  const vended = createVendedMetrics(metrics);
  const ran = { probe: 0, evaluate: 0 };
  const host = {
    invoke: async (name: Watched, event: string) => {
      const result = await functions[name].invoke(JSON.parse(event) as object);
      ran[name] += 1;
      vended.onInvocation(`${config.service}-local-${name}`, now, result.isError, 20, 1);
      return result;
    },
  } as unknown as Functions;
  const ticks = createTicks(host, { line: nobody } as unknown as Terminal);
  const runs = (name: string, stopped: Watched | undefined) =>
    (name === 'probe' || name === 'evaluate') && name !== stopped;

  return {
    ran,
    pass: async (minutes, stopped) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        const at = now;
        const due = schedulesAt(stack, at).filter(({ functionName }) => runs(functionName, stopped));
        await ticks.run(due, at);
        vended.flush();
        for (let second = 5; second <= 60; second += 5) {
          now = at + second * 1_000;
          alarms.evaluate();
        }
      }
    },
    mails: () =>
      inbox
        .mails(20)
        .map(
          ({ at, to, subject }) => `${Math.floor((at - startAt) / minuteMs)} ${to} ${subject.split(' ', 2).join(' ')}`,
        )
        .reverse(),
    newest: () => inbox.mails(1)[0]?.text ?? '',
    close: () => {
      metrics.close();
      inbox.close();
    },
  };
}
