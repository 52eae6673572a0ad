import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BurnwatchError } from '../../shared/config/model.ts';

export type Lock = { release(): void };

/** Who holds the folder: a process id is used again one day, its start time is not. */
type Holder = { readonly pid: number; readonly startedAt: string };

/**
 * Locks a folder for this process, by a file that names it. A lock whose process is gone is taken over. Throws
 * LOCAL_DATA_LOCKED while another one lives.
 */
export function lockFolder(folder: string): Lock {
  const file = join(folder, 'lock');
  const own = JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) } satisfies Holder);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, own);
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (take(draft, file)) return held(file, own);
      const holder = read(file);
      if (holder && isAlive(holder)) throw locked(folder, holder.pid);
      putAside(file, holder);
    }
    throw locked(folder, read(file)?.pid);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Given back at the latest when the process ends by itself. */
function held(file: string, own: string): Lock {
  const release = () => {
    process.off('exit', release);
    releaseOwn(file, own);
  };
  process.on('exit', release);
  return { release };
}

/** A link is made whole or not at all, and only where there is none. */
function take(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function read(file: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof holder !== 'object' || holder === null || !('pid' in holder)) return undefined;
    const { pid, startedAt } = holder as Record<string, unknown>;
    return Number.isInteger(pid) ? { pid: Number(pid), startedAt: String(startedAt) } : undefined;
  } catch {
    // Gone in the meantime, or half written by a machine that lost its power: nobody holds it.
    return undefined;
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  const actual = startTimeOf(pid);
  return actual !== '' && actual === startedAt;
}

/** Moves a dead lock away. Should another process have taken it over in between, its lock is put back. */
function putAside(file: string, dead: Holder | undefined): void {
  const aside = `${file}.dead.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = read(aside);
  if (moved && (moved.pid !== dead?.pid || moved.startedAt !== dead.startedAt)) take(aside, file);
  rmSync(aside, { force: true });
}

function releaseOwn(file: string, own: string): void {
  try {
    if (readFileSync(file, 'utf8') === own) rmSync(file, { force: true });
  } catch {
    // The folder is gone, and the lock with it.
  }
}

/** When a process began, as the system tells it; '' when there is no such process, or only its remains. */
export function startTimeOf(pid: number): string {
  return process.platform === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
}

/** Fields 3 and 22 of /proc/<pid>/stat, counted after the name in parentheses (proc_pid_stat(5)); ticks since the boot. */
function startTimeFromProc(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}

function startTimeFromPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

const locked = (folder: string, pid: number | undefined) =>
  new BurnwatchError(
    'LOCAL_DATA_LOCKED',
    `${folder} is in use by another local mode${pid === undefined ? '' : ` (process ${pid})`}: stop it, or choose another folder with --data <folder>`,
  );

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
