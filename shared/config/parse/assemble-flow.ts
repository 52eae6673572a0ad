import type { Extract as Extraction, FlowStep } from '../model.ts';
import type { EntryOf } from './assemble.ts';
import { buildHttpRequest, checkHttpRequest } from './assemble-http.ts';
import { withStatus } from './implied.ts';
import { type Fault, type Path, quote } from './problem.ts';
import { isVariableName } from './reference.ts';
import { isSecretName } from './secret.ts';
import { renderDuration } from './units.ts';

type StepEntries = EntryOf<'flow'>['steps'];
type StepEntry = StepEntries[number];
type ExtractEntry = NonNullable<StepEntry['extract']>[string];

/** The steps of a flow, `standard` being what those take that say nothing else. */
export function buildSteps(
  steps: StepEntries,
  standard: { readonly timeoutMs: number; readonly maxBodyBytes: number },
): FlowStep[] {
  return steps.map(({ id, request, timeout, maxBodyBytes, assertions = [], extract = {}, always = false }) => ({
    id,
    request: buildHttpRequest(request),
    timeoutMs: timeout ?? standard.timeoutMs,
    maxBodyBytes: maxBodyBytes ?? standard.maxBodyBytes,
    assertions: withStatus(assertions),
    extract: Object.entries(extract).map(([name, entry]) => buildExtract(name, entry)),
    always,
  }));
}

/** A value whose name, or whose place, speaks of a secret is one unless the file says otherwise. */
function buildExtract(name: string, { source, path, pattern, secure }: ExtractEntry): Extraction {
  return {
    name,
    source,
    ...(path === undefined ? {} : { path: source === 'header' ? path.toLowerCase() : path }),
    ...(pattern === undefined ? {} : { pattern }),
    isSecure: secure ?? (isSecretName(name) || isSecretName(path ?? '')),
  };
}

/** What is wrong with the steps together, `deadlineMs` being the time of all of them. */
export function checkSteps(steps: StepEntries, deadlineMs: number, path: Path): Fault[] {
  return steps.flatMap((step, index) => {
    const at = [...path, index];
    return [
      ...checkId(step, steps.slice(0, index), [...at, 'id']),
      ...checkTimeout(step, deadlineMs, [...at, 'timeout']),
      ...checkHttpRequest(step.request, [...at, 'request']),
      ...checkNames(step, [...at, 'extract']),
    ];
  });
}

function checkId({ id }: StepEntry, before: StepEntries, path: Path): Fault[] {
  if (!before.some((step) => step.id === id)) return [];
  return [{ code: 'BURN_CONFIG_REPEATED', path, message: `${quote(id)} is the name of an earlier step already` }];
}

function checkTimeout({ timeout }: StepEntry, deadlineMs: number, path: Path): Fault[] {
  if (timeout === undefined || timeout <= deadlineMs) return [];
  const message = `must be at most ${renderDuration(deadlineMs)}, the deadline of the flow, got ${renderDuration(timeout)}`;
  return [{ code: 'BURN_CONFIG_DEADLINE', path, message }];
}

function checkNames({ extract = {} }: StepEntry, path: Path): Fault[] {
  const message = 'a name must be at most 64 letters, digits and _, no digit first';
  return Object.keys(extract)
    .filter((name) => !isVariableName(name))
    .map((name) => ({ code: 'BURN_CONFIG_ID', path: [...path, name], message }) as const);
}
