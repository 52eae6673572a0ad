import type { Severity } from '../config/model.ts';
import { type Draft, instantOf, keepAlert, roomOf, type Seen, tell, toldOf } from './draft.ts';
import { covers, holdReason } from './hold.ts';
import type { FiringAlert, Observation } from './model.ts';

type Firing = { readonly id: string; readonly alert: FiringAlert; readonly observation: Observation };

/**
 * What fires, is wanted and may speak, pages first. What has become clear says nothing more while it waits for its resolution:
 * should it be met again, it goes on.
 */
function speaking(draft: Draft, seen: Seen, isWanted: (firing: Firing) => boolean): readonly Firing[] {
  return Object.entries(draft.alerts)
    .flatMap(([id, alert]): Firing[] => {
      const observation = seen.get(id);
      const isSeen = observation !== undefined && observation.condition !== 'clear';
      return isSeen && isWanted({ id, alert, observation }) ? [{ id, alert, observation }] : [];
    })
    .filter(({ id, alert }) => !holdReason(draft, id, alert))
    .sort((a, b) => compare(a.alert.severity, b.alert.severity) || compare(a.id, b.id));
}

/** Nobody is at it: it was told of, and is neither acknowledged nor planned. */
function isUnattended(draft: Draft, { alert, observation }: Firing): boolean {
  const isTaken = draft.incidents[alert.incidentId]?.acknowledged !== undefined;
  return alert.heldBack === undefined && observation.isPlanned !== true && !isTaken;
}

/**
 * Tells of what was held back, still fires, and is held back by nothing any more; of one severity. Its times count from now on.
 */
export function announce(draft: Draft, seen: Seen, severity: Severity): void {
  const isQuiet = ({ alert }: Firing) => alert.heldBack !== undefined && alert.severity === severity;
  for (const { id, alert, observation } of speaking(draft, seen, isQuiet)) {
    if (!hasRoom(draft)) return;
    const { heldBack, ...rest } = alert;
    const at = instantOf(draft, alert);
    keepAlert(draft, id, { ...rest, ...(at > alert.firedAt ? { countedFrom: at } : {}) });
    const late = at > alert.firedAt && heldBack !== undefined ? { heldBack } : {};
    tell(draft, id, alert, { kind: 'fired', at, notify: alert.notify, facts: observation.facts, ...late });
  }
}

/** Tells once more of what fires on: at the multiples of its time since it fired, and when a silence of it has ended. */
export function remind(draft: Draft, seen: Seen): void {
  const isEnded = ({ id, alert }: Firing) => isSilenceEnded(draft, id, alert);
  const isDue = (each: Firing) => isRepeatDue(each, draft.now) || isEnded(each);
  for (const each of speaking(draft, seen, (one) => isUnattended(draft, one) && isDue(one))) {
    if (!hasRoom(draft)) return;
    const { id, alert, observation } = each;
    const [at, n] = [instantOf(draft, alert), (alert.reminders ?? 0) + 1];
    keepAlert(draft, id, { ...alert, remindedAt: at, reminders: n, ...(isEnded(each) ? { countedFrom: at } : {}) });
    tell(draft, id, alert, { kind: 'reminded', n, at, notify: toldOf(alert), facts: observation.facts });
  }
}

/** Tells further channels of what has fired for long without an answer, once. */
export function escalate(draft: Draft, seen: Seen): void {
  const isDue = ({ alert, observation: { escalate: plan } }: Firing) =>
    plan !== undefined &&
    alert.escalatedAt === undefined &&
    draft.now - Math.max(alert.firedAt, alert.countedFrom ?? 0) >= plan.afterMs;
  for (const { id, alert, observation } of speaking(draft, seen, (one) => isUnattended(draft, one) && isDue(one))) {
    if (!hasRoom(draft)) return;
    const notify = observation.escalate?.notify ?? [];
    const at = instantOf(draft, alert);
    keepAlert(draft, id, { ...alert, escalatedAt: at, escalatedTo: notify });
    tell(draft, id, alert, { kind: 'escalated', at, notify, facts: observation.facts });
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
function isRepeatDue({ alert, observation: { repeatEveryMs } }: Firing, now: number): boolean {
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
