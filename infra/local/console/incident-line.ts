import type { IncidentView } from '../../../shared/app/overview/model.ts';
import { type BadgeView, badge } from './badge.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { pageHref } from './route.ts';
import { setTime, timeElement } from './time.ts';
import { plural, severityWords, spanText } from './words.ts';

export const incidentHref = (id: string): string => pageHref('incident', id);

/** `Page: shortener-health, shortener-availability`. */
export function incidentTitle({ severity, monitors, bursts, slos = [] }: IncidentView): string {
  return `${severityWords[severity]}: ${[...monitors, ...bursts, ...slos].join(', ')}`;
}

/** `, for 4 min, 2 alerts`, after when it opened. */
export function lengthText({ openedAt, closedAt, alerts }: IncidentView, now: number): string {
  return `, ${closedAt === null ? 'for' : 'lasted'} ${spanText((closedAt ?? now) - openedAt)}, ${plural(alerts.length, 'alert')}`;
}

export function incidentBadge({ closedAt }: IncidentView): BadgeView {
  return closedAt === null
    ? { icon: 'firing', tone: 'bad', word: 'Open' }
    : { icon: 'passed', tone: 'calm', word: 'Closed' };
}

/** `ann is at it`; empty where nobody is. */
export function atItText({ acknowledged }: IncidentView): string {
  return acknowledged === undefined ? '' : `${acknowledged.by} is at it`;
}

/** One incident in a list, as a link to its page. */
export function incidentLine(): Part<IncidentView> {
  const state = badge('badge-small');
  const link = element('a', { class: 'line-name' });
  const opened = timeElement();
  const length = element('span');
  const atIt = element('span', { class: 'chip' });
  const since = element('span', { class: 'quiet' }, opened, length);
  return {
    element: element('li', { class: 'line' }, state.element, link, atIt, since),
    update: (view, now) => {
      state.update(incidentBadge(view));
      setAttribute(link, 'href', incidentHref(view.id));
      setText(link, incidentTitle(view));
      setText(atIt, atItText(view));
      show(atIt, view.acknowledged !== undefined);
      setTime(opened, view.openedAt, now);
      setText(length, lengthText(view, now));
    },
  };
}
