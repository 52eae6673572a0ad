import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from './command.ts';
import { codeOf } from './node-error.ts';

/**
 * Asks until the answer is good: `problemOf` says what is wrong with one. Undefined when whoever sits there left, by
 * Ctrl-C or Ctrl-D.
 */
export async function ask(
  question: string,
  problemOf: (answer: string) => string | undefined,
  io: Io,
): Promise<string | undefined> {
  for (;;) {
    const answer = (await askOnce(question, io))?.trim();
    if (answer === undefined) {
      io.stderr('\nNothing was written.\n');
      return undefined;
    }
    const problem = problemOf(answer);
    if (problem === undefined) return answer;
    io.stderr(`It ${problem}.\n`);
  }
}

async function askOnce(question: string, io: Io): Promise<string | undefined> {
  const left = new AbortController();
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      io.stdout(String(chunk));
      done();
    },
  });
  const lines = createInterface({ input: io.stdin, output, terminal: io.isInteractive });
  lines.once('SIGINT', () => left.abort());
  lines.once('close', () => left.abort());
  try {
    return await lines.question(question, { signal: AbortSignal.any([left.signal, io.signal]) });
  } catch (error) {
    if (codeOf(error) === 'ABORT_ERR') return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
