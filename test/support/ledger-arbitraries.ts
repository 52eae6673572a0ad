import fc from 'fast-check';
import { errorTypes, outcomes } from '../../shared/config/model.ts';
import type { Counts, HourRollup, Tick, TickOutcome } from '../../shared/ledger/model.ts';
import { hourMs, minuteMs, monday } from './budget-examples.ts';

export const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });

/** Any outcome that the ledger can hold, its latency as exact as the ledger keeps it. */
export const anyOutcome = (keys: fc.Arbitrary<number> = uint32): fc.Arbitrary<TickOutcome> =>
  fc.record(
    {
      monitorKey: keys,
      outcome: fc.constantFrom(...outcomes),
      errorType: fc.constantFrom(...errorTypes),
      latencyMs: fc.oneof(
        fc.integer({ min: 0, max: 32_767 }).map((step) => step / 10),
        fc.integer({ min: 0, max: 32_766 }).map((step) => (32_768 + step * 20) / 10),
      ),
      isMaintenance: fc.boolean(),
      isRetried: fc.boolean(),
      isContaminated: fc.boolean(),
      isRepeat: fc.constant(true),
    },
    { requiredKeys: ['monitorKey', 'outcome', 'isMaintenance', 'isRetried', 'isContaminated'] },
  );

/** Ticks of a few hours from Monday midnight on, at two locations and three shards, each of its own identity. */
export const anyTicks = (hours = 3): fc.Arbitrary<Tick[]> =>
  fc.uniqueArray(
    fc.record({
      location: fc.constantFrom('local', 'eu-west-1'),
      at: fc.integer({ min: 0, max: (hours * hourMs) / 1000 - 1 }).map((second) => monday + second * 1000),
      shard: fc.constantFrom('s00', 's01', 'manual-7'),
      outcomes: fc.array(anyOutcome(fc.integer({ min: 1, max: 4 })), { maxLength: 5 }),
      details: fc.constant([]),
    }),
    { selector: ({ location, at, shard }) => `${location}#${at}#${shard}`, maxLength: 60 },
  );

export const anyCounts: fc.Arbitrary<Counts> = fc.record({
  passed: fc.nat(70),
  degraded: fc.nat(3),
  failed: fc.nat(300),
  unjudged: fc.nat(2),
  maintenance: fc.nat(1),
});

export const anyHour: fc.Arbitrary<HourRollup> = fc
  .array(fc.tuple(uint32, fc.array(anyCounts, { minLength: 60, maxLength: 60 })), { maxLength: 4 })
  .map((monitors) => ({ location: 'local', hourAt: monday, monitors: byKey(monitors) }));

export const byKey = <Value>(entries: readonly (readonly [number, Value])[]): Map<number, Value> =>
  new Map([...entries].sort(([a], [b]) => a - b));

export const minuteOf = (at: number): number => Math.floor(at / minuteMs);
