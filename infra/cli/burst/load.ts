import type { BreakingPointLoad, ClosedLoad, Load, OpenLoad } from '../../../shared/config/model.ts';
import { type BurstFlags, readCount, readFlag, readRate, readSpan, usage } from './flags.ts';

/** What the search for the breaking point does where nothing else is said. */
const search = { from: '50', to: '5000', hold: '5s', factor: 2, precisionPpm: 50_000 } as const;

const leads = ['rate', 'concurrency', 'breaking-point'] as const;
type Lead = (typeof leads)[number];

/** Flags that only one kind of load has, and what they are for. */
const followers: Readonly<Record<Lead, readonly (keyof BurstFlags)[]>> = {
  rate: ['for', 'ramp', 'limit-concurrency'],
  concurrency: ['requests', 'for'],
  'breaking-point': ['from', 'to', 'hold', 'limit-concurrency'],
};
const loadNames = ['for', 'ramp', 'limit-concurrency', 'requests', 'from', 'to', 'hold'] as const;

/**
 * How much is sent to a URL, by exactly one of three kinds of load: `--rate` with `--for`, `--concurrency` with `--requests` or
 * `--for`, `--breaking-point`. Throws BURN_USAGE for none, for several, for one without an end and for flags of another one.
 */
export function readLoad(flags: BurstFlags): Load {
  const given = leads.filter((name) => flags[name] !== undefined);
  const [lead, other] = given;
  if (lead === undefined) throw usage(needsLoad(flags));
  if (other !== undefined) throw usage(`--${lead} and --${other} are different loads: keep one of them`);
  const odd = loadNames.find((name) => flags[name] !== undefined && !followers[lead].includes(name));
  if (odd !== undefined) throw usage(`--${odd} does not go with --${lead}: it belongs to ${ownersOf(odd)}`);
  return readers[lead](flags);
}

const kinds = '--rate 200 --for 10s, --concurrency 10 --requests 1000, or --breaking-point';

function needsLoad(flags: BurstFlags): string {
  const stray = loadNames.find((name) => flags[name] !== undefined);
  return stray === undefined
    ? `--url needs a load: ${kinds}`
    : `--${stray} needs a load beside it, ${ownersOf(stray)}, such as ${kinds}`;
}

function ownersOf(name: keyof BurstFlags): string {
  const owners = leads.filter((lead) => followers[lead].includes(name));
  return owners.map((owner) => `--${owner}`).join(' or ');
}

const readers: Readonly<Record<Lead, (flags: BurstFlags) => Load>> = {
  rate: readOpen,
  concurrency: readClosed,
  'breaking-point': readSearch,
};

function readOpen({ rate = '', for: held, ramp }: BurstFlags): OpenLoad {
  const perSecond = readFlag('rate', rate, readRate);
  if (held === undefined) throw usage(`--rate ${rate} has no end: add --for 10s`);
  const hold = { fromPerSecond: perSecond, toPerSecond: perSecond, durationMs: readFlag('for', held, readSpan) };
  if (ramp === undefined) return { model: 'open', stages: [hold] };
  const up = { fromPerSecond: 0, toPerSecond: perSecond, durationMs: readFlag('ramp', ramp, readSpan) };
  return { model: 'open', stages: [up, hold] };
}

function readClosed({ concurrency = '', requests, for: lasting }: BurstFlags): ClosedLoad {
  const callers = readFlag('concurrency', concurrency, readCount);
  if (requests === undefined && lasting === undefined)
    throw usage(`--concurrency ${concurrency} has no end: add --requests 1000 or --for 10s`);
  return {
    model: 'closed',
    concurrency: callers,
    ...(requests === undefined ? {} : { requests: readFlag('requests', requests, readCount) }),
    ...(lasting === undefined ? {} : { forMs: readFlag('for', lasting, readSpan) }),
  };
}

function readSearch({ from = search.from, to = search.to, hold = search.hold }: BurstFlags): BreakingPointLoad {
  const { factor, precisionPpm } = search;
  const load = {
    model: 'breakingPoint',
    fromPerSecond: readFlag('from', from, readRate),
    toPerSecond: readFlag('to', to, readRate),
    holdMs: readFlag('hold', hold, readSpan),
    factor,
    precisionPpm,
  } as const;
  if (load.toPerSecond <= load.fromPerSecond) throw usage(`--to must be above --from, got ${to} after ${from}`);
  return load;
}
