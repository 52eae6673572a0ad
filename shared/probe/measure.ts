import type { Answer } from '../assertion/response.ts';
import { startDeadline } from '../clock/deadline.ts';
import type { ErrorType, Monitor } from '../config/model.ts';
import { explainError } from '../net/explain.ts';
import { type Phase, type Stopwatch, startStopwatch } from '../net/phases.ts';
import { judgeAnswer, judgeFailure, roundMs, roundPhases, unmeasured, unsent } from './judge.ts';
import { prepareWithin, type ReadText } from './prepare.ts';
import type { AttemptResult, ProbeDeps } from './prober.ts';

/** What is needed to see one attempt through, for protocols whose whole attempt is one connection or question. */
export type Protocol<T> = {
  /** Resolves references and loads what is needed, before anything is measured. An AttemptError says why nothing can be sent. */
  readonly prepare: (read: ReadText) => Promise<T>;
  /** Sends, and answers what assertions look at. Leaves nothing open. Rejects with an AttemptError, or the signal's reason. */
  readonly examine: (prepared: T, run: Run) => Promise<Found>;
};

/** What assertions look at, but for the times. */
export type Found = Omit<Answer, 'latencyMs' | 'phases' | 'isContaminated'>;

/** One attempt under way. */
export type Run = {
  readonly stopwatch: Stopwatch;
  readonly signal: AbortSignal;
  /** Told what is going on: time and errors are charged to it. */
  readonly onPhase: (phase: Phase) => void;
  /** Values that must not be shown. */
  readonly secrets: readonly string[];
  /** Says what was waited for, where the phase alone does not. */
  explainTimeout?: ((timeoutMs: number) => string) | undefined;
  /** Kept when the attempt fails, too; epoch ms. */
  certificateExpiresAt?: number;
};

/**
 * Runs one attempt: prepares it, measures it inside the monitor's timeout, judges it. A target that fails is a result.
 * Preparing takes at most `timeoutMs`, so that a parameter store that hangs does not hold the probe up; the attempt itself
 * has that much again.
 */
export async function measureAttempt<T>(
  monitor: Monitor,
  deps: ProbeDeps,
  { prepare, examine }: Protocol<T>,
): Promise<AttemptResult> {
  const prepared = await prepareWithin(monitor.timeoutMs, deps, prepare);
  if ('unsent' in prepared) return unsent(prepared.unsent);
  const { value, secrets } = prepared;
  return runMeasured(monitor, deps, secrets, (run) => examine(value, run));
}

async function runMeasured(
  monitor: Monitor,
  { clock, signal, watch }: ProbeDeps,
  secrets: readonly string[],
  examine: (run: Run) => Promise<Found>,
): Promise<AttemptResult> {
  const { timeoutMs } = monitor;
  const endSample = watch.begin();
  const stopwatch = startStopwatch(clock);
  const outcome = await examineWithin(timeoutMs, { signal, stopwatch, secrets }, examine);
  const strain = endSample();
  const { isContaminated } = strain;
  const times = { latencyMs: roundMs(stopwatch.latencyMs()), phases: roundPhases(stopwatch.phases()), isContaminated };
  const { certificateExpiresAt } = outcome.run;
  const certificate = certificateExpiresAt === undefined ? {} : { certificateExpiresAt };
  if ('found' in outcome) {
    const judged = await judgeAnswer(monitor, { ...times, ...outcome.found }, secrets);
    return { ...times, redirects: 0, ...certificate, ...judged };
  }
  const isSent = outcome.errorType !== 'blocked';
  const judged = judgeFailure({ ...outcome, isSent }, strain, timeoutMs, secrets);
  return { ...(isSent ? { ...times, redirects: 0 } : unmeasured), ...certificate, ...judged };
}

type Outcome = { readonly run: Run } & ({ readonly found: Found } | { errorType: ErrorType; message: string });

async function examineWithin(
  timeoutMs: number,
  { signal, stopwatch, secrets }: { signal: AbortSignal; stopwatch: Stopwatch; secrets: readonly string[] },
  examine: (run: Run) => Promise<Found>,
): Promise<Outcome> {
  const deadline = startDeadline(timeoutMs, signal);
  let phase: Phase = 'resolve';
  const onPhase = (next: Phase) => {
    phase = next;
  };
  const run: Run = { stopwatch, signal: deadline.signal, onPhase, secrets };
  try {
    return { run, found: await examine(run) };
  } catch (error) {
    const { errorType, message } = explainError(error, { deadline, phase, timeoutMs });
    stopwatch.mark(phase);
    const isTimeout = errorType === 'timeout';
    return { run, errorType, message: isTimeout ? (run.explainTimeout?.(timeoutMs) ?? message) : message };
  } finally {
    deadline.end();
  }
}
