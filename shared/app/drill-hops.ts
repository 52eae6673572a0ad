import type { DrillEnd } from '../alert/drill.ts';
import { type Channel, isSent } from '../config/model.ts';
import type { DrillNote, KeptDrill } from './drill.ts';
import type { Remembered } from './notify-model.ts';

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
 * over. An e-mail is followed as far as SNS, which tells nobody what became of a single mail.
 */
export function hopsOf(drill: KeptDrill, channels: readonly Channel[], told: Told, now: number): readonly Hop[] {
  const written = held(
    { of: 'ledger', kind: 'fired', seen: 'its row is in the ledger' },
    drill.writtenAt,
    drill.startedAt,
  );
  const start = wayOf('fired', drill, drill.writtenAt, channels, told, now);
  const fired = noteOf(drill, 'fired')?.evaluatedAt;
  return [written, ...start, ...wayOf('resolved', drill, fired, channels, told, now)];
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

function wayOf(
  kind: DrillNote['kind'],
  drill: KeptDrill,
  fromAt: number | undefined,
  channels: readonly Channel[],
  told: Told,
  now: number,
): readonly Hop[] {
  const isLate = now > drill.untilAt;
  const note = noteOf(drill, kind);
  const missing = (hop: Pick<Hop, 'of' | 'channel'>, seen: string, isReached: boolean, isFinal = false): Hop =>
    isReached && (isLate || isFinal)
      ? { ...hop, kind, seen, state: 'broken' }
      : { ...hop, kind, seen, state: 'waiting' };

  const evaluated: Hop =
    note === undefined || fromAt === undefined
      ? missing(
          { of: 'evaluate' },
          kind === 'fired' ? 'no evaluation has taken it up' : 'no evaluation has ended it',
          fromAt !== undefined,
        )
      : held(
          { of: 'evaluate', kind, seen: `the alert ${kind === 'fired' ? 'fires' : 'is resolved'}, its state saved` },
          note.evaluatedAt,
          fromAt,
        );
  const published: Hop =
    note?.outcome === 'published'
      ? held(
          { of: 'sns', kind, seen: note.receipt === undefined ? 'taken' : `taken as ${note.receipt}` },
          note.publishedAt,
          note.evaluatedAt,
        )
      : missing({ of: 'sns' }, note === undefined ? '' : `refused: ${note.problem}`, note !== undefined);
  const delivered = drill.notify.map((channel): Hop => {
    const hop = { of: 'channel', channel } as const;
    if (note?.outcome !== 'published') return missing(hop, '', false);
    const known = channels.find(({ id }) => id === channel);
    if (known !== undefined && !isSent(known))
      return held(
        { ...hop, kind, seen: 'SNS mails it; what becomes of one mail is told to nobody' },
        note.publishedAt,
        note.publishedAt,
      );
    const memory = told.get(note.message)?.get(channel);
    if (memory?.isTold)
      return held({ ...hop, kind, seen: 'told' }, memory.toldAt ?? note.publishedAt, note.publishedAt);
    return missing(hop, troubleOf(memory), true, memory?.refusal !== undefined);
  });
  return [evaluated, published, ...delivered];
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

/** Clocks of two machines may differ by moments: nothing takes less than no time. */
function held(hop: Pick<Hop, 'of' | 'kind' | 'channel' | 'seen'>, at: number, fromAt: number): Hop {
  return { ...hop, state: 'held', at, tookMs: Math.max(0, at - fromAt) };
}
