import { assumptions } from '../../../infra/cost/assumptions.ts';

/** As docs/cost.md assumes that a probe waits. */
export const answerMs = assumptions.probe.waitSeconds * 1_000;
