import { spawn } from 'node:child_process';
import { nothing, tried } from './mutations.ts';

/**
 * `node test/deploy/mutate.ts [WORDS…]`: plays the story of the stack once for each mutation (of those whose name holds all the words), and
 * says by which step it turned red. Ends with 1 where one did not. It takes minutes for each, and so runs by hand alone.
 */
const words = process.argv.slice(2);
const chosen = tried.filter((mutation) => words.every((word) => mutation.includes(word)));
let survivors = 0;
for (const mutation of chosen) {
  const startedAt = Date.now();
  const said = await play(mutation);
  const [, step, why = ''] = /^ {2}● .* › (.*)\n\n([\s\S]*?)\n\n {6}/m.exec(said) ?? [];
  const isTried = step !== undefined && !why.includes(nothing);
  if (!isTried) survivors += 1;
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  const reason = (step === undefined ? said.slice(-500) : why).replaceAll(/\s+/g, ' ').slice(0, 300);
  process.stdout.write(`${isTried ? 'red' : 'NOT RED'}  ${mutation}  ${seconds} s  ${step ?? ''}: ${reason}\n`);
}
process.exitCode = survivors === 0 && chosen.length > 0 ? 0 : 1;

/** What the story said, on both. */
async function play(mutation: string): Promise<string> {
  const env = {
    ...process.env,
    BURNWATCH_MUTATION: mutation,
    BURNWATCH_PATIENCE: process.env['BURNWATCH_PATIENCE'] ?? '1',
  };
  const child = spawn('npm', ['run', '-s', 'test:deploy', '--', 'test/deploy/stack'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  await new Promise((done) => child.on('close', done));
  return said;
}
