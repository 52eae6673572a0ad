import type { BurstSummary, Tally } from '../../../../shared/burst/model.ts';
import type { Burst } from '../../../../shared/config/model.ts';

/** All that a report says. */
export type Report = {
  readonly burst: Burst;
  readonly summary: BurstSummary;
  readonly tally: Tally;
  readonly origin: Origin;
};

/** Where it was sent from, and by what. */
export type Origin = {
  readonly host: string;
  /** `linux x64, 2 CPUs, Node v24.21.0` */
  readonly system: string;
  /** Of Burnwatch. */
  readonly version: string;
};
