import type { IncidentDetailView, ProbeFailureView } from '../../../shared/app/overview/model.ts';
import { badge } from './badge.ts';
import { followDetail } from './detail.ts';
import { detailState } from './detail-state.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { incidentActions } from './incident-actions.ts';
import { atItText, incidentBadge, incidentTitle, lengthText } from './incident-line.ts';
import { entriesOf, type TimelineEntry } from './incident-model.ts';
import { type Page, pageHead } from './pages.ts';
import { pageHref } from './route.ts';
import type { InboxMessage } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { countText, errorWords, plural, ratioText, seenText } from './words.ts';

const kindIcons: Readonly<Record<TimelineEntry['kind'], IconName>> = {
  fired: 'firing',
  joined: 'firing',
  heldBack: 'pending',
  reminded: 'pending',
  escalated: 'degraded',
  acknowledged: 'passed',
  silenced: 'blocked',
  resolved: 'passed',
  closed: 'passed',
  message: 'mail',
};

/** Everything about one incident: what happened, what was told, what it cost, the probes, and what one can do. */
export function incidentPage(id: string, onChange: () => void): Page {
  const follow = followDetail<IncidentDetailView>(`/api/incident?id=${encodeURIComponent(id)}`, onChange);
  const head = incidentHead(id);
  const state = detailState(`the incident ${id}`);
  const actions = incidentActions();
  const timeline = timelineCard();
  const others = [costCard(), runbookCard(), probesCard()];
  const body = element('div', { class: 'page-body', hidden: '' }, actions.element, timeline.element);
  body.append(...others.map((part) => part.element));
  return {
    element: element('div', { class: 'page', 'data-page': 'incident' }, head.element, state.element, body),
    close: follow.close,
    update: (shown, now) => {
      const detail = follow.read(shown);
      state.update(detail, now);
      show(body, detail.state === 'there');
      if (detail.state !== 'there') return `Incident ${id}`;
      const { value } = detail;
      head.update(value, now);
      actions.update(value.incident, now);
      timeline.update({ detail: value, inbox: shown.inbox }, now);
      for (const part of others) part.update(value, now);
      return `${value.incident.closedAt === null ? 'Open' : 'Closed'}: ${incidentTitle(value.incident)}`;
    },
  };
}

function incidentHead(id: string): Part<IncidentDetailView> {
  const head = pageHead(`Incident ${id}`);
  setText(head.title, 'Incident');
  const state = badge();
  const atIt = element('span', { class: 'chip', hidden: '' });
  const opened = timeElement();
  const length = element('span');
  const since = element('span', { class: 'quiet', hidden: '' }, 'since ', opened, length);
  head.element.append(state.element, atIt, since);
  state.element.hidden = true;
  return {
    element: head.element,
    update: ({ incident }, now) => {
      setText(head.title, incidentTitle(incident));
      state.update(incidentBadge(incident));
      for (const node of [state.element, since]) show(node, true);
      setText(atIt, atItText(incident));
      show(atIt, incident.acknowledged !== undefined);
      setTime(opened, incident.openedAt, now);
      setText(length, lengthText(incident, now));
    },
  };
}

function card(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'card page-card' }, element('h2', {}, title), ...children);
}

type TimelineView = { readonly detail: IncidentDetailView; readonly inbox: readonly InboxMessage[] };

function timelineCard(): Part<TimelineView> {
  const list = element('ol', { class: 'timeline timeline-long' });
  const update = keyedList<TimelineEntry>(list, ({ key }) => key, timelineLine);
  const told = element('p', { class: 'quiet' });
  return {
    element: card('Timeline', list, told),
    update: ({ detail, inbox }, now) => {
      update(entriesOf(detail, inbox, now), now);
      setText(
        told,
        detail.told.length === 0 ? 'No channel was told of it.' : `Channels that were told: ${detail.told.join(', ')}.`,
      );
    },
  };
}

