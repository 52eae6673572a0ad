import type { ComparedQuantity, Comparison } from '../../../shared/burst/model.ts';
import { countText, percentText, rateText, spanText } from '../numbers.ts';

/** `Compared with its last 5 good runs: worse` */
export function comparisonText({ verdict, baseline }: Comparison): string {
  const runs = baseline === 1 ? 'its last good run' : `its last ${baseline} good runs`;
  if (baseline === 0) return 'There is no good run yet that this one could be compared with';
  return verdict === 'unknown' ? `Compared with ${runs}: too little to tell` : `Compared with ${runs}: ${verdict}`;
}

/** A value in the unit of what is compared. */
export function comparedText({ quantity }: Pick<ComparedQuantity, 'quantity'>, value: number): string {
  if (quantity === 'errorRatio') return percentText(value);
  return quantity === 'sustained' ? rateText(value) : spanText(value);
}

/** `+34.2 %`, `−3.1 %`, `0 %`. */
export function changeText({ changeRatio }: Pick<ComparedQuantity, 'changeRatio'>): string {
  const sign = changeRatio > 0 ? '+' : changeRatio < 0 ? '−' : '';
  return `${sign}${changeRatio >= 1 ? `${countText(Math.round(changeRatio * 100))} %` : percentText(Math.abs(changeRatio))}`;
}
