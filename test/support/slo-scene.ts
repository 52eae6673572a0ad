import type { AlertState, FiringAlert, Incident } from '../../shared/alert/model.ts';
import { createMemory } from '../../shared/app/history.ts';
import type { AlertStore, LedgerStore } from '../../shared/app/ports.ts';
import type { SloReportDeps } from '../../shared/app/slo-report.ts';
import type { Config, ErrorType } from '../../shared/config/model.ts';
import { foldDay, foldHour } from '../../shared/ledger/fold.ts';
import type { Tick } from '../../shared/ledger/model.ts';
import { dayMs, hourMs, minuteMs } from './budget-examples.ts';
import { aConfig, anSlo, aRule } from './config.ts';
import { memoryAlerts, memoryLedger } from './memory-ports.ts';

export const location = 'eu-west-1';
/** A little after a minute, on a Friday. */
export const sceneNow = Date.UTC(2026, 10, 20, 10, 1, 12);
export const ago = (minutes: number, now = sceneNow): number => now - minutes * minuteMs;

/** Five failures two weeks ago, an outage of 8 minutes the day before yesterday, and a failure every 47 minutes for some hours. */
export function usualFailure(minutesAgo: number): ErrorType | undefined {
  if (minutesAgo < 400 && minutesAgo % 47 === 5) return 'timeout';
  if (minutesAgo > 2_000 && minutesAgo <= 2_008) return 'assertion';
  return minutesAgo > 20_000 && minutesAgo <= 20_005 ? 'connect' : undefined;
}

/** A rule that fires since 50 minutes, and the outage's incident, which is closed. */
export const usualIncident: Incident = {
  id: 'a1b2c3d4e5f6',
  openedAt: ago(2_004),
  closedAt: ago(1_985),
  severity: 'page',
  monitors: ['api'],
  alerts: [{ alertId: 'slo/availability/page-1h', firedAt: ago(2_004), resolvedAt: ago(1_985) }],
};
export const openIncident: Incident = {
  id: 'ffee00112233',
  openedAt: ago(50),
  severity: 'page',
  monitors: ['api'],
  alerts: [{ alertId: 'slo/availability/page-6h', firedAt: ago(50) }],
};
const firing: FiringAlert = {
  firedAt: ago(50),
  incidentId: openIncident.id,
  severity: 'page',
  notify: ['oncall'],
  monitors: ['api'],
};
export const usualState: AlertState = {
  schema: 1,
  version: 1,
  alerts: { 'slo/availability/page-6h': firing },
  resolvedAt: {},
  incidents: { [openIncident.id]: openIncident },
};

/** Two page rules and a ticket; the SLO `availability` over the monitor `api`. */
export const sceneConfig: Config = aConfig({
  slos: [
    anSlo({
      alerts: [
        aRule(),
        aRule({ id: 'slo/availability/page-6h', budgetPpm: 50_000, longMs: 6 * hourMs, shortMs: 30 * minuteMs }),
        aRule({
          id: 'slo/availability/ticket-3d',
          severity: 'ticket',
          budgetPpm: 100_000,
          longMs: 3 * dayMs,
          shortMs: 6 * hourMs,
          minBadEvents: 5,
        }),
      ],
    }),
  ],
});

export type Scene = {
  readonly config?: Config;
  /** Why the probe of so many minutes ago failed; undefined where it passed, null where there was none. */
  readonly failureAt?: (minutesAgo: number) => ErrorType | undefined | null;
  /** How far the history goes back. */
  readonly days?: number;
  readonly now?: number;
};

/** Writes a past into a ledger as it is kept: rows of three days, hours and days that have closed. */
export async function writePast(ledger: LedgerStore, scene: Scene = {}): Promise<void> {
  const { config = sceneConfig, failureAt = usualFailure, days = 31, now = sceneNow } = scene;
  const minute = Math.floor(now / minuteMs) * minuteMs;
  const length = Math.round(days * 1_440);
  const ticks = Array.from({ length }, (_, index) => length - index - 1).flatMap((minutesAgo) =>
    tickOf(config, minute - minutesAgo * minuteMs, failureAt(minutesAgo)),
  );
  const isClosed = (endAt: number) => endAt + 5 * minuteMs <= now;
  const byHour = [...Map.groupBy(ticks, ({ at }) => Math.floor(at / hourMs) * hourMs)];
  const hours = byHour.filter(([at]) => isClosed(at + hourMs)).map(([at, mine]) => foldHour(location, at, mine));
  for (const hour of hours) await ledger.saveHour(hour);
  for (const [at, mine] of Map.groupBy(hours, ({ hourAt }) => Math.floor(hourAt / dayMs) * dayMs))
    if (isClosed(at + dayMs)) await ledger.saveDay(foldDay(location, at, mine));
  for (const tick of ticks) if (tick.at > now - 3 * dayMs) await ledger.saveTick(tick, String(tick.at));
}

function tickOf({ monitors }: Config, at: number, errorType: ErrorType | undefined | null): readonly Tick[] {
  if (errorType === null) return [];
  const outcomes = monitors.map(({ key }) => ({
    monitorKey: key,
    outcome: errorType === undefined ? ('passed' as const) : ('failed' as const),
    ...(errorType === undefined ? {} : { errorType }),
    latencyMs: 20,
    isMaintenance: false,
    isRetried: false,
    isContaminated: false,
  }));
  return [{ location, at, shard: 's00', outcomes, details: [] }];
}

/** What a report reads, in memory. */
export async function sceneDeps(scene: Scene = {}): Promise<SloReportDeps> {
  const ledger = memoryLedger();
  await writePast(ledger.store, scene);
  return {
    config: scene.config ?? sceneConfig,
    location,
    ledger: ledger.store,
    alerts: await sceneAlerts(),
    memory: createMemory(),
    onWarning: () => {},
  };
}

async function sceneAlerts(): Promise<AlertStore> {
  const { store } = memoryAlerts();
  await store.save(usualState, [], 'scene');
  await store.saveIncident(usualIncident);
  return store;
}
