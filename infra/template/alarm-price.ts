import type { Alarm } from '../../shared/config/model.ts';

/** A month, us-east-1, for each metric that an alarm looks at: https://aws.amazon.com/cloudwatch/pricing/ */
const standardPrice = 0.1;
const highResolutionPrice = 0.3;
const minuteMs = 60_000;

/** What an alarm costs a month at list price, in dollars, without the ten that are free. */
export function priceOf({ watches, periodMs }: Pick<Alarm, 'watches' | 'periodMs'>): number {
  const metrics = watches.kind === 'ratio' ? 2 : 1;
  return metrics * (periodMs < minuteMs ? highResolutionPrice : standardPrice);
}
