import { evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory, refreshHistory } from '../../../shared/app/history.ts';
import type { Monitor } from '../../../shared/config/model.ts';
import { dayMs } from '../../../shared/ledger/keys.ts';
import { aConfig, aMonitor } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const hourAt = Date.parse('2026-03-02T10:00:00Z');
const location = 'eu-west-1';
const minuteMs = 60_000;

/** Two minutes before the hour everything fails; the hour before it is folded since then. */
async function foldedLedger(monitor: Monitor) {
  const ledger = memoryLedger();
  for (let at = hourAt - 10 * minuteMs; at <= hourAt + 6 * minuteMs; at += monitor.intervalMs) {
    const isFailing = at >= hourAt - 2 * minuteMs && at < hourAt;
    const outcome = isFailing
      ? ({ outcome: 'failed', errorType: 'timeout' } as const)
      : ({ outcome: 'passed', latencyMs: 5 } as const);
    const rest = { monitorKey: monitor.key, isMaintenance: false, isRetried: false, isContaminated: false };
    await ledger.store.saveTick({ location, at, shard: 'f00', outcomes: [{ ...outcome, ...rest }], details: [] }, 'i');
  }
  const source = { ledger: ledger.store, location, config: aConfig() };
  await refreshHistory(createMemory(), source, { spansMs: [dayMs], isSaving: true }, hourAt + 6 * minuteMs);
  return ledger;
}

describe('a cold evaluation', () => {
  it.each([
    ['fires', 24, 1],
    ['stays calm', 25, 0],
  ])(
    '%s when %i of 100 probes of a 5 s monitor must fail and 24 did, in an hour that is folded',
    async (_, m, fired) => {
      const alert = {
        id: 'monitor/fast/0',
        failures: m,
        of: 100,
        recoverSuccesses: 500,
        severity: 'page',
        notify: ['oncall'],
      } as const;
      const monitor = aMonitor({ id: 'fast', key: 5, intervalMs: 5_000, alerts: [alert] });
      const ledger = await foldedLedger(monitor);
      expect(ledger.hours.size).toBe(1);
      const deps = {
        ledger: ledger.store,
        alerts: memoryAlerts().store,
        loadVerdicts: async () => [],
        notify: async () => {},
        publishMetrics: async () => {},
        render: () => [],
        identity: { service: 'shop', environment: 'dev' },
        location,
        writer: 'one',
        remainingMs: () => 30_000,
        onWarning: () => {},
      };
      const config = aConfig({ monitors: [monitor], slos: [] });
      const summary = await evaluate(config, createMemory(), deps, hourAt + 6 * minuteMs);
      expect(summary.fired).toBe(fired);
    },
  );
});
