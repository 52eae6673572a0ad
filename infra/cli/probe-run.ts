import { createPacing, runBatch } from '../../shared/app/batch.ts';
import { createRunProbe, type RunProbeDeps } from '../../shared/app/run-probe.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { BurnwatchError, type Monitor } from '../../shared/config/model.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import { systemMeter } from '../../shared/probe/cpu.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { startWatch } from '../../shared/probe/watch.ts';
import type { Io } from './command.ts';
import { type References, readAhead } from './probe-references.ts';

/** Probes each of them once, from this machine, paced so that they do not disturb one another, with a progress on terminals. */
export async function probeAll(
  monitors: readonly Monitor[],
  found: References,
  io: Io,
): Promise<readonly ProbeResult[]> {
  const watch = startWatch();
  const run = createRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    signer: createLazySigner(io),
    loadHeartbeat,
    watch,
    allowOrigins: found.allowOrigins,
    references: found,
  });
  let done = 0;
  const runProbe: typeof run = async (...args) => {
    const result = await run(...args);
    done += 1;
    if (io.isTerminal) io.stderr(`\r${done} of ${monitors.length} probed`);
    return result;
  };
  const prepare = () => readAhead(monitors, found);
  const pacing = createPacing(1, () => systemMeter.cpuMs());
  try {
    return await runBatch(monitors, { clock: systemClock, runProbe, prepare, pacing }, io.signal);
  } finally {
    watch.stop();
    if (io.isTerminal) io.stderr(`\r${' '.repeat(30)}\r`);
  }
}

/** Most monitors sign nothing. */
function createLazySigner({ env }: Io): RunProbeDeps['signer'] {
  return (service, region) => async (request) => {
    const { createSigner } = await import('../../shared/aws/signer.ts');
    return createSigner(() => env, Date.now)(service, region)(request);
  };
}

async function loadHeartbeat(): Promise<never> {
  const sentence = 'it waits to be called, and who called is known to the deployed stack alone';
  throw new BurnwatchError('BURN_HEARTBEAT_ELSEWHERE', sentence);
}
