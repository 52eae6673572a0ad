import { compareRuns } from '../../burst/compare.ts';
import type { BurstSummary, Tally } from '../../burst/model.ts';
import { unsentOf, verdictOf } from '../../burst/verdict.ts';
import type { Burst } from '../../config/model.ts';
import { burstDatums } from '../../metrics/burst-datums.ts';
import type { MetricIdentity } from '../../metrics/catalogue.ts';
import type { Datum } from '../../metrics/model.ts';
import type { BurstStore, PublishMetrics, RunKey, SaveVerdict } from '../ports.ts';

export type KeepDeps = {
  readonly store: BurstStore;
  readonly saveVerdict: SaveVerdict;
  readonly loadPublisher: () => Promise<PublishMetrics>;
  readonly identity: MetricIdentity;
  readonly invocationId: string;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** `duplicate`: another invocation has kept this run first, and has told what came of it. */
export type Kept = { readonly summary: BurstSummary; readonly saved: 'saved' | 'duplicate' };

/**
 * Keeps a run that was sent, compared with its baseline: the run, then its verdict, then the metrics, in this order: a lost
 * metric is a nuisance, a lost verdict could be a lost alert. Throws where the ledger refuses; metrics that are lost are a warning.
 */
export async function keepRun(
  burst: Burst,
  run: RunKey,
  sent: { readonly summary: BurstSummary; readonly tally: Tally },
  deps: KeepDeps,
): Promise<Kept> {
  const { tally } = sent;
  const summary = await withComparison(burst, run, sent, deps);
  const saved = await deps.store.saveRun({ ...run, state: 'sent', summary, tally }, deps.invocationId);
  if (saved === 'duplicate') return { summary, saved };
  const verdict = verdictOf(summary, run.runAt);
  await deps.saveVerdict(verdict);
  await publish(burstDatums({ summary, latency: tally.latency, verdict }, deps.identity, run.runAt), deps);
  return { summary, saved };
}

/** Keeps a run of which nothing was sent, with its reason. */
export async function keepUnsent(
  run: RunKey,
  state: 'void' | 'refused',
  reason: string,
  { store, saveVerdict, invocationId }: Pick<KeepDeps, 'store' | 'saveVerdict' | 'invocationId'>,
): Promise<void> {
  const saved = await store.saveRun({ ...run, state, reason }, invocationId);
  if (saved === 'saved') await saveVerdict(unsentOf(run.burst, run.runAt, state, reason));
}

/** The newest runs that may be good ones; which of them are is told by the comparison. */
const runsPerBaseline = 3;

async function withComparison(
  burst: Burst,
  { runAt }: RunKey,
  sent: { readonly summary: BurstSummary; readonly tally: Tally },
  { store }: KeepDeps,
): Promise<BurstSummary> {
  const { id, compare } = burst;
  if (compare === undefined) return sent.summary;
  const earlier = await store.loadRuns(id, runAt, compare.baseline * runsPerBaseline);
  return { ...sent.summary, comparison: compareRuns(sent, earlier, compare) };
}

async function publish(datums: readonly Datum[], { loadPublisher, onWarning }: KeepDeps): Promise<void> {
  if (datums.length === 0) return;
  try {
    await (await loadPublisher())(datums);
  } catch (cause) {
    onWarning('the metrics of this run are lost; it is in the ledger', cause);
  }
}
