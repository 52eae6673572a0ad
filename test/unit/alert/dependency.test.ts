import fc from 'fast-check';
import { observeDependent, parentLookbackMs } from '../../../shared/alert/dependency.ts';
import { type AlertState, emptyAlertState, type Observation } from '../../../shared/alert/model.ts';
import { observeMonitor, type SeenOutcome } from '../../../shared/alert/monitor.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import type { Monitor, Outcome } from '../../../shared/config/model.ts';
import { alert, minute, monitor, start, transitionsOf } from './sample.ts';

const parent: Monitor = { ...monitor, id: 'base', key: 8, alerts: [] };
const outcomeOf: Readonly<Record<string, Outcome>> = { P: 'passed', F: 'failed', U: 'unknown', M: 'failed' };

/** One letter each `everyMs`, from `start` on; `.` is a gap, `M` a failure under maintenance. */
function outcomes(story: string, everyMs = minute): SeenOutcome[] {
  return [...story].flatMap((letter, index) => {
    const outcome = outcomeOf[letter];
    if (outcome === undefined) return [];
    return [{ at: start + index * everyMs, outcome, isMaintenance: letter === 'M' }];
  });
}

/** What is seen 20 s after the last letter of the child. */
function see(
  child: string,
  base: string,
  more: { firedAt?: number; base?: Monitor; everyMs?: number } = {},
): Observation {
  const now = start + (child.length - 1) * minute + 20_000;
  const of = { monitor: more.base ?? parent, outcomes: outcomes(base, more.everyMs) };
  return observeDependent(alert, monitor, outcomes(child), [of], undefined, more.firedAt, now);
}

describe('an alert of a monitor that depends on another (3 of 5)', () => {
  it.each([
    ['fails beside a parent that works', 'PFFF', 'PPPP', undefined],
    ['fails with its parent', 'PFFF', 'PFFF', ['base']],
    ['fails after its parent', 'PPFFF', 'PFFFF', ['base']],
    ['fails while its parent has just come up', 'PFFFF', 'PFFFP', ['base']],
    ['still fails one interval after its parent is up', 'PFFFFF', 'PFFFPP', undefined],
    ['recovered with its parent', 'FFFFP', 'FFFFP', ['base']],
    ['recovered with its parent a while ago', 'FFFPP', 'FFFPP', undefined],
    ['failed again, after it had recovered with its parent', 'FFFPPF', 'FFFPPP', undefined],
    ['begins to fail when its parent has long been up', 'PPPPPPFFF', 'FPPPPPPPP', undefined],
    ['has a parent that is under maintenance', 'PFFF', 'PMMM', undefined],
    ['has a parent that fails, and then is under maintenance', 'PFFF', 'PFFM', undefined],
    ['has a parent that is unknown', 'PFFF', 'PUUU', undefined],
    ['has a parent that fails, and then is unknown', 'PFFF', 'PFFU', undefined],
    ['has a parent that fails, and then is unknown when it itself is up', 'PFFFP', 'PFFFU', ['base']],
    ['has a parent that was never seen', 'PFFF', '', undefined],
    ['has a parent that has not been seen since it failed', 'PPPPPPPPPFFF', 'PFF', undefined],
  ])('that %s (%s, %s) is held by %j', (_, child, base, heldBy) => {
    expect(see(child, base).heldBy).toEqual(heldBy);
  });

  it('fires what would have fired without the parent, as soon as nothing holds it', () => {
    expect(see('PFFFFF', 'PFFFPP').condition).toBe('met');
    expect(see('FFFPPF', 'FFFPPP').condition).toBe('clear');
    expect(see('FFFPP', 'FFFPP').condition).toBe('unknown');
  });

  it('waits for as long as its parent takes from one probe to the next', () => {
    const slow = { base: { ...parent, intervalMs: 5 * minute }, everyMs: 5 * minute };
    const stories = ['PPPFFF', 'PPPFFFF', 'PPPFFFFFF', 'PPPFFFFFFF', 'PPPFFFFFFFF'];
    // The parent: down at 0 min, up at 5 min, settled at 10 min.
    expect(stories.map((story) => see(story, 'FPP', slow).heldBy)).toEqual([
      ['base'],
      ['base'],
      ['base'],
      ['base'],
      undefined,
    ]);
  });

  it('waits for its own next outcome where it is the slower of the two', () => {
    const slow = { ...monitor, intervalMs: 5 * minute };
    const child = outcomes('FFFF', 5 * minute);
    const of = { monitor: parent, outcomes: outcomes('FFFFFFFFFFFPPPPPPPPP') };
    const held = (now: number) => observeDependent(alert, slow, child, [of], undefined, undefined, now).heldBy;
    expect(held(start + 14 * minute)).toEqual(['base']);
    expect(held(start + 15 * minute)).toBeUndefined();
  });

  it('that fires already is left alone, down to its resolution', () => {
    for (const child of ['FFF', 'FFFF', 'FFFPP', 'FFFP', 'FFFMM']) {
      const firedAt = start + 2 * minute;
      const now = start + (child.length - 1) * minute + 20_000;
      expect(see(child, 'FFFFF', { firedAt })).toEqual(
        observeMonitor(alert, monitor, outcomes(child), undefined, firedAt, now),
      );
    }
  });

  it('is held by each of several parents that is down, and by no other', () => {
    const now = start + 3 * minute;
    const parents = ['FFFF', 'PPPP', 'PFFF'].map((story, index) => ({
      monitor: { ...parent, id: `base-${index}` },
      outcomes: outcomes(story),
    }));
    expect(observeDependent(alert, monitor, outcomes('PFFF'), parents, undefined, undefined, now).heldBy).toEqual([
      'base-0',
      'base-2',
    ]);
  });

  it('looks back as far as its window, and far enough to know its parent', () => {
    expect(parentLookbackMs(alert, monitor, { ...parent, intervalMs: 5 * minute })).toBe(29 * minute);
  });
});

