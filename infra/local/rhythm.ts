import type { BurstWatch } from './burst-watch.ts';
import type { Cleanup } from './cleanup.ts';
import type { LiveRun } from './console/state.ts';
import type { LocalConsole } from './console-server/local-console.ts';
import type { LocalAws } from './local-aws.ts';
import { createNews } from './news.ts';
import type { Player } from './player.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { schedulesAt } from './stack.ts';
import type { Terminal } from './terminal.ts';
import { createTicks } from './ticks.ts';
import type { VendedMetrics } from './vended-metrics.ts';

/** In-flight ticks may end within this time when local mode stops. */
const graceMs = 1_000;
const flushEveryMs = 1_000;
const alarmsEveryMs = 5_000;
/** The shortest interval: what is probed between two ticks is shown between them. */
const spansEveryMs = 5_000;
const pruneEveryMs = 3_600_000;

export type RhythmDeps = {
  readonly player: Player;
  readonly aws: LocalAws;
  readonly vended: VendedMetrics;
  readonly bursts: Pick<BurstWatch, 'listen'>;
  readonly console: LocalConsole;
  readonly terminal: Terminal;
};

/** Everything that happens by the clock: ticks, AWS's own metrics, alarms, and forgetting what is old. */
export function startRhythm(deps: RhythmDeps, cleanup: Cleanup): Scheduler {
  const { player, aws, vended, bursts, console: page, terminal } = deps;
  const runTick = createTicks(player.functions, terminal);
  const tellNews = createNews(terminal);
  let isStopping = false;

  const look = async (): Promise<void> => {
    if (isStopping) return;
    page.changed();
    try {
      tellNews(await page.read());
    } catch (error) {
      if (!isStopping) terminal.line('bad', `the state cannot be read: ${String(error)}`);
    }
  };
  const tick = async (at: number): Promise<void> => {
    await runTick.run(schedulesAt(player.stack(), at), at);
    await look();
  };
  bursts.listen((run) => {
    if (run.end === undefined || isStopping) return;
    const trouble = troubleByHand(run);
    if (trouble !== '') terminal.line('bad', trouble);
    void look();
  });
  const judgeAlarms = (): void => {
    vended.flush();
    for (const { alarm, to, reason } of aws.alarms.evaluate()) {
      terminal.line(to === 'ALARM' ? 'bad' : 'note', `alarm ${alarm.name} is ${to}: ${reason}`);
      page.changed();
    }
  };
  const showSpans = (): void => {
    if (player.stack().schedules.some(({ isSpan }) => isSpan)) page.changed();
  };
  const clock = { now: Date.now, monotonicMs: () => performance.now() };
  const prune = () => aws.metrics.prune(Date.now());
  prune();
  const timers = [
    setInterval(guarded(vended.flush, terminal), flushEveryMs),
    setInterval(guarded(judgeAlarms, terminal), alarmsEveryMs),
    setInterval(guarded(prune, terminal), pruneEveryMs),
    setInterval(showSpans, spansEveryMs),
  ];
  const scheduler = createScheduler(player.stack().tickMs, tick, clock);
  cleanup.add(async () => {
    isStopping = true;
    runTick.stop();
    scheduler.stop();
    for (const timer of timers) clearInterval(timer);
    await scheduler.settle(graceMs);
    vended.flush();
  });
  return scheduler;
}

/** Nothing of it is kept, so that no state tells it; of a scheduled run the ledger does. */
function troubleByHand({ burst, trigger, end }: LiveRun): string {
  if (trigger === 'schedule' || end?.message === undefined) return '';
  return end.outcome === 'refused' ? end.message : `burst ${burst}: ${end.message}`;
}

/** A full disk must not end everything else. Said once, and once more after it went well in between. */
function guarded(work: () => void, terminal: Terminal): () => void {
  let isFailing = false;
  return () => {
    try {
      work();
      isFailing = false;
    } catch (error) {
      if (!isFailing) terminal.line('bad', `AWS's own metrics cannot be kept: ${String(error)}`);
      isFailing = true;
    }
  };
}
