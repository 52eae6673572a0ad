import { type AlertState, emptyAlertState, type Incident, type OutboxEntry } from '../../shared/alert/model.ts';
import type { AlertStore, LedgerStore } from '../../shared/app/ports.ts';
import type { DayRollup, HourRollup, Tick } from '../../shared/ledger/model.ts';

/** A ledger in memory with the table's rules: the first row, hour and day stays. Counts the calls. */
export function memoryLedger() {
  const ticks = new Map<string, { tick: Tick; id: string }>();
  const hours = new Map<number, HourRollup>();
  const days = new Map<number, DayRollup>();
  const calls = { saveTick: 0, loadTicks: 0, saveHour: 0, loadHours: 0, saveDay: 0, loadDays: 0 };
  const within = (at: number, from: number, to: number) => at >= from && at <= to;
  const store: LedgerStore = {
    saveTick: async (tick, id) => {
      calls.saveTick += 1;
      const key = `${tick.location}/${tick.at}/${tick.shard}`;
      const known = ticks.get(key);
      if (known !== undefined) return known.id === id ? 'saved' : 'duplicate';
      ticks.set(key, { tick, id });
      return 'saved';
    },
    loadTicks: async (location, from, to) => {
      calls.loadTicks += 1;
      const mine = [...ticks.values()].map(({ tick }) => tick).filter((tick) => tick.location === location);
      return mine.filter(({ at }) => within(at, from, to));
    },
    saveHour: async (rollup) => {
      calls.saveHour += 1;
      if (!hours.has(rollup.hourAt)) hours.set(rollup.hourAt, rollup);
    },
    loadHours: async (_location, from, to) => {
      calls.loadHours += 1;
      return [...hours.values()].filter(({ hourAt }) => within(hourAt, from - 3_599_999, to));
    },
    saveDay: async (rollup) => {
      calls.saveDay += 1;
      if (!days.has(rollup.dayAt)) days.set(rollup.dayAt, rollup);
    },
    loadDays: async (_location, from, to) => {
      calls.loadDays += 1;
      return [...days.values()].filter(({ dayAt }) => within(dayAt, from - 86_399_999, to));
    },
  };
  return { store, ticks, hours, days, calls };
}

/** Alerts in memory, through JSON as in the table; writes are conditional on the version. */
export function memoryAlerts() {
  let state = JSON.stringify(emptyAlertState);
  const outbox = new Map<string, string>();
  const incidents = new Map<string, Incident>();
  const calls = { save: 0, acknowledge: 0 };
  const store: AlertStore = {
    load: async () => ({
      state: JSON.parse(state) as AlertState,
      outbox: [...outbox.values()].map((entry) => JSON.parse(entry) as OutboxEntry),
    }),
    save: async (next, entries) => {
      calls.save += 1;
      if ((JSON.parse(state) as AlertState).version !== next.version - 1) return 'conflict';
      state = JSON.stringify(next);
      for (const entry of entries) outbox.set(entry.id, JSON.stringify(entry));
      return 'saved';
    },
    acknowledge: async (ids) => {
      calls.acknowledge += 1;
      for (const id of ids) outbox.delete(id);
    },
    saveIncident: async (incident) => {
      incidents.set(incident.id, incident);
    },
    loadIncidents: async (limit) => [...incidents.values()].sort((a, b) => b.openedAt - a.openedAt).slice(0, limit),
  };
  return { store, outbox, incidents, calls, state: () => JSON.parse(state) as AlertState };
}
