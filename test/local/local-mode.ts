import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConsoleState } from '../../infra/local/console/state.ts';

export const root = join(import.meta.dirname, '../..');
/** Two seconds where nothing else runs; a machine that is busy with other tests takes its time. */
const readyWithinMs = 60_000;

export type Running = {
  readonly child: ChildProcess;
  readonly data: string;
  readonly console: string;
  readonly shortener: string;
  readonly aws: string;
  /** What it wrote so far, both streams. */
  output(): string;
  state(): Promise<ConsoleState>;
  /** Waits for a state in which `isThere` holds; throws with what it wrote when it does not come. */
  until(isThere: (state: ConsoleState) => boolean, withinMs: number): Promise<ConsoleState>;
  /** Sends a signal and answers the exit code, or the signal that ended it. */
  end(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
};

/** A folder of its own for one test file; `remove` takes it away, though what a killed process began may still be written. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'burnwatch-local-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }) };
}

/** Runs `npm start`'s command without waiting. */
export function launch(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { child: ChildProcess; output(): string } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'infra/local/start.ts', ...argv], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
  }
  return { child, output: () => text };
}

/** The exit code, or the signal, of a process that ends. */
export async function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  return child.exitCode ?? child.signalCode ?? -1;
}

export const freePorts = ['--console-port', '0', '--app-port', '0', '--aws-port', '0'];

/** Starts local mode on free ports and waits until it is ready. */
export async function startLocalMode(data: string, ...argv: string[]): Promise<Running> {
  const { child, output } = launch([...freePorts, '--data', data, ...argv]);
  const until = Date.now() + readyWithinMs;
  while (!output().includes('Burnwatch is ready')) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`local mode is not ready:\n${output()}`);
    }
    await pause(20);
  }
  const { outputs, awsEndpoint, console: page } = JSON.parse(readFileSync(join(data, 'local.json'), 'utf8'));
  const state = async () => (await fetch(`${page}/api/state`)).json() as Promise<ConsoleState>;
  return {
    child,
    data,
    console: page,
    shortener: outputs.ShortenerUrl,
    aws: awsEndpoint,
    output,
    state,
    until: async (isThere, withinMs) => {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const now = await state();
        if (isThere(now)) return now;
        if (Date.now() > deadline) throw new Error(`it did not come within ${withinMs} ms:\n${output()}`);
        await pause(100);
      }
    },
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return exitOf(child);
    },
  };
}

/** Ends whatever a test left, so that nothing outlives it. */
export async function endAll(...all: readonly (Running | undefined)[]): Promise<void> {
  for (const running of all) if (running && running.child.exitCode === null) await running.end('SIGKILL');
}

/** Whether the first monitor's probe came through; on a busy machine it may have taken longer than its `degradedAfter`. */
export const isUp = ({ monitors }: ConsoleState): boolean => /passed|degraded/.test(monitors[0]?.state ?? '');

export const isThere = (...path: string[]): boolean => existsSync(join(...path));
