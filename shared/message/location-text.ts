import { formatDuration, formatInstant } from './format.ts';
import type { NoticeItem, SeenFrom } from './model.ts';

type LocationItem = Extract<NoticeItem, { kind: 'location' }>;

/** `failed from 2 of 3 locations: us-east-1, ap-southeast-2; passed from eu-west-1`; empty where nobody knows, or one looked. */
export function seenText(seen: SeenFrom | undefined): string {
  if (seen === undefined || seen.failed.length === 0) return '';
  const count = seen.failed.length + seen.good.length + seen.silent.length;
  const parts = [
    `failed from ${seen.failed.length} of ${count} locations: ${seen.failed.join(', ')}`,
    ...(seen.good.length === 0 ? [] : [`passed from ${seen.good.join(', ')}`]),
    ...(seen.silent.length === 0 ? [] : [`nothing new from ${seen.silent.join(', ')}`]),
  ];
  return parts.join('; ');
}

/** Since when nothing has come from a location. */
export function silentText({ transition: { facts, at } }: LocationItem): string {
  const lastAt = facts.kind === 'location' ? facts.lastRowAt : 0;
  return lastAt > 0 ? `${formatInstant(lastAt)} (${formatDuration(at - lastAt)} ago)` : 'nobody knows when';
}

/** What that means for everything that is probed. */
export const meanwhileText = 'what is probed is judged without it: this is no outage of a target';

export const silentEnding = 'resolves with the next tick of that location';

/** Where to look. */
export const silentAdvice =
  'is its stack deployed, do its schedules run, and may its probe function write to the ledger at home? Its log, in that region, says why';
