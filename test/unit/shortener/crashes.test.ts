import { startAt } from './caller.ts';
import { runWithCrashes } from './crash-run.ts';
import { createMemoryStore } from './memory-store.ts';

const operations = Number(process.env['BURNWATCH_CRASHES'] ?? 100_000);
const seed = Number(process.env['BURNWATCH_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

describe('A hundred thousand creations and redirects, while sandboxes die between any two writes,', () => {
  it('lose no link, double none, and lose no more clicks than those of the last second of each that died', async () => {
    const store = createMemoryStore();
    const tale = await runWithCrashes({ store, operations, clients: 8, sandboxes: 4, crashRatio: 0.002, seed });
    const later = startAt + 365 * 86_400_000;
    let clicks = 0;
    for (const [code, url] of tale.made) {
      const link = await store.loadLink(code, later, AbortSignal.abort());
      expect({ seed, code, url: link?.url }).toEqual({ seed, code, url });
      clicks += link?.clicks ?? 0;
    }
    const { links } = await store.listLinks(operations, undefined, later, AbortSignal.abort());
    expect({ seed, links: links.length }).toEqual({ seed, links: tale.made.size });
    expect({ seed, crashes: tale.crashes > operations / 2_000 }).toEqual({ seed, crashes: true });
    expect(tale.lost).toBeGreaterThan(0);
    expect({ seed, isWithin: tale.isWithinASecond }).toEqual({ seed, isWithin: true });
    expect(clicks).toBeGreaterThanOrEqual(tale.redirects - tale.lost);
    expect(clicks).toBeLessThanOrEqual(tale.redirects + tale.cut);
  }, 120_000);
});
