import { createPacing, runBatch } from '../../../shared/app/probe/batch.ts';
import { readAhead } from '../../../shared/app/probe/read-ahead.ts';
import { type RunProbeDeps, watchRunProbe } from '../../../shared/app/probe/run.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import { BurnwatchError, type Monitor } from '../../../shared/config/model.ts';
import { prepareHttp, runHttpAttempt } from '../../../shared/http/attempt.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import type { Io } from '../command.ts';
import type { References } from './references.ts';

/** Probes each of them once, from this machine, paced so that they do not disturb one another, with a progress on terminals. */
export async function probeAll(
  monitors: readonly Monitor[],
  found: References,
  io: Io,
): Promise<readonly ProbeResult[]> {
  const clock = systemClock;
  const watched = watchRunProbe({
    clock,
    runHttp: runHttpAttempt,
    signer: (service, region) => async (request) => (await loadSigner(io))(service, region)(request),
    loadHeartbeat,
    allowOrigins: found.allowOrigins,
    references: found,
  });
  let done = 0;
  const runProbe: typeof watched.runProbe = async (...args) => {
    const result = await watched.runProbe(...args);
    done += 1;
    if (io.isTerminal) io.stderr(`\r${done} of ${monitors.length} probed`);
    return result;
  };
  const ahead = { clock, readParameter: found.parameter, loadSigner: () => loadSigner(io) };
  const prepare = async () => {
    await Promise.all([prepareHttp({ clock }), readAhead(monitors, ahead)]);
  };
  try {
    return await runBatch(monitors, { clock, runProbe, prepare, pacing: createPacing(1) }, io.signal);
  } finally {
    watched.stop();
    if (io.isTerminal) io.stderr(`\r${' '.repeat(30)}\r`);
  }
}

/** Most monitors sign nothing. */
async function loadSigner({ env }: Io): Promise<RunProbeDeps['signer']> {
  const { createSigner } = await import('../../../shared/aws/signer.ts');
  return createSigner(() => env, Date.now);
}

async function loadHeartbeat(): Promise<never> {
  const sentence = 'it waits to be called, and who called is known to the deployed stack alone';
  throw new BurnwatchError('BURN_HEARTBEAT_ELSEWHERE', sentence);
}
