import fc from 'fast-check';
import type { Outcome } from '../../shared/config/model.ts';

/**
 * What becomes of a request to AWS. `throttled`: refused, nothing happened. `lost`: it happened, and its answer did not come.
 * `dies`: the invocation ends at it, before or after it happened.
 */
export const fates = ['throttled', 'lost', 'dies before', 'dies after'] as const;
export type Fate = (typeof fates)[number];
/** Of the requests of an invocation at one port the n-th, from 0, or every one. */
export type Fault = {
  readonly port: 'read' | 'write' | 'publish' | 'metrics';
  readonly nth: number | 'every';
  readonly fate: Fate;
  /** It becomes of the second attempt, too. */
  readonly isStubborn: boolean;
};
/** One invocation: so many times twenty seconds after its time. */
export type Delivery = { readonly delay: number; readonly faults: readonly Fault[] };
export type Evaluation = Delivery & {
  /** Which warm process takes it; one that is not there yet is cold. */
  readonly sandbox: number;
  /** At the very instant of its tick, instead of a little later. */
  readonly isEager: boolean;
};
export type Hand = Delivery & {
  readonly what: 'acknowledge' | 'silence' | 'unsilence';
  /** Of a silence: which alerts, and for how many minutes. */
  readonly of: string;
  readonly minutes: number;
};
export type Minute = {
  /** Of each shard: how often its tick comes. */
  readonly ticks: readonly (readonly Delivery[])[];
  readonly evaluations: readonly Evaluation[];
  readonly hands: readonly Hand[];
};
/** What the targets answer for some minutes. */
export type Spell = { readonly weather: readonly Outcome[]; readonly minutes: readonly Minute[] };
export type History = {
  /** After 23:00 UTC, so that an hour and perhaps a day are folded on the way. */
  readonly startMinute: number;
  readonly spells: readonly Spell[];
  /** Whose turn it is where several run at once. */
  readonly turns: readonly number[];
};

const some = <T>(arbitrary: fc.Arbitrary<T>, weights: readonly number[]): fc.Arbitrary<T[]> =>
  fc.oneof(
    ...weights.map((weight, count) => ({
      weight,
      arbitrary: fc.array(arbitrary, { minLength: count, maxLength: count }),
    })),
  );

const fault: fc.Arbitrary<Fault> = fc.record({
  port: fc.constantFrom('read', 'write', 'write', 'publish', 'publish', 'metrics'),
  nth: fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.constant('every' as const) }),
  fate: fc.constantFrom(...fates),
  isStubborn: fc.boolean(),
});
const delivery = {
  delay: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(9) }),
  faults: some(fault, [8, 3, 1]),
};
const tick: fc.Arbitrary<Delivery> = fc.record(delivery);
const evaluation: fc.Arbitrary<Evaluation> = fc.record({
  ...delivery,
  sandbox: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(2) }),
  isEager: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
const hand: fc.Arbitrary<Hand> = fc.record({
  ...delivery,
  what: fc.constantFrom('acknowledge', 'acknowledge', 'silence', 'unsilence'),
  of: fc.constantFrom('monitor/a/', 'slo/x/', 'slo/y/', 'coverage/', 'monitor/'),
  minutes: fc.integer({ min: 1, max: 6 }),
});
const outcome = fc.constantFrom<Outcome>('passed', 'passed', 'failed', 'failed', 'failed', 'degraded', 'unknown');

/** Of so many shards and monitors. */
export function histories(shards: number, monitors: number, mostSpells = 5): fc.Arbitrary<History> {
  const minute: fc.Arbitrary<Minute> = fc.record({
    ticks: fc.tuple(...Array.from({ length: shards }, () => some(tick, [1, 8, 1]))),
    evaluations: some(evaluation, [1, 7, 2]),
    hands: some(hand, [9, 1]),
  });
  const spell: fc.Arbitrary<Spell> = fc.record({
    weather: fc.array(outcome, { minLength: monitors, maxLength: monitors }),
    minutes: fc.array(minute, { minLength: 1, maxLength: 9 }),
  });
  return fc.record({
    startMinute: fc.nat(59),
    spells: fc.array(spell, { minLength: 1, maxLength: mostSpells, size: 'max' }),
    turns: fc.array(fc.nat(2), { maxLength: 30 }),
  });
}
