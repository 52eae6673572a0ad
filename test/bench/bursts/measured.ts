import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a command printed, and what it took from its start to its end: CPU time (user and system), the largest memory seen. */
export type Measured = {
  readonly stdout: string;
  readonly stderr: string;
  readonly cpuMs: number;
  readonly peakMb: number;
};

const lookEveryMs = 100;
const mark = 'burnwatch-cpu';

/**
 * Runs a command on one core and waits for its end. CPU is what the shell's `time` says of it, its children included; memory the
 * largest `VmHWM` (proc(5)) of the processes under it. Throws when it cannot be started or does not end within `mostMs`.
 */
export async function measure(core: string, command: readonly string[], mostMs = 120_000): Promise<Measured> {
  const script = `TIMEFORMAT='${mark} %3U %3S'; time "$@"`;
  const child = spawn('taskset', ['-c', core, 'bash', '-c', script, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  let peakMb = 0;
  const look = setInterval(() => {
    peakMb = Math.max(peakMb, ...descendantsOf(child.pid ?? 0).map(highWaterMb));
  }, lookEveryMs);
  const limit = setTimeout(() => child.kill('SIGKILL'), mostMs);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    });
  } finally {
    clearInterval(look);
    clearTimeout(limit);
  }
  const [, user, system] = new RegExp(`${mark} ([\\d.]+) ([\\d.]+)`).exec(printed.stderr) ?? [];
  if (user === undefined || system === undefined)
    throw new Error(`${command[0]} did not end: ${printed.stderr.slice(-300)}`);
  return { ...printed, cpuMs: 1_000 * (Number(user) + Number(system)), peakMb };
}

function descendantsOf(pid: number): readonly number[] {
  const children = readOr(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(descendantsOf)];
}

function highWaterMb(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024;
}

/** A process that has ended has no files any more. */
function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
