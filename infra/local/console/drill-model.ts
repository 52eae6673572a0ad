import { type DrillName, nameDrill } from '../../cli/drill/named-drills.ts';
import type { Faults } from './state.ts';

/** The drill that is on; `unnamed` for one that somebody put together. */
export function drillOn(faults: Faults | null, now: number): DrillName | 'unnamed' | undefined {
  if (faults === null || faults.until <= now) return undefined;
  const { errorRatio, latencyMs, databaseDown, cacheCold, cpuMs } = faults;
  const named = nameDrill({
    ...{ errorRatio, latencyMs, cpuMs },
    ...(databaseDown && { databaseDown }),
    ...(cacheCold && { cacheCold }),
  });
  return named ?? 'unnamed';
}
