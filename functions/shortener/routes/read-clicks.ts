import { isCode } from '../code.ts';
import { dateOf, dayOf } from '../day.ts';
import { type Endpoint, unknownLink, type World } from '../endpoint.ts';
import { jsonAnswer } from '../http.ts';
import type { LinkClicks } from '../ports.ts';
import { invalidInput, type Problem } from '../problem.ts';
import { privately, revalidate } from '../revalidate.ts';

const usualDays = 30;
const mostDays = 60;

/** The clicks of a link on each of the last days in UTC, today last. */
export function readClicks({ dependencies: { store, now }, kept: { clicks } }: World): Endpoint {
  return async ({ code, request, signal }) => {
    const days = parseDays(request.query);
    if (typeof days !== 'number') return days;
    if (!isCode(code)) return unknownLink;
    await clicks.writeNow(signal);
    const found = await store.loadClicks(code, now(), signal);
    if (!found) return unknownLink;
    return revalidate(request, jsonAnswer(200, renderClicks(found, days, dayOf(now()))), privately);
  };
}

function renderClicks({ link, byDay }: LinkClicks, days: number, today: number) {
  const shown = Array.from({ length: days }, (_, index) => today - days + 1 + index);
  return {
    code: link.code,
    clicks: link.clicks,
    days: shown.map((day) => ({ date: dateOf(day), clicks: byDay.get(day) ?? 0 })),
  };
}

function parseDays(query: string): number | Problem {
  const parameters = [...new URLSearchParams(query)];
  const [[name, value] = ['days', String(usualDays)], ...more] = parameters;
  const isKnown = name === 'days' && more.length === 0;
  if (isKnown && /^[1-9]\d?$/.test(value) && Number(value) <= mostDays) return Number(value);
  const detail = `days, a whole number from 1 to ${mostDays}, is the only parameter here`;
  return invalidInput([{ pointer: '?days', code: 'parameter', detail }]);
}