function timelineLine(): Part<TimelineEntry> {
  const time = timeElement();
  const mark = element('span', { class: 'moment-icon' });
  const word = element('strong');
  const text = element('span');
  const link = element('a');
  const node = element('li', { class: 'moment' }, mark, time, word, element('span', {}, text, link));
  return {
    element: node,
    update: (entry, now) => {
      setAttribute(node, 'data-kind', entry.kind);
      if (mark.firstChild === null) mark.append(icon(kindIcons[entry.kind]));
      setTime(time, entry.at, now);
      setText(word, entry.word);
      show(link, entry.href !== null);
      show(text, entry.href === null);
      if (entry.href !== null) setAttribute(link, 'href', entry.href);
      setText(entry.href === null ? text : link, entry.text);
    },
  };
}

function costCard(): Part<IncidentDetailView> {
  const list = element('ul', { class: 'lines' });
  const update = keyedList<IncidentDetailView['spent'][number]>(list, ({ sloId }) => sloId, spentLine);
  const none = element('p', { class: 'quiet' }, 'Nothing: no SLO counted anything bad meanwhile.');
  return {
    element: card('What it cost', list, none),
    update: ({ spent }, now) => {
      show(none, spent.length === 0);
      update(spent, now);
    },
  };
}

function spentLine(): Part<IncidentDetailView['spent'][number]> {
  const link = element('a', { class: 'line-name' });
  const text = element('span', { class: 'quiet' });
  return {
    element: element('li', { class: 'line' }, link, text),
    update: ({ sloId, badEvents, spentPpm }) => {
      setAttribute(link, 'href', pageHref('slo', sloId));
      setText(link, sloId);
      setText(text, `${ratioText(spentPpm / 1_000_000)} of its budget: ${plural(badEvents, 'bad event')}`);
    },
  };
}

type Runbook = IncidentDetailView['runbooks'][number];

function runbookCard(): Part<IncidentDetailView> {
  const list = element('ul', { class: 'lines' });
  const update = keyedList<Runbook>(list, ({ runbook }) => runbook, runbookLine);
  const node = card('Runbooks', list);
  return {
    element: node,
    update: ({ runbooks }, now) => {
      show(node, runbooks.length > 0);
      update(runbooks, now);
    },
  };
}

/** A path in the repository is no link here. */
function runbookLine({ runbook }: Runbook): Part<Runbook> {
  const isLink = /^https?:\/\//.test(runbook);
  const target = isLink
    ? element('a', { class: 'line-name', href: runbook, target: '_blank', rel: 'noreferrer' }, runbook)
    : element('code', { class: 'line-name' }, runbook);
  const name = element('span', { class: 'quiet' });
  return {
    element: element('li', { class: 'line' }, target, name),
    update: (view) => setText(name, view.name),
  };
}

function probesCard(): Part<IncidentDetailView> {
  const about = element('p', { class: 'quiet' });
  const list = element('ul', { class: 'lines probe-failures' });
  const update = keyedList<ProbeFailureView>(list, ({ monitor, at }) => `${at} ${monitor}`, failureLine);
  const node = card('Failed probes', about, list);
  return {
    element: node,
    update: ({ failures, failureCount, incident }, now) => {
      show(node, incident.monitors.length > 0);
      setText(about, failuresText(failures.length, failureCount));
      update(failures, now);
    },
  };
}

function failuresText(shown: number, all: number): string {
  if (all === 0) return 'None that is still known: single probes are kept for three days.';
  return shown === all
    ? `${plural(all, 'failed probe')}, the newest first.`
    : `The newest ${shown} of ${countText(all)}.`;
}

function failureLine(): Part<ProbeFailureView> {
  const time = timeElement('quiet');
  const monitor = element('span', { class: 'failure-monitor' });
  const why = element('span', { class: 'line-name' });
  return {
    element: element('li', { class: 'line' }, time, monitor, why),
    update: (failure, now) => {
      setTime(time, failure.at, now);
      setText(monitor, failure.monitor);
      setText(why, failureText(failure));
    },
  };
}

function failureText({ errorType, statusCode, message = '', ...seen }: ProbeFailureView): string {
  const isSaid = /\bstatus\b/.test(message) && message.includes(String(statusCode));
  const parts = [
    errorType === undefined ? 'Failed' : errorWords[errorType],
    statusCode === undefined || isSaid ? '' : `status ${statusCode}`,
    message,
    seenText(seen),
  ];
  return parts.filter((part) => part !== '').join('; ');
}
