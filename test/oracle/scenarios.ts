import type { Series, SeriesMinute } from '../../shared/slo/series.ts';

/** What happens to a service, minute by minute. */
export type Scenario = {
  readonly name: string;
  readonly series: Series;
  /** How far apart its probes are, in minutes. */
  readonly intervalMinutes: number;
};

/** So many minutes of a kind. */
const of = (minutes: number, good: number, bad = 0): SeriesMinute[] =>
  Array.from({ length: minutes }, () => ({ good, bad }));
const gap = (minutes: number): SeriesMinute[] => Array.from({ length: minutes }, () => null);
const repeat = (times: number, ...parts: readonly SeriesMinute[][]): SeriesMinute[] =>
  Array.from({ length: times }, () => parts.flat()).flat();

/** Time without trouble, in which the windows of pages fill. */
const calm = (perMinute: number, minutes = 400): SeriesMinute[] => of(minutes, perMinute);

/**
 * An outage, and each time that it leaves a long window a few failures that keep the short one above: what was met until then
 * is met no longer, in the very minute. Between them pass so many minutes.
 */
const leaving = (...between: readonly number[]): SeriesMinute[] => [
  ...of(10, 57, 43),
  ...between.flatMap((minutes) => [...of(minutes, 100), ...of(20, 96, 4)]),
];

/** A probe every five minutes; what it found is given in order. */
const sparse = (probes: readonly SeriesMinute[]): SeriesMinute[] => probes.flatMap((probe) => [probe, ...gap(4)]);

/** Numbers from 0 up to `below` that look like chance and are the same each time (Lehmer's generator). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Up to three events a minute; for a third of the time many of them fail; now and then nobody looks. */
function storm(minutes: number, seed: number): SeriesMinute[] {
  const roll = dice(seed);
  return Array.from({ length: minutes }, (_, index) => {
    const total = roll(4);
    const bad = index % 400 < 130 ? Math.min(total, roll(4)) : 0;
    return roll(25) === 0 ? null : { good: total - bad, bad };
  });
}

/** A million events a minute, of which as many fail as a threshold allows, one more, or one fewer. */
const chatter = (threshold: number): SeriesMinute[] => {
  const steps = [0, 0, 1, -1, -1, 1, 1, 0, -1, 0, 1, -1, -1, 0, 1, 2, -2, -1, 1, 0];
  return repeat(
    4,
    steps.map((step) => ({ good: 1_000_000 - threshold - step, bad: threshold + step })),
  );
};

const named: readonly (readonly [name: string, parts: readonly SeriesMinute[][], intervalMinutes?: number])[] = [
  ['one failed probe', [calm(1), of(1, 0, 1), of(300, 1)]],
  ['a total outage of 3 minutes', [calm(1), of(3, 0, 1), of(300, 1)]],
  ['a total outage of 6 hours', [calm(1), of(360, 0, 1), of(1_100, 1)]],
  ['50 % of errors for half an hour', [calm(2), of(30, 1, 1), of(300, 2)]],
  ['10 % of errors for two hours', [calm(10), of(120, 9, 1), of(250, 10)]],
  ['5 % of errors for an hour', [calm(20), of(60, 19, 1), of(300, 20)]],
  ['1 % of errors for ten hours', [calm(100), of(600, 99, 1), of(300, 100)]],
  ['0.15 % of errors for sixteen hours', [calm(2_000, 480), of(1_000, 1_997, 3), of(400, 2_000)]],
  ['down one minute in ten for six hours', [calm(1), repeat(36, of(1, 0, 1), of(9, 1)), of(300, 1)]],
  ['a gap in an outage', [calm(1), of(4, 0, 1), gap(45), of(6, 0, 1), of(300, 1)]],
  ['a gap after an outage', [calm(1), of(10, 0, 1), gap(100), of(250, 1)]],
  ['a deployment whose third probe fails', [of(2, 1), of(1, 0, 1), of(60, 1), of(5, 0, 1), of(300, 1)]],
  ['ten minutes of traffic, two in a hundred bad', [calm(1), of(10, 490, 10), of(300, 1)]],
  ['an outage, a recovery, an outage', [calm(1), of(8, 0, 1), of(20, 1), of(12, 0, 1), of(850, 1)]],
  ['nights without traffic', [of(300, 20), repeat(3, of(300, 0), of(10, 18, 2), of(200, 20))]],
  ['seven hours of chance', [of(300, 3), storm(420, 20_261)]],
  ['a probe every five minutes', [sparse([of(80, 1), of(1, 0, 1), of(30, 1), of(6, 0, 1), of(160, 1)].flat())], 5],
  ['an outage leaves an hour, six hours and a day', [of(30, 100), leaving(40, 280, 1_060), of(400, 100)]],
  ['an outage leaves three days', [of(30, 100), leaving(4_300), of(100, 100)]],
  ['at the threshold of 99.9 %', [chatter(14_400), of(100, 1_000_000)]],
  ['at the threshold of 99.5 %', [chatter(72_000), of(100, 1_000_000)]],
  ['at the threshold of 99 %', [chatter(134_400), of(100, 1_000_000)]],
  ['at the threshold of 99.99 %', [chatter(1_440), of(100, 1_000_000)]],
  ['at the threshold of 95 %', [chatter(672_000), of(100, 1_000_000)]],
  ['at the threshold of 90 %', [chatter(720_000), of(100, 1_000_000)]],
];

export const scenarios: readonly Scenario[] = named.map(([name, parts, intervalMinutes = 1]) => ({
  name,
  series: parts.flat(),
  intervalMinutes,
}));
