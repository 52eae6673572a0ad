import type { SloView } from '../../../shared/app/overview/model.ts';
import { budgetBar } from './budget-bar.ts';
import { burnDownChart } from './burn-down-chart.ts';
import { burnRule } from './burn-rule.ts';
import { byId, element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { forecastSentence } from './forecast-words.ts';
import { pageHref } from './route.ts';
import type { ConsoleState } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { budgetText, burnText, countText, ratioText, roughSpanText } from './words.ts';

const aboutRules =
  'Burning at 1× uses the budget up exactly at the end of its window. A rule fires when both of its windows burn faster than its threshold, the mark in the middle of each bar.';

/** The SLOs: what is left of each budget, how fast it goes, and the rules that watch it. */
export function slosSection(): (state: ConsoleState, now: number) => void {
  const list = element('ul', { class: 'stack' });
  const empty = element('p', { class: 'empty', hidden: '' });
  setText(empty, 'No SLOs yet: add one under “slos:” in monitors.yml to watch a budget instead of single failures.');
  const about = element('p', { class: 'meta section-about' }, aboutRules);
  byId('slos').append(about, list, empty);
  const unknown = element('p', { class: 'empty', hidden: '' });
  byId('slos').append(unknown);
  const update = keyedList<SloView>(list, (slo) => slo.id, sloCard);
  return (state, now) => {
    const { unknownSlos = [] } = state;
    show(about, state.slos.length > 0);
    show(empty, state.slos.length + unknownSlos.length === 0);
    show(unknown, unknownSlos.length > 0);
    setText(unknown, `Nobody knows how ${unknownSlos.join(', ')} stands: what is counted could not be read.`);
    update(state.slos, now);
  };
}

function sloCard(): Part<SloView> {
  const link = element('a', { class: 'card-link' });
  const name = element('h3', { class: 'card-name' }, link);
  const ahead = element('p', { class: 'meta' });
  const objective = element('p', { class: 'meta' });
  const figures = sloFigures();
  const bar = budgetBar();
  const counts = element('p', { class: 'meta' });
  const chart = burnDownChart();
  const rules = element('ul', { class: 'rules' });
  const updateRules = keyedList<SloView['rules'][number]>(rules, (rule) => rule.id, burnRule);
  const head = element('div', { class: 'slo-head' }, element('div', {}, name, objective), figures.element);
  const node = element('li', { class: 'card' }, head, bar.element, ahead, counts, chart.element, rules);
  return {
    element: node,
    update: (slo, now) => {
      setAttribute(node, 'data-slo', slo.id);
      setAttribute(link, 'href', pageHref('slo', slo.id));
      setText(link, slo.id);
      setText(objective, `${slo.objective} ${windowText(slo)}: ${slo.counts}`);
      figures.update(slo, now);
      bar.update(slo, now);
      setText(counts, countsText(slo));
      setText(ahead, forecastSentence(slo.forecast, now));
      chart.update(slo);
      updateRules(slo.rules, now);
    },
  };
}

/** `over 30 d`, `this month`. */
export const windowText = ({ windowMs, calendar }: Pick<SloView, 'windowMs' | 'calendar'>): string =>
  calendar === undefined ? `over ${roughSpanText(windowMs)}` : `this ${calendar.unit}`;

function countsText(slo: SloView): string {
  const parts = [
    `${countText(slo.badEvents)} bad of ${countText(slo.budgetEvents)} allowed`,
    `${countText(slo.goodEvents)} good`,
    slo.unjudgedEvents > 0 ? `${countText(slo.unjudgedEvents)} not judged` : '',
    `coverage ${ratioText(slo.coverageRatio)}`,
    slo.isWarmingUp ? `warming up: the history is shorter than ${roughSpanText(slo.windowMs)}` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** Budget left, burn rate, and when the budget is gone. */
function sloFigures(): Part<SloView> {
  const left = figure('budget left');
  const burn = figure('burn rate, last hour');
  const end = figure('exhausted');
  const time = timeElement();
  const node = element('div', { class: 'figures' }, left.element, burn.element, end.element);
  return {
    element: node,
    update: (slo, now) => {
      setAttribute(
        left.element,
        'data-tone',
        slo.budgetLeftRatio <= 0 ? 'bad' : slo.budgetLeftRatio < 0.25 ? 'warn' : 'good',
      );
      setText(left.value, budgetText(slo.budgetLeftRatio));
      setAttribute(burn.element, 'data-tone', slo.burnRate >= 1 ? 'warn' : 'calm');
      setText(burn.value, burnText(slo.burnRate));
      const { forecast } = slo;
      const likelyAt = forecast.kind === 'burning' ? forecast.likelyAt : undefined;
      if (likelyAt === undefined) {
        setText(end.value, slo.budgetLeftRatio <= 0 ? 'used up' : 'not in sight');
        setText(end.label, 'exhausted');
        return;
      }
      setTime(time, likelyAt, now);
      setText(end.label, `exhausted at this pace, in ${roughSpanText(likelyAt - now)}`);
      if (time.parentElement !== end.value) end.value.replaceChildren(time);
    },
  };
}

function figure(labelText: string): {
  readonly element: HTMLElement;
  readonly value: HTMLElement;
  readonly label: HTMLElement;
} {
  const value = element('span', { class: 'figure-value' });
  const label = element('span', { class: 'figure-label' }, labelText);
  return { element: element('p', { class: 'figure' }, value, label), value, label };
}
