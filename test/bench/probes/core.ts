import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A part of a core that a process has, and by what means, for people. */
export type Core = {
  readonly means: string;
  /** To be called when the process has ended. */
  remove(): void;
};

const periodMs = 20;

/**
 * Gives a process a share of its core, 0 to 1, as Lambda does: so much of every 20 ms, and nothing until the next 20 once
 * that is used up, by a control group of the kernel (version 1 or 2) where they can be written, else by signals. As far as
 * this machine allows it comes before what else runs there; with all of the core by real-time priority.
 */
export function giveCore(pid: number, share: number): Core {
  if (share >= 1) return realTime(pid) ?? { means: 'no means', remove: () => {} };
  return (
    group(pid, '/sys/fs/cgroup/cpu', {
      'cpu.shares': '262144',
      'cpu.cfs_period_us': `${periodMs * 1_000}`,
      'cpu.cfs_quota_us': quotaOf(share),
    }) ??
    group(pid, '/sys/fs/cgroup', {
      'cpu.weight': '10000',
      'cpu.max': `${quotaOf(share)} ${periodMs * 1_000}`,
    }) ??
    signals(pid, share)
  );
}

/** All of its threads come before any that has no such priority. */
function realTime(pid: number): Core | undefined {
  const { status } = spawnSync('chrt', ['--all-tasks', '--fifo', '--pid', '10', String(pid)], { stdio: 'ignore' });
  return status === 0 ? { means: 'real-time priority', remove: () => {} } : undefined;
}

const quotaOf = (share: number): string => String(Math.round(share * periodMs * 1_000));

function group(pid: number, root: string, settings: Readonly<Record<string, string>>): Core | undefined {
  const folder = join(root, `burnwatch-bench-${pid}`);
  try {
    if (!existsSync(join(root, 'cgroup.procs'))) return undefined;
    mkdirSync(folder);
    for (const [file, value] of Object.entries(settings)) writeFileSync(join(folder, file), value);
    writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  } catch {
    // Not ours to write: another means is taken, and named.
    if (existsSync(folder)) rmdirSync(folder);
    return undefined;
  }
  return { means: `a control group in ${root}`, remove: () => rmdirSync(folder) };
}

/** Looks every millisecond at what was used, so it is coarser than the kernel: the share that came of it is printed. */
function signals(pid: number, share: number): Core {
  let periodAt = performance.now();
  let [allowedMs, isStopped] = [usedMs(pid), false];
  const look = (): void => {
    const periods = Math.floor((performance.now() - periodAt) / periodMs);
    const used = usedMs(pid);
    // What was left over is gone, and what was overdrawn is taken from the next period.
    if (periods > 0) allowedMs = Math.min(allowedMs, used) + periods * share * periodMs;
    periodAt += periods * periodMs;
    const isOver = used >= allowedMs;
    if (isOver !== isStopped) process.kill(pid, isOver ? 'SIGSTOP' : 'SIGCONT');
    isStopped = isOver;
  };
  const timer = setInterval(() => orEnded(look), 1);
  return { means: 'signals', remove: () => clearInterval(timer) };
}

/** CPU of a process's main thread: https://docs.kernel.org/scheduler/sched-stats.html */
function usedMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

function orEnded(look: () => void): void {
  try {
    look();
  } catch {
    // The process ended between two looks.
  }
}
