import {
  type Drill,
  type DrillEnd,
  drillHorizonMs,
  drillId,
  type EndedDrill,
  scheduledDrillMs,
} from '../../alert/drill.ts';
import { BurnwatchError, type Config, notifiedChannels } from '../../config/model.ts';
import type { Message } from '../../message/model.ts';
import type { Notify } from '../ports.ts';
import { endOf, hopsOf } from './hops.ts';
import type { DrillNote, DrillSource, DrillStore, KeptDrill } from './model.ts';

export type DrillRequest = {
  readonly notify: readonly string[];
  readonly isScheduled: boolean;
  readonly lastsMs: number;
  /** Tells drills of one second apart. */
  readonly suffix: string;
};

/** A drill that begins now. */
export function newDrill({ notify, isScheduled, lastsMs, suffix }: DrillRequest, now: number): Drill {
  return { id: drillId(now, suffix), startedAt: now, untilAt: now + lastsMs, notify, isScheduled };
}

export type StartedDrill = { readonly drill: string; readonly channels: readonly string[] };

/**
 * What the schedule asks for: a drill of this instant, once however often it is asked for. Evaluations take it up from there. Throws
 * BURN_DRILL_NOBODY where there is no channel to try.
 */
export async function startScheduledDrill(
  config: Config,
  store: Pick<DrillStore, 'save'>,
  at: number,
): Promise<StartedDrill> {
  const notify = config.drill?.notify ?? notifiedChannels(config);
  if (notify.length === 0)
    throw new BurnwatchError('BURN_DRILL_NOBODY', 'a drill has nobody to tell: no alert notifies any channel');
  const drill = newDrill({ notify, isScheduled: true, lastsMs: scheduledDrillMs, suffix: 'auto' }, at);
  await store.save(drill);
  return { drill: drill.id, channels: notify };
}

/** The drills of late, and how those that are over came out; undefined where nobody could read them. */
export type SeenDrills = { readonly drills: readonly Drill[]; readonly ended: readonly EndedDrill[] } | undefined;

/** Reads the rows of late; what came of their messages too, where a schedule has alerts depend on it. Never rejects. */
export async function readDrills(
  config: Config,
  source: DrillSource,
  onWarning: (message: string, cause: unknown) => void,
  now: number,
): Promise<SeenDrills> {
  try {
    const drills = await source.store.loadSince(now - drillHorizonMs);
    const ends = config.drill === undefined ? [] : await Promise.all(drills.map((each) => endIn(each, config, source)));
    return { drills, ended: ends.flatMap((end, index) => endedOf(drills[index], end)) };
  } catch (cause) {
    onWarning('drills could not be read: theirs go on as they are', cause);
    return undefined;
  }
}

async function endIn(drill: KeptDrill, { channels }: Config, source: DrillSource): Promise<DrillEnd | undefined> {
  const messages = drill.notes.flatMap((note) => (note.outcome === 'published' ? [note.message] : []));
  const told = await Promise.all(messages.map(async (id) => [id, await source.loadTold(id)] as const));
  return endOf(hopsOf(drill, channels, new Map(told), source.now()));
}

const endedOf = (drill: Drill | undefined, end: DrillEnd | undefined): EndedDrill[] =>
  drill === undefined || end === undefined ? [] : [{ drill, end }];

/** Keeps in mind what becomes of the messages of drills, so that it is written down when all that is real has been told. */
export type DrillLog = {
  readonly notify: Notify;
  /** Writes down what there is. Never rejects. */
  flush(onWarning: (message: string, cause: unknown) => void): Promise<void>;
};

export function createDrillLog(notify: Notify, source: DrillSource | undefined): DrillLog {
  const notes: { readonly drill: string; readonly note: DrillNote }[] = [];
  if (source === undefined) return { notify, flush: async () => {} };
  const keep = (drill: string, note: DrillNote): void => void notes.push({ drill, note });
  return {
    notify: async (message) => {
      const { drill } = message;
      if (drill === undefined) return notify(message);
      const begun = { kind: kindOf(message), evaluatedAt: source.now() } as const;
      try {
        const receipt = await notify(message);
        const given = typeof receipt === 'string' ? { receipt } : {};
        const published = { publishedAt: source.now(), message: message.id, ...given };
        keep(drill, { ...begun, outcome: 'published', ...published });
        return receipt;
      } catch (cause) {
        keep(drill, { ...begun, outcome: 'refused', at: source.now(), problem: problemOf(cause) });
        throw cause;
      }
    },
    flush: async (onWarning) => {
      for (const { drill, note } of notes.splice(0)) {
        try {
          await source.store.saveNote(drill, note);
        } catch (cause) {
          onWarning(`what became of the drill ${drill} could not be written down`, cause);
        }
      }
    },
  };
}

const kindOf = ({ kind }: Message): DrillNote['kind'] => (kind === 'fired' ? 'fired' : 'resolved');

/** What AWS calls it; its own words may hold names of resources, and no more. */
function problemOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 200) : 'unknown reason';
}
