import { fileURLToPath } from 'node:url';
import { BurnwatchError } from '../../shared/config/model.ts';
import { type Flags, help, parseFlags } from './flags.ts';
import { startLocal } from './local.ts';
import { createTerminal } from './terminal.ts';

/** `npm start`: reads the flags, runs local mode until it is told to stop, and ends with the exit code. */

/** What has not ended by then is left. */
const longestStopMs = 1_800;
const usageCodes = new Set(['LOCAL_USAGE', 'BURN_CONFIG_INVALID', 'BURN_OUTPUT_UNKNOWN', 'BURN_TOO_MANY_MONITORS']);

const flags = readFlags();
if (flags !== undefined) await main(flags);

async function main(given: Flags): Promise<void> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const hasColors = process.stdout.isTTY === true && !process.env['NO_COLOR'];
  const terminal = createTerminal((text) => process.stdout.write(text), hasColors, Date.now);
  process.stdout.on('error', () => {}); // a reader that went away, as in `npm start | head`
  const stop = untilSignal();
  process.on('uncaughtException', fail);
  try {
    const local = await startLocal({ flags: given, root, env: process.env, terminal });
    await stop;
    await local.close();
    process.exit(0);
  } catch (error) {
    fail(error);
  }
}

/** Ctrl-C may come twice, once from the terminal and once from npm: the first counts. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        setTimeout(() => process.exit(0), longestStopMs);
        resolve();
      });
    }
  });
}

function readFlags(): Flags | undefined {
  try {
    const parsed = parseFlags(process.argv.slice(2));
    if (parsed !== 'help') return parsed;
    process.stdout.write(help);
  } catch (error) {
    fail(error);
  }
  return undefined;
}

/** One clear line for what a person can mend; exit 2 where flags or configuration are wrong, 1 otherwise. */
function fail(error: unknown): never {
  const isOurs = error instanceof BurnwatchError;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${isOurs ? error.message : stack}\n`);
  process.exit(isOurs && usageCodes.has(error.code) ? 2 : 1);
}
