import type { BurstAlertView, BurstView } from '../../../shared/app/overview/model.ts';
import { type BadgeView, badge } from './badge.ts';
import { burstAlert } from './burst-alert.ts';
import { burstHistory } from './burst-history.ts';
import { burstLive } from './burst-live.ts';
import { type BurstCardView, newestSent } from './burst-model.ts';
import { burstResult, notice } from './burst-result.ts';
import { burstWords, runWords, scheduleText, unkeptText } from './burst-words.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { instantText } from './instants.ts';
import { runNowButton } from './run-now.ts';
import { setTime, timeElement } from './time.ts';
import { roughSpanText } from './words.ts';

const badges: Readonly<Record<BurstView['state'] | 'running', Pick<BadgeView, 'icon' | 'tone'>>> = {
  passed: { icon: 'passed', tone: 'good' },
  failed: { icon: 'failed', tone: 'bad' },
  waiting: { icon: 'waiting', tone: 'calm' },
  running: { icon: 'busy', tone: 'info' },
};

/** One burst: what it sends and when, the run under way or the last one, and those before it. */
export function burstCard({ burst: { id } }: BurstCardView): Part<BurstCardView> {
  const state = badge();
  const said = element('p', { class: 'said', role: 'status' });
  const button = runNowButton(said);
  const name = element('h3', { class: 'card-name' }, id);
  const head = element('div', { class: 'card-head' }, state.element, name, button.element);
  const about = burstAbout();
  const told = notice('info');
  const unsent = notice('odd');
  const hint = element('p', { class: 'quiet run', hidden: '' });
  const live = burstLive(id);
  const result = burstResult(id);
  const history = burstHistory();
  const node = element('li', { class: 'card burst', tabindex: '-1', id: `burst-${id}`, 'data-burst': id }, head, said);
  node.append(about.element, told.element, unsent.element, hint, live.element, result.element, history.element);
  return {
    element: node,
    update: (view, now) => {
      const { burst, live: run, unkept } = view;
      const isUnderWay = run !== undefined && run.end === undefined;
      const shown = isUnderWay ? 'running' : burst.state;
      setAttribute(node, 'data-state', shown);
      state.update({ ...badges[shown], word: burstWords[shown] });
      button.update({ burst: burst.id, isUnderWay }, now);
      about.update(burst, now);
      setAttribute(told.element, 'data-tone', unkept?.end?.outcome === 'sent' ? 'info' : 'bad');
      told.update(unkept === undefined ? '' : unkeptText(unkept));
      unsent.update(isUnderWay ? '' : unsentText(burst, now));
      show(live.element, run !== undefined);
      if (run !== undefined) live.update({ burst, run }, now);
      const sent = newestSent(burst);
      show(result.element, run === undefined && sent !== undefined);
      if (run === undefined && sent !== undefined) result.update({ burst, run: sent }, now);
      show(hint, run === undefined && sent === undefined);
      setText(hint, hintText(burst));
      history.update(burst.runs, now);
    },
  };
}

function hintText({ schedule }: BurstView): string {
  const waits = schedule === undefined ? '' : ', or wait for its schedule';
  return `Nothing to show before its first run: press “Run now”${waits}.`;
}

/** Where the newest run was not sent, that is said before what came of the one before it. */
function unsentText({ runs }: BurstView, now: number): string {
  const [newest] = runs;
  if (newest === undefined || newest.summary !== undefined) return '';
  return `The run of ${instantText(newest.runAt, now)} was ${runWords[newest.outcome]}: ${newest.reasons.join('; ')}`;
}

/** What it sends, when, and whom it tells. */
function burstAbout(): Part<BurstView> {
  const sent = element('ul', { class: 'sent' });
  const updateSent = keyedList<string>(sent, (line) => line, sentLine);
  const load = element('p', { class: 'load' });
  const schedule = element('span');
  const next = timeElement();
  const left = element('span');
  const when = element('p', { class: 'meta' }, element('span', {}, schedule, next, left));
  const alerts = element('ul', { class: 'alerts' });
  const updateAlerts = keyedList<BurstAlertView>(alerts, (alert) => alert.id, burstAlert);
  return {
    element: element('div', { class: 'burst-about' }, sent, load, when, alerts),
    update: (burst, now) => {
      updateSent(burst.sent, now);
      setText(load, burst.load);
      setText(schedule, scheduleLead(burst));
      show(next, burst.nextRunAt !== undefined);
      show(left, burst.nextRunAt !== undefined);
      if (burst.nextRunAt !== undefined) setTime(next, burst.nextRunAt, now);
      setText(left, ` (in ${roughSpanText(Math.max(0, (burst.nextRunAt ?? now) - now))})`);
      updateAlerts(burst.alerts, now);
    },
  };
}

function scheduleLead(burst: BurstView): string {
  const text = scheduleText(burst);
  const lead = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  if (burst.schedule === undefined) return lead;
  return burst.nextRunAt === undefined ? `${text}, and never again` : `${text}, next at `;
}

function sentLine(): Part<string> {
  const code = element('code');
  return { element: element('li', {}, code), update: (line) => setText(code, line) };
}
