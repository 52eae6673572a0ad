import type { BurnRuleView, SloDetailView } from '../../../shared/app/overview/model.ts';
import type { Forecast } from '../../../shared/slo/forecast.ts';
import { minuteText } from './instants.ts';
import { burnText, countText, roughSpanText, spanText } from './words.ts';

type Burning = Extract<Forecast, { kind: 'burning' }>;

/** When the budget will be gone, in a sentence: `At this pace gone between 14:10 and 16:40; most likely 15:05.` */
export function forecastSentence(forecast: Forecast, now: number): string {
  switch (forecast.kind) {
    case 'unknown':
      return 'Nothing was judged lately that would tell what comes.';
    case 'spent':
      return forecast.backAt === undefined
        ? 'Nothing is left of the budget.'
        : `Nothing is left. It is back at ${minuteText(forecast.backAt, now)} (in ${roughSpanText(forecast.backAt - now)}), if nothing more is bad.`;
    case 'calm':
      return `Nothing was bad in the last ${roughSpanText(forecast.lookbackMs)}: the budget lasts until ${minuteText(forecast.lastsUntilAt, now)} at least (19 times in 20).`;
    case 'burning':
      return burningSentence(forecast, now);
    default:
      return forecast satisfies never;
  }
}

function burningSentence({ earliestAt, likelyAt, latestAt, untilAt }: Burning, now: number): string {
  const at = (instant: number) => minuteText(instant, now);
  if (earliestAt === undefined) return `At this pace it lasts until ${at(untilAt)} and longer (19 times in 20).`;
  if (likelyAt === undefined) return `At this pace it rather lasts; it may be gone at ${at(earliestAt)}.`;
  const likely = `most likely ${at(likelyAt)} (in ${roughSpanText(likelyAt - now)})`;
  if (latestAt === undefined) return `At this pace gone after ${at(earliestAt)}; ${likely}. It may last.`;
  return `At this pace gone between ${at(earliestAt)} and ${at(latestAt)}; ${likely}.`;
}

/** What "goes on like this" means: `3 of 3 events bad, as in the last 3 min`. */
export function latelyText({ judged, bad, lookbackMs }: SloDetailView['lately']): string {
  const span = `in the last ${roughSpanText(lookbackMs)}`;
  if (judged === 0) return `Nothing was judged ${span}: nobody knows how it goes on.`;
  return `“If it goes on like this” means: ${countText(bad)} of ${countText(judged)} events bad, as ${span}.`;
}

/** What a rule does next, in a sentence; empty where nobody has looked ahead. */
export function aheadSentence(
  { ahead, status }: Pick<SloDetailView['rules'][number], 'ahead' | 'status'>,
  now: number,
): string {
  if (ahead === undefined || ahead.kind === 'unknown') return '';
  const lead = 'If it goes on like this: ';
  if (ahead.kind === 'stays') return `${lead}${status === 'firing' ? 'goes on firing' : 'does not fire'}.`;
  const leftMs = ahead.at - now;
  if (leftMs <= 0) return `${lead}${ahead.kind} with the next evaluation.`;
  const span = leftMs < 60_000 ? 'within a minute' : `in ${spanText(Math.ceil(leftMs / 60_000) * 60_000)}`;
  return `${lead}${ahead.kind} ${span} (${minuteText(ahead.at, now)}).`;
}

/** How close a rule is: `14.4× needed in both windows, now 3.1× over 1 h and 0× over 5 min`. */
export function closenessText({ threshold, longBurnRate, shortBurnRate, longMs, shortMs }: BurnRuleView): string {
  const window = (rate: number, ms: number) => `${burnText(rate)} over ${roughSpanText(ms)}`;
  return `${burnText(threshold)} needed in both windows, now ${window(longBurnRate, longMs)} and ${window(shortBurnRate, shortMs)}`;
}

/** Why nobody was told of what fires; empty where everybody was. */
export function heldBackText(heldBack: BurnRuleView['heldBack']): string {
  if (heldBack === undefined) return '';
  return heldBack === 'page'
    ? 'Held back: a page of this SLO is open, which says it all.'
    : 'Silenced: nobody was told.';
}
