import type { Alarm } from '../../shared/config/model.ts';
import { type PriceKey, priceOfOne } from '../../shared/metrics/price-list.ts';

const minuteMs = 60_000;

type Priced = Pick<Alarm, 'watches' | 'periodMs'>;

/** An alarm is paid for by the metrics that it looks at, and by how closely. */
export function alarmUsage({ watches, periodMs }: Priced): { readonly unit: PriceKey; readonly metrics: number } {
  return { unit: periodMs < minuteMs ? 'quickAlarm' : 'alarm', metrics: watches.kind === 'ratio' ? 2 : 1 };
}

/** What an alarm costs a month at list price, in dollars, without the ten that are free. */
export function priceOf(alarm: Priced): number {
  const { unit, metrics } = alarmUsage(alarm);
  return metrics * priceOfOne(unit);
}
