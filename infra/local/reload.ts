import { BurnwatchError, type Config } from '../../shared/config/model.ts';
import { count } from '../cli/terminal.ts';
import { loadConfig } from './config.ts';
import type { Player } from './player.ts';
import type { Terminal } from './terminal.ts';

export type Reload = {
  /** Why the newest file was not taken, one line each; empty when it was. */
  problems(): readonly string[];
  /** Reads the file again and plays it, or keeps what is and says why. One at a time; never rejects. */
  run(): Promise<void>;
};

export type ReloadDeps = {
  readonly file: string;
  readonly env: NodeJS.ProcessEnv;
  readonly intervalMs?: number | undefined;
  readonly player: Player;
  readonly terminal: Terminal;
  /** Waits until no tick runs. */
  settle(): Promise<void>;
  onTaken(): void;
  onRefused(): void;
};

const mostShownProblems = 10;

export function createReload(deps: ReloadDeps): Reload {
  let problems: readonly string[] = [];
  let last: Promise<void> = Promise.resolve();

  const refuse = (lines: readonly string[]): void => {
    problems = lines;
    for (const line of lines.slice(0, mostShownProblems)) deps.terminal.line('bad', line);
    if (lines.length > mostShownProblems) deps.terminal.line('bad', `and ${lines.length - mostShownProblems} more`);
    deps.terminal.line('note', `${deps.file} was not taken: the one before goes on`);
    deps.onRefused();
  };
  const reload = async (): Promise<void> => {
    const loaded = loadConfig(deps.file, deps.env, deps.intervalMs);
    if (!loaded.ok) return refuse(loaded.errors);
    await deps.settle();
    try {
      await deps.player.take(loaded.config);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return refuse(error instanceof BurnwatchError ? message.split('\n') : [`${deps.file}: ${message}`]);
    }
    problems = [];
    for (const warning of loaded.warnings) deps.terminal.line('note', warning);
    deps.terminal.line('note', `${deps.file} is taken: ${holdings(loaded.config)}`);
    deps.onTaken();
  };
  return {
    problems: () => problems,
    run: () => {
      last = last.then(reload);
      return last;
    },
  };
}

function holdings({ monitors, slos, bursts }: Config): string {
  const parts = [count(monitors.length, 'monitor'), count(slos.length, 'SLO')];
  return [...parts, ...(bursts.length === 0 ? [] : [count(bursts.length, 'burst')])].join(', ');
}
