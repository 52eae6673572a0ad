import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { giveCore } from './core.ts';

/** A process of the benchmark on a core of its own, asked one thing at a time. */
export type Child = {
  /** The means by which it has its part of a core. */
  readonly means: string;
  /** Its next message, after `message` is sent to it. Rejects when it ends first. */
  ask(message: unknown): Promise<unknown>;
  end(): Promise<void>;
};

/** Starts a bundle, pinned to one core; its part of that core is limited once it has said that it is ready. */
export async function startChild(
  file: string,
  onCore: number,
  share: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Child> {
  const child = spawn('taskset', ['-c', String(onCore), process.execPath, file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  await answer(child);
  const core = giveCore(child.pid ?? 0, share);
  return {
    means: core.means,
    ask: (message) => {
      child.send(message as object);
      return answer(child);
    },
    end: async () => {
      await kill(child);
      core.remove();
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error('a process of the benchmark ended too early: see what it wrote'));
  child.once('exit', onExit);
  child.once('error', onExit);
  try {
    const [message] = await once(child, 'message', { signal: ended.signal });
    return message;
  } finally {
    child.removeListener('exit', onExit);
    child.removeListener('error', onExit);
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
