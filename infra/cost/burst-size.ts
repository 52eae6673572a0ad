import type { Tally } from '../../shared/burst/model.ts';
import { summarize } from '../../shared/burst/summarize.ts';
import { encodeTally } from '../../shared/burst/tally-codec.ts';
import { verdictOf } from '../../shared/burst/verdict.ts';
import type { Burst } from '../../shared/config/model.ts';
import { Histogram } from '../../shared/stats/histogram.ts';
import { assumptions } from './assumptions.ts';
import { itemBytes } from './capacity.ts';

const at = Date.UTC(2026, 10, 26, 3);
const expiresAt = 1_800_000_000;
const id = '00000000-0000-4000-8000-000000000000';
const instant = new Date(at).toISOString();
/** Verdicts that an item keeps. */
const verdictsKept = 5;

/** What is kept of a run: the item of the run, of a part of it, and what its requests came to; bytes. */
export type RunSizes = { readonly run: number; readonly part: number; readonly counts: number; readonly claim: number };

export function runSizes(burst: Burst, requests: number, seconds: number): RunSizes {
  const tally = typicalTally(requests, seconds);
  const { id: name, load, thresholds } = burst;
  const summary = JSON.stringify(summarize({ burst: name, model: load.model, tally, thresholds }));
  const text = JSON.stringify(encodeTally(tally));
  const claim = { pk: `burst-part#${name}`, sk: `${instant}#0`, state: 'claimed', expiresAt, id };
  return {
    run: itemBytes({ pk: `burst#${name}`, sk: instant, state: 'sent', expiresAt, id, summary, tally: text }),
    part: itemBytes({ ...claim, state: 'sent', tally: text }),
    counts: itemBytes({ pk: `burst-count#${name}`, sk: instant, at, good: requests, bad: 0, expiresAt, id }),
    claim: itemBytes(claim),
  };
}

/** The item that keeps the newest verdicts of a burst. */
export function verdictBytes(burst: string): number {
  const tally = typicalTally(1_000, 5);
  const verdict = verdictOf(summarize({ burst, model: 'open', tally, thresholds: [] }), at);
  const runs = JSON.stringify(Array.from({ length: verdictsKept }, () => verdict));
  return itemBytes({ pk: 'burst-verdict', sk: burst, version: 1_000, runs });
}

/** Standard deviation of the logarithms of latencies. */
const spread = 0.5;
/** More say nothing more of the size. */
const mostRecorded = 20_000;

/** What a run of so many requests counts on a day on which all is well. */
export function typicalTally(requests: number, seconds: number): Tally {
  const [latency, serviceTime, startLag] = [new Histogram(), new Histogram(), new Histogram()];
  const count = Math.min(mostRecorded, Math.max(1, requests));
  for (let index = 0; index < count; index += 1) {
    const [answered, begun] = normals(index);
    const ms = assumptions.burst.medianMs * Math.exp(spread * answered);
    latency.record(ms);
    serviceTime.record(ms * 0.98);
    startLag.record(0.2 * Math.exp(spread * begun));
  }
  const perSecond = Math.round(requests / Math.max(1, seconds));
  const second = { requests: perSecond, failures: 0, p50Ms: 20.03, p99Ms: 78.34, maxMs: 201.24, intended: perSecond };
  return {
    ...{ requests: count, failures: 0, dropped: 0, latency, serviceTime, startLag },
    statusCodes: { '200': count },
    errors: {},
    startedAt: at,
    durationMs: seconds * 1_000 + 20.034,
    seconds: Array.from({ length: Math.ceil(seconds) + 1 }, () => second),
  };
}

/** Two draws of a normal distribution, the same for the same number: G. Box and M. Muller, https://doi.org/10.1214/aoms/1177706645 */
function normals(index: number): readonly [number, number] {
  const [radius, angle] = [Math.sqrt(-2 * Math.log(uniform(2 * index))), 2 * Math.PI * uniform(2 * index + 1)];
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** Above 0 and below 1: the finalizer of MurmurHash3. */
function uniform(index: number): number {
  let hash = Math.imul(index + 1, 0x9e37_79b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
