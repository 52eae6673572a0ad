import { PassThrough } from 'node:stream';
import type { Io } from '../../../infra/cli/command.ts';

/** A world for a command to run in: what it wrote, and what is typed to it. */
export function createIo(world: Partial<Io> = {}) {
  const written = { stdout: '', stderr: '' };
  const stdin = new PassThrough();
  const io: Io = {
    stdout: (text) => {
      written.stdout += text;
    },
    stderr: (text) => {
      written.stderr += text;
    },
    stdin,
    isInteractive: false,
    isTerminal: false,
    hasColors: false,
    columns: 80,
    progressColumns: 0,
    env: {},
    cwd: process.cwd(),
    signal: new AbortController().signal,
    ...world,
  };
  return { io, stdin, written };
}
