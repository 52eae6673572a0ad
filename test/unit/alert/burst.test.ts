import { hasBurstAlerts, observeBurst } from '../../../shared/alert/burst.ts';
import { emptyAlertState } from '../../../shared/alert/model.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import { type BurstVerdict, unsentOf } from '../../../shared/burst/verdict.ts';
import { aBurst, aBurstAlert, aVerdict, dayMs, ranAt } from '../../support/burst.ts';
import { said, transitionsOf } from './sample.ts';

const alert = aBurstAlert();
const slow = aVerdict({ reasons: ['p99 412 ms, wanted < 300ms'], more: 1 });
const later = aVerdict({ runAt: ranAt + dayMs });
const refused = unsentOf('redirects', ranAt + dayMs, 'refused', 'too little budget left');
const observe = (verdicts: readonly BurstVerdict[] | undefined) => observeBurst(aBurst(), alert, verdicts);

describe('the alert of a burst', () => {
  it.each<[string, readonly BurstVerdict[] | undefined, string]>([
    ['fires for a run that did not hold', [slow], 'met'],
    ['lets go after one that held', [later, slow], 'clear'],
    ['keeps what is after one that was refused', [refused], 'unknown'],
    [
      'keeps what is after one of which nothing was sent',
      [unsentOf('redirects', ranAt, 'void', 'too late')],
      'unknown',
    ],
    ['still fires for the run before one that was refused', [refused, slow], 'met'],
    ['keeps what is before the first run', [], 'unknown'],
    ['keeps what is where verdicts cannot be read', undefined, 'unknown'],
    ['does not look at other bursts', [{ ...slow, burst: 'checkout' }], 'unknown'],
  ])('%s', (_, verdicts, condition) => {
    expect(observe(verdicts)).toMatchObject({
      alertId: 'burst/redirects/0',
      severity: 'ticket',
      notify: ['oncall'],
      monitors: [],
      condition,
      resolveDelayMs: 0,
      rememberResolvedMs: 0,
    });
  });

  it('carries the run, how much did not hold, and the gravest of it', () => {
    expect(observe([slow]).facts).toEqual({
      kind: 'burst',
      runAt: ranAt,
      unmet: 2,
      reason: 'p99 412 ms, wanted < 300ms',
    });
    expect(observe([later, slow]).facts).toEqual({ kind: 'burst', runAt: ranAt + dayMs, unmet: 0 });
    expect(observe([]).facts).toEqual({ kind: 'burst', runAt: 0, unmet: 0 });
  });

  it('keeps little of a long reason: an entry of the outbox stays small', () => {
    const { facts } = observe([aVerdict({ reasons: ['x'.repeat(120)] })]);
    expect(facts).toMatchObject({ reason: `${'x'.repeat(61)}...` });
    expect(JSON.stringify(facts).length).toBeLessThanOrEqual(130);
  });

  it('is stepped once for a run, however often it is looked at, and resolved by the next', () => {
    const rounds = [[slow], [slow], [slow], [refused, slow], [later, slow], [later, slow]];
    let state = emptyAlertState;
    const entries = rounds.flatMap((verdicts, minute) => {
      const step = stepAlerts(state, [observe(verdicts)], ranAt + minute * 60_000);
      state = step.state;
      return step.entries;
    });
    expect(said(entries)).toBe('fired burst/redirects/0, resolved burst/redirects/0, closed');
  });

  it('is withdrawn as others are, when it leaves the configuration while it fires', () => {
    const { state } = stepAlerts(emptyAlertState, [observe([slow])], ranAt);
    const [told] = transitionsOf(stepAlerts(state, [], ranAt + 60_000).entries);
    expect(told).toMatchObject({ kind: 'resolved', isWithdrawn: true, facts: { kind: 'burst', runAt: 0, unmet: 0 } });
  });
});

it('verdicts are needed only where a burst has alerts', () => {
  expect(hasBurstAlerts({ bursts: [aBurst({ alerts: [] })] })).toBe(false);
  expect(hasBurstAlerts({ bursts: [aBurst({ alerts: [] }), aBurst()] })).toBe(true);
});
