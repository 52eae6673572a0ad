import { incidentAlertId } from './alert-id.ts';
import { stableId } from './identity.ts';
import type {
  AlertFacts,
  AlertState,
  FiringAlert,
  HeldBack,
  Incident,
  Observation,
  OutboxEntry,
  Signature,
  Silence,
  Transition,
} from './model.ts';

/**
 * One step brings at most this many outbox entries: as many as the largest file has monitors, so that what fires together is told
 * together. What is left over stays undecided: stepping the answer again with the same observations goes on with it, until nothing
 * changes.
 */
export const maxEntriesPerStep = 10_000;

/** A state that is being changed by one step, with what there is to tell. */
export type Draft = {
  readonly now: number;
  readonly mostEntries: number;
  /** The version that it becomes. */
  readonly batch: number;
  readonly alerts: Record<string, FiringAlert>;
  /** SLOs of which somebody was told of a page that is open; undefined until somebody asks (see hold.ts). */
  pagedSlos: ReadonlySet<string> | undefined;
  readonly resolvedAt: Record<string, number>;
  incidents: Record<string, Incident>;
  silences: Readonly<Record<string, Silence>>;
  readonly entries: OutboxEntry[];
  isChanged: boolean;
  /** There was more to tell than a step carries. */
  isCut: boolean;
};

export type Seen = ReadonlyMap<string, Observation>;
export type AlertStep = { readonly state: AlertState; readonly entries: readonly OutboxEntry[] };

export function draftOf(state: AlertState, now: number, mostEntries: number = maxEntriesPerStep): Draft {
  return {
    now,
    mostEntries,
    batch: state.version + 1,
    alerts: { ...state.alerts },
    pagedSlos: undefined,
    resolvedAt: { ...state.resolvedAt },
    incidents: { ...state.incidents },
    silences: state.silences ?? {},
    entries: [],
    isChanged: false,
    isCut: false,
  };
}

/** The state that a draft has become: the very same, without entries, where nothing changed. */
export function finish(state: AlertState, draft: Draft): AlertStep {
  if (!draft.isChanged) return { state, entries: [] };
  const { batch, alerts, resolvedAt, incidents, silences, entries } = draft;
  const { steppedAt } = state;
  const kept = {
    ...(Object.keys(silences).length === 0 ? {} : { silences }),
    ...(steppedAt === undefined ? {} : { steppedAt }),
  };
  return { state: { schema: 1, version: batch, alerts, resolvedAt, incidents, ...kept }, entries };
}

/** How many more entries the step takes. */
export function roomOf({ mostEntries, entries }: Draft): number {
  return mostEntries - entries.length;
}

/** An alert's instants only ever grow, even where the clock does not. */
export function instantOf({ now }: Draft, alert: FiringAlert): number {
  const { firedAt, remindedAt = 0, escalatedAt = 0, countedFrom = 0 } = alert;
  return Math.max(now, firedAt, remindedAt, escalatedAt, countedFrom);
}

/** Who has been told of an alert: its own channels, and those that it was escalated to. */
export function toldOf({ notify, escalatedTo = [] }: Pick<FiringAlert, 'notify' | 'escalatedTo'>): readonly string[] {
  return escalatedTo.length === 0 ? notify : [...new Set([...notify, ...escalatedTo])];
}

export type Told = {
  readonly kind: 'fired' | 'resolved' | 'reminded' | 'escalated';
  readonly at: number;
  readonly notify: readonly string[];
  readonly facts: AlertFacts;
  /** Which reminder. */
  readonly n?: number;
  readonly isWithdrawn?: boolean;
  readonly heldBack?: HeldBack;
};

/** Tells of an alert, and remembers in its incident who was told. */
export function tell(draft: Draft, alertId: string, alert: FiringAlert, told: Told): void {
  const { severity, firedAt, incidentId } = alert;
  const id = stableId([alertId, firedAt, told.kind, ...(told.n === undefined ? [] : [told.n])], 16);
  push(draft, { id, alertId, severity, firedAt, incidentId, batch: draft.batch, ...told });
  const incident = draft.incidents[incidentId];
  if (incident) keepIncident(draft, { ...incident, told: union(incident.told ?? [], told.notify) });
}

/** Tells of an incident as a whole; nothing where nobody has been told of any of it. */
export function tellOfIncident(
  draft: Draft,
  { id: incidentId, openedAt, severity, told = [] }: Incident,
  kind: 'acknowledged' | 'closed',
  at: number,
  { n, ...signature }: Partial<Signature> & { readonly n?: number } = {},
): void {
  if (told.length === 0) return;
  const which = n === undefined ? {} : { n };
  const id = stableId([incidentId, openedAt, kind, ...Object.values(which)], 16);
  const alertId = incidentAlertId(incidentId);
  const facts = { kind: 'incident', ...signature } as const;
  const about = { alertId, severity, firedAt: openedAt, incidentId, batch: draft.batch };
  push(draft, { id, kind, ...about, at, notify: told, ...which, facts });
}

export function keepIncident(draft: Draft, incident: Incident): void {
  draft.incidents[incident.id] = incident;
  draft.isChanged = true;
}

export function keepAlert(draft: Draft, id: string, alert: FiringAlert): void {
  draft.alerts[id] = alert;
  if (alert.severity === 'page') draft.pagedSlos = undefined;
  draft.isChanged = true;
}

export function dropAlert(draft: Draft, id: string): void {
  if (draft.alerts[id]?.severity === 'page') draft.pagedSlos = undefined;
  delete draft.alerts[id];
  draft.isChanged = true;
}

function push(draft: Draft, transition: Transition): void {
  draft.entries.push({ kind: 'transition', id: transition.id, transition });
  draft.isChanged = true;
}

function union(before: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...before, ...more])].sort();
}
