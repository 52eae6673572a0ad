import Runner from 'jest-runner';

/**
 * What measures nothing: it computes, packages, clicks or waits, and none of its bounds is near. These run in worker processes
 * beside the rest, which talks over sockets and holds times, one file after the other.
 */
const patient =
  /test\/(unit|oracle|model|browser)\/|test\/integration\/(package|bundle|invoke-local|cost|slo-command|alerts-command|notify-command)|test\/local\/readme\.test/;
/** What tells from latencies and rates that something moves, or is sent in time: it has the machine for itself, at the end. */
const alone = /test\/local\/(named-drills|redirects)\.test|test\/integration\/probe-fleet/;

/** Two tests that measure never disturb one another, and no core stands idle. */
export default class Lanes extends Runner {
  async runTests(tests, watcher, options) {
    if (options.serial && tests.length === 1) return super.runTests(tests, watcher, options);
    const lanes = Object.groupBy(tests, laneOf);
    const runInTurn = (some = []) => super.runTests(some, watcher, { ...options, serial: true });
    await Promise.all([
      super.runTests(lanes.patient ?? [], watcher, { ...options, serial: false }),
      runInTurn(lanes.measuring),
    ]);
    await runInTurn(lanes.alone);
  }
}

function laneOf({ path }) {
  const file = path.replaceAll('\\', '/');
  if (alone.test(file)) return 'alone';
  return patient.test(file) ? 'patient' : 'measuring';
}
