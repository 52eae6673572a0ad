import type { Clock } from '../../../shared/clock/clock.ts';
import type { ErrorType } from '../../../shared/config/model.ts';
import type { HttpOutcome } from '../../../shared/http/model.ts';
import { runProbe } from '../../../shared/probe/run.ts';
import { httpMonitor, probeDeps } from '../../support/http-monitor.ts';

const phases = { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 };
const failing = (errorType: ErrorType): HttpOutcome => ({
  ok: false,
  errorType,
  message: 'no',
  latencyMs: 1,
  phases,
  redirects: 0,
});
const answering = (statusCode: number): HttpOutcome => ({
  ok: true,
  response: { statusCode, headers: {}, body: Buffer.alloc(0) },
  latencyMs: 1,
  phases,
  redirects: 0,
});

/** A clock whose sleeps take no time but are written down. */
const fakeClock = (): Clock & { slept: number[] } => {
  let at = 0;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    at += ms;
  };
  return { slept, now: () => at, monotonicMs: () => at, sleep };
};

describe('runProbe', () => {
  it.each([
    ['resolve', 3],
    ['connect', 3],
    ['tls', 3],
    ['timeout', 3],
    ['protocol', 3],
    ['body', 3],
    ['redirect', 1],
    ['monitor', 1],
  ] as const)('makes the attempts that an error of type %s deserves: %i', async (errorType, attempts) => {
    const clock = fakeClock();
    const monitor = httpMonitor({ retry: { limit: 2, delayMs: 700 } });
    const result = await runProbe(monitor, probeDeps({ clock, runHttp: async () => failing(errorType) }));
    expect(result).toMatchObject({ attempts, errorType });
    expect(clock.slept).toEqual(Array(attempts - 1).fill(700));
  });

  it.each([
    [500, 2, 'failed'],
    [404, 1, 'failed'],
    [200, 1, 'passed'],
  ])('after a status of %i makes %i attempts and is %s', async (status, attempts, outcome) => {
    const monitor = httpMonitor({ retry: { limit: 1, delayMs: 1 } });
    const result = await runProbe(monitor, probeDeps({ clock: fakeClock(), runHttp: async () => answering(status) }));
    expect(result).toMatchObject({ attempts, outcome });
  });

  it('takes the outcome of the last attempt', async () => {
    const outcomes = [failing('timeout'), answering(200)];
    const monitor = httpMonitor({ retry: { limit: 1, delayMs: 1 } });
    const runHttp = async () => outcomes.shift() as HttpOutcome;
    const result = await runProbe(monitor, probeDeps({ clock: fakeClock(), runHttp }));
    expect(result).toMatchObject({ attempts: 2, outcome: 'passed', statusCode: 200 });
    expect(result).not.toHaveProperty('errorType');
  });

  it('names a fault of its own and never rejects', async () => {
    const runHttp = () => Promise.reject(new TypeError('oops with a secret'));
    expect(await runProbe(httpMonitor(), probeDeps({ runHttp }))).toMatchObject({
      outcome: 'unknown',
      errorType: 'monitor',
      message: 'the probe failed by a fault of its own (TypeError)',
    });
  });

  it('waits no longer than the timeout for a parameter store that hangs', async () => {
    const monitor = httpMonitor({ timeoutMs: 50, request: { headers: { a: [{ ssm: '/x' }] } } });
    const result = await runProbe(monitor, probeDeps({ resolveText: () => new Promise(() => {}) }));
    expect(result).toMatchObject({
      outcome: 'unknown',
      attempts: 0,
      message: 'its references were not resolved within 50 ms',
    });
  });

  it.each([
    ['is not begun where it would not fit into 5 s', 5_000, 4_000, 1],
    ['is begun where it fits into 5 s', 5_000, 2_000, 2],
    ['is begun where it just fits into 10 s', 10_000, 9_000, 2],
  ])('a confirmation %s', async (_, intervalMs, timeoutMs, attempts) => {
    const clock = fakeClock();
    const monitor = httpMonitor({ intervalMs, timeoutMs, retry: { limit: 1, delayMs: 1_000 } });
    // Each attempt takes half a second to be refused, but in the last row none at all.
    const runHttp = async () => {
      if (timeoutMs < 9_000) await clock.sleep(500);
      return failing('connect');
    };
    expect(await runProbe(monitor, probeDeps({ clock, runHttp }))).toMatchObject({ attempts });
  });

  it('a timeout while this machine stood still is confirmed, and unknown if it stays so', async () => {
    const monitor = httpMonitor({ timeoutMs: 2_000, retry: { limit: 1, delayMs: 1_000 } });
    const heldUp = { isContaminated: true, heldUpMs: 900 };
    const strains = [heldUp, heldUp, heldUp, { isContaminated: false, heldUpMs: 0 }];
    const watch = { begin: () => () => strains.shift() ?? heldUp, stop: () => {} };
    const probe = async (second: HttpOutcome) => {
      const answers = [failing('timeout'), second];
      const runHttp = async () => answers.shift() ?? second;
      return runProbe(monitor, probeDeps({ clock: fakeClock(), runHttp, watch }));
    };
    expect(await probe(failing('timeout'))).toMatchObject({ outcome: 'unknown', errorType: 'monitor', attempts: 2 });
    expect(await probe(answering(200))).toMatchObject({ outcome: 'passed', attempts: 2, isContaminated: false });
  });
});
