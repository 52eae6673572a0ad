import fc from 'fast-check';
import type { Indicator } from '../../../shared/config/model.ts';
import { emptyHistory, withHours, withTicks } from '../../../shared/ledger/history.ts';
import { type Counts, noCounts, type TickOutcome } from '../../../shared/ledger/model.ts';
import { evaluateBurn } from '../../../shared/slo/burn.ts';
import { minutesOf, onlyKey } from '../../../shared/slo/events.ts';
import { type EventSources, eventsOf } from '../../../shared/slo/sources.ts';
import {
  aMonitor,
  anOutcome,
  anSlo,
  aTick,
  fastPage,
  hourMs,
  minuteMs,
  monday,
} from '../../support/budget-examples.ts';

const api = aMonitor('api', 1);
const web = aMonitor('web', 2);
const now = monday + hourMs - 1;
const over = (indicator: Indicator) => ({ ...anSlo, indicator });
const outcomes: readonly TickOutcome['outcome'][] = ['passed', 'degraded', 'failed', 'unknown'];
/** One tick for each outcome, of the monitors and series with these keys. */
const history = (...keys: readonly number[]) =>
  withTicks(
    emptyHistory(),
    outcomes.map((outcome, minute) =>
      aTick(
        monday + minute * minuteMs,
        keys.map((key) => anOutcome(key, outcome)),
      ),
    ),
  );
const sources = (change: Partial<EventSources> = {}): EventSources => ({
  monitors: [api, web],
  maintenance: [],
  history: history(1),
  counted: new Map(),
  ...change,
});
const count = (indicator: Indicator, from: EventSources) =>
  eventsOf(over(indicator), from, now)?.between(monday - 1, now);

describe('the events of an SLO', () => {
  it.each([
    ['good', false, { good: 2, bad: 1, unjudged: 1 }],
    ['bad', true, { good: 1, bad: 2, unjudged: 1 }],
  ] as const)('over probes take degraded ones for %s', (_, isDegradedBad, expected) => {
    expect(count({ kind: 'probes', monitors: ['api'], isDegradedBad }, sources())).toMatchObject(expected);
  });

  it('over a latency are what the probes were for it, under a key of its own', () => {
    const indicator = { kind: 'latency', monitors: ['api', 'web'], isDegradedBad: false, belowMs: 300 } as const;
    const events = eventsOf(
      over({ ...indicator, keys: { api: 77, web: 78 } }),
      sources({ history: history(1, 77) }),
      now,
    );
    expect(events?.between(monday - 1, now)).toMatchObject({ good: 2, bad: 1, unjudged: 1 });
    expect(events?.expected(monday - 1, now)).toBe(120);
    expect(events?.firstSeenAt).toBe(monday);
    // Rows from before it was asked for hold nothing of it: a gap.
    expect(count({ ...indicator, keys: { api: 77, web: 78 } }, sources())).toMatchObject({ good: 0, bad: 0 });
  });

  const counts = (passed: number, failed: number): Counts => ({ ...noCounts, passed, failed });
  const counted = (minutes: readonly Counts[]) =>
    withHours(emptyHistory(), [{ location: 'counted', hourAt: monday, monitors: new Map([[onlyKey, minutes]]) }]);

  it('over metrics and bursts are what was counted, and as many are expected as were seen', () => {
    const own = counted([counts(1_000_000, 3), noCounts, counts(7, 0)]);
    const events = eventsOf(
      over({ kind: 'bursts', bursts: ['load'] }),
      sources({ counted: new Map([[anSlo.id, own]]) }),
      now,
    );
    expect(events?.between(monday - 1, now)).toMatchObject({ good: 1_000_007, bad: 3, unjudged: 0 });
    expect(events?.expected(monday - 1, now)).toBe(1_000_010);
    expect([events?.firstSeenAt, events?.intervalMs, events?.coverageRatio(monday, now)]).toEqual([monday, 0, 1]);
    const { expected, good, bad } = minutesOf(events as NonNullable<typeof events>, monday - 1, monday + 3 * minuteMs);
    expect([good, bad, expected].map((list) => [...list])).toEqual([
      [1_000_000, 0, 7, 0],
      [3, 0, 0, 0],
      [1_000_003, 0, 7, 0],
    ]);
  });

  it('that nobody could read are none, and not nothing', () => {
    expect(eventsOf(over({ kind: 'bursts', bursts: ['load'] }), sources(), now)).toBeUndefined();
  });

  it('without any are calm: nothing burns where nothing is', () => {
    const events = eventsOf(
      over({ kind: 'bursts', bursts: ['load'] }),
      sources({ counted: new Map([[anSlo.id, emptyHistory()]]) }),
      now,
    );
    const reading = evaluateBurn(anSlo, fastPage, events as NonNullable<typeof events>, now);
    expect([reading.condition, reading.longBurnRate, reading.longExpected]).toEqual(['clear', 0, 0]);
  });

  it('that are observed decide a rule by their own total, to the last one', () => {
    // 14.4 × 0.1 %: fires above 1.44 % of what was seen, whatever that was.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: -2, max: 2 }), (total, off) => {
        const bad = Math.min(total, Math.max(0, Math.floor((total * 144) / 10_000) + off));
        const own = counted([counts(total - bad, bad)]);
        const events = eventsOf(
          over({ kind: 'bursts', bursts: ['load'] }),
          sources({ counted: new Map([[anSlo.id, own]]) }),
          monday,
        );
        const { condition } = evaluateBurn(anSlo, fastPage, events as NonNullable<typeof events>, monday);
        expect(condition === 'met').toBe(bad > 0 && bad * 10_000 > total * 144);
      }),
    );
  });
});
