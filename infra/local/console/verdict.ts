import { actions } from './actions.ts';
import type { Tone } from './badge.ts';
import { byId, element, keyedList, type Part, setAttribute, setSlot, setText, show } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { monitorAnchor } from './monitor-card.ts';
import type { ConsoleState } from './state.ts';
import { nextProbeAt, type Verdict, verdictOf } from './verdict-model.ts';
import { budgetText, countdownText } from './words.ts';

/** Names of monitors in the verdict; the rest is a number. */
const mostNames = 8;

const looks: Readonly<Record<Verdict['state'], { readonly tone: Tone; readonly icon: IconName }>> = {
  passed: { tone: 'good', icon: 'passed' },
  degraded: { tone: 'warn', icon: 'degraded' },
  failed: { tone: 'bad', icon: 'failed' },
  unknown: { tone: 'odd', icon: 'unknown' },
  waiting: { tone: 'calm', icon: 'waiting' },
  ringing: { tone: 'bad', icon: 'failed' },
  recovering: { tone: 'warn', icon: 'pending' },
  unmet: { tone: 'warn', icon: 'degraded' },
  overspent: { tone: 'warn', icon: 'degraded' },
};

/** The top of the page: are we up, how the rest stands in four figures, and what one can do. */
export function verdictSection(
  onProbed: Parameters<typeof actions>[0],
): (state: ConsoleState, now: number, unread: number) => void {
  const mark = element('span', { class: 'verdict-icon' });
  const title = element('h1', { id: 'verdict-title', class: 'verdict-title' });
  const detail = element('p', { class: 'verdict-detail' });
  const names = element('ul', { class: 'verdict-names' });
  const updateNames = keyedList<string>(names, (id) => id, nameLink);
  const tiles = verdictTiles();
  const buttons = actions(onProbed);
  const section = byId('verdict');
  const words = element('div', { class: 'verdict-words' }, title, detail, names);
  section.append(element('div', { class: 'verdict-main' }, mark, words), tiles.element, buttons.element);
  return (state, now, unread) => {
    const verdict = verdictOf(state, now);
    setAttribute(section, 'data-tone', looks[verdict.state].tone);
    setAttribute(section, 'data-state', verdict.state);
    setSlot(mark, verdict.state, () => icon(looks[verdict.state].icon));
    setText(title, verdict.headline);
    setText(detail, verdict.detail);
    updateNames(verdict.monitors.length > 1 ? verdict.monitors.slice(0, mostNames) : [], now);
    tiles.update({ state, unread }, now);
    buttons.update(state, now);
  };
}

function nameLink(): Part<string> {
  const link = element('a');
  return {
    element: element('li', {}, link),
    update: (id) => {
      setAttribute(link, 'href', `#${encodeURIComponent(monitorAnchor(id))}`);
      setText(link, id);
    },
  };
}

type TilesView = { readonly state: ConsoleState; readonly unread: number };

function verdictTiles(): Part<TilesView> {
  const budget = tile('#slos', 'lowest budget left');
  const incidents = tile('#incidents', 'open incidents');
  const mail = tile('#inbox', 'unread mail');
  const next = tile('#monitors', 'to the next probe');
  const node = element('div', { class: 'tiles' }, budget.element, incidents.element, mail.element, next.element);
  return {
    element: node,
    update: ({ state, unread }, now) => {
      const lowest = state.slos.reduce((low, slo) => Math.min(low, slo.budgetLeftRatio), Number.POSITIVE_INFINITY);
      show(budget.element, state.slos.length > 0);
      if (state.slos.length > 0) setText(budget.value, budgetText(lowest));
      setAttribute(budget.element, 'data-tone', lowest <= 0 ? 'bad' : lowest < 0.25 ? 'warn' : 'calm');
      const open = state.incidents.filter((incident) => incident.closedAt === null).length;
      setText(incidents.value, String(open));
      setAttribute(incidents.element, 'data-tone', open > 0 ? 'bad' : 'calm');
      setText(mail.value, String(unread));
      setText(next.value, nextText(state, now));
    },
  };
}

/** A tick takes a moment to come back; one that stays away is said to be late. */
function nextText(state: ConsoleState, now: number): string {
  const leftMs = nextProbeAt(state, now) - now;
  if (leftMs > 0) return countdownText(leftMs);
  return leftMs > -Math.max(20_000, state.tickMs) ? 'now' : 'late';
}

function tile(href: string, labelText: string): { readonly element: HTMLElement; readonly value: HTMLElement } {
  const value = element('span', { class: 'tile-value' });
  return {
    element: element('a', { class: 'tile', href }, value, element('span', { class: 'tile-label' }, labelText)),
    value,
  };
}
