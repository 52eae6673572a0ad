import { alarms, emails, keys } from './checks-alerting.ts';
import { clock, secrets, targets } from './checks-config.ts';
import { locations } from './checks-locations.ts';
import { functions, quotas, runs, schedules } from './checks-running.ts';
import type { Check, Expected, Finding, StackSeen } from './model.ts';

/** All that is looked at, in the order in which a reader mends it. */
export const checks: readonly Check[] = [
  functions,
  schedules,
  runs,
  alarms,
  emails,
  keys,
  secrets,
  targets,
  locations,
  quotas,
  clock,
];

/** A check and what it found: nothing where all is well. */
export type Checked = Pick<Check, 'id' | 'looksAt'> & { readonly findings: readonly Finding[] };

/** Judges a stack by what was read of it. */
export function examine(seen: StackSeen, expected: Expected): readonly Checked[] {
  return checks.map(({ id, looksAt, judge }) => ({ id, looksAt, findings: judge(seen, expected) }));
}
