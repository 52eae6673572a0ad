import type { Fault } from '../../../functions/shortener/fault.ts';
import { isExpired, type Link } from '../../../functions/shortener/link.ts';
import { type KeyRecord, type Store, StoreError } from '../../../functions/shortener/ports.ts';

export type MemoryStore = Store & {
  /** Operations that fail, by name; `*` for all. */
  readonly broken: Set<keyof Store | '*'>;
  /** Every operation, in the order in which it was asked for. */
  readonly calls: (keyof Store)[];
};

type Kept = Link & { readonly writer: string; readonly mark?: string; readonly byDay: ReadonlyMap<number, number> };

/** A store in memory that can be broken on request, one operation at a time. */
export function createMemoryStore(): MemoryStore {
  const links = new Map<string, Kept>();
  const keys = new Map<string, KeyRecord>();
  const broken = new Set<keyof Store | '*'>();
  const calls: (keyof Store)[] = [];
  let fault: Fault | undefined;
  const enter = (name: keyof Store) => {
    calls.push(name);
    if (broken.has(name) || broken.has('*')) throw new StoreError('unavailable', new Error(`${name} is broken`));
  };
  const alive = (code: string, now: number): Link | undefined => {
    const found = links.get(code);
    if (!found || isExpired(found, now)) return undefined;
    const { writer: _, mark: __, byDay: ___, ...link } = found;
    return link;
  };
  return {
    broken,
    calls,
    createLink: async (link, writer, now) => {
      enter('createLink');
      const there = alive(link.code, now);
      if (there) return links.get(link.code)?.writer === writer ? 'created' : 'taken';
      links.set(link.code, { ...link, writer, byDay: new Map() });
      return 'created';
    },
    loadLink: async (code, now) => {
      enter('loadLink');
      return alive(code, now);
    },
    loadClicks: async (code, now) => {
      enter('loadClicks');
      const link = alive(code, now);
      return link && { link, byDay: links.get(code)?.byDay ?? new Map() };
    },
    changeLink: async (code, isDisabled, now) => {
      enter('changeLink');
      const found = links.get(code);
      if (!found || isExpired(found, now)) return undefined;
      links.set(code, { ...found, isDisabled });
      return alive(code, now);
    },
    countClicks: async ({ code, createdAt, day, count, mark }) => {
      enter('countClicks');
      const found = links.get(code);
      if (found?.createdAt !== createdAt || found.mark === mark) return;
      const byDay = new Map(found.byDay).set(day, (found.byDay.get(day) ?? 0) + count);
      links.set(code, { ...found, clicks: found.clicks + count, byDay, mark });
    },
    deleteLink: async (code, now) => {
      enter('deleteLink');
      const was = alive(code, now) !== undefined;
      links.delete(code);
      return was;
    },
    listLinks: async (limit, after, now) => {
      enter('listLinks');
      const codes = [...links.keys()].sort().filter((code) => after === undefined || code > after);
      const page = codes.slice(0, limit);
      const last = page.at(-1);
      const shown = page.flatMap((code) => alive(code, now) ?? []);
      return { links: shown, ...(codes.length > limit && last !== undefined && { next: last }) };
    },
    putKey: async (record, now) => {
      enter('putKey');
      const there = keys.get(record.key);
      if (there && there.expiresAt > now) return there;
      keys.set(record.key, record);
      return undefined;
    },
    takeKey: async (record, former) => {
      enter('takeKey');
      const there = keys.get(record.key);
      if (there?.holder !== former || there.answer) return false;
      keys.set(record.key, record);
      return true;
    },
    finishKey: async (record, answer) => {
      enter('finishKey');
      if (keys.get(record.key)?.holder === record.holder) keys.set(record.key, { ...record, answer });
    },
    unlockKey: async (record) => {
      enter('unlockKey');
      if (keys.get(record.key)?.holder === record.holder) keys.set(record.key, { ...record, lockedUntil: 0 });
    },
    loadFault: async () => {
      enter('loadFault');
      return fault;
    },
    saveFault: async (next) => {
      enter('saveFault');
      fault = next;
    },
    deleteFault: async () => {
      enter('deleteFault');
      fault = undefined;
    },
    ping: async () => {
      enter('ping');
    },
  };
}
