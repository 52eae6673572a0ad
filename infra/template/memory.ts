import type { FunctionName, Stack } from './model.ts';

/** GB of each function, as its file says it, which a test compares. A part of a core comes with it. */
export const gigabytes: Readonly<Record<FunctionName, number>> = {
  probe: 0.5,
  evaluate: 0.5,
  shortener: 0.25,
  status: 0.25,
  burst: 1,
  notify: 0.5,
};

/**
 * What a large fleet needs more of: its shards hold up to 100 monitors, and a starved Lambda invents latency; who judges it, or
 * tells `/metrics` of it, holds the history of all of them (`npm run bench -- scale` measures how much).
 */
const ofLargeFleets = { probe: 1, evaluate: 2, status: 2 } as const;

/** GB of a function of this stack. */
export function gigabytesOf(
  name: FunctionName,
  { isLarge, areMetricsOn }: Pick<Stack, 'isLarge' | 'areMetricsOn'>,
): number {
  if (!isLarge) return gigabytes[name];
  switch (name) {
    case 'probe':
    case 'evaluate':
      return ofLargeFleets[name];
    case 'status':
      return areMetricsOn ? ofLargeFleets[name] : gigabytes[name];
    case 'shortener':
    case 'burst':
    case 'notify':
      return gigabytes[name];
    default:
      return name satisfies never;
  }
}
