import { createMix } from '../../../shared/burst/mix.ts';
import type { HttpMethod, Stage } from '../../../shared/config/model.ts';

/** What callers of a shortener do, with how often of a hundred times. */
export const trafficKinds = {
  follow: { weight: 71, about: 'follow a link' },
  miss: { weight: 5, about: 'follow one that is not there' },
  create: { weight: 5, about: 'make a link' },
  read: { weight: 4, about: 'look at a link' },
  list: { weight: 3, about: 'list links' },
  delete: { weight: 4, about: 'delete a link' },
  preview: { weight: 4, about: 'preview a link' },
  wrong: { weight: 4, about: 'ask wrongly' },
} as const;
export type TrafficKind = keyof typeof trafficKinds;
export const kindNames = Object.keys(trafficKinds) as readonly TrafficKind[];

/** What is sent. */
export type TrafficRequest = {
  readonly method: HttpMethod;
  readonly path: string;
  readonly body?: string;
};

/** Whose turn start `k` is: spread evenly, so that a minute is like the next one. */
export function createKinds(): (start: number) => TrafficKind {
  const { unitOf } = createMix(kindNames.map((kind) => trafficKinds[kind].weight));
  return (start) => kindNames[unitOf(start)] ?? 'follow';
}

/**
 * The popularity of links as Zipf found it in words: of `count` links the one of rank r (0 and up) is chosen with a weight of
 * 1/(r + 1). `chance` is from 0 up to, not including, 1. https://en.wikipedia.org/wiki/Zipf%27s_law
 */
export function createPopularity(count: number): (chance: number) => number {
  let sum = 0;
  const sums = Array.from({ length: count }, (_, rank) => {
    sum += 1 / (rank + 1);
    return sum;
  });
  return (chance) => {
    const at = sums.findIndex((upTo) => chance * sum < upTo);
    return at === -1 ? count - 1 : at;
  };
}

/** At noon so much more than on average is asked, and at night so much less. */
const swing = 0.75;
const piecesADay = 24;

/**
 * The rate of days of `dayMs` each, as straight pieces of an hour of theirs: a sine around `perSecond`, from the lowest point on.
 * Without a day, or where the run is shorter than a piece, the rate is held. Over whole days its mean is `perSecond`.
 */
export function waveStages(perSecond: number, durationMs: number, dayMs: number | undefined): readonly Stage[] {
  if (dayMs === undefined) return [{ fromPerSecond: perSecond, toPerSecond: perSecond, durationMs }];
  const rateAt = (ms: number): number => perSecond * (1 - swing * Math.cos((2 * Math.PI * ms) / dayMs));
  const pieceMs = dayMs / piecesADay;
  return Array.from({ length: Math.ceil(durationMs / pieceMs) }, (_, index) => {
    const [fromMs, toMs] = [index * pieceMs, Math.min(durationMs, (index + 1) * pieceMs)];
    return { fromPerSecond: rateAt(fromMs), toPerSecond: rateAt(toMs), durationMs: toMs - fromMs };
  });
}

/** The highest rate of such a day. */
export const peakOf = (perSecond: number, dayMs: number | undefined): number =>
  dayMs === undefined ? perSecond : perSecond * (1 + swing);
