import type { Monitor } from '../../shared/config/model.ts';
import type { ExporterModule } from './exporter.ts';

/** One thing that both probe in the same moment. */
export type Target = {
  readonly name: string;
  /** What the exporter is told: its module (a timeout of a second is added), and the target. */
  readonly module: ExporterModule;
  readonly target: string;
  readonly monitor: Monitor;
  /** Where the two differ on purpose: what each says, and why. */
  readonly differs?: Difference;
};

/** By the name of a column: our value and theirs. */
export type Difference = {
  readonly why: string;
  readonly values: Partial<Readonly<Record<Column, readonly [ours: Value, theirs: Value]>>>;
};

export const columns = ['success', 'status', 'redirects', 'expiry', 'tls', 'answers'] as const;
export type Column = (typeof columns)[number];
export type Value = string | number | boolean | undefined;

/** Of the exporter's modules and of our monitors. */
export const timeoutMs = 1_000;
