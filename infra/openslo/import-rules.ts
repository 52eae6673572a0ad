import { parsePercent, renderDuration, renderPercent } from '../../shared/config/parse/index.ts';
import type { Plain } from '../../shared/config/parse/plain.ts';
import type { Around } from './around.ts';
import { annotations } from './names.ts';
import { get, listAt, type Path, textAt } from './problem.ts';
import { spanOf } from './span.ts';

/** A burn rule as monitors.yml has it. */
export type RuleEntry = {
  readonly severity: 'page' | 'ticket';
  readonly budget: string;
  readonly long: string;
  readonly minBadEvents?: number;
  readonly notify: readonly string[];
  readonly repeatEvery?: string;
  readonly escalate?: { readonly after: string; readonly notify: readonly string[] };
  readonly runbook?: string;
};

/** The burn rules of an SLO's alert policies; what is none is noted and left out. */
export function rulesOf(spec: Plain, windowMs: number, around: Around): readonly RuleEntry[] {
  return listAt(spec, 'alertPolicies').flatMap((policy, index) => {
    const at = ['spec', 'alertPolicies', index];
    const ref = textAt(policy, 'alertPolicyRef');
    const whole = ref === undefined ? policy : around.find('AlertPolicy', ref)?.value;
    if (whole === undefined) return leave(at, `there is no AlertPolicy ${ref} in the file`, around);
    return ruleOf(whole, windowMs, { ...around, note: (path, message) => around.note([...at, ...path], message) });
  });
}

function leave(at: Path, why: string, { note }: Around): readonly RuleEntry[] {
  note(at, `${why}: this alert is left out`);
  return [];
}

function ruleOf(policy: Plain, windowMs: number, around: Around): readonly RuleEntry[] {
  const spec = get(policy, 'spec') ?? null;
  const typed = get(spec, 'conditions', 0);
  const ref = textAt(typed, 'conditionRef');
  const condition = get(ref === undefined ? typed : around.find('AlertCondition', ref)?.value, 'spec');
  if (condition === undefined) return leave([], `there is no AlertCondition ${ref} in the file`, around);
  if (get(spec, 'alertWhenBreaching') === false) return leave([], 'alertWhenBreaching is false', around);
  const op = textAt(condition, 'condition', 'op') ?? '';
  if (op.startsWith('lt')) return leave([], `fires while the burn rate is low (${op})`, around);
  const longMs = spanOf(textAt(condition, 'condition', 'lookbackWindow') ?? '') ?? 0;
  const threshold = Number(get(condition, 'condition', 'threshold'));
  const budgetPpm = Math.round((threshold * longMs * 1e6) / windowMs);
  if (budgetPpm < 1 || budgetPpm > 1_000_000)
    return leave(
      [],
      `its threshold over ${renderDuration(longMs)} is ${budgetPpm < 1 ? 'nothing' : 'more than all'} of the budget`,
      around,
    );
  noteCondition(spec, condition, { op, threshold, kept: (budgetPpm * windowMs) / longMs / 1e6 }, around);
  return [
    {
      severity: severityOf(textAt(condition, 'severity') ?? '', around),
      budget: budgetOf(policy, budgetPpm),
      long: renderDuration(longMs),
      ...followUpOf(policy, longMs, around),
      notify: targetsOf(spec, around),
      ...annotated(policy, 'runbook'),
    },
  ];
}

type Condition = { readonly op: string; readonly threshold: number; readonly kept: number };

function noteCondition(spec: Plain, condition: Plain, { op, threshold, kept }: Condition, { note }: Around): void {
  if (Math.abs(kept / threshold - 1) > 1e-4)
    note(
      [],
      `its threshold of ${threshold} becomes ${Number(kept.toPrecision(6))}: shares of the budget have four decimals`,
    );
  if (op === 'gte') note([], 'fires above its threshold here, and not at it');
  const after = textAt(condition, 'condition', 'alertAfter');
  if (after !== undefined)
    note([], `alertAfter ${after} is not known here: it fires at once when both windows are above the threshold`);
  if (get(spec, 'alertWhenNoData') === true)
    note([], 'alertWhenNoData: the monitors have alerts of their own for lost coverage');
  if (get(spec, 'alertWhenResolved') !== true)
    note([], 'alertWhenResolved is not set: the end of what was told is always told here');
}

/** As it was typed, where that is what the threshold says. */
function budgetOf(policy: Plain, budgetPpm: number): string {
  const typed = annotationOf(policy, 'budget');
  const read = typed === undefined ? undefined : parsePercent(typed);
  return typed !== undefined && read?.ok && read.value === budgetPpm ? typed : renderPercent(budgetPpm);
}

const pages = /page|critical|high|sev-?[01]|p[01]/i;

function severityOf(typed: string, { note }: Around): RuleEntry['severity'] {
  if (typed === 'page' || typed === 'ticket') return typed;
  const severity = pages.test(typed) ? 'page' : 'ticket';
  note([], `the severity ${JSON.stringify(typed.slice(0, 40))} becomes ${severity}`);
  return severity;
}

function followUpOf(
  policy: Plain,
  longMs: number,
  { note }: Around,
): Pick<RuleEntry, 'minBadEvents' | 'repeatEvery' | 'escalate'> {
  const short = spanOf(annotationOf(policy, 'shortWindow') ?? '');
  const least = Math.ceil(longMs / 12 / 60_000) * 60_000;
  if (short !== undefined && short < least)
    note(
      [],
      `its short window of ${renderDuration(short)} becomes ${renderDuration(least)}: a twelfth of the long one`,
    );
  const minBadEvents = Number(annotationOf(policy, 'minBadEvents'));
  const [after, to] = [annotationOf(policy, 'escalateAfter'), annotationOf(policy, 'escalateTo')];
  return {
    ...(Number.isSafeInteger(minBadEvents) && minBadEvents >= 1 ? { minBadEvents } : {}),
    ...annotated(policy, 'repeatEvery'),
    ...(after === undefined || to === undefined ? {} : { escalate: { after, notify: to.split(',') } }),
  };
}

const annotationOf = (policy: Plain, name: keyof typeof annotations): string | undefined =>
  textAt(policy, 'metadata', 'annotations', annotations[name]);

function annotated<Name extends 'runbook' | 'repeatEvery'>(
  policy: Plain,
  name: Name,
): { readonly [key in Name]?: string } {
  const text = annotationOf(policy, name);
  return (text === undefined ? {} : { [name]: text }) as { readonly [key in Name]?: string };
}

/** Their names are those of channels, which are to be written by hand: where they lead to stands nowhere in OpenSLO. */
function targetsOf(spec: Plain, { find }: Around): readonly string[] {
  return listAt(spec, 'notificationTargets').map((target) => {
    const name = textAt(target, 'targetRef') ?? textAt(target, 'metadata', 'name') ?? '';
    return textAt(find('AlertNotificationTarget', name)?.value, 'metadata', 'annotations', annotations.id) ?? name;
  });
}
