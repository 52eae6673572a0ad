import { redactShort } from '../assertion/redact.ts';
import type { FlowMonitor, FlowStep } from '../config/model.ts';
import { referencesOf } from '../config/texts.ts';
import { type Extracted, extractVars } from './extract.ts';
import { isBad, type StepRun, summarizeFlow } from './flow-summary.ts';
import { type Judged, judgeAnswer, judgeFailure, sentence, unmeasured, unsent } from './judge.ts';
import type { AttemptResult, ProbeDeps, Prober } from './prober.ts';
import { prepareRequest } from './request.ts';
import { type Answered, send, type Unanswered } from './send.ts';

/**
 * Runs the steps one after the other. The first that does not pass ends the flow, but for the clean-ups (`always`), of which
 * one whose variables were never extracted is skipped. All of it ends within the flow's timeout, whatever hangs.
 */
export const probeFlow: Prober<FlowMonitor> = async (monitor, deps) => {
  const flow: Flow = {
    monitor,
    deps,
    endsAt: deps.clock.monotonicMs() + monitor.timeoutMs,
    vars: new Map(),
    secrets: [],
    heldUpMs: 0,
  };
  const runs: StepRun[] = [];
  for (const step of monitor.steps) {
    const reason = reasonToSkip(step, flow, runs);
    runs.push(reason === undefined ? { step, result: await runStep(step, flow) } : { step, skippedBecause: reason });
  }
  return summarizeFlow(monitor, runs, flow.secrets);
};

/** A flow under way. */
type Flow = {
  readonly monitor: FlowMonitor;
  readonly deps: ProbeDeps;
  /** On the monotonic clock. */
  readonly endsAt: number;
  readonly vars: Map<string, { readonly value: string; readonly isSecure: boolean }>;
  /** Of all steps so far: what one of them sent, another may be shown. */
  readonly secrets: string[];
  /** How long this machine stood still so far. */
  heldUpMs: number;
};

function reasonToSkip(step: FlowStep, { monitor, vars }: Flow, runs: readonly StepRun[]): string | undefined {
  const bad = runs.find(isBad);
  if (bad && !step.always) return `not run, because step ${bad.step.id} did not pass`;
  if (!step.always) return undefined;
  const needed = referencesOf({ ...monitor, steps: [step] }).flatMap((part) => ('vars' in part ? [part.vars] : []));
  const missing = needed.find((name) => !vars.has(name));
  return missing === undefined ? undefined : `not run, because ${missing} was never extracted`;
}

/** Of a flow's time, this much is kept for its clean-ups, in equal shares: a step that hangs must not cost them theirs. */
const keptRatio = 0.2;
const mostKeptMs = 2_000;

/** How long a step may take: its own timeout, or what is left when every clean-up after it has its share. Whole ms. */
function budgetOf(step: FlowStep, { monitor, deps, endsAt }: Flow): number {
  const { steps, timeoutMs } = monitor;
  const later = steps.slice(steps.indexOf(step) + 1).filter(({ always }) => always).length;
  const all = steps.filter(({ always }) => always).length;
  const keptMs = all === 0 ? 0 : (Math.min(mostKeptMs, keptRatio * timeoutMs) * later) / all;
  return Math.floor(Math.min(step.timeoutMs, endsAt - keptMs - deps.clock.monotonicMs()));
}

async function runStep(step: FlowStep, flow: Flow): Promise<AttemptResult> {
  const { monitor, deps, vars } = flow;
  const limits = { timeoutMs: budgetOf(step, flow), maxBodyBytes: step.maxBodyBytes };
  if (limits.timeoutMs < 1) return tooLate(flow);
  const prepared = await prepareRequest(step.request, limits, deps, vars);
  if ('unsent' in prepared) return unsent(prepared.unsent);
  const timeoutMs = budgetOf(step, flow);
  if (timeoutMs < 1) return tooLate(flow);
  const sent = await send({ ...prepared.value, timeoutMs }, monitor, deps);
  flow.heldUpMs += sent.strain.heldUpMs;
  flow.secrets.push(...prepared.secrets);
  return 'failure' in sent ? judgeUnanswered(step, sent, timeoutMs, flow) : judgeAnswered(step, sent, flow);
}

function judgeUnanswered(
  step: FlowStep,
  sent: Unanswered,
  timeoutMs: number,
  { monitor, secrets }: Flow,
): AttemptResult {
  const { failure, strain, measured } = sent;
  const isShort = failure.errorType === 'timeout' && timeoutMs < step.timeoutMs;
  const rest = isShort ? `, all that was left of the flow's ${monitor.timeoutMs} ms` : '';
  const message = `${failure.message}${rest}`;
  return { ...measured, ...judgeFailure({ ...failure, message }, strain, timeoutMs, secrets) };
}

/** Variables come first: what they say is secret must not be shown by the assertions either. */
async function judgeAnswered(step: FlowStep, sent: Answered, { vars, secrets }: Flow): Promise<AttemptResult> {
  const { answer, measured } = sent;
  const extracted = await extractVars(step.extract, answer, vars);
  for (const [name, found] of extracted.vars) {
    vars.set(name, found);
    if (found.isSecure) secrets.push(found.value);
  }
  const judged = await judgeAnswer(step, answer, secrets);
  return { ...measured, ...withMisses(judged, extracted, secrets) };
}

/** The steps before were too slow, unless it was this machine that stood still. */
function tooLate({ monitor: { timeoutMs }, heldUpMs, secrets }: Flow): AttemptResult {
  const message = `it was not begun, because the flow's ${timeoutMs} ms were over`;
  const strain = { isContaminated: false, heldUpMs };
  return {
    ...unmeasured,
    ...judgeFailure({ errorType: 'timeout', message, isSent: false }, strain, timeoutMs, secrets),
  };
}

/** A variable that was not found fails its step, but hides no assertion that was missed. */
function withMisses(judged: Judged, { misses, isBodyMiss }: Extracted, secrets: readonly string[]): Judged {
  if (misses.length === 0) return judged;
  const assertions = [...judged.assertions, ...misses];
  if (judged.outcome === 'failed') return { ...judged, assertions };
  return {
    ...judged,
    assertions,
    outcome: 'failed',
    errorType: isBodyMiss ? 'body' : 'assertion',
    message: redactShort(sentence(misses[0]), secrets),
    isWorthConfirming: (judged.statusCode ?? 0) >= 500,
  };
}
