import { createMemory, type LedgerMemory, readPresence, refreshHistory } from '../../../shared/app/history.ts';
import type { Config, Outcome } from '../../../shared/config/model.ts';
import { countBetween, outcomesBetween } from '../../../shared/ledger/history.ts';
import { aConfig, aMonitor } from '../../support/config.ts';
import { memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startAt = Date.parse('2026-03-02T00:00:00Z');
const [home, east, south] = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
const agreement = { quorum: 'majority', minLocations: 1 } as const;
const often = aMonitor({ id: 'often', key: 7, agreement });
const seldom = aMonitor({ id: 'seldom', key: 8, intervalMs: 20 * minuteMs, agreement });
const config = aConfig({
  monitors: [often, seldom],
  slos: [],
  locations: { home, also: [east, south] },
});

/** A ledger in which `seen` tells of a location and minute what it found; undefined for no row. */
function setUp(seen: (location: string, minute: number) => Outcome | undefined, over: Config = config) {
  const ledger = memoryLedger();
  const write = async (location: string, minute: number) => {
    const outcome = seen(location, minute);
    if (outcome === undefined) return;
    const rest = { isMaintenance: false, isRetried: false, isContaminated: false };
    const due = [often, seldom].filter(({ intervalMs }) => (minute * minuteMs) % intervalMs === 0);
    const outcomes = due.map(({ key }) => ({ monitorKey: key, outcome, ...rest }));
    const tick = { location, at: startAt + minute * minuteMs, shard: 's00', outcomes, details: [] };
    await ledger.store.saveTick(tick, `${location}-${minute}`);
  };
  const source = { ledger: ledger.store, location: home, config: over };
  const refresh = (memory: LedgerMemory, minute: number, isSaving = true) =>
    refreshHistory(memory, source, { spansMs: [30 * dayMs], isSaving }, startAt + minute * minuteMs);
  return { ledger, write, refresh, source };
}

const countOf = (memory: LedgerMemory, key = often.key) =>
  countBetween(memory.history, key, startAt - 1, startAt + dayMs);
const lettersOf = (memory: LedgerMemory, from: number, to: number) =>
  outcomesBetween(memory.history, often.key, startAt + from * minuteMs - 1, startAt + to * minuteMs)
    .map(({ outcome }) => outcome.outcome.charAt(0).toUpperCase())
    .join('');

describe('the history of several locations', () => {
  it('is the same warm as cold, whoever is late, fails or dies, and in all that is folded', async () => {
    const seen = (location: string, minute: number): Outcome | undefined => {
      if (location === south && minute >= 100 && minute < 230) return undefined;
      const period = { [home]: 2, [east]: 3, [south]: 5 }[location] ?? 1;
      return Math.floor(minute / 3) % period === 0 ? 'failed' : 'passed';
    };
    const { ledger, write, refresh } = setUp(seen);
    const lateness = { [home]: 0, [east]: 1, [south]: 3 };
    const warm = createMemory();
    for (let minute = 0; minute <= 5 * 60; minute += 1) {
      for (const [location, late] of Object.entries(lateness)) if (minute >= late) await write(location, minute - late);
      await refresh(warm, minute);
      if (minute % 37 !== 0) continue;
      const cold = createMemory();
      await refresh(cold, minute, false);
      expect([countOf(cold), countOf(cold, seldom.key)]).toEqual([countOf(warm), countOf(warm, seldom.key)]);
      expect(lettersOf(cold, minute - 30, minute)).toBe(lettersOf(warm, minute - 30, minute));
    }
    expect([...ledger.hours.values()].map(({ location }) => location)).toEqual([home, home, home, home]);
    const { passed, failed } = countOf(warm);
    expect([passed + failed, failed > 20, countOf(warm, seldom.key).failed > 1]).toEqual([301, true, true]);
  });

  it('changes its mind about a second when a row comes late', async () => {
    const { write, refresh } = setUp((location, minute) => (location !== home && minute === 3 ? 'failed' : 'passed'));
    const memory = createMemory();
    for (const minute of [0, 1, 2, 3]) await write(home, minute);
    for (const minute of [0, 1, 2]) for (const location of [east, south]) await write(location, minute);
    await refresh(memory, 3);
    expect(lettersOf(memory, 0, 3)).toBe('PPPP');
    for (const location of [east, south]) await write(location, 3);
    await refresh(memory, 6);
    expect(lettersOf(memory, 0, 3)).toBe('PPPF');
  });

  it('keeps the state of a tie over a cold start, even where the hour before it is folded', async () => {
    const seen = (location: string, minute: number): Outcome | undefined => {
      if (location === south) return undefined;
      return location === home || minute < 50 ? 'failed' : 'passed';
    };
    const { write, refresh } = setUp(seen);
    const warm = createMemory();
    for (let minute = 0; minute <= 70; minute += 1) {
      for (const location of [home, east]) await write(location, minute);
      await refresh(warm, minute);
    }
    const cold = createMemory();
    await refresh(cold, 70, false);
    expect(lettersOf(cold, 60, 70)).toBe('FFFFFFFFFFF');
    expect(lettersOf(warm, 60, 70)).toBe('FFFFFFFFFFF');
  });

  it('asks a location that missed its turn for what it saw one interval before, also after a cold start', async () => {
    const seen = (location: string, minute: number): Outcome | undefined => {
      if (minute === 60 && location !== home) return undefined;
      return location === home ? 'passed' : 'failed';
    };
    const { write, refresh } = setUp(seen);
    const warm = createMemory();
    for (let minute = 0; minute <= 90; minute += 1) {
      for (const location of [home, east, south]) await write(location, minute);
      await refresh(warm, minute);
    }
    const cold = createMemory();
    await refresh(cold, 90, false);
    expect([countOf(warm, seldom.key), countOf(cold, seldom.key)]).toMatchObject([{ failed: 5 }, { failed: 5 }]);
    expect([lettersOf(warm, 59, 61), lettersOf(cold, 60, 61)]).toEqual(['FFF', 'FF']);
  });

  it('reads one range a location and minute once it is warm', async () => {
    const { ledger, write, refresh } = setUp(() => 'passed');
    for (let minute = 0; minute < 30; minute += 1)
      for (const location of [home, east, south]) await write(location, minute);
    const memory = createMemory();
    await refresh(memory, 29);
    const before = ledger.calls.loadTicks;
    await refresh(memory, 30);
    expect(ledger.calls.loadTicks - before).toBe(3);
  });

  it('anywhere but at home, as in a local mode, is that of the one place', async () => {
    const { ledger, write } = setUp((location) => (location === east ? 'failed' : 'passed'));
    for (const location of [home, east, south]) await write(location, 5);
    const memory = createMemory();
    const source = { ledger: ledger.store, location: east, config };
    await refreshHistory(memory, source, { spansMs: [dayMs], isSaving: false }, startAt + 6 * minuteMs);
    expect(lettersOf(memory, 0, 6)).toBe('F');
    expect(await readPresence(memory, source, startAt)).toEqual([]);
  });
});

describe('the presence of locations', () => {
  it('is their newest row, looked for as far back as rows are kept', async () => {
    const { write, refresh, source } = setUp((location) => (location === south ? undefined : 'passed'));
    for (const minute of [10, 2_000]) await write(home, minute);
    await write(east, 10);
    await write(south, 10);
    const memory = createMemory();
    await refresh(memory, 2_000);
    const found = await readPresence(memory, source, startAt + 2_000 * minuteMs);
    expect(found.map(({ newestRowAt }) => newestRowAt && (newestRowAt - startAt) / minuteMs)).toEqual([
      2_000,
      10,
      undefined,
    ]);
    await write(east, 2_001);
    await refresh(memory, 2_001);
    const later = await readPresence(memory, source, startAt + 2_001 * minuteMs);
    expect(later[1]?.newestRowAt).toBe(startAt + 2_001 * minuteMs);
  });
});
