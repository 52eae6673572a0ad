import type { Forecast } from '../../../shared/slo/forecast.ts';
import { countOf, countText } from '../numbers.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A span with the digits that a forecast has: `40 min`, `31 h`, `3.4 d`, `25 d`. */
export function aheadText(ms: number): string {
  const span = Math.max(0, ms);
  if (span < 2 * hourMs) return `${Math.round(span / minuteMs)} min`;
  if (span < 2 * dayMs) return `${Math.round(span / hourMs)} h`;
  return span < 10 * dayMs ? `${Number((span / dayMs).toFixed(1))} d` : `${Math.round(span / dayMs)} d`;
}

/** When nothing is left, for a table: `in 31 h (9 h to 5.6 d)`, `not within 3.4 d`, `spent, back in 3 d`. */
export function goneText(forecast: Forecast, now: number): string {
  const inSpan = (at: number) => aheadText(at - now);
  switch (forecast.kind) {
    case 'unknown':
      return '–';
    case 'spent':
      return forecast.backAt === undefined ? 'spent' : `spent, back in ${inSpan(forecast.backAt)}`;
    case 'calm':
      return `not within ${inSpan(forecast.lastsUntilAt)}`;
    case 'burning':
      return burningText(forecast, forecast.untilAt, inSpan);
    default:
      return forecast satisfies never;
  }
}

type Burning = Extract<Forecast, { kind: 'burning' }>;

function burningText(
  { earliestAt, likelyAt, latestAt }: Burning,
  untilAt: number,
  inSpan: (at: number) => string,
): string {
  if (earliestAt === undefined) return `not within ${inSpan(untilAt)}`;
  if (likelyAt === undefined) return `perhaps in ${inSpan(earliestAt)} or later`;
  return latestAt === undefined
    ? `in ${inSpan(likelyAt)} (${inSpan(earliestAt)} or later)`
    : `in ${inSpan(likelyAt)} (${inSpan(earliestAt)} to ${inSpan(latestAt)})`;
}

/** The same as a sentence, with what it was made from. */
export function forecastText(forecast: Forecast, now: number): string {
  const inSpan = (at: number) => aheadText(at - now);
  const seen = `${countText(forecast.bad)} bad of ${countOf(forecast.judged, 'event')} in the last ${aheadText(forecast.lookbackMs)}`;
  switch (forecast.kind) {
    case 'unknown':
      return 'Nothing was judged lately that would tell what comes.';
    case 'spent':
      return forecast.backAt === undefined
        ? 'Nothing is left of the budget.'
        : `Nothing is left of the budget. It is back in ${inSpan(forecast.backAt)}, if nothing more is bad.`;
    case 'calm':
      return `Nothing bad among ${countOf(forecast.judged, 'event')} in the last ${aheadText(forecast.lookbackMs)}: with a chance of 95 % the budget lasts for ${inSpan(forecast.lastsUntilAt)} at least.`;
    case 'burning':
      return `${burningSentence(forecast, inSpan)} That is what ${seen} tell.`;
    default:
      return forecast satisfies never;
  }
}

function burningSentence({ earliestAt, likelyAt, latestAt, untilAt }: Burning, inSpan: (at: number) => string): string {
  if (earliestAt === undefined) return `The budget lasts for ${inSpan(untilAt)} at this pace, with a chance of 95 %.`;
  if (likelyAt === undefined)
    return `The budget rather lasts for ${inSpan(untilAt)} at this pace; it may be gone in ${inSpan(earliestAt)}.`;
  const latest = latestAt === undefined ? 'or much later' : `and ${inSpan(latestAt)}`;
  const band =
    latestAt === undefined
      ? `in ${inSpan(earliestAt)} at the earliest, ${latest}`
      : `between ${inSpan(earliestAt)} ${latest}`;
  return `The budget is gone in ${inSpan(likelyAt)} if this goes on; with a chance of 90 % ${band}.`;
}
