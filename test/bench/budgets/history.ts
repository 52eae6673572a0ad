import { shardsOf } from '../../../infra/template/shards.ts';
import type { LedgerStore } from '../../../shared/app/ports.ts';
import type { Config } from '../../../shared/config/model.ts';
import { foldDay } from '../../../shared/ledger/fold.ts';
import { dayMs, dayStart, hourMs, hourStart, minuteMs } from '../../../shared/ledger/keys.ts';
import type { HourRollup, Tick } from '../../../shared/ledger/model.ts';
import { countAt, isFailed, location, startAt } from './fleet.ts';

const daysKept = 30;

/** Writes what 30 days leave in the ledger: every hour and day that is folded by now, and the rows of what is not. */
export async function fillLedger(ledger: LedgerStore, config: Config): Promise<void> {
  // An hour is folded five minutes after its end: the last one is not.
  const unfoldedAt = hourStart(startAt) - hourMs;
  for (let dayAt = dayStart(startAt) - daysKept * dayMs; dayAt < startAt; dayAt += dayMs) {
    const starts = Array.from({ length: 24 }, (_, hour) => dayAt + hour * hourMs).filter((at) => at < unfoldedAt);
    const hours = starts.map((hourAt) => hourOf(config, hourAt));
    await Promise.all(hours.map((hour) => ledger.saveHour(hour)));
    if (dayAt + dayMs <= startAt) await ledger.saveDay(foldDay(location, dayAt, hours));
  }
  for (let at = unfoldedAt; at <= startAt; at += minuteMs) await saveTicks(ledger, config, at);
}

/** The rows of one minute, one for each shard. `isBad` says which monitors, by their index, failed. */
export async function saveTicks(
  ledger: Pick<LedgerStore, 'saveTick'>,
  config: Config,
  at: number,
  isBad: (index: number, at: number) => boolean = isFailed,
): Promise<void> {
  await Promise.all(ticksOf(config, at, isBad).map((tick) => ledger.saveTick(tick, `${tick.shard}-${at}`)));
}

function hourOf({ monitors }: Config, hourAt: number): HourRollup {
  const minutes = Array.from({ length: 60 }, (_, minute) => hourAt + minute * minuteMs);
  return {
    location,
    hourAt,
    monitors: new Map(monitors.map(({ key }, index) => [key, minutes.map((at) => countAt(index, at))])),
  };
}

const shards = new WeakMap<Config, ReturnType<typeof shardsOf>>();

function ticksOf(config: Config, at: number, isFailing: (index: number, at: number) => boolean): readonly Tick[] {
  const known = shards.get(config) ?? shardsOf(config.monitors);
  shards.set(config, known);
  const indexOf = new Map(config.monitors.map(({ id }, index) => [id, index]));
  return known.map(({ id, monitors }) => {
    const isBad = monitors.map((monitor) => isFailing(indexOf.get(monitor.id) ?? 0, at));
    return {
      location,
      at: Math.floor(at / minuteMs) * minuteMs,
      shard: id,
      outcomes: monitors.map(({ key }, position) => ({
        monitorKey: key,
        ...(isBad[position]
          ? { outcome: 'failed' as const, errorType: 'assertion' as const }
          : { outcome: 'passed' as const }),
        latencyMs: 80 + ((key + at) % 400) / 10,
        isMaintenance: false,
        isRetried: isBad[position] === true,
        isContaminated: false,
      })),
      details: monitors.flatMap(({ key }, position) =>
        isBad[position] ? [{ monitorKey: key, statusCode: 503, message: 'status == 200: got 503' }] : [],
      ),
    };
  });
}
