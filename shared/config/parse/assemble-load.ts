import { createSchedule } from '../../burst/schedule.ts';
import {
  type BreakingPointLoad,
  type BurstLimits,
  type ClosedLoad,
  type Load,
  longestRunMs,
  mostConcurrency,
  mostRequests,
} from '../model.ts';
import type { BurstEntry } from './assemble-burst.ts';
import type { ShortCode } from './codes.ts';
import { second } from './limits.ts';
import type { Fault, Path } from './problem.ts';
import { toStages } from './schema-load.ts';
import { renderDuration, renderRate } from './units.ts';

/** What is sent and what bounds it; without a load where the faults say why. */
export type BuiltLoad = { readonly load?: Load; readonly limits: BurstLimits; readonly faults: readonly Fault[] };
type Model = Load['model'];

const standardConcurrency = 100;
const standardSearch = { hold: 5 * second, factor: 2, precision: 50_000 };

/** The load of a burst by one of the three models, and the limits that follow from it where the file says nothing else. */
export function buildLoad(entry: BurstEntry, timeoutMs: number, path: Path): BuiltLoad {
  const faults = checkModel(entry, path);
  const model = modelOf(entry);
  if (faults.length > 0 || model === undefined) return { limits: noLimits, faults };
  const load = toLoad(model, entry);
  if (load.model === 'breakingPoint' && load.toPerSecond <= load.fromPerSecond) {
    const [from, to] = [renderRate(load.fromPerSecond), renderRate(load.toPerSecond)];
    const message = `must be above the first rate, ${from}, got ${to}`;
    return { limits: noLimits, faults: [fault('RATE', [...path, 'search', 'to'], message)] };
  }
  const need = needOf(load);
  const all = [
    ...checkSize(need, load, path),
    ...checkConcurrency(entry, load, path),
    ...checkLimits(entry, need, path),
  ];
  return { load, limits: limitsOf(entry, load, need, timeoutMs), faults: all };
}

const noLimits: BurstLimits = { concurrency: 0, requests: 0, durationMs: 0 };

/** The keys of each model, the one first without which it is none. */
const modelKeys = {
  open: ['stages'],
  closed: ['concurrency', 'requests', 'for'],
  breakingPoint: ['search'],
} as const satisfies Readonly<Record<Model, readonly (keyof BurstEntry)[]>>;
const models = Object.keys(modelKeys) as Model[];

function modelOf(entry: BurstEntry): Model | undefined {
  return entry.mode ?? models.find((model) => keysOf(entry, model).length > 0);
}

function keysOf(entry: BurstEntry, model: Model): readonly string[] {
  return modelKeys[model].filter((key) => entry[key] !== undefined);
}

/** That one model is there, whole, and no key of another one. */
function checkModel(entry: BurstEntry, path: Path): Fault[] {
  const model = modelOf(entry);
  if (model === undefined) {
    return [fault('LOAD', path, 'must say how much it sends: stages, concurrency with requests or for, or search')];
  }
  const odd = models.filter((other) => other !== model).flatMap((other) => keysOf(entry, other))[0];
  if (odd !== undefined) {
    const beside = entry.mode === undefined ? keysOf(entry, model)[0] : `mode: ${model}`;
    const message = `stands beside ${beside}: a burst has stages, or concurrency with requests or for, or a search`;
    return [fault('LOAD', [...path, odd], message)];
  }
  return checkWhole(entry, model, path);
}

function checkWhole(entry: BurstEntry, model: Model, path: Path): Fault[] {
  const [first] = modelKeys[model];
  if (entry[first] === undefined) {
    return [
      fault('MISSING', [...path, first], model === 'closed' ? 'is missing: how many callers there are' : 'is missing'),
    ];
  }
  const isEndless = model === 'closed' && entry.requests === undefined && entry.for === undefined;
  return isEndless
    ? [fault('LOAD', [...path, 'concurrency'], 'has no end: write requests: 1000 or for: 10s beside it')]
    : [];
}

function toLoad(model: Model, entry: BurstEntry): Load {
  switch (model) {
    case 'open':
      return { model, stages: toStages(entry.stages ?? []) };
    case 'closed':
      return toClosed(entry);
    case 'breakingPoint':
      return toSearch(entry);
    default:
      return model satisfies never;
  }
}

/** What the limits say counts here, too, so that the run ends by it in good order. */
function toClosed({ concurrency = 1, requests, for: forMs, limits }: BurstEntry): ClosedLoad {
  const most = requests ?? limits?.requests;
  const longest = forMs ?? limits?.duration;
  return {
    model: 'closed',
    concurrency,
    ...(most === undefined ? {} : { requests: most }),
    ...(longest === undefined ? {} : { forMs: longest }),
  };
}

function toSearch({ search }: BurstEntry): BreakingPointLoad {
  const { from = 0, to = 0, hold, factor, precision } = search ?? {};
  return {
    model: 'breakingPoint',
    fromPerSecond: from,
    toPerSecond: to,
    holdMs: hold ?? standardSearch.hold,
    factor: factor ?? standardSearch.factor,
    precisionPpm: precision ?? standardSearch.precision,
  };
}

