import { sep } from 'node:path';
import Runner from 'jest-runner';

/** Rooms whose tests compute only: no socket, no child process and no clock of the machine can be late there. */
const computing = ['unit', 'oracle', 'model'].map((room) => `${sep}test${sep}${room}${sep}`);

/**
 * Runs what computes in worker processes, and beside it, one after the other, what talks over sockets and waits for real
 * time: two tests that measure never disturb one another, and no core stands idle.
 */
export default class TwoLanes extends Runner {
  async runTests(tests, watcher, options) {
    if (options.serial && tests.length === 1) return super.runTests(tests, watcher, options);
    const lanes = Object.groupBy(tests, ({ path }) =>
      computing.some((room) => path.includes(room)) ? 'computing' : 'real',
    );
    await Promise.all([
      super.runTests(lanes.computing ?? [], watcher, { ...options, serial: false }),
      super.runTests(lanes.real ?? [], watcher, { ...options, serial: true }),
    ]);
  }
}
