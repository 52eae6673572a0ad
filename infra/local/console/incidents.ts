import type { IncidentView } from '../../../shared/app/overview/model.ts';
import { badge } from './badge.ts';
import { byId, element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { icon } from './icons.ts';
import { atItText, incidentBadge, incidentHref, incidentTitle, lengthText } from './incident-line.ts';
import { pendingCard } from './pending.ts';
import { silencesCard } from './silences.ts';
import type { ConsoleState } from './state.ts';
import { setTime, timeElement } from './time.ts';

/** What is pending, what is silenced, and incidents, the open ones first: each unfolds into the timeline of its alerts, and has a page of its own. */
export function incidentsSection(): (state: ConsoleState, now: number) => void {
  const list = element('ul', { class: 'stack' });
  const empty = element('p', { class: 'empty', hidden: '' });
  setText(
    empty,
    'No incidents so far. One opens when an alert fires, and closes when the last of its alerts resolves.',
  );
  const pending = pendingCard();
  const silences = silencesCard();
  byId('incidents').append(pending.element, silences.element, list, empty);
  const update = keyedList<IncidentView>(list, (incident) => incident.id, incidentCard);
  return (state, now) => {
    show(empty, state.incidents.length === 0);
    pending.update(state, now);
    silences.update(state.silences, now);
    update(state.incidents, now);
  };
}

function incidentCard(incident: IncidentView): Part<IncidentView> {
  const state = badge();
  const link = element('a', { class: 'card-link' });
  const title = element('span', { class: 'card-name' }, link);
  const atIt = element('span', { class: 'chip' });
  const opened = timeElement();
  const length = element('span');
  const timeline = element('ol', { class: 'timeline' });
  const updateTimeline = keyedList<Moment>(timeline, (moment) => moment.key, timelineMoment);
  const summary = element(
    'summary',
    { class: 'card-head' },
    state.element,
    title,
    atIt,
    element('span', { class: 'quiet' }, opened, length),
    element('span', { class: 'toggle' }, icon('chevron')),
  );
  const details = element('details', { open: incident.closedAt === null ? '' : null }, summary, timeline);
  const node = element('li', { class: 'card card-incident' }, details);
  return {
    element: node,
    update: (view, now) => {
      const isOpen = view.closedAt === null;
      setAttribute(node, 'data-incident', view.id);
      setAttribute(node, 'data-open', String(isOpen));
      state.update(incidentBadge(view));
      setAttribute(link, 'href', incidentHref(view.id));
      setText(link, incidentTitle(view));
      setText(atIt, atItText(view));
      show(atIt, isOpen && view.acknowledged !== undefined);
      setTime(opened, view.openedAt, now);
      setText(length, lengthText(view, now));
      updateTimeline(momentsOf(view), now);
    },
  };
}

type Moment = {
  readonly key: string;
  readonly kind: 'fired' | 'resolved';
  readonly at: number;
  readonly title: string;
};

/** Every firing and resolution, oldest first. */
function momentsOf(incident: IncidentView): readonly Moment[] {
  const moments = incident.alerts.flatMap((alert): Moment[] => {
    const fired: Moment = {
      key: `${alert.id} ${alert.firedAt} fired`,
      kind: 'fired',
      at: alert.firedAt,
      title: alert.title,
    };
    if (alert.resolvedAt === null) return [fired];
    return [fired, { ...fired, key: `${alert.id} ${alert.firedAt} resolved`, kind: 'resolved', at: alert.resolvedAt }];
  });
  return moments.toSorted((a, b) => a.at - b.at);
}

function timelineMoment(): Part<Moment> {
  const time = timeElement();
  const mark = element('span', { class: 'moment-icon' });
  const word = element('strong');
  const title = element('span');
  const node = element('li', { class: 'moment' }, mark, time, word, title);
  return {
    element: node,
    update: (moment, now) => {
      setAttribute(node, 'data-kind', moment.kind);
      if (mark.firstChild === null) mark.append(icon(moment.kind === 'fired' ? 'firing' : 'passed'));
      setTime(time, moment.at, now);
      setText(word, moment.kind === 'fired' ? 'Fired' : 'Resolved');
      setText(title, moment.title);
    },
  };
}