/**
 * What a run takes at most, and how many requests it sends at most; undefined where its load does not say. `pauses`: how often
 * it waits for its last requests before it goes on.
 */
type Need = {
  readonly requests: number | undefined;
  readonly durationMs: number | undefined;
  readonly pauses?: number;
};

function needOf(load: Load): Need {
  switch (load.model) {
    case 'open': {
      const { total, durationMs } = createSchedule(load.stages);
      return { requests: total, durationMs };
    }
    case 'closed':
      return { requests: load.requests, durationMs: load.forMs };
    case 'breakingPoint':
      return searchNeed(load);
    default:
      return load satisfies never;
  }
}

/** Of a search that ends at its highest rate, and closes in from there: the longest that there is. */
function searchNeed({ fromPerSecond, toPerSecond, holdMs, factor, precisionPpm }: BreakingPointLoad): Need {
  const rates: number[] = [];
  for (let rate = fromPerSecond; rate < toPerSecond; rate *= factor) rates.push(rate);
  const closing = Math.max(0, Math.ceil(Math.log2(((factor - 1) * 1_000_000) / precisionPpm)));
  rates.push(toPerSecond, ...Array.from({ length: closing }, () => toPerSecond));
  const requests = rates.reduce((sum, rate) => sum + Math.ceil((rate * holdMs) / second), 0);
  return { requests, durationMs: rates.length * holdMs, pauses: rates.length };
}

/** Where what is wrong with the size of a load is shown: at its own key. */
const places = { open: 'stages', closed: 'requests', breakingPoint: 'search' } as const satisfies Record<Model, string>;

function checkSize({ requests = 1, durationMs = 0 }: Need, load: Load, path: Path): Fault[] {
  const at = [...path, places[load.model]];
  if (requests === 0)
    return [fault('LIMIT', at, 'would send nothing: all of its rates are 0, or too low for its time')];
  if (durationMs > longestRunMs) {
    return [
      fault('LIMIT', at, `would take ${renderSpan(durationMs)}: a run takes at most ${renderDuration(longestRunMs)}`),
    ];
  }
  if (requests <= mostRequests) return [];
  return [fault('LIMIT', at, `would send ${count(requests)} requests: a burst sends at most ${count(mostRequests)}`)];
}

function checkConcurrency(entry: BurstEntry, load: Load, path: Path): Fault[] {
  const { shards = 1, limits } = entry;
  const most = mostConcurrency * shards;
  const own = load.model === 'closed' ? checkSockets(load.concurrency, most, shards, [...path, 'concurrency']) : [];
  if (own.length > 0 || limits?.concurrency === undefined) return own;
  const at = [...path, 'limits', 'concurrency'];
  if (load.model !== 'closed' || limits.concurrency >= load.concurrency) {
    return checkSockets(limits.concurrency, most, shards, at);
  }
  const message = `must be at least ${count(load.concurrency)}, the concurrency of the burst, got ${count(limits.concurrency)}`;
  return [fault('LIMIT', at, message)];
}

function checkSockets(concurrency: number, most: number, shards: number, path: Path): Fault[] {
  const each = shards === 1 ? '' : `, ${mostConcurrency} for each of ${shards} shards`;
  if (concurrency > most)
    return [fault('LIMIT', path, `must be at most ${count(most)}${each}, got ${count(concurrency)}`)];
  if (concurrency >= shards) return [];
  return [fault('LIMIT', path, `must be at least ${shards}, one for each shard, got ${concurrency}`)];
}

function checkLimits({ limits = {} }: BurstEntry, need: Need, path: Path): Fault[] {
  const { requests = 0, durationMs = 0 } = need;
  const at = [...path, 'limits'];
  const faults: Fault[] = [];
  if (limits.requests !== undefined && limits.requests < requests) {
    const message = `must be at least ${count(requests)}, what the burst sends, got ${count(limits.requests)}`;
    faults.push(fault('LIMIT', [...at, 'requests'], message));
  }
  if (limits.duration !== undefined && limits.duration < durationMs) {
    const message = `must be at least ${renderSpan(durationMs)}, what the burst takes, got ${renderDuration(limits.duration)}`;
    faults.push(fault('LIMIT', [...at, 'duration'], message));
  }
  return faults;
}

function limitsOf({ limits = {} }: BurstEntry, load: Load, need: Need, timeoutMs: number): BurstLimits {
  const { requests = mostRequests, durationMs = longestRunMs, pauses = 0 } = need;
  return {
    concurrency: limits.concurrency ?? (load.model === 'closed' ? load.concurrency : standardConcurrency),
    requests: limits.requests ?? requests,
    durationMs: limits.duration ?? Math.min(longestRunMs, durationMs + pauses * timeoutMs),
  };
}

/** A span that was computed: to the second, where it is no whole number of them. */
const renderSpan = (ms: number): string =>
  renderDuration(ms < second ? Math.ceil(ms) : Math.ceil(ms / second) * second);
const count = (value: number): string => value.toLocaleString('en-US');

function fault(code: ShortCode, path: Path, message: string): Fault {
  return { code: `BURN_CONFIG_${code}`, path, message };
}
