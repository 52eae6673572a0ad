import { createMemory, type LedgerMemory, refreshHistory } from '../../../shared/app/history.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import { countBetween, countMinutes, outcomesBetween } from '../../../shared/ledger/history.ts';
import { aConfig } from '../../support/config.ts';
import { memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const startAt = Date.parse('2026-03-02T00:00:00Z');
const key = 7;
const spansMs = [30 * dayMs, 6 * dayMs];

/** A ledger with a tick a minute from `fromMinute` on; every hundredth one failed. */
function setUp() {
  const ledger = memoryLedger();
  const write = async (fromMinute: number, toMinute: number) => {
    for (let minute = fromMinute; minute < toMinute; minute += 1) {
      const outcome: Outcome = minute % 100 === 99 ? 'failed' : 'passed';
      const outcomes = [{ monitorKey: key, outcome, isMaintenance: false, isRetried: false, isContaminated: false }];
      const tick = { location: 'here', at: startAt + minute * minuteMs, shard: 's00', outcomes, details: [] };
      await ledger.store.saveTick(tick, `id-${minute}`);
    }
  };
  const refresh = (memory: LedgerMemory, minute: number, isSaving = true) =>
    refreshHistory(
      memory,
      { ledger: ledger.store, location: 'here', config: aConfig() },
      { spansMs, isSaving },
      startAt + minute * minuteMs,
    );
  return { ledger, write, refresh };
}

const countAll = (memory: LedgerMemory) => countBetween(memory.history, key, startAt - minuteMs, startAt + 30 * dayMs);

describe('the history of a warm sandbox', () => {
  it('equals that of a cold one, at every hour of three days', async () => {
    const { write, refresh } = setUp();
    const warm = createMemory();
    for (let hour = 0; hour < 72; hour += 1) {
      await write(hour * 60, hour * 60 + 60);
      for (const minute of [20, 59]) await refresh(warm, hour * 60 + minute);
      const cold = createMemory();
      await refresh(cold, hour * 60 + 59, false);
      expect(countAll(cold)).toEqual(countAll(warm));
    }
    expect(countAll(warm)).toMatchObject({ passed: 72 * 60 - 43, failed: 43 });
  });

  it('has every row that came late by up to three minutes', async () => {
    const { write, refresh } = setUp();
    const memory = createMemory();
    await write(0, 57);
    await refresh(memory, 60);
    await write(57, 60);
    await refresh(memory, 61);
    expect(countAll(memory).passed).toBe(60);
  });

  it('reads one range a minute, and one hour more when an hour is folded', async () => {
    const { ledger, write, refresh } = setUp();
    const memory = createMemory();
    await write(0, 130);
    await refresh(memory, 130);
    const before = ledger.calls.loadTicks;
    await refresh(memory, 131);
    expect(ledger.calls.loadTicks - before).toBe(1);
    await refresh(memory, 186);
    expect(ledger.calls.loadTicks - before).toBe(3);
  });
});

describe('folding', () => {
  it('keeps an hour five minutes after its end, not before', async () => {
    const { ledger, write, refresh } = setUp();
    const memory = createMemory();
    await write(0, 70);
    await refresh(memory, 64);
    expect(ledger.hours.size).toBe(0);
    await refresh(memory, 65);
    expect([...ledger.hours.keys()]).toEqual([startAt]);
  });

  it('makes up for hours in which nobody evaluated, and for a day', async () => {
    const { ledger, write, refresh } = setUp();
    await write(0, 26 * 60);
    await refresh(createMemory(), 26 * 60 + 10);
    expect(ledger.hours.size).toBe(26);
    expect([...ledger.days.keys()]).toEqual([startAt]);
  });

  it('leaves the ledger alone when it only reads', async () => {
    const { ledger, write, refresh } = setUp();
    await write(0, 26 * 60);
    await refresh(createMemory(), 26 * 60 + 10, false);
    expect([ledger.hours.size, ledger.days.size]).toEqual([0, 0]);
  });

  it('still knows the outcomes of a folded hour, minute by minute', async () => {
    const { write, refresh } = setUp();
    await write(0, 200);
    await refresh(createMemory(), 200);
    const cold = createMemory();
    await refresh(cold, 200);
    const failed = outcomesBetween(cold.history, key, startAt, startAt + 200 * minuteMs).filter(
      ({ outcome }) => outcome.outcome === 'failed',
    );
    expect(failed.map(({ at }) => (at - startAt) / minuteMs)).toEqual([99, 199]);
  });
});

describe('the far edge of a window', () => {
  it('is cut to the minute, whatever its length and however long the sandbox has been warm', async () => {
    const { write, refresh } = setUp();
    const warm = createMemory();
    await write(0, 9 * 1_440);
    for (let hour = 1; hour <= 9 * 24; hour += 1) await refresh(warm, hour * 60 + 10);
    for (const memory of [warm, createMemory()]) {
      const minute = 9 * 1_440 - 90;
      await refresh(memory, minute);
      const now = startAt + minute * minuteMs;
      const { passed, failed } = countBetween(memory.history, key, now - 6 * dayMs, now);
      expect(passed + failed).toBe(6 * 1_440);
    }
  });
});

describe('single minutes', () => {
  it('are read as far back as somebody needs them, where the totals of days are known already', async () => {
    const { ledger, write, refresh } = setUp();
    const writer = createMemory();
    await write(0, 9 * 1_440);
    for (let hour = 1; hour <= 9 * 24; hour += 1) await refresh(writer, hour * 60 + 10);
    const now = startAt + (9 * 1_440 - 90) * minuteMs;
    const known = async (minutesMs: number) => {
      const memory = createMemory();
      const source = { ledger: ledger.store, location: 'here', config: aConfig() };
      const history = await refreshHistory(memory, source, { spansMs, minutesMs, isSaving: false }, now);
      return countMinutes(history, key, startAt + dayMs, now).filter(({ passed, failed }) => passed + failed === 1)
        .length;
    };
    expect(await known(9 * dayMs)).toBe(8 * 1_440 - 90);
    expect(await known(0)).toBeLessThan(6 * 1_440);
  });
});
