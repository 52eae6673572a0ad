import type { Progress } from '../../burst/model.ts';
import type { Clock } from '../../clock/clock.ts';
import { BurnwatchError } from '../../config/model.ts';
import type { BurstStore, PartResult, RunKey, SaveVerdict } from '../ports.ts';
import { type BudgetDeps, budgetRefusal } from './budget.ts';
import type { BurstRequest } from './event.ts';
import { type KeepDeps, keepRun, keepUnsent } from './keep.ts';
import { type BurstLog, identity, progressAttributes, summaryAttributes } from './log.ts';
import type { BurstPart, BurstRun } from './model.ts';
import type { BurstPackage, PackagedBurst } from './package.ts';
import { mergeRuns } from './run.ts';
import { beginningOf, gatherParts, lateness, nameOf, reportOf } from './shards.ts';

export type SendOptions = {
  readonly signal: AbortSignal;
  readonly part?: BurstPart;
  /** Awaited when everything is ready, before the first start. */
  readonly beforeFirst?: () => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
};

export type BurstDeps = Pick<KeepDeps, 'loadPublisher' | 'identity' | 'invocationId' | 'onWarning'> & {
  readonly clock: Clock;
  /** `runBurst` with all that it needs. */
  readonly send: (packaged: PackagedBurst, options: SendOptions) => Promise<BurstRun>;
  /** Loaded when they are needed: a run by hand that is not kept asks AWS for little. */
  readonly loadStore: () => Promise<BurstStore>;
  readonly loadVerdictWriter: () => Promise<SaveVerdict>;
  readonly loadBudget: () => Promise<BudgetDeps>;
  readonly log: BurstLog;
  /** Ends the sending, while there is time left to keep what came of it. */
  readonly signal: AbortSignal;
  /** Ends everything. */
  readonly deadline: AbortSignal;
};

/** What became of one part of a scheduled run: `gone` is not in the package, `duplicate` was begun by another invocation. */
export type ScheduledOutcome = PartResult['state'] | 'gone' | 'duplicate';

type Job = {
  readonly bursts: BurstPackage;
  readonly packaged: PackagedBurst;
  readonly run: RunKey;
  readonly shard: number;
  readonly store: BurstStore;
  readonly deps: BurstDeps;
};
/** `error` is what kept this part from being sent, where that is our own fault. */
type Part = { readonly result: PartResult; readonly sent?: BurstRun; readonly error?: unknown };

/**
 * One part of a scheduled run: claims it, so that a second delivery sends nothing; waits for the other shards; asks the budget;
 * sends; keeps its part. The last of all parts merges them: the run, its verdict, the metrics. A part that came too late, was
 * refused or failed is kept with its reason. Throws at its end what kept it from sending, and at once where the ledger refuses.
 */
export async function sendScheduled(
  bursts: BurstPackage,
  { burst: id, at, shard }: BurstRequest & { readonly kind: 'scheduled' },
  deps: BurstDeps,
): Promise<ScheduledOutcome> {
  const packaged = bursts.bursts.find(({ burst }) => burst.id === id);
  if (packaged === undefined || shard >= packaged.burst.shards) {
    // A schedule that outlived its burst, for the moment of a deployment.
    deps.log('warn', 'this burst or this shard of it is not in the package: nothing to send', identity(id, shard));
    return 'gone';
  }
  const run = { burst: id, runAt: at };
  const store = await deps.loadStore();
  if ((await store.claim(run, shard, deps.invocationId)) === 'duplicate') {
    deps.log('info', 'another invocation has begun this part of the run: nothing to send', identity(id, shard));
    return 'duplicate';
  }
  const job: Job = { bursts, packaged, run, shard, store, deps };
  const part = await tryPart(job);
  tellPart(job, part);
  await (packaged.burst.shards === 1 ? keepWhole(job, part) : keepPart(job, part));
  if (part.error !== undefined) throw part.error;
  return part.result.state;
}

/** Never rejects: whatever keeps this part from being sent is said to those who wait for it. */
async function tryPart(job: Job): Promise<Part> {
  try {
    const unsent = await reasonNotToSend(job);
    if (unsent !== undefined) return { result: unsent };
    const sent = await sendPart(job);
    return { result: { state: 'sent', tally: sent.tally }, sent };
  } catch (error) {
    if (error instanceof NotSent) return { result: error.result };
    return { result: { state: 'void', reason: reasonOf(error, job.deps) }, error };
  }
}

type Unsent = PartResult & { readonly state: 'void' | 'refused' };

/** Why a part that was ready is not sent after all. */
class NotSent extends Error {
  readonly result: Unsent;
  constructor(result: Unsent) {
    super(result.reason);
    this.result = result;
  }
}

