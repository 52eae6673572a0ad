import { createAlarmReader, knownAlarms } from './alarm/messages.ts';
import type { Cleanup } from './cleanup.ts';
import { createDeliveries, notifyFunction } from './deliveries.ts';
import { createAsyncInvoker } from './function/async-invoke.ts';
import type { LocalAws } from './local-aws.ts';
import type { Player } from './player.ts';
import type { Terminal } from './terminal.ts';
import type { VendedMetrics } from './vended-metrics.ts';

/** What SNS hands to functions, as AWS does: without waiting, again when it fails, and at last counted as lying in a queue. */
export type Onward = {
  take(functionArn: string, event: string): void;
  /** What the function of the channels wrote. */
  wrote(text: string): void;
};

export type OnwardDeps = {
  readonly aws: Pick<LocalAws, 'mails'>;
  readonly player: Player;
  readonly vended: Pick<VendedMetrics, 'onQueue'>;
  readonly terminal: Terminal;
  /** Where the console is. */
  readonly console: string;
  readonly onChange: () => void;
};

const queueEveryMs = 5_000;

export function openOnward(deps: OnwardDeps, cleanup: Cleanup): Onward {
  const { aws, player, vended, terminal, console, onChange } = deps;
  const { functions } = player;
  const deliveries = createDeliveries({
    mails: aws.mails,
    channels: () => player.stack().config.channels,
    readAlarm: createAlarmReader(() => knownAlarms(player.stack(), console)),
    now: Date.now,
    onChange: (channel, problem) => {
      if (problem !== undefined) terminal.line('bad', `${channel} was not told: ${problem}`);
      onChange();
    },
  });
  const invoker = createAsyncInvoker(functions.invoke, (name, event) => {
    if (name === notifyFunction) deliveries.dropped(event);
  });
  const timer = setInterval(() => tellQueue(player, vended, invoker.droppedCount()), queueEveryMs);
  cleanup.add(() => {
    clearInterval(timer);
    invoker.close();
  });
  return {
    wrote: deliveries.wrote,
    take: (functionArn, event) => {
      const name = functions.find(functionArn.split(':').at(-1) ?? '');
      if (name === undefined) return;
      if (name === notifyFunction) deliveries.began(event);
      invoker.invoke(name, event);
    },
  };
}

/** The one queue of the stack, where it has one; SQS says nothing of one that has been empty for long. */
function tellQueue(player: Player, vended: OnwardDeps['vended'], count: number): void {
  const { queue } = player.stack();
  if (queue !== undefined && count > 0) vended.onQueue(queue, count);
}
