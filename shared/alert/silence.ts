import { type AlertStep, draftOf, finish } from './draft.ts';
import { stableId } from './identity.ts';
import type { AlertState, Silence } from './model.ts';

/** More than anybody can keep in mind; they share an item with the alerts' state. */
export const mostSilences = 50;

/** What a silence is made of. */
export type NewSilence = Omit<Silence, 'id' | 'fromAt'>;

/** Where there are as many as there may be, the very same state comes back. A silence of what is silenced already is one more. */
export function addSilence(
  state: AlertState,
  silence: NewSilence,
  now: number,
): AlertStep & { readonly silence?: Silence } {
  const silences = state.silences ?? {};
  if (Object.keys(silences).length >= mostSilences) return { state, entries: [] };
  const id = stableId(['silence', state.version, now, ...silence.alerts], 8);
  const added: Silence = { id, fromAt: now, ...silence };
  const draft = draftOf(state, now);
  draft.silences = { ...silences, [id]: added };
  draft.isChanged = true;
  return { ...finish(state, draft), silence: added };
}

/** Ends a silence now; the next evaluation tells what still fires. Nothing changes where it is over, or there is none. */
export function endSilence(state: AlertState, id: string, now: number): AlertStep {
  const silence = Object.hasOwn(state.silences ?? {}, id) ? state.silences?.[id] : undefined;
  if (silence === undefined || silence.untilAt <= now) return { state, entries: [] };
  const draft = draftOf(state, now);
  draft.silences = { ...state.silences, [id]: { ...silence, untilAt: now } };
  draft.isChanged = true;
  return finish(state, draft);
}
