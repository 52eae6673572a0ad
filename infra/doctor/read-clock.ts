import type { Look } from './model.ts';
import type { Asked } from './read.ts';

const patienceMs = 5_000;

/** This machine's clock less that of AWS, ms, by the `Date` of any answer, which is told in whole seconds. */
export async function readClock({ settings, signal }: Pick<Asked, 'settings' | 'signal'>): Promise<Look<number>> {
  const url = settings.endpoint ?? `https://sts.${settings.region}.amazonaws.com/`;
  const sentAt = Date.now();
  try {
    const answer = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    return clockOf(answer.headers.get('date'), (sentAt + Date.now()) / 2);
  } catch {
    return { unseen: `${new URL(url).host} did not answer` };
  }
}

const halfSecondMs = 500;

/** `here` is this machine's time, epoch ms, in the middle of the question. */
export function clockOf(date: string | null, here: number): Look<number> {
  const there = Date.parse(date ?? '');
  return Number.isNaN(there)
    ? { unseen: 'no time came with the answer' }
    : { value: Math.round(here - there - halfSecondMs) };
}
