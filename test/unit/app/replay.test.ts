import fc from 'fast-check';
import { type Replayed, replay, replayPlain } from '../../../shared/app/replay.ts';
import type { BurnRule, Slo } from '../../../shared/config/model.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { countedEvents, minuteEnd, type Series, type SeriesMinute } from '../../../shared/slo/series.ts';
import { aMonitor, anSlo, fastPage, minuteMs, slowPage, slowTicket } from '../../support/budget-examples.ts';

const good = { good: 1, bad: 0 };
const bad = { good: 0, bad: 1 };
const api = aMonitor('api', 1);
const minutes = (count: number, minute: SeriesMinute): SeriesMinute[] => Array.from({ length: count }, () => minute);
const sloOf = (...alerts: readonly BurnRule[]): Slo => ({ ...anSlo, alerts });
const page3 = { ...fastPage, minBadEvents: 3 };
const told = ({ transitions }: Replayed) => transitions.map(({ minute, kind, rule }) => [minute, kind, rule.id]);
const page = (minute: number, kind: 'fired' | 'resolved') => [minute, kind, fastPage.id];

/** Two hours that were good, then these minutes. */
const calmThen = (...parts: readonly SeriesMinute[][]): Series => [...minutes(120, good), ...parts.flat()];

describe('a series, replayed with everything', () => {
  const outage = calmThen(minutes(10, bad), minutes(120, good));

  it('fires with enough bad events, and resolves a short window and a resolve delay after the last of them', () => {
    expect(told(replay(sloOf(page3), [api], outage))).toEqual([page(123, 'fired'), page(140, 'resolved')]);
  });

  it('tells of each rule for itself, in the order of the rules where they change together', () => {
    const slo = sloOf(slowPage, page3);
    expect(told(replay(slo, [api], outage))).toEqual([
      [123, 'fired', slowPage.id],
      page(123, 'fired'),
      page(140, 'resolved'),
      [190, 'resolved', slowPage.id],
    ]);
  });

  it('tells of no ticket while a page is open, and of it then if it still fires', () => {
    const slo = sloOf({ ...slowTicket, minBadEvents: 5 }, page3);
    const ticket = (minute: number, kind: string) => [minute, kind, slowTicket.id];
    const long = [...outage, ...minutes(700, good)];
    expect(told(replay(slo, [api], long))).toEqual([
      page(123, 'fired'),
      ticket(140, 'fired'),
      page(140, 'resolved'),
      // Six hours of the short window after the last failure, and six of the delay.
      ticket(130 + 360 + 360, 'resolved'),
    ]);
    expect(told(replay(sloOf({ ...slowTicket, minBadEvents: 5 }), [api], long))[0]).toEqual(ticket(125, 'fired'));
  });

  it('counts slices of time where the SLO does', () => {
    const half = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0 ? { good: 99, bad: 1 } : { good: 60, bad: 40 },
    );
    const slices = { sliceMs: 5 * minuteMs, targetPpm: 950_000 };
    const slo = { ...sloOf({ ...page3, shortMs: 15 * minuteMs }), slices };
    // A slice ends with every fifth minute: those from minute 125 on are bad, the third of them at minute 135.
    const series = calmThen(half, minutes(60, good));
    expect(told(replay(slo, [api], series))).toEqual([page(135, 'fired'), page(210, 'resolved')]);
    expect(replay(slo, [api], series).budgetLeftRatio(180)).toBe(-7 / 18);
    expect(told(replayPlain(slo, series))).toEqual([page(125, 'fired'), page(185, 'resolved')]);
  });

  it('knows no calendar', () => {
    const calendar = { unit: 'month', timezone: 'UTC' } as const;
    expect(replay({ ...sloOf(), calendar }, [api], outage).budgetLeftRatio(250)).toBe(332 / 432);
  });

  it('holds in a gap what fires, and counts no clear time in it', () => {
    const series = calmThen(minutes(10, bad), minutes(60, null), minutes(60, good));
    expect(told(replay(sloOf(page3), [api], series))).toEqual([page(123, 'fired'), page(196, 'resolved')]);
  });

  it('does not fire on the third event ever, since a whole window is expected', () => {
    const series = [good, good, bad, ...minutes(60, good)];
    expect(told(replay(sloOf(slowTicket), [api], series))).toEqual([]);
    expect(told(replayPlain(sloOf(slowTicket), series))[0]).toEqual([3, 'fired', slowTicket.id]);
  });

  it('divides by what was counted where that is more than the schedule holds', () => {
    const busy = (count: number) => minutes(120, { good: 1000 - count, bad: count });
    expect(told(replay(sloOf(page3), [api], busy(14)))).toEqual([]);
    expect(told(replay(sloOf(page3), [api], busy(15)))).toEqual([page(1, 'fired')]);
  });

  it('goes on firing while the rate is at the edge', () => {
    const edge = Array.from({ length: 240 }, (_, index) => ({ good: 86, bad: index % 10 < 5 ? 14 : 15 }));
    const slo = sloOf({ ...fastPage, minBadEvents: 1 });
    const count = (replayed: Replayed) => replayed.transitions.length;
    const chatter = { ...slo, objectivePpm: 990_000 };
    expect(count(replayPlain(chatter, edge))).toBeGreaterThan(10);
    expect(told(replay(chatter, [api], edge))).toEqual([page(10, 'fired')]);
  });

  it('says what is left of the budget of the whole window', () => {
    // 43,200 are expected in 30 days, of which 43.2 may be bad.
    expect(replay(sloOf(), [api], outage).budgetLeftRatio(250)).toBe(332 / 432);
    expect(replay(sloOf(), [api], minutes(100, bad)).budgetLeftRatio(100)).toBe(-568 / 432);
    expect(replay(sloOf(), [api], [null]).budgetLeftRatio(1)).toBe(1);
  });

  it('says the same of the minutes so far, whatever comes', () => {
    const any = fc.array(fc.constantFrom(good, bad, null), { maxLength: 200 });
    const slo = sloOf(page3, slowPage);
    fc.assert(
      fc.property(any, any, (past, future) => {
        const whole = told(replay(slo, [api], [...past, ...future]));
        expect(whole.filter(([minute]) => Number(minute) <= past.length)).toEqual(told(replay(slo, [api], past)));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a series, replayed by the textbook', () => {
  it('is met from the first minute at whose end both windows are above, until the first at whose end they are not', () => {
    const series = calmThen(minutes(1, bad), minutes(60, good));
    expect(told(replayPlain(sloOf(page3), series))).toEqual([page(121, 'fired'), page(126, 'resolved')]);
  });

  it('is not met in a window without events', () => {
    const series = calmThen(minutes(1, bad), minutes(10, null));
    // After five minutes of the gap the short window is empty; before that it is wholly bad.
    expect(told(replayPlain(sloOf(page3), series))).toEqual([page(121, 'fired'), page(126, 'resolved')]);
  });

  it('divides by the events that are there, from the first one on', () => {
    expect(told(replayPlain(sloOf(page3), [null, bad]))).toEqual([page(2, 'fired')]);
    expect(replayPlain(sloOf(), [good, bad]).budgetLeftRatio(2)).toBe(-499);
    expect(replayPlain(sloOf(), [null]).budgetLeftRatio(1)).toBe(1);
  });

  it('is not met right at the threshold', () => {
    const at = (count: number) => told(replayPlain(sloOf(page3), [{ good: 10_000 - count, bad: count }]));
    expect([at(144), at(145)]).toEqual([[], [page(1, 'fired')]]);
  });

  it('takes a twelfth of the long window, however slow the monitors are', () => {
    const slow = { ...fastPage, shortMs: 15 * minuteMs };
    const series = calmThen(minutes(3, bad), minutes(60, good));
    expect(told(replayPlain(sloOf(slow), series))).toEqual([page(121, 'fired'), page(128, 'resolved')]);
  });

  it('tells exactly the minutes in which the rule is met', () => {
    const any = fc.array(fc.constantFrom(good, bad, null, { good: 59, bad: 1 }), { maxLength: 150 });
    fc.assert(
      fc.property(any, (series) => {
        const { transitions } = replayPlain(sloOf(fastPage), series);
        const events = countedEvents(series);
        const met = series.map(
          (_, index) => evaluateBurn(anSlo, fastPage, events, minuteEnd(index + 1)).condition === 'met',
        );
        const changed = met.flatMap((isMet, index) => (isMet === (met[index - 1] ?? false) ? [] : [index + 1]));
        expect(transitions.map(({ minute }) => minute)).toEqual(changed);
      }),
    );
  });
});
