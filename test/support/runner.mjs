import { sep } from 'node:path';
import Runner from 'jest-runner';

/** Rooms whose tests compute only: no socket, no child process and no clock of the machine can be late there. */
const computing = ['unit', 'oracle', 'model'].map((room) => `${sep}test${sep}${room}${sep}`);
/** What tells from latencies and rates that something moves: it has the machine for itself, after all the others. */
const alone = [`${sep}test${sep}local${sep}named-drills.test.ts`];

/**
 * Runs what computes in worker processes, and beside it, one after the other, what talks over sockets and waits for real
 * time: two tests that measure never disturb one another, and no core stands idle.
 */
export default class Lanes extends Runner {
  async runTests(tests, watcher, options) {
    if (options.serial && tests.length === 1) return super.runTests(tests, watcher, options);
    const lanes = Object.groupBy(tests, laneOf);
    const runInTurn = (some = []) => super.runTests(some, watcher, { ...options, serial: true });
    await Promise.all([
      super.runTests(lanes.computing ?? [], watcher, { ...options, serial: false }),
      runInTurn(lanes.real),
    ]);
    await runInTurn(lanes.alone);
  }
}

function laneOf({ path }) {
  if (alone.some((file) => path.endsWith(file))) return 'alone';
  return computing.some((room) => path.includes(room)) ? 'computing' : 'real';
}
