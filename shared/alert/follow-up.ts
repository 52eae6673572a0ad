import type { Severity } from '../config/model.ts';
import { type Draft, instantOf, keepAlert, roomOf, type Seen, tell, toldOf } from './draft.ts';
import { covers, holdReason } from './hold.ts';
import type { FiringAlert, Observation } from './model.ts';

type Firing = { readonly id: string; readonly alert: FiringAlert; readonly observation: Observation };

/**
 * What fires and may speak, pages first. What has become clear says nothing more while it waits for its resolution: should it
 * be met again, it goes on.
 */
function speaking(draft: Draft, seen: Seen): readonly Firing[] {
  return Object.entries(draft.alerts)
    .flatMap(([id, alert]): Firing[] => {
      const observation = seen.get(id);
      const isSpeaking = observation && observation.condition !== 'clear' && !holdReason(draft, id, alert);
      return isSpeaking ? [{ id, alert, observation }] : [];
    })
    .sort((a, b) => compare(a.alert.severity, b.alert.severity) || compare(a.id, b.id));
}

/** As `speaking`, and nobody is at it: it is neither acknowledged nor planned. */
function unattended(draft: Draft, seen: Seen): readonly Firing[] {
  return speaking(draft, seen).filter(
    ({ alert, observation }) =>
      alert.heldBack === undefined &&
      observation.isPlanned !== true &&
      draft.incidents[alert.incidentId]?.acknowledged === undefined,
  );
}

/**
 * Tells of what was held back, still fires, and is held back by nothing any more; pages alone, where they are asked for. Its
 * times count from now on.
 */
export function announce(draft: Draft, seen: Seen, severities: readonly Severity[]): void {
  for (const { id, alert, observation } of speaking(draft, seen)) {
    const { heldBack, ...rest } = alert;
    if (heldBack === undefined || !severities.includes(alert.severity) || !hasRoom(draft)) continue;
    const at = instantOf(draft, alert);
    keepAlert(draft, id, { ...rest, ...(at > alert.firedAt ? { countedFrom: at } : {}) });
    const late = at > alert.firedAt ? { heldBack } : {};
    tell(draft, id, alert, { kind: 'fired', at, notify: alert.notify, facts: observation.facts, ...late });
  }
}

/** Tells once more of what fires on: at the multiples of its time since it fired, and when a silence of it has ended. */
export function remind(draft: Draft, seen: Seen): void {
  for (const { id, alert, observation } of unattended(draft, seen)) {
    const isEnded = isSilenceEnded(draft, id, alert);
    if (!(isEnded || isRepeatDue(alert, observation, draft.now)) || !hasRoom(draft)) continue;
    const [at, n] = [instantOf(draft, alert), (alert.reminders ?? 0) + 1];
    keepAlert(draft, id, { ...alert, remindedAt: at, reminders: n, ...(isEnded ? { countedFrom: at } : {}) });
    tell(draft, id, alert, { kind: 'reminded', n, at, notify: toldOf(alert), facts: observation.facts });
  }
}

/** Tells further channels of what has fired for long without an answer, once. */
export function escalate(draft: Draft, seen: Seen): void {
  for (const { id, alert, observation } of unattended(draft, seen)) {
    const { escalate: plan, facts } = observation;
    const sinceMs = draft.now - Math.max(alert.firedAt, alert.countedFrom ?? 0);
    if (plan === undefined || alert.escalatedAt !== undefined || sinceMs < plan.afterMs || !hasRoom(draft)) continue;
    const at = instantOf(draft, alert);
    keepAlert(draft, id, { ...alert, escalatedAt: at, escalatedTo: plan.notify });
    tell(draft, id, alert, { kind: 'escalated', at, notify: plan.notify, facts });
  }
}

/** Forgets silences that are over, once everything that they held back is told. */
export function expireSilences(draft: Draft): void {
  const left = Object.entries(draft.silences).filter(([, { untilAt }]) => draft.now < untilAt);
  if (draft.isCut || left.length === Object.keys(draft.silences).length) return;
  draft.silences = Object.fromEntries(left);
  draft.isChanged = true;
}

/** The newest multiple of its time lies after everything that was told of it. */
function isRepeatDue(alert: FiringAlert, { repeatEveryMs }: Observation, now: number): boolean {
  if (repeatEveryMs === undefined) return false;
  const due = alert.firedAt + Math.floor((now - alert.firedAt) / repeatEveryMs) * repeatEveryMs;
  return due > lastTold(alert);
}

function isSilenceEnded({ silences, now }: Draft, id: string, alert: FiringAlert): boolean {
  const ended = Object.values(silences).filter((each) => each.untilAt <= now && covers(each, id));
  return ended.some(({ untilAt }) => untilAt > lastTold(alert));
}

function lastTold({ firedAt, remindedAt = 0, countedFrom = 0 }: FiringAlert): number {
  return Math.max(firedAt, remindedAt, countedFrom);
}

function hasRoom(draft: Draft): boolean {
  const isFree = roomOf(draft) > 0;
  if (!isFree) draft.isCut = true;
  return isFree;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
