import type { BreakingPointLoad, BurstLimits, ClosedLoad, Load } from '../model.ts';
import type { BurstEntry } from './assemble-burst.ts';
import type { ShortCode } from './codes.ts';
import { second } from './limits.ts';
import {
  boundsOf,
  checkRates,
  checkSize,
  checkSockets,
  count,
  type Excess,
  type Need,
  needOf,
  renderSpan,
} from './load-size.ts';
import type { Fault, Path } from './problem.ts';
import { toStages } from './schema-load.ts';
import { renderDuration } from './units.ts';

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
  const rates = checkRates(load);
  if (rates !== undefined) return { limits: noLimits, faults: [excess(rates, load, path)] };
  const need = needOf(load, timeoutMs);
  const size = checkSize(need);
  const all = [
    ...(size === undefined ? [] : [excess(size, load, path)]),
    ...checkConcurrency(entry, load, path),
    ...checkLimits(entry, need, path),
  ];
  return { load, limits: limitsOf(entry, load, need), faults: all };
}

/** What is too large is shown at the key of its load. */
function excess({ of, message }: Excess, { model }: Load, path: Path): Fault {
  const at = { open: ['stages'], closed: [of === 'time' ? 'for' : 'requests'], breakingPoint: ['search'] }[model];
  return of === 'to' ? fault('RATE', [...path, ...at, of], message) : fault('LIMIT', [...path, ...at], message);
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

function checkConcurrency({ shards = 1, limits }: BurstEntry, load: Load, path: Path): Fault[] {
  const callers = load.model === 'closed' ? load.concurrency : undefined;
  const own = callers === undefined ? undefined : checkSockets(callers, shards);
  if (own !== undefined) return [fault('LIMIT', [...path, 'concurrency'], own.message)];
  const most = limits?.concurrency;
  if (most === undefined) return [];
  const at = [...path, 'limits', 'concurrency'];
  if (callers !== undefined && most < callers) {
    const message = `must be at least ${count(callers)}, the concurrency of the burst, got ${count(most)}`;
    return [fault('LIMIT', at, message)];
  }
  const found = checkSockets(most, shards);
  return found === undefined ? [] : [fault('LIMIT', at, found.message)];
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

function limitsOf({ limits = {} }: BurstEntry, load: Load, need: Need): BurstLimits {
  const { requests, durationMs } = boundsOf(need);
  return {
    concurrency: limits.concurrency ?? (load.model === 'closed' ? load.concurrency : standardConcurrency),
    requests: limits.requests ?? requests,
    durationMs: limits.duration ?? durationMs,
  };
}

function fault(code: ShortCode, path: Path, message: string): Fault {
  return { code: `BURN_CONFIG_${code}`, path, message };
}
