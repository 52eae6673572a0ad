import Runner from 'jest-runner';

/**
 * What measures nothing: it computes, packages, clicks or waits, and none of its bounds is near. These run in a worker process
 * beside the rest, which talks over sockets and holds times, one file after the other; and in two of them when that is through.
 */
const patient =
  /test\/(unit|oracle|model|browser)\/|test\/integration\/(package|bundle|invoke-local|cost|slo-command|alerts-command|notify-command)|test\/local\/readme\.test/;
/** What tells from latencies and rates that something moves, or is sent in time: it has the machine for itself, at the end. */
const alone = /test\/local\/(named-drills|redirects)\.test|test\/integration\/probe-fleet/;
/** What depends on no clock and no socket: where it fails once, it fails. */
const exact = /test\/(unit|oracle|model)\//;

/** So many files are taken at a time by whoever has nothing to do. */
const batch = 6;
/** Of a run of so many files or fewer somebody watches each. */
const few = 20;
/** More files than these do not fail because a machine was busy. */
const mostAgain = 6;

/**
 * Two tests that measure never disturb one another, and no core stands idle. In a run of the whole, a file that failed where real
 * time decides is run once more at the end, alone: what it said the first time is printed, and that it took two runs is too.
 */
export default class Lanes extends Runner {
  #again = [];
  #isAgain = false;
  #mostAgain = 0;

  async runTests(tests, watcher, options) {
    if (options.serial && tests.length === 1) return super.runTests(tests, watcher, options);
    this.#mostAgain = tests.length > few ? mostAgain : 0;
    const lanes = Object.groupBy(tests, laneOf);
    const runInTurn = (some = []) => super.runTests(some, watcher, { ...options, serial: true });
    // The long ones first: at the end there is something short for each core.
    const waiting = (lanes.patient ?? []).sort((a, b) => isUnit(a) - isUnit(b));
    const takeOver = async () => {
      while (waiting.length > 0) await super.runTests(waiting.splice(0, batch), watcher, { ...options, serial: false });
    };
    await Promise.all([takeOver(), runInTurn(lanes.measuring).then(takeOver)]);
    await runInTurn(lanes.alone);
    this.#isAgain = true;
    await runInTurn(this.#again);
    for (const { path } of this.#again) console.error(`needed a second run: ${path}`);
  }

  on(event, listener) {
    if (event !== 'test-file-success' && event !== 'test-file-failure') return super.on(event, listener);
    return super.on(event, ([test, outcome]) =>
      this.#holdsBack(test, outcome) ? undefined : listener([test, outcome]),
    );
  }

  /** Whether a file failed that is to be run once more; `outcome` is its result, or the error that ended it. */
  #holdsBack(test, outcome) {
    const said = outcome.failureMessage ?? outcome.stack;
    if (!said || this.#isAgain || exact.test(slashed(test)) || this.#again.length >= this.#mostAgain) return false;
    this.#again.push(test);
    console.error(`failed, and is run once more at the end: ${test.path}\n${said}`);
    return true;
  }
}

function laneOf(test) {
  const file = slashed(test);
  if (alone.test(file)) return 'alone';
  return patient.test(file) ? 'patient' : 'measuring';
}

const slashed = ({ path }) => path.replaceAll('\\', '/');
const isUnit = (test) => Number(/test\/unit\//.test(slashed(test)));
