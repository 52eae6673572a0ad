import type { MonitorView } from '../../../shared/app/overview/model.ts';
import { type BadgeView, badge, type Tone } from './badge.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { icon } from './icons.ts';
import { latencyChart } from './latency-chart.ts';
import { type AlertLine, monitorAlert } from './monitor-alert.ts';
import { setTime, timeElement } from './time.ts';
import { countedWord, errorWords, latencyText, monitorWords, paceText, seenText } from './words.ts';

const tones: Readonly<Record<MonitorView['state'], Tone>> = {
  passed: 'good',
  degraded: 'warn',
  failed: 'bad',
  unknown: 'odd',
  blocked: 'odd',
  waiting: 'calm',
};

export function monitorBadge(state: MonitorView['state']): BadgeView {
  return { icon: state, tone: tones[state], word: monitorWords[state] };
}

/** The id of a monitor's card in the page: what the verdict links to. */
export function monitorAnchor(id: string): string {
  return `monitor-${id}`;
}

/** One monitor: open from the start, or one line with a small chart, to be opened. */
export function monitorCard(isCompact: boolean): Part<MonitorView> {
  const state = badge();
  const name = element('h3', { class: 'card-name' });
  const latency = element('span', { class: 'latency' });
  const since = sinceLine();
  const reason = element('p', { class: 'reason', hidden: '' });
  const seen = element('p', { class: 'quiet', hidden: '' });
  const details = monitorDetails(isCompact);
  const spark = isCompact ? latencyChart(true) : null;
  const refresh = { run: () => {} };
  const toggle = isCompact ? toggleButton(details.element, () => refresh.run()) : null;
  const head = element(
    'div',
    { class: 'card-head' },
    state.element,
    name,
    spark === null ? null : element('div', { class: 'spark' }, spark.element),
    latency,
    toggle,
  );
  const node = element(
    'li',
    { class: isCompact ? 'card card-compact' : 'card', tabindex: '-1' },
    head,
    isCompact ? null : since.element,
    reason,
    seen,
    details.element,
  );
  if (isCompact) details.element.prepend(since.element);
  return {
    element: node,
    update: (monitor, now) => {
      refresh.run = () => details.update(monitor, now);
      setAttribute(node, 'id', monitorAnchor(monitor.id));
      setAttribute(node, 'data-monitor', monitor.id);
      setAttribute(node, 'data-state', monitor.state);
      state.update(monitorBadge(monitor.state));
      setText(name, monitor.id);
      const hasLatency = monitor.type !== 'heartbeat';
      show(latency, hasLatency);
      setText(latency, monitor.latencyMs === undefined ? '–' : latencyText(monitor.latencyMs));
      setAttribute(latency, 'title', 'Latency of the newest probe');
      if (toggle !== null) setAttribute(toggle, 'aria-label', `Details of ${monitor.id}`);
      since.update(monitor, now);
      setText(reason, reasonText(monitor));
      show(reason, reasonText(monitor) !== '');
      setText(seen, seenText(monitor));
      show(seen, seenText(monitor) !== '');
      spark?.update(monitor);
      details.update(monitor, now);
    },
  };
}

function toggleButton(details: HTMLElement, onOpen: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'toggle', 'aria-expanded': 'false' }, icon('chevron'));
  button.addEventListener('click', () => {
    const isOpening = details.hasAttribute('hidden');
    show(details, isOpening);
    setAttribute(button, 'aria-expanded', String(isOpening));
    if (isOpening) onOpen();
  });
  return button;
}

function sinceLine(): Part<MonitorView> {
  const lead = element('span');
  const time = timeElement();
  const pace = element('span');
  const maintenance = element(
    'span',
    { class: 'chip', hidden: '' },
    icon('maintenance'),
    'Under maintenance: not counted',
  );
  const node = element('p', { class: 'meta' }, element('span', {}, lead, time), pace, maintenance);
  return {
    element: node,
    update: (monitor, now) => {
      show(time, monitor.since !== undefined);
      setText(lead, monitor.since === undefined ? waitingText(monitor) : `${monitorWords[monitor.state]} since `);
      if (monitor.since !== undefined) setTime(time, monitor.since, now, true);
      setText(pace, paceText(monitor));
      show(maintenance, monitor.isUnderMaintenance);
    },
  };
}

function waitingText({ type }: MonitorView): string {
  return `Waiting for the first ${type === 'heartbeat' ? 'call' : 'probe'}`;
}

/** Why it is not passing, in words: the kind of error, the status where there is one, and what the probe said. */
function reasonText(monitor: MonitorView): string {
  if (monitor.state === 'passed' || monitor.state === 'waiting') return '';
  const kind = monitor.errorType === undefined ? '' : errorWords[monitor.errorType];
  const status = monitor.statusCode === undefined ? '' : ` (status ${monitor.statusCode})`;
  // What is known of a heartbeat is who called, and when: that is in its message.
  const lead = kind === '' || monitor.type === 'heartbeat' ? '' : `${kind}${status}`;
  return [lead, monitor.message ?? ''].filter((part) => part !== '').join(': ');
}

/** The address, the chart and the alerts. */
function monitorDetails(isCompact: boolean): Part<MonitorView> {
  const url = element('p', { class: 'url' });
  const alerts = element('ul', { class: 'alerts' });
  const chart = latencyChart(false);
  const updateAlerts = keyedList<AlertLine>(alerts, (alert) => alert.id, monitorAlert);
  const node = element('div', { class: 'details', hidden: isCompact ? '' : null }, url, chart.element, alerts);
  return {
    element: node,
    update: (monitor, now) => {
      if (node.hidden && isCompact) return;
      setText(url, monitor.url);
      chart.update(monitor);
      const counted = countedWord(monitor.type);
      updateAlerts(
        monitor.alerts.map((alert) => ({ ...alert, counted })),
        now,
      );
    },
  };
}
