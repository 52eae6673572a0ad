import { fewestRuns } from '../../burst/compare.ts';
import { longestRunMs } from '../model.ts';
import { most } from './limits.ts';
import { renderDuration } from './units.ts';
import { readRate, readSpan, readStatus, type Value } from './values.ts';

/** A rate, and how long it is held or how long the way to it takes, where that is said in the same text. */
export type Paced = { readonly perSecond: number; readonly durationMs?: number };
/** The word before the time: a rate is held for a while, and reached over a while. */
export type PaceWord = 'for' | 'over';

/** Stages shorter than this say nothing that can be measured. */
export const shortestStageMs = 100;

/** `200/s`, or `200/s for 10s`, `500/s over 10s`. */
export function readPaced(text: string, word: PaceWord): Value<Paced> {
  const [, rate = '', between, span] = /^(\S+)(?:\s+(\S+)\s+(\S+))?$/.exec(text.trim()) ?? [];
  const perSecond = readRate(rate);
  const isShaped = rate !== '' && (between === undefined || between === word);
  if (!isShaped) return refuse('STAGE', `must be a rate and its time, such as 200/s ${word} 10s`);
  if (!perSecond.ok || span === undefined) return perSecond.ok ? yes({ perSecond: perSecond.value }) : perSecond;
  const duration = readSpan(span, shortestStageMs, longestRunMs);
  if (duration.ok) return yes({ perSecond: perSecond.value, durationMs: duration.value });
  const [from, to] = [renderDuration(shortestStageMs), renderDuration(longestRunMs)];
  return refuse(duration.code, `must have a time between ${from} and ${to} after "${word}"`);
}

/** A status, or a range of them: a number, or a text. */
export function readStatusEntry(raw: unknown): Value<{ readonly from: number; readonly to: number }> {
  const isWritten = typeof raw === 'string' || typeof raw === 'number';
  return readStatus(isWritten ? String(raw) : '');
}

/** How many earlier runs: `last 5`, or 5; with fewer than a comparison needs there never was one. */
export function readBaseline(raw: unknown): Value<number> {
  const [, digits] = /^(?:last\s+)?(\d{1,3})$/.exec(String(raw)) ?? [];
  const count = Number(digits);
  if (count >= fewestRuns && count <= most.baseline) return yes(count);
  return refuse('COMPARE', `must be from "last ${fewestRuns}" to "last ${most.baseline}", such as last 5`);
}

/** How much faster each step of a search is than the one before. */
export function readFactor(raw: unknown): Value<number> {
  if (typeof raw === 'number' && raw >= 1.1 && raw <= 10) return yes(raw);
  return refuse('NUMBER', 'must be a number from 1.1 to 10, such as 2');
}

function yes<T>(value: T): Value<T> {
  return { ok: true, value };
}

function refuse(code: Extract<Value<never>, { ok: false }>['code'], message: string): Value<never> {
  return { ok: false, code, message };
}
