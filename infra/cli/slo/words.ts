import type { BurnRuleView } from '../../../shared/app/overview/model.ts';
import type { Slo } from '../../../shared/config/model.ts';
import { formatShortDuration } from '../../../shared/message/format.ts';
import { formatSpan } from '../../../shared/slo/words.ts';

/** `99.9% of 30d`, `99.9% of a month`. */
export function objectiveText({ objective, windowMs, calendar }: Slo): string {
  return `${objective} of ${calendar === undefined ? formatSpan(windowMs) : `a ${calendar.unit}`}`;
}

/** `page 1h`. */
export function ruleName({ severity, longMs }: Pick<BurnRuleView, 'severity' | 'longMs'>): string {
  return `${severity} ${formatSpan(longMs)}`;
}

/** `inactive`, `pending`, `since 12 min`. */
export function stateText({ status, firedAt }: BurnRuleView, now: number): string {
  return firedAt === undefined ? status : `since ${formatShortDuration(now - firedAt)}`;
}

/** `2026-11-20 10:01`, in UTC. */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
