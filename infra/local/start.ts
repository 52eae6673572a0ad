import { BurnwatchError } from '../../shared/config/model.ts';
import { type Flags, help, parseFlags } from './flags.ts';
import { type Local, startLocal } from './local.ts';
import { createTerminal } from './terminal.ts';

/** `npm start`: reads the flags, runs local mode until it is told to stop, and answers with the exit code. */

/** What has not ended by then is left. */
const longestStopMs = 1_800;
const configCodes = new Set(['LOCAL_USAGE', 'BURN_CONFIG_INVALID']);

await main();

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags === undefined) return;
  const root = new URL('../..', import.meta.url).pathname;
  const hasColors = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const terminal = createTerminal((text) => process.stdout.write(text), hasColors, Date.now);
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    const starting = startLocal({ flags, root, env: process.env, terminal });
    process.on('uncaughtException', (error) => die(error, starting));
    const local = await Promise.race([starting, signalled]);
    if (local) await signalled;
    await stop(local ?? (await starting));
  } catch (error) {
    fail(error);
  }
}

function readFlags(): Flags | undefined {
  try {
    const flags = parseFlags(process.argv.slice(2));
    if (flags !== 'help') return flags;
    process.stdout.write(help);
  } catch (error) {
    fail(error);
  }
  return undefined;
}

async function stop(local: Local): Promise<void> {
  setTimeout(() => {
    local.abandon();
    process.exit(0);
  }, longestStopMs).unref();
  await local.close();
  process.exit(0);
}

/** One clear line for what a person can mend; exit 2 where flags or configuration are wrong, 1 otherwise. */
function fail(error: unknown): never {
  const isOurs = error instanceof BurnwatchError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${isOurs ? error.message : stack}\n`);
  process.exit(isOurs && configCodes.has(error.code) ? 2 : 1);
}

/** A bug of ours: said, and everything given back; the next start goes on where this one stopped. */
function die(error: unknown, starting: Promise<Local>): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  void starting.then((local) => local.abandon()).finally(() => process.exit(1));
}
