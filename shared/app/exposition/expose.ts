import type { ExposedValue } from '../../metrics/exposition.ts';
import type { Overview } from '../overview/model.ts';
import { exposeOverview } from './overview.ts';

export type ExposeDeps = {
  readonly loadOverview: (now: number) => Promise<Overview>;
  /** The application's numbers; they cost money to read, so they are read seldom. */
  readonly loadNumbers: (now: number, signal: AbortSignal) => Promise<readonly ExposedValue[]>;
  /** How seldom, ms. */
  readonly numbersFreshMs: number;
  readonly location: string;
  readonly now: () => number;
  /** Hears why the application's numbers are missing. */
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** Everything that is exposed; scrapes within 30 s share one reading, and those at the same time always do. */
export type Expose = (deps: ExposeDeps, signal: AbortSignal) => Promise<readonly ExposedValue[]>;

const freshMs = 30_000;

type Reading = { readonly values: readonly ExposedValue[]; readonly at: number; readonly tookMs: number };

/** What a sandbox remembers between scrapes. A reading that failed is not kept, and rejects; numbers that failed are left out. */
export function createExpose(): Expose {
  let newest: Reading | undefined;
  let underWay: Promise<Reading> | undefined;
  let numbers: { readonly values: readonly ExposedValue[]; readonly at: number } | undefined;

  const readNumbers = async (
    { loadNumbers, numbersFreshMs, onWarning }: ExposeDeps,
    at: number,
    signal: AbortSignal,
  ) => {
    if (numbers !== undefined && isFresh(numbers.at, at, numbersFreshMs)) return numbers.values;
    const values = await loadNumbers(at, signal).catch((cause: unknown) => {
      onWarning("the application's numbers could not be read", cause);
      return [];
    });
    numbers = { values, at };
    return values;
  };
  const read = async (deps: ExposeDeps, signal: AbortSignal): Promise<Reading> => {
    const at = deps.now();
    const [overview, app] = await Promise.all([deps.loadOverview(at), readNumbers(deps, at, signal)]);
    return { values: [...exposeOverview(overview, deps.location), ...app], at, tookMs: deps.now() - at };
  };

  return async (deps, signal) => {
    if (newest === undefined || !isFresh(newest.at, deps.now(), freshMs)) {
      underWay ??= read(deps, signal).finally(() => {
        underWay = undefined;
      });
      newest = await underWay;
    }
    const { values, at, tookMs } = newest;
    return [
      ...values,
      { key: 'expositionAge', labels: {}, value: (deps.now() - at) / 1_000 },
      { key: 'expositionDuration', labels: {}, value: tookMs / 1_000 },
    ];
  };
}

const isFresh = (at: number, now: number, spanMs: number): boolean => now >= at && now - at < spanMs;
