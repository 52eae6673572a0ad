import type { Monitor } from '../config/model.ts';
import { unsent } from './judge.ts';
import type { AttemptResult, ProbeDeps } from './prober.ts';
import { runAttempt } from './probers.ts';
import type { ProbeResult } from './result.ts';

/**
 * Runs one probe: an attempt, and up to `retry.limit` confirmation attempts, each on connections of its own, while the
 * failure is one that may pass (network, timeout, an assertion on a 5xx). The outcome is the last attempt's. An attempt
 * that could not end within the interval is not begun, and one that is cut off by the signal does not count. Never rejects.
 */
export async function runProbe(monitor: Monitor, deps: ProbeDeps): Promise<ProbeResult> {
  const startedAt = deps.clock.monotonicMs();
  let result = await attempt(monitor, deps);
  let attempts = 1;
  while (shouldConfirm(monitor, result, attempts, deps.clock.monotonicMs() - startedAt)) {
    const next = await confirm(monitor, deps);
    if (!next) break;
    result = next;
    attempts += 1;
  }
  const { isWorthConfirming: _, isSent, ...found } = result;
  return { monitor: monitor.id, ...found, attempts: isSent || attempts > 1 ? attempts : 0 };
}

function shouldConfirm(
  { retry, timeoutMs, intervalMs }: Monitor,
  result: AttemptResult,
  attempts: number,
  spentMs: number,
): boolean {
  if (!result.isWorthConfirming || attempts > retry.limit) return false;
  return spentMs + retry.delayMs + timeoutMs <= intervalMs;
}

/** Undefined when the probe was stopped before the attempt could end. */
async function confirm(monitor: Monitor, deps: ProbeDeps): Promise<AttemptResult | undefined> {
  try {
    await deps.clock.sleep(monitor.retry.delayMs, deps.signal);
  } catch (error) {
    if (deps.signal.aborted) return undefined;
    throw error;
  }
  const result = await attempt(monitor, deps);
  return deps.signal.aborted && result.errorType === 'monitor' ? undefined : result;
}

/** A fault of our own is a result like any other: it must not cost the other monitors their tick. */
async function attempt(monitor: Monitor, deps: ProbeDeps): Promise<AttemptResult> {
  try {
    return await runAttempt(monitor, deps);
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    return { ...unsent(`the probe failed by a fault of its own (${name})`), isSent: true };
  }
}