async function reasonNotToSend({ bursts, packaged, run, deps }: Job): Promise<Unsent | undefined> {
  const { burst } = packaged;
  const late = lateness(burst, run.runAt, deps.clock.now());
  if (late !== undefined) return { state: 'void', reason: late };
  const refusal = await budgetRefusal(burst, bursts, deps);
  return refusal === undefined ? undefined : { state: 'refused', reason: refusal };
}

/** So long before the instant it is looked whether another shard refuses: reading that takes a moment. */
const lookMs = 500;
/** A shard that begins so long after the others would send into their last moments. */
const mostBehindMs = 1_000;

/** Waits until all shards begin. What one of them refuses, none of them sends; and one that got ready too late is void. */
async function beginTogether({ packaged, run, store, deps }: Job): Promise<void> {
  const { burst } = packaged;
  const { clock, signal } = deps;
  const late = lateness(burst, run.runAt, clock.now());
  if (late !== undefined) throw new NotSent({ state: 'void', reason: late });
  if (burst.shards === 1) return;
  const sleepUntil = (at: number) => clock.sleep(Math.max(0, at - clock.now()), signal);
  const beginsAt = beginningOf(burst, run.runAt);
  await sleepUntil(beginsAt - lookMs);
  const refusal = (await store.loadParts(run)).find(({ state }) => state === 'refused');
  if (refusal?.state === 'refused') throw new NotSent({ state: 'refused', reason: refusal.reason });
  await sleepUntil(beginsAt);
  if (clock.now() - beginsAt > mostBehindMs)
    throw new NotSent({ state: 'void', reason: 'reading what the other shards do took longer than they waited' });
}

function sendPart(job: Job): Promise<BurstRun> {
  const { packaged, run, shard, deps } = job;
  const { shards } = packaged.burst;
  const ofShards = shards === 1 ? undefined : shard;
  return deps.send(packaged, {
    signal: deps.signal,
    part: { index: shard, count: shards },
    beforeFirst: () => beginTogether(job),
    onProgress: (progress) => deps.log('info', 'burst under way', progressAttributes(run.burst, ofShards, progress)),
  });
}

function tellPart({ packaged, run, shard, deps }: Job, { result, sent }: Part): void {
  const ofShards = packaged.burst.shards === 1 ? undefined : shard;
  if (sent !== undefined) deps.log('info', 'burst sent', summaryAttributes(sent.summary, ofShards));
  if (result.state === 'sent') return;
  const about = { ...identity(run.burst, ofShards), 'burnwatch.burst.reason': result.reason };
  deps.log('warn', result.state === 'void' ? 'burst void: nothing was sent' : 'burst refused: nothing was sent', about);
}

async function keepWhole(job: Job, { result, sent }: Part): Promise<void> {
  if (sent !== undefined) await keepAndTell(job, sent);
  else if (result.state !== 'sent') await keepUnsent(job.run, result.state, result.reason, await keepDeps(job));
}

/** Keeps this part, waits for the others and merges them, unless another one of them was faster. */
async function keepPart(job: Job, { result }: Part): Promise<void> {
  const { packaged, run, shard, store, deps } = job;
  const { burst } = packaged;
  await store.savePart(run, shard, result, deps.invocationId);
  const parts = await gatherParts({ burst, run, clock: deps.clock, store, deadline: deps.deadline });
  const tallies = parts.flatMap((part) => (part.state === 'sent' ? [part.tally] : []));
  if (tallies.length > 0) return keepAndTell(job, mergeRuns(burst, tallies, reportOf(burst, parts)));
  const unsent = parts.find(({ state }) => state === 'refused') ?? parts.find(({ state }) => state === 'void');
  if (unsent?.state !== 'refused' && unsent?.state !== 'void') return;
  const reason = unsent.state === 'refused' ? unsent.reason : `${nameOf(burst, unsent.shard)}: ${unsent.reason}`;
  await keepUnsent(run, unsent.state, reason, await keepDeps(job));
}

async function keepAndTell(job: Job, sent: BurstRun): Promise<void> {
  const { packaged, run, deps } = job;
  const { saved, summary } = await keepRun(packaged.burst, run, sent, await keepDeps(job));
  if (saved === 'saved' && packaged.burst.shards > 1) deps.log('info', 'burst merged', summaryAttributes(summary));
}

async function keepDeps({ store, deps }: Pick<Job, 'store' | 'deps'>): Promise<KeepDeps> {
  return { ...deps, store, saveVerdict: await deps.loadVerdictWriter() };
}

/** Our own errors are sentences without secrets; of others only the name is known to be harmless. */
function reasonOf(error: unknown, { signal }: BurstDeps): string {
  if (error instanceof BurnwatchError) return error.message;
  if (signal.aborted) return 'its invocation had no time left';
  return `it failed by a fault of its own (${error instanceof Error ? error.name : typeof error})`;
}
