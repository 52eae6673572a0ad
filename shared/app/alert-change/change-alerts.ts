import type { AlertState } from '../../alert/model.ts';
import type { AlertStep } from '../../alert/step.ts';
import { BurnwatchError } from '../../config/model.ts';
import type { AlertStore } from '../ports.ts';

export type ChangeDeps = {
  readonly alerts: Pick<AlertStore, 'load' | 'save'>;
  /** Random, and different for each invocation: by it a write whose answer was lost is recognised. */
  readonly writer: string;
  readonly now: () => number;
};

/** Each conflict is an evaluation, or somebody else's change, that was written: so many at once are a fault. */
const mostConflicts = 5;

/**
 * Changes the alerts' state by one pure step: read, stepped, written together with what there is to tell, if nobody else has
 * written in between, and otherwise once more. What is told waits in the outbox for the next evaluation, which sends it within
 * a minute. Answers the last step, whose state is the given one where nothing was to be changed.
 */
export async function changeAlerts<Step extends AlertStep>(
  { alerts, writer }: Pick<ChangeDeps, 'alerts' | 'writer'>,
  step: (state: AlertState) => Step,
): Promise<{ readonly before: AlertState; readonly step: Step; readonly isChanged: boolean }> {
  for (let round = 0; round < mostConflicts; round += 1) {
    const { state } = await alerts.load();
    const next = step(state);
    if (next.state === state) return { before: state, step: next, isChanged: false };
    const saved = await alerts.save(next.state, next.entries, writer);
    if (saved === 'saved') return { before: state, step: next, isChanged: true };
  }
  throw new BurnwatchError(
    'BURN_STATE_CONTENDED',
    `the alerts' state was changed by others ${mostConflicts} times in a row while this was written: try again`,
  );
}
