/** Measured quantities as people read them: three digits that matter, and the unit. Everything takes 0 and up. */

/** A span: `412 µs`, `1.23 ms`, `86.3 ms`, `2.00 s`, `74.1 s`; whole microseconds are the finest that is measured. */
export function spanText(ms: number): string {
  const rounded = toThreeDigits(ms);
  if (rounded < 1) return `${Math.round(rounded * 1_000)} µs`;
  return rounded < 1_000 ? `${threeDigits(rounded)} ms` : `${threeDigits(toThreeDigits(ms / 1_000))} s`;
}

/** A span that is a round number, without the digits that say nothing: `1.5 ms`, `200 µs`, `2 s`. */
export function roundSpanText(ms: number): string {
  return spanText(ms)
    .replace(/(\.\d*?)0+(?= )/, '$1')
    .replace('. ', ' ');
}

/** How long something took or is to take, without digits that nobody asked for: `500 ms`, `10 s`, `2.5 s`, `5 min`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return spanText(Math.round(ms));
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1_000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A rate: `0.5/s`, `199.8/s`, `12,346/s`. */
export function rateText(perSecond: number): string {
  const digits = perSecond < 10 ? 2 : perSecond < 1_000 ? 1 : 0;
  return `${grouped(Number(perSecond.toFixed(digits)))}/s`;
}

/** A ratio from 0 to 1 as a percentage: `0 %`, `0.48 %`, `34.2 %`, `100 %`. What is not nothing never reads as nothing, nor what is not all as all. */
export function percentText(ratio: number): string {
  const percent = ratio * 100;
  if (percent <= 0) return '0 %';
  if (percent >= 100) return '100 %';
  if (percent < 0.01) return '<0.01 %';
  if (percent > 99.99) return '>99.99 %';
  const digits = percent < 1 || percent > 99 ? 2 : 1;
  return `${Number(percent.toFixed(digits))} %`;
}

/** A count: `3`, `14,000`. */
export function countText(count: number): string {
  return grouped(count);
}

/** `1 request`, `14,000 requests`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function threeDigits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : grouped(Math.round(value));
}

function toThreeDigits(value: number): number {
  return value >= 1_000 ? Math.round(value) : Number(value.toPrecision(3));
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}
