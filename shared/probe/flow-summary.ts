import { redactShort } from '../assertion/redact.ts';
import type { FlowMonitor, FlowStep } from '../config/model.ts';
import { judgeAnswer, roundMs, roundPhases, unmeasured } from './judge.ts';
import type { AttemptResult } from './prober.ts';
import type { Phases, StepResult } from './result.ts';

/** One step as it went: what it found, or why it was not run. */
export type StepRun = { readonly step: FlowStep } & (Ran | { readonly skippedBecause: string });
type Ran = { readonly result: AttemptResult };

/** Whether this step was run and did not pass. */
export function isBad(run: StepRun): run is { readonly step: FlowStep } & Ran {
  return 'result' in run && run.result.outcome !== 'passed' && run.result.outcome !== 'degraded';
}

/**
 * A flow's one outcome: that of its first step which did not pass, else degraded when a step or the whole was. Its times are
 * the sums of its steps'. What a later step showed to be a secret is taken out of the earlier ones, too.
 */
export async function summarizeFlow(
  monitor: FlowMonitor,
  runs: readonly StepRun[],
  secrets: readonly string[],
): Promise<AttemptResult> {
  const whole = { ...totalsOf(runs), steps: runs.map((run) => redactStep(stepResultOf(run), secrets)) };
  const bad = runs.find(isBad);
  if (bad) {
    const { outcome, errorType, message, statusCode, isWorthConfirming } = bad.result;
    return {
      ...whole,
      outcome,
      ...(errorType === undefined ? {} : { errorType }),
      message: messageOf(bad.step.id, message, secrets),
      ...(statusCode === undefined ? {} : { statusCode }),
      assertions: [],
      isWorthConfirming,
    };
  }
  const { isSent: _, ...judged } = await judgeAnswer(monitor, whole, secrets);
  const degraded = whole.steps.find(({ outcome }) => outcome === 'degraded');
  const result = { ...whole, ...judged, isWorthConfirming: false };
  if (judged.outcome !== 'passed' || !degraded) return result;
  return { ...result, outcome: 'degraded', message: messageOf(degraded.step, degraded.message, secrets) };
}

function messageOf(step: string, message: string | undefined, secrets: readonly string[]): string {
  return redactShort(`step ${step}: ${message ?? ''}`, secrets);
}

function totalsOf(runs: readonly StepRun[]) {
  const sent = runs.flatMap((run) => ('result' in run && run.result.isSent ? [run.result] : []));
  const expiries = sent.flatMap(({ certificateExpiresAt }) => certificateExpiresAt ?? []);
  const add = (of: (result: AttemptResult) => number) => sent.reduce((sum, result) => sum + of(result), 0);
  return {
    latencyMs: roundMs(add(({ latencyMs }) => latencyMs)),
    phases: sumPhases(sent.map(({ phases }) => phases)),
    redirects: add(({ redirects }) => redirects),
    isContaminated: sent.some(({ isContaminated }) => isContaminated),
    ...(expiries.length === 0 ? {} : { certificateExpiresAt: Math.min(...expiries) }),
    isSent: sent.length > 0,
  };
}

function sumPhases(all: readonly Phases[]): Phases {
  const sum = (key: keyof Phases) => all.reduce((total, phases) => total + phases[key], 0);
  return roundPhases({
    resolveMs: sum('resolveMs'),
    connectMs: sum('connectMs'),
    tlsMs: sum('tlsMs'),
    processingMs: sum('processingMs'),
    transferMs: sum('transferMs'),
  });
}

function stepResultOf(run: StepRun): StepResult {
  const step = run.step.id;
  if ('skippedBecause' in run) {
    const { latencyMs, phases } = unmeasured;
    return { step, outcome: 'skipped', message: run.skippedBecause, latencyMs, phases, assertions: [] };
  }
  const { outcome, errorType, message, statusCode, latencyMs, phases, assertions } = run.result;
  return {
    step,
    outcome,
    ...(errorType === undefined ? {} : { errorType }),
    ...(message === undefined ? {} : { message }),
    ...(statusCode === undefined ? {} : { statusCode }),
    latencyMs,
    phases,
    assertions,
  };
}

function redactStep(result: StepResult, secrets: readonly string[]): StepResult {
  const clean = (text: string) => redactShort(text, secrets);
  return {
    ...result,
    ...(result.message === undefined ? {} : { message: clean(result.message) }),
    assertions: result.assertions.map(({ assertion, actual, expected, ...rest }) => ({
      ...rest,
      assertion: clean(assertion),
      actual: actual === null ? null : clean(actual),
      expected: clean(expected),
    })),
  };
}
