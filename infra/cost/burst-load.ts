import type { Burst, Config } from '../../shared/config/model.ts';
import { assumptions } from './assumptions.ts';
import { requestsOf } from './requests.ts';

/** What one run of a burst sends, all of its shards together, and how long it takes. */
export type RunLoad = { readonly starts: number; readonly requests: number; readonly seconds: number };

/** Of callers that wait for answers, and of a search, it follows from how fast the target is assumed to answer. */
export function runLoadOf(burst: Burst, { monitors }: Pick<Config, 'monitors'>): RunLoad {
  const { starts, seconds } = startsOf(burst);
  const bounded = Math.min(starts, burst.limits.requests);
  const weights = burst.mix.reduce((sum, { weight }) => sum + weight, 0);
  const perStart = burst.mix.reduce((sum, unit) => {
    const flow = 'flow' in unit ? monitors.find(({ id }) => id === unit.flow) : undefined;
    return sum + (unit.weight / weights) * (flow === undefined ? 1 : requestsOf(flow));
  }, 0);
  return { starts: bounded, requests: bounded * perStart, seconds: Math.min(seconds, burst.limits.durationMs / 1_000) };
}

function startsOf({ load }: Burst): { readonly starts: number; readonly seconds: number } {
  switch (load.model) {
    case 'open':
      return {
        starts: load.stages.reduce((sum, each) => sum + (meanRate(each) * each.durationMs) / 1_000, 0),
        seconds: load.stages.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000,
      };
    case 'closed': {
      const perSecond = load.concurrency / assumptions.answerSeconds;
      const seconds = Math.min(
        (load.forMs ?? Number.POSITIVE_INFINITY) / 1_000,
        (load.requests ?? Infinity) / perSecond,
      );
      return { starts: seconds * perSecond, seconds };
    }
    case 'breakingPoint': {
      const rates = climb(load.fromPerSecond, load.toPerSecond, load.factor);
      const seconds = (rates.length * load.holdMs) / 1_000;
      return { starts: (rates.reduce((sum, rate) => sum + rate, 0) * load.holdMs) / 1_000, seconds };
    }
    default:
      return load satisfies never;
  }
}

const meanRate = ({ fromPerSecond, toPerSecond }: { fromPerSecond: number; toPerSecond: number }): number =>
  (fromPerSecond + toPerSecond) / 2;

/** The rates of a search that meets nothing that breaks, from the lowest to the highest. */
function climb(from: number, to: number, factor: number): readonly number[] {
  const rates: number[] = [];
  for (let rate = from; rate < to && rates.length < 100; rate *= factor) rates.push(rate);
  return [...rates, to];
}
