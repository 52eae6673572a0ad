import { locationChannels, observeLocation } from '../../../shared/alert/location.ts';
import { emptyAlertState } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { alert, minute, monitor, start } from './sample.ts';

const silent = (location: string, minutes: number | undefined) =>
  observeLocation(
    { location, newestRowAt: minutes === undefined ? undefined : start - minutes * minute },
    ['oncall'],
    start,
  );

describe('a silent location', () => {
  it.each([
    ['says nothing before its first row', undefined, 'unknown'],
    ['is clear while it is heard', 1, 'clear'],
    ['is clear at the limit', 5, 'clear'],
    ['is met past the limit', 5.1, 'met'],
    ['is clear when the clock is behind', -2, 'clear'],
  ] as const)('%s', (_, minutes, condition) => {
    expect(silent('us-east-1', minutes).condition).toBe(condition);
  });

  it('is a ticket under an id of its own, about no monitor', () => {
    expect(silent('us-east-1', 9)).toMatchObject({
      alertId: 'location/us-east-1',
      severity: 'ticket',
      monitors: [],
      facts: { kind: 'location', lastRowAt: start - 9 * minute },
    });
  });

  it('is told to the channels of all that several locations judge', () => {
    const agreement = { quorum: 'majority', minLocations: 1 } as const;
    const one = { ...monitor, agreement, alerts: [{ ...alert, notify: ['oncall'] }] };
    const two = { ...monitor, agreement, alerts: [{ ...alert, notify: ['chat', 'oncall'] }] };
    const alone = { ...monitor, alerts: [{ ...alert, notify: ['boss'] }] };
    expect(locationChannels([one, two, alone])).toEqual(['chat', 'oncall']);
  });

  it('shares an incident with others that are silent, and leaves the configuration as withdrawn', () => {
    const fired = stepAlerts(emptyAlertState, [silent('us-east-1', 9), silent('ap-southeast-2', 9)], start);
    expect(Object.keys(fired.state.incidents)).toHaveLength(1);
    const gone = stepAlerts(fired.state, [silent('us-east-1', 10)], start + minute);
    const told = gone.entries.flatMap((entry) => (entry.kind === 'transition' ? [entry.transition] : []));
    expect(told).toMatchObject([
      { alertId: 'location/ap-southeast-2', isWithdrawn: true, facts: { kind: 'location' } },
    ]);
  });
});
