import type { DrillEnd } from '../../alert/drill.ts';
import { type Channel, isSent } from '../../config/model.ts';
import type { Remembered } from '../notify/model.ts';
import type { DrillNote, KeptDrill } from './model.ts';

/** One step on the way of an alert, as a drill has gone it. Instants are epoch ms. */
export type Hop = {
  readonly of: 'ledger' | 'evaluate' | 'sns' | 'channel';
  /** On the way of which message. */
  readonly kind: DrillNote['kind'];
  readonly channel?: string;
  readonly seen: string;
} & (
  | { readonly state: 'held'; readonly at: number; readonly tookMs: number }
  /** The hops before it have not held yet, or it has still time. */
  | { readonly state: 'waiting' }
  | { readonly state: 'broken' }
);

export type Told = ReadonlyMap<string, ReadonlyMap<string, Remembered>>;

/**
 * The way of a drill, hop by hop, in the order in which an alert takes them: row, evaluation, SNS, each channel; then the same of
 * its end. A hop takes from the end of the one before it; it is broken when it was refused for good, or when the drill's time is
 * over. An e-mail is followed as far as SNS, which tells nobody what became of a single mail; `unreached` are channels to which SNS
 * sends nothing, by their ids, with the reason.
 */
export function hopsOf(
  drill: KeptDrill,
  channels: readonly Channel[],
  told: Told,
  now: number,
  unreached: ReadonlyMap<string, string> = new Map(),
): readonly Hop[] {
  const around = { channels, told, unreached, now };
  const written = held({ of: 'ledger' }, { kind: 'fired' }, 'its row is there', drill.writtenAt, drill.startedAt);
  const start = wayOf('fired', drill, drill.writtenAt, around);
  const fired = noteOf(drill, 'fired')?.evaluatedAt;
  return [written, ...start, ...wayOf('resolved', drill, fired, around)];
}

/** How it came out; undefined while it goes on. */
export function endOf(hops: readonly Hop[]): DrillEnd | undefined {
  const broken = hops.find(({ state }) => state === 'broken');
  if (broken) return { isHeld: false, hop: nameOf(broken), seen: broken.seen };
  return hops.every(({ state }) => state === 'held') ? { isHeld: true } : undefined;
}

/** What a hop is called: `ledger`, `evaluate`, `SNS`, or its channel. */
export function nameOf({ of, channel }: Pick<Hop, 'of' | 'channel'>): string {
  return of === 'sns' ? 'SNS' : (channel ?? of);
}

type Around = {
  readonly channels: readonly Channel[];
  readonly told: Told;
  readonly unreached: ReadonlyMap<string, string>;
  readonly now: number;
};
type Way = Around & { readonly kind: DrillNote['kind']; readonly isLate: boolean };
type Place = Pick<Hop, 'of' | 'channel'>;

/** The way of one message; it begins at `fromAt`, where that has come. */
function wayOf(kind: DrillNote['kind'], drill: KeptDrill, fromAt: number | undefined, around: Around): readonly Hop[] {
  const way = { ...around, kind, isLate: around.now > drill.untilAt };
  const note = noteOf(drill, kind);
  return [
    evaluated(note, fromAt, way),
    published(note, way),
    ...drill.notify.map((channel) => delivered(channel, note, way)),
  ];
}

function evaluated(note: DrillNote | undefined, fromAt: number | undefined, way: Way): Hop {
  const place = { of: 'evaluate' } as const;
  const isFired = way.kind === 'fired';
  if (note !== undefined && fromAt !== undefined)
    return held(place, way, `its alert ${isFired ? 'fires' : 'is resolved'}`, note.evaluatedAt, fromAt);
  if (fromAt === undefined) return waiting(place, way);
  return missing(place, way, `no evaluation has ${isFired ? 'taken it up' : 'ended it'}`);
}

function published(note: DrillNote | undefined, way: Way): Hop {
  const place = { of: 'sns' } as const;
  if (note === undefined) return waiting(place, way);
  if (note.outcome === 'refused') return missing(place, way, `refused: ${note.problem}`);
  const seen = note.receipt === undefined ? 'taken' : `taken as ${note.receipt}`;
  return held(place, way, seen, note.publishedAt, note.evaluatedAt);
}

function delivered(channel: string, note: DrillNote | undefined, way: Way): Hop {
  const place = { of: 'channel', channel } as const;
  if (note?.outcome !== 'published') return waiting(place, way);
  const { publishedAt, message } = note;
  const unreached = way.unreached.get(channel);
  if (unreached !== undefined) return missing(place, way, unreached, true);
  const known = way.channels.find(({ id }) => id === channel);
  if (known !== undefined && !isSent(known))
    return held(place, way, 'SNS mails it; what becomes of one mail is told to nobody', publishedAt, publishedAt);
  const memory = way.told.get(message)?.get(channel);
  if (memory?.isTold) return held(place, way, 'told', memory.toldAt ?? publishedAt, publishedAt);
  return missing(place, way, troubleOf(memory), memory?.refusal !== undefined);
}

/** Clocks of two machines may differ by moments: nothing takes less than no time. */
function held(place: Place, { kind }: Pick<Way, 'kind'>, seen: string, at: number, fromAt: number): Hop {
  return { ...place, kind, seen, state: 'held', at, tookMs: Math.max(0, at - fromAt) };
}

/** What is before it has not come yet. */
function waiting(place: Place, { kind }: Way): Hop {
  return { ...place, kind, seen: '', state: 'waiting' };
}

/** Its turn has come. */
function missing(place: Place, { kind, isLate }: Way, seen: string, isFinal = false): Hop {
  return { ...place, kind, seen, state: isLate || isFinal ? 'broken' : 'waiting' };
}

function troubleOf(memory: Extract<Remembered, { isTold: false }> | undefined): string {
  if (memory === undefined) return 'no delivery is recorded';
  if (memory.refusal !== undefined) return `refused for good: ${memory.refusal.problem}`;
  const times = memory.failures === 1 ? 'once' : `${memory.failures ?? 0} times`;
  return `failed ${times}${memory.problem === undefined ? '' : `: ${memory.problem}`}`;
}

/** The publication of a message where there is one, else its last refusal. */
function noteOf({ notes }: KeptDrill, kind: DrillNote['kind']): DrillNote | undefined {
  const own = notes.filter((note) => note.kind === kind);
  return own.find(({ outcome }) => outcome === 'published') ?? own[0];
}
