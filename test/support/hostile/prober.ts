/**
 * A process that does nothing but probe, so that what a probe costs and leaves behind can be told from what the servers and
 * the test runner do. It is sent jobs, and answers what it saw. Start it with --expose-gc.
 */
import { getEventListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Monitor } from '../../../shared/config/model.ts';
import { runHttpAttempt } from '../../../shared/http/attempt.ts';
import { resolveBy } from '../../../shared/net/resolve.ts';
import { prepareProbers } from '../../../shared/probe/probers.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { runProbe } from '../../../shared/probe/run.ts';
import { probeDeps } from '../http-monitor.ts';

/** Monitors that are probed at once. */
export type Job = {
  readonly id: number;
  readonly targets: readonly Target[];
  /** What `${ssm:…}` stands for, whatever its path. */
  readonly secret: string;
};
export type Target = {
  readonly monitor: Monitor;
  /** `address:port`: the names of http targets are asked of it. */
  readonly nameServer: string;
  /** The origin that may be private although the monitor does not say so. */
  readonly allowOrigin?: string;
  /** The probe is stopped from outside after this time. */
  readonly stopAfterMs?: number;
};

export type Seen = {
  readonly id: number;
  readonly probes: readonly SeenProbe[];
  /** The peak of the resident memory of this process, above what it was before; bytes. */
  readonly grewBytes: number;
  /** Kinds of sockets, timers and the like of which there are more than before. */
  readonly left: readonly string[];
  /** Warnings of Node, rejections and exceptions that nobody handled. */
  readonly troubles: readonly string[];
};
export type SeenProbe = {
  /** Absent when the probe threw. */
  readonly result?: ProbeResult;
  readonly thrown?: string;
  readonly tookMs: number;
  /** For how long this process was ready to run and another one had the CPU. */
  readonly starvedMs: number;
  /** Listeners that stayed on the signal. */
  readonly listeners: number;
};

const troubles: string[] = [];
const note = (kind: string) => (error: unknown) => {
  troubles.push(`${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
};

process.on('warning', note('warning'));
process.on('unhandledRejection', note('unhandled rejection'));
process.on('uncaughtException', note('uncaught exception'));
process.on('message', (job: Job) => {
  runJob(job).then(
    (seen) => process.send?.(seen),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function runJob({ id, targets, secret }: Job): Promise<Seen> {
  await prepareProbers(targets.map(({ monitor }) => monitor));
  // What an earlier job left behind, and its servers ended, must not be taken for what was there before.
  await leftBehind({});
  troubles.length = 0;
  const before = openResources();
  const baseBytes = resetPeak();
  const probes = await Promise.all(targets.map((target) => probe(target, secret)));
  const grewBytes = peakBytes() - baseBytes;
  const left = await leftBehind(before);
  return { id, probes, grewBytes, left, troubles: [...troubles] };
}

async function probe({ monitor, nameServer, allowOrigin, stopAfterMs }: Target, secret: string): Promise<SeenProbe> {
  const controller = new AbortController();
  const { signal } = controller;
  const resolve = resolveBy([nameServer]);
  const deps = probeDeps({
    signal,
    allowOrigins: allowOrigin === undefined ? [] : [allowOrigin],
    runHttp: (attempt, httpDeps) => runHttpAttempt(attempt, { ...httpDeps, resolve }),
    read: { parameter: async () => secret, output: () => undefined },
  });
  const timer = stopAfterMs === undefined ? undefined : setTimeout(() => controller.abort(), stopAfterMs);
  const starvedBefore = starvedMs();
  const startedAt = performance.now();
  const end = async (): Promise<Omit<SeenProbe, 'result'>> => ({
    tookMs: performance.now() - startedAt,
    starvedMs: starvedMs() - starvedBefore,
    listeners: getEventListeners(signal, 'abort').length,
  });
  try {
    const result = await runProbe(monitor, deps);
    return { result, ...(await end()) };
  } catch (error) {
    return { thrown: String(error), ...(await end()) };
  } finally {
    clearTimeout(timer);
  }
}

/** What keeps this process alive, by kind; the pipe to the test is not counted. */
function openResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const kinds = process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap');
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** A socket closes in a later turn of the loop, so it is given some. */
async function leftBehind(before: Readonly<Record<string, number>>): Promise<readonly string[]> {
  for (let turn = 0; ; turn += 1) {
    const more = Object.entries(openResources()).filter(([kind, count]) => count > (before[kind] ?? 0));
    if (more.length === 0 || turn === 60) return more.map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`);
    await new Promise<void>((done) => setTimeout(done, 5));
  }
}

/** Linux keeps the peak of a process, and lets it be set back; elsewhere what there is at the end has to do. */
function resetPeak(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
  return process.memoryUsage.rss();
}

function peakBytes(): number {
  if (process.platform !== 'linux') return process.memoryUsage.rss();
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1_024;
}

/** The wait for a CPU of the thread that probes, as the kernel counts it; 0 where it does not. */
function starvedMs(): number {
  if (process.platform !== 'linux') return 0;
  const [, waitedNs] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
  return Number(waitedNs) / 1e6;
}
