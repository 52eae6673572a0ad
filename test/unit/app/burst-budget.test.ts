import { emptyAlertState } from '../../../shared/alert/model.ts';
import { type BudgetDeps, reasonToRefuse } from '../../../shared/app/burst/budget.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { Outcome } from '../../../shared/config/model.ts';
import { aMonitor, anSlo } from '../../support/config.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const minuteMs = 60_000;
const now = Date.parse('2026-03-02T10:00:00Z');
const required = { leftPpm: 500_000, slos: ['availability'] };
const config = { service: 'shop', slos: [anSlo()], monitors: [aMonitor()], maintenance: [] };
const never = new AbortController().signal;

async function depsAfter(outcomes: readonly Outcome[], incidentOf?: string): Promise<BudgetDeps> {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  for (const [index, outcome] of outcomes.entries()) {
    const at = now - (outcomes.length - index) * minuteMs;
    const seen = { monitorKey: aMonitor().key, outcome, isMaintenance: false, isRetried: false, isContaminated: false };
    await ledger.store.saveTick({ location: 'here', at, shard: 's00', outcomes: [seen], details: [] }, String(at));
  }
  if (incidentOf !== undefined) {
    const incident = {
      id: 'i',
      openedAt: now - 5 * minuteMs,
      severity: 'page',
      monitors: ['x', incidentOf],
      alerts: [],
    } as const;
    await alerts.store.save({ ...emptyAlertState, version: 1, incidents: { i: incident } }, [], 'w');
  }
  return { ledger: ledger.store, alerts: alerts.store, memory: createMemory(), location: 'here' };
}
const good = (count: number) => Array<Outcome>(count).fill('passed');
const bad = (count: number) => Array<Outcome>(count).fill('failed');

describe('a burst that requires a budget', () => {
  // 99.9 % of 30 days of minutes are 43.2 bad ones.
  it.each([
    ['is sent while enough of it is left', [...good(100), ...bad(21)], undefined],
    [
      'is not sent while less of it is left',
      [...good(100), ...bad(22)],
      'the SLO availability has 49.1 % of its error budget left, and 50 % are required',
    ],
    [
      'is not sent when it is overspent',
      bad(60),
      'the SLO availability has -38.9 % of its error budget left, and 50 % are required',
    ],
    ['is not sent while nothing is known of it', [], 'nothing is known of the SLO availability yet'],
    [
      'is not sent while nothing could be judged',
      ['unknown', 'blocked'],
      'nothing is known of the SLO availability yet',
    ],
  ] as const)('%s', async (_, outcomes, reason) => {
    expect(await reasonToRefuse(required, config, await depsAfter(outcomes), now, never)).toBe(reason);
  });

  it('is not sent while an incident of its monitors is open, and is while one of others is', async () => {
    expect(await reasonToRefuse(required, config, await depsAfter(good(9), 'api'), now, never)).toBe(
      'an incident of api is open since 2026-03-02T09:55Z',
    );
    expect(await reasonToRefuse(required, config, await depsAfter(good(9), 'other'), now, never)).toBeUndefined();
  });

  it('asks every SLO that it names, and refuses one that is gone', async () => {
    const two = { ...required, slos: ['availability', 'gone'] };
    expect(await reasonToRefuse(two, config, await depsAfter(good(9)), now, never)).toBe(
      'the SLO gone, whose budget it requires, is not in the package',
    );
  });

  it('fails where the ledger refuses or never answers, and is not sent', async () => {
    const deps = await depsAfter(good(9));
    const refusing = { ...deps, alerts: { load: () => Promise.reject(new Error('throttled')) } };
    await expect(reasonToRefuse(required, config, refusing, now, never)).rejects.toThrow('throttled');
    const hanging = { ...deps, alerts: { load: () => new Promise<never>(() => {}) } };
    const ending = AbortSignal.timeout(20);
    await expect(reasonToRefuse(required, config, hanging, now, ending)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('folds and keeps nothing: that is for the evaluation', async () => {
    const ledger = memoryLedger();
    const deps = { ...(await depsAfter([])), ledger: ledger.store };
    await reasonToRefuse(required, config, deps, now, never);
    expect([ledger.calls.saveHour, ledger.calls.saveDay, ledger.calls.saveTick]).toEqual([0, 0, 0]);
  });
});