const letter = fc.constantFrom('P', 'P', 'F', 'F', 'F', 'U', 'M', '.');
const story = fc.array(letter, { minLength: 1, maxLength: 40 }).map((letters) => letters.join(''));
/** After it everything has worked for so long that nothing can fire. */
const calm = 'P'.repeat(12);

type Round = { readonly state: AlertState; readonly now: number };

/** Evaluates once a minute, 20 s after the tick; with parents only where a story is given. */
function run(child: string, bases: readonly string[]): { rounds: readonly Round[]; told: readonly string[] } {
  let state = emptyAlertState;
  const told: string[] = [];
  const rounds = [...child].map((_, index) => {
    const now = start + index * minute + 20_000;
    const parents = bases.map((base, number) => ({
      monitor: { ...parent, id: `base-${number}` },
      outcomes: outcomes(base).filter(({ at }) => at > now - parentLookbackMs(alert, monitor, parent)),
    }));
    const firedAt = state.alerts[alert.id]?.firedAt;
    const observation = observeDependent(
      alert,
      monitor,
      outcomes(child),
      parents,
      state.resolvedAt[alert.id],
      firedAt,
      now,
    );
    const step = stepAlerts(state, [observation], now);
    state = step.state;
    told.push(...transitionsOf([...step.entries]).map(({ kind }) => kind));
    return { state, now };
  });
  return { rounds, told };
}

describe('whatever a monitor and its parents go through', () => {
  it('what fires with them would fire without them, and each resolution comes', () => {
    let [held, fired] = [0, 0];
    fc.assert(
      fc.property(story, fc.array(story, { minLength: 1, maxLength: 2 }), (child, bases) => {
        const alone = run(child + calm, []);
        const with_ = run(
          child + calm,
          bases.map((base) => base.padEnd(child.length, 'P') + calm),
        );
        for (const [index, { state }] of with_.rounds.entries())
          expect(Object.keys(alone.rounds[index]?.state.alerts ?? {})).toEqual(
            expect.arrayContaining(Object.keys(state.alerts)),
          );
        expect(with_.told).toEqual(with_.told.map((_, index) => (index % 2 === 0 ? 'fired' : 'resolved')));
        expect(with_.told.length % 2).toBe(0);
        fired += with_.told.length;
        held += alone.told.length - with_.told.length;
      }),
      { numRuns: 500 },
    );
    expect(fired).toBeGreaterThan(0);
    expect(held).toBeGreaterThan(0);
  });

  it('a parent that never fails changes nothing', () => {
    fc.assert(
      fc.property(story, fc.array(fc.constantFrom('P', 'U', 'M', '.'), { maxLength: 40 }), (child, base) => {
        expect(run(child, [base.join('')])).toEqual(run(child, []));
      }),
    );
  });
});
