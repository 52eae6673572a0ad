import type { SloDetailView } from '../../../shared/app/overview/model.ts';
import type { BadReason, Episode } from '../../../shared/slo/spending.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { incidentHref } from './incident-line.ts';
import { minuteText } from './instants.ts';
import { countText, errorWords, plural, ratioText } from './words.ts';

/** One line with a bar: a part of what was spent. */
type Line = {
  readonly key: string;
  readonly text: string;
  readonly href: string | null;
  readonly bad: number;
  readonly ratio: number;
};

const mostLines = 8;

const reasonWords: Readonly<Record<BadReason, string>> = { ...errorWords, slow: 'Too slow', degraded: 'Degraded' };

/** Where the budget went: by incident and other episodes, and by monitor, location and error type where there are several. */
export function spendingCard(): Part<SloDetailView> {
  const none = element('p', { class: 'quiet' }, 'Nothing was bad in this window: all of the budget is there.');
  const lists = [
    { part: lineList('By incident'), linesOf: episodeLines },
    { part: lineList('By error type'), linesOf: reasonLines },
    { part: lineList('By monitor'), linesOf: monitorLines },
    { part: lineList('By location'), linesOf: locationLines },
  ];
  const parts = element('div', { class: 'spending' }, ...lists.map(({ part }) => part.element));
  return {
    element: element('section', { class: 'card page-card' }, element('h2', {}, 'Where it went'), none, parts),
    update: (slo, now) => {
      show(none, slo.spending.bad === 0);
      show(parts, slo.spending.bad > 0);
      for (const { part, linesOf } of lists) part.update(linesOf(slo.spending, now), now);
    },
  };
}

type Spending = SloDetailView['spending'];

function episodeLines({ episodes, bad }: Spending, now: number): readonly Line[] {
  return episodes.map((episode) => ({
    key: `${episode.fromAt}`,
    text: episodeText(episode, now),
    href: episode.incidentId === undefined ? null : incidentHref(episode.incidentId),
    ...{ bad: episode.bad, ratio: bad === 0 ? 0 : episode.bad / bad },
  }));
}

/** `14:02 to 14:10, shortener-health: no connection`. */
function episodeText({ fromAt, toAt, isWholeDay, monitor, reason, incidentId }: Episode, now: number): string {
  const span = isWholeDay
    ? `${minuteText(fromAt, now)}, some time that day`
    : `${minuteText(fromAt, now)} to ${minuteText(toAt, now)}`;
  const what = [monitor, reason === undefined ? undefined : reasonWords[reason].toLowerCase()].filter(
    (word) => word !== undefined,
  );
  return `${span}${incidentId === undefined ? '' : ', an incident'}${what.length === 0 ? '' : `, ${what.join(': ')}`}`;
}

const reasonLines = ({ byReason, bad }: Spending): readonly Line[] =>
  linesOf(byReason, bad, (name) => reasonWords[name as BadReason] ?? name, 'Not known any more');
const monitorLines = ({ byMonitor, bad }: Spending): readonly Line[] =>
  byMonitor.length < 2 ? [] : linesOf(byMonitor, bad, (name) => name, 'Unknown');
const locationLines = ({ byLocation, bad }: Spending): readonly Line[] =>
  byLocation.length < 2 ? [] : linesOf(byLocation, bad, (name) => name, 'Unknown');

function linesOf(
  parts: readonly { readonly name?: string; readonly bad: number }[],
  bad: number,
  textOf: (name: string) => string,
  unknown: string,
): readonly Line[] {
  return parts.map(({ name, bad: mine }) => ({
    ...{ key: name ?? '', href: null, bad: mine, ratio: bad === 0 ? 0 : mine / bad },
    text: name === undefined ? unknown : textOf(name),
  }));
}

function lineList(title: string): Part<readonly Line[]> {
  const list = element('ul', { class: 'shares' });
  const update = keyedList<Line>(list, ({ key }) => key, shareLine);
  const rest = element('p', { class: 'quiet' });
  const node = element('div', {}, element('h3', {}, title), list, rest);
  return {
    element: node,
    update: (lines, now) => {
      show(node, lines.length > 0);
      update(lines.slice(0, mostLines), now);
      const others = lines.slice(mostLines);
      show(rest, others.length > 0);
      setText(
        rest,
        `and ${plural(others.length, 'smaller one')}, ${countText(others.reduce((sum, { bad }) => sum + bad, 0))} bad`,
      );
    },
  };
}

function shareLine(): Part<Line> {
  const text = element('span');
  const link = element('a');
  const fill = element('span', { class: 'meter-fill' });
  const value = element('span', { class: 'share-value' });
  const track = element('span', { class: 'meter-track', 'aria-hidden': 'true' }, fill);
  const node = element('li', { class: 'share' }, element('span', { class: 'share-text' }, text, link), track, value);
  return {
    element: node,
    update: (line) => {
      show(link, line.href !== null);
      show(text, line.href === null);
      if (line.href !== null) setAttribute(link, 'href', line.href);
      setText(link, line.text);
      setText(text, line.text);
      setText(value, `${countText(line.bad)} bad, ${ratioText(line.ratio)}`);
      fill.style.width = `${line.ratio * 100}%`;
    },
  };
}
