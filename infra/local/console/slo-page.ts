import type { IncidentView, SloDetailView } from '../../../shared/app/overview/model.ts';
import { budgetBar } from './budget-bar.ts';
import { burnChart } from './burn-chart.ts';
import { burnRule } from './burn-rule.ts';
import { followDetail } from './detail.ts';
import { detailState } from './detail-state.ts';
import { element, keyedList, type Part, setText, show } from './dom.ts';
import { type FigureView, figureRow } from './figures.ts';
import { aheadSentence, closenessText, forecastSentence, latelyText } from './forecast-words.ts';
import { incidentLine } from './incident-line.ts';
import { type Page, pageHead } from './pages.ts';
import { spendingCard } from './slo-spending.ts';
import { windowText } from './slos.ts';
import { budgetText, burnText, countText, plural, ratioText, roughSpanText, spanText } from './words.ts';

/** Everything about one SLO: what is left, what comes, its rules, and where the budget went. */
export function sloPage(id: string, onChange: () => void): Page {
  const follow = followDetail<SloDetailView>(`/api/slo?id=${encodeURIComponent(id)}`, onChange);
  const head = pageHead('Error budget');
  setText(head.title, id);
  const about = element('p', { class: 'meta' });
  const body = element('div', { class: 'page-body', hidden: '' });
  const state = detailState(`the budget of ${id}`);
  const parts = [budgetCard(), chartCard(), rulesCard(), spendingCard(), incidentsCard()];
  body.append(...parts.map((part) => part.element));
  return {
    element: element('div', { class: 'page', 'data-page': 'slo' }, head.element, about, state.element, body),
    close: follow.close,
    update: (shown, now) => {
      const detail = follow.read(shown);
      state.update(detail, now);
      show(body, detail.state === 'there');
      if (detail.state !== 'there') return id;
      const { value } = detail;
      setText(about, `${value.objective} ${windowText(value)}: ${value.counts}`);
      for (const part of parts) part.update(value, now);
      return `${id}: ${budgetText(value.budgetLeftRatio)} left`;
    },
  };
}

function card(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'card page-card' }, element('h2', {}, title), ...children);
}

function budgetCard(): Part<SloDetailView> {
  const figures = figureRow();
  const bar = budgetBar();
  const words = element('p', { class: 'lead' });
  const counts = element('p', { class: 'meta' });
  return {
    element: card('What is left', figures.element, bar.element, words, counts),
    update: (slo, now) => {
      figures.update(figuresOf(slo), now);
      bar.update(slo, now);
      setText(words, forecastSentence(slo.forecast, now));
      setText(counts, countsText(slo));
    },
  };
}

function figuresOf(slo: SloDetailView): readonly FigureView[] {
  const left = slo.budgetEvents - slo.badEvents;
  const tone = slo.budgetLeftRatio <= 0 ? 'bad' : slo.budgetLeftRatio < 0.25 ? 'warn' : 'good';
  return [
    { label: 'of the budget left', value: budgetText(slo.budgetLeftRatio), tone },
    { label: `of ${countText(slo.budgetEvents)} bad events left`, value: leftText(left), tone: 'calm', key: 'events' },
    { label: 'of full outage left', value: spanText(slo.outageLeftMs).replace(/^0 s$/, '0 min'), tone: 'calm' },
    { label: 'burn rate, last hour', value: burnText(slo.burnRate), tone: slo.burnRate >= 1 ? 'warn' : 'calm' },
    { label: 'burn rate, last 6 h', value: burnText(slo.slowBurnRate), tone: slo.slowBurnRate >= 1 ? 'warn' : 'calm' },
    { label: 'coverage', value: ratioText(slo.coverageRatio), tone: slo.coverageRatio < 0.95 ? 'warn' : 'calm' },
  ];
}

const leftText = (left: number): string => `${left < 0 ? '−' : ''}${countText(Math.abs(Math.round(left * 10) / 10))}`;

function countsText(slo: SloDetailView): string {
  const parts = [
    `${countText(slo.badEvents)} bad, ${countText(slo.goodEvents)} good`,
    slo.unjudgedEvents > 0 ? `${countText(slo.unjudgedEvents)} not judged` : '',
    slo.gaps.length > 0 ? `${plural(slo.gaps.length, 'gap')} in which nobody looked` : '',
    slo.isWarmingUp ? `warming up: the history is shorter than ${roughSpanText(slo.windowMs)}` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function chartCard(): Part<SloDetailView> {
  const chart = burnChart();
  const empty = element('p', { class: 'quiet' }, 'No history to draw yet: a line takes two probes.');
  return {
    element: card('Burn-down', chart.element, empty),
    update: (slo, now) => {
      const hasHistory = slo.burnDown.length > 1;
      show(chart.element, hasHistory);
      show(empty, !hasHistory);
      chart.update(slo, now);
    },
  };
}

function rulesCard(): Part<SloDetailView> {
  const about = element('p', { class: 'quiet' });
  const list = element('ul', { class: 'rules' });
  const update = keyedList<SloDetailView['rules'][number]>(list, ({ id }) => id, ruleAhead);
  return {
    element: card('What its rules will do', about, list),
    update: (slo, now) => {
      setText(
        about,
        slo.rules.length === 0 ? 'No rule watches it: nobody is told when it burns.' : latelyText(slo.lately),
      );
      update(slo.rules, now);
    },
  };
}

function ruleAhead(): Part<SloDetailView['rules'][number]> {
  const rule = burnRule();
  const close = element('p', { class: 'quiet' });
  const ahead = element('p', { class: 'rule-ahead' });
  rule.element.append(close, ahead);
  return {
    element: rule.element,
    update: (view, now) => {
      rule.update(view, now);
      setText(close, closenessText(view));
      setText(ahead, aheadSentence(view, now));
      show(ahead, ahead.textContent !== '');
    },
  };
}

function incidentsCard(): Part<SloDetailView> {
  const list = element('ul', { class: 'lines' });
  const update = keyedList<IncidentView>(list, ({ id }) => id, incidentLine);
  const empty = element('p', { class: 'quiet' }, 'No incident in this window.');
  return {
    element: card('Incidents', list, empty),
    update: ({ incidents }, now) => {
      show(empty, incidents.length === 0);
      update(incidents, now);
    },
  };
}
