import type { Fault } from '../../../functions/shortener/fault.ts';
import { isExpired, type Link } from '../../../functions/shortener/link.ts';
import { type Store, StoreError } from '../../../functions/shortener/ports.ts';

export type MemoryStore = Store & {
  /** Operations that fail, by name; `*` for all. */
  readonly broken: Set<keyof Store | '*'>;
  /** Every operation, in the order in which it was asked for. */
  readonly calls: (keyof Store)[];
};

/** A store in memory that can be broken on request, one operation at a time. */
export function createMemoryStore(): MemoryStore {
  const links = new Map<string, Link & { writer: string; mark?: string }>();
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
    const { writer: _, mark: __, ...link } = found;
    return link;
  };
  return {
    broken,
    calls,
    createLink: async (link, writer, now) => {
      enter('createLink');
      const there = alive(link.code, now);
      if (there) return links.get(link.code)?.writer === writer ? 'created' : 'taken';
      links.set(link.code, { ...link, writer });
      return 'created';
    },
    loadLink: async (code, now) => {
      enter('loadLink');
      return alive(code, now);
    },
    countClicks: async ({ code, createdAt, count, mark }) => {
      enter('countClicks');
      const found = links.get(code);
      if (found?.createdAt !== createdAt || found.mark === mark) return;
      links.set(code, { ...found, clicks: found.clicks + count, mark });
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
