import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Core, giveCore } from '../probes/core.ts';

/** A process of this benchmark, kept to one core, which says one thing for each that it is asked. */
export type Child<Said> = {
  readonly first: Said;
  ask(message: unknown): Promise<unknown>;
  /**
   * Puts it before all that runs on its core besides, as far as the machine allows, or gives it a part of the core, 0 to 1: by
   * what means.
   */
  prefer(share?: number): string;
  end(): Promise<void>;
};

/** Starts a file and waits for the first that it says. It ends when it is left. */
export async function startChild<Said>(file: URL, core: number, env: NodeJS.ProcessEnv = {}): Promise<Child<Said>> {
  const child = spawn('taskset', ['-c', String(core), process.execPath, file.pathname], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
  let given: Core | undefined;
  return {
    first: (await answer(child)) as Said,
    ask: (message) => {
      child.send(message as object);
      return answer(child);
    },
    prefer: (share = 1) => {
      given = giveCore(child.pid ?? 0, share);
      return given.means;
    },
    end: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      given?.remove();
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = () => ended.abort();
  child.once('exit', onExit);
  child.once('error', onExit);
  try {
    return (await once(child, 'message', { signal: ended.signal }))[0];
  } catch (cause) {
    throw new Error('a process of the benchmark ended too early: see what it wrote', { cause });
  } finally {
    child.removeListener('exit', onExit);
    child.removeListener('error', onExit);
  }
}
