import { emptyAlertState } from '../../../shared/alert/model.ts';
import { observeAll } from '../../../shared/app/observe.ts';
import type { Maintenance } from '../../../shared/config/model.ts';
import { emptyHistory } from '../../../shared/ledger/history.ts';
import { aConfig, aMonitor, anSlo, overMonitors } from '../../support/config.ts';

/** A Monday. */
const now = Date.parse('2026-03-02T10:00:00Z');
const plan = (...monitors: readonly string[]): Maintenance => ({
  monitors,
  startMinute: 600,
  durationMs: 3_600_000,
  every: ['monday'],
  timezone: 'UTC',
  reason: 'backup',
});

function plannedAt(at: number, ...monitors: readonly string[]): readonly string[] {
  const config = aConfig({
    monitors: [aMonitor(), aMonitor({ id: 'web', alerts: [] })],
    slos: [anSlo({ indicator: overMonitors('api', 'web') })],
    maintenance: [plan(...monitors)],
  });
  const standings = config.slos.map((slo) => ({ slo, events: undefined }));
  const seen = { config, history: emptyHistory(), standings, verdicts: [], state: emptyAlertState, now: at };
  return observeAll(seen)
    .filter(({ isPlanned }) => isPlanned)
    .map(({ alertId }) => alertId);
}

describe('what is planned', () => {
  it('is what speaks of monitors that are all under maintenance; coverage, where anybody is told of it', () => {
    expect(plannedAt(now, 'api')).toEqual(['monitor/api/0', 'coverage/api']);
    expect(plannedAt(now, 'api', 'web')).toEqual([
      'monitor/api/0',
      'coverage/api',
      'slo/availability/page-1h',
      'slo/availability/page-6h',
    ]);
  });

  it('is nothing before it and after it', () => {
    expect([...plannedAt(now - 1, 'api'), ...plannedAt(now + 3_600_000, 'api')]).toEqual([]);
  });
});
