import type { Io } from './command.ts';
import { run } from './main.ts';

/** Runs the command line of a process. Ctrl-C ends it with 130; a reader that goes away (`| head`) ends it quietly. */
export async function runProcess(process: NodeJS.Process): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  process.once('SIGINT', interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', (error) => onBrokenPipe(error, process));
  try {
    const code = await run(process.argv.slice(2), createIo(process, abort.signal));
    return abort.signal.aborted ? 130 : code;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function createIo({ stdin, stdout, stderr, env, cwd }: NodeJS.Process, signal: AbortSignal): Io {
  const isTerminal = stdout.isTTY === true;
  return {
    stdout: (text) => void stdout.write(text),
    stderr: (text) => void stderr.write(text),
    stdin,
    isInteractive: isTerminal && stdin.isTTY === true,
    isTerminal,
    hasColors: isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    columns: stdout.columns || 80,
    get progressColumns() {
      return stderr.isTTY === true ? stderr.columns || 80 : 0;
    },
    env,
    cwd: cwd(),
    signal,
  };
}

function onBrokenPipe(error: NodeJS.ErrnoException, process: NodeJS.Process): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}
