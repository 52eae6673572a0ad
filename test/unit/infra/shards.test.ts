import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { shardsOf } from '../../../infra/resources.ts';
import { inProbingOrder } from '../../../infra/template/shard-order.ts';
import { assign, shardCapacity } from '../../../infra/template/shards.ts';
import type { Monitor } from '../../../shared/config/model.ts';
import { aMonitor } from './configs.ts';

const fleets = fc
  .uniqueArray(fc.nat(0xffffffff), { minLength: 1, maxLength: 400 })
  .map((keys) => keys.map((key) => aMonitor({ id: `m-${key}`, key })));
const fleetOf = (count: number) => Array.from({ length: count }, (_, i) => aMonitor({ id: `m-${i}`, key: i * 7919 }));
const homes = (shards: ReturnType<typeof shardsOf>) =>
  new Map(shards.flatMap((shard) => shard.monitors.map((monitor) => [monitor.key, shard.id] as const)));

describe('monitors go to shards', () => {
  it('every monitor exactly once, in shards that are neither empty nor too full', async () => {
    await fc.assert(
      fc.property(fleets, (monitors) => {
        const shards = shardsOf(monitors);
        const ids = shards.flatMap((shard) => shard.monitors.map((monitor) => monitor.id));
        expect(ids.toSorted()).toEqual(monitors.map((monitor) => monitor.id).toSorted());
        for (const shard of shards) {
          expect(shard.monitors.length).toBeGreaterThan(0);
          expect(shard.monitors.length).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  it('the same ones whatever their order in the file', async () => {
    await fc.assert(
      fc.property(fleets, (monitors) => {
        expect(homes(shardsOf(monitors.toReversed()))).toEqual(homes(shardsOf(monitors)));
      }),
    );
  });

  it.each([40, 399, 400, 2_000])(
    'a fleet of %i that fills its shards keeps to their capacity, in any order',
    (count) => {
      const shards = shardsOf(fleetOf(count));
      expect(Math.max(...shards.map((shard) => shard.monitors.length))).toBe(20);
      expect(homes(shardsOf(fleetOf(count).toReversed()))).toEqual(homes(shards));
    },
  );

  it.each([
    [0, 1, 20],
    [1, 1, 20],
    [20, 1, 20],
    [21, 2, 20],
    [2_000, 100, 20],
    [2_001, 21, 100],
    [10_000, 100, 100],
  ])('%i monitors make %i shards of at most %i', (count, shards, capacity) => {
    expect(shardsOf(fleetOf(count))).toHaveLength(shards);
    expect(shardCapacity(count)).toBe(capacity);
  });

  it('ids have two digits', () => {
    expect(shardsOf(fleetOf(201)).map((shard) => shard.id)).toEqual([
      's00',
      's01',
      's02',
      's03',
      's04',
      's05',
      's06',
      's07',
      's08',
      's09',
      's10',
    ]);
  });

  it('another shard moves few monitors, where the order of the file would move most', () => {
    for (const count of [60, 200, 380, 1_000]) {
      const monitors = fleetOf(count);
      const before = homes(shardsOf(monitors));
      const after = homes(assign(monitors, shardsOf(monitors).length + 1, 20));
      const moved = [...before].filter(([key, shard]) => after.get(key) !== shard).length;
      expect(moved / count).toBeLessThan(1 / (before.size / 20) + 0.15);
    }
  });

  it('one more monitor in a fleet with room moves next to none', () => {
    const before = homes(shardsOf(fleetOf(190)));
    const after = homes(shardsOf(fleetOf(191)));
    expect([...before].filter(([key, shard]) => after.get(key) !== shard).length).toBeLessThanOrEqual(5);
  });
});

describe('within a shard', () => {
  const asking = (host: string, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const { request } = aMonitor();
      const key = Number(`0x${createHash('sha256').update(`${host}${index}`).digest('hex').slice(0, 8)}`);
      return aMonitor({
        id: `${host}-${index}`,
        key,
        request: { ...request, url: `https://${host}.example/${index}` },
      });
    });
  const hostsOf = (monitors: readonly Monitor[]) => monitors.map(({ id }) => id.replace(/-\d+$/, ''));
  const placesOf = (hosts: readonly string[], wanted: string) =>
    hosts.flatMap((host, place) => (host === wanted ? [place] : []));

  it('monitors that ask the same host are as far from one another as there is room', () => {
    const [shard] = shardsOf([...asking('shop', 10), ...asking('mail', 5), ...asking('a', 3), ...asking('b', 2)]);
    const hosts = hostsOf(shard?.monitors ?? []);
    const gaps = (host: string) =>
      placesOf(hosts, host).map((place, index, all) => (all[index + 1] ?? Infinity) - place);
    expect(hosts).toHaveLength(20);
    expect(Math.max(...gaps('shop').slice(0, -1))).toBeLessThanOrEqual(4);
    expect(Math.min(...gaps('mail'))).toBeGreaterThanOrEqual(3);
    expect(Math.min(...gaps('b'))).toBeGreaterThanOrEqual(8);
  });

  it('a host that every shard asks once is asked at another place in each', () => {
    const shared = asking('shared', 100);
    const places = Array.from({ length: 100 }, (_, shard) => {
      const own = [...asking(`others${shard}`, 50), ...asking(`more${shard}`, 49), ...shared.slice(shard, shard + 1)];
      return placesOf(hostsOf(inProbingOrder(own, shard)), 'shared')[0] ?? Number.NaN;
    });
    const quarters = Object.values(Object.groupBy(places, (place) => Math.floor(place / 25))).map(
      (some) => some?.length ?? 0,
    );
    expect(quarters).toHaveLength(4);
    expect(Math.min(...quarters)).toBeGreaterThan(12);
  });

  it('their order follows from what they are, and not from the file', () => {
    const monitors = [...asking('shop', 12), ...asking('mail', 8)];
    expect(shardsOf(monitors.toReversed())).toEqual(shardsOf(monitors));
  });
});

describe('monitors with sub-minute intervals', () => {
  const fast = (count: number) =>
    fleetOf(count).map((monitor) => ({
      ...monitor,
      id: `fast-${monitor.id}`,
      key: monitor.key + 1,
      intervalMs: 10_000,
    }));

  it.each([
    [1, 1, ['s00', 'f00']],
    [0, 1, ['f00']],
    [0, 20, ['f00']],
    [21, 21, ['s00', 's01', 'f00', 'f01']],
  ])('beside %i others, %i of them are in shards of their own', (others, count, ids) => {
    const shards = shardsOf([...fleetOf(others), ...fast(count)]);
    expect(shards.map(({ id }) => id)).toEqual(ids);
    for (const { id, monitors, spanMs } of shards) {
      expect(new Set(monitors.map(({ intervalMs }) => intervalMs < 60_000))).toEqual(new Set([id.startsWith('f')]));
      expect(spanMs).toBe(id.startsWith('f') ? 60_000 : undefined);
    }
  });

  it('share no shard with more than 19 others, in a large fleet either', () => {
    const shards = shardsOf([...fleetOf(2_500), ...fast(45)]).filter(({ id }) => id.startsWith('f'));
    expect(shards).toHaveLength(3);
    expect(Math.max(...shards.map(({ monitors }) => monitors.length))).toBeLessThanOrEqual(20);
  });

  it('are like any other where schedules tick as often as they are due', () => {
    expect(shardsOf(fast(3), 10_000).map(({ id, spanMs }) => [id, spanMs])).toEqual([['s00', undefined]]);
  });
});
