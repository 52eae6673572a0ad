import type { BurnRuleView } from '../../../shared/app/overview/model.ts';
import { badge } from './badge.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { heldBackText } from './forecast-words.ts';
import { alertTones } from './monitor-alert.ts';
import { setTime, timeElement } from './time.ts';
import { burnText, countText, roughSpanText, ruleWords, severityWords } from './words.ts';

/** One burn rule: both windows against the threshold; it fires when both are above. */
export function burnRule(): Part<BurnRuleView> {
  const state = badge('badge-small');
  const title = element('span', { class: 'rule-title' });
  const notify = element('span', { class: 'quiet' });
  const long = windowMeter();
  const short = windowMeter();
  const note = ruleNote();
  const head = element('div', { class: 'rule-head' }, state.element, title, notify);
  const node = element(
    'li',
    { class: 'rule' },
    head,
    element('div', { class: 'meters' }, long.element, short.element),
    note.element,
  );
  return {
    element: node,
    update: (rule, now) => {
      setAttribute(node, 'data-status', rule.status);
      state.update({ icon: rule.status, tone: alertTones[rule.status], word: ruleWords[rule.status] });
      setText(title, `${severityWords[rule.severity]} above ${burnText(rule.threshold)}`);
      setText(notify, rule.notify.length === 0 ? '' : `tells ${rule.notify.join(', ')}`);
      long.update({ windowMs: rule.longMs, rate: rule.longBurnRate }, rule);
      short.update({ windowMs: rule.shortMs, rate: rule.shortBurnRate }, rule);
      note.update(rule, now);
    },
  };
}

type Window = { readonly windowMs: number; readonly rate: number };

/** A bar whose middle is the threshold; twice the threshold and more fill it. */
function windowMeter(): {
  readonly element: HTMLElement;
  readonly update: (window: Window, rule: BurnRuleView) => void;
} {
  const label = element('span', { class: 'meter-label' });
  const fill = element('span', { class: 'meter-fill' });
  const value = element('span', { class: 'meter-value' });
  const track = element(
    'span',
    { class: 'meter-track', 'aria-hidden': 'true' },
    fill,
    element('span', { class: 'meter-threshold' }),
  );
  const node = element('p', { class: 'meter' }, label, track, value);
  return {
    element: node,
    update: ({ windowMs, rate }, { threshold, status }) => {
      const isAbove = rate > threshold;
      setAttribute(node, 'data-tone', isAbove ? (status === 'firing' ? 'bad' : 'warn') : 'calm');
      setText(label, roughSpanText(windowMs));
      setText(value, `${burnText(rate)} ${isAbove ? 'above' : 'below'}`);
      fill.style.width = `${Math.min(1, rate / threshold / 2) * 100}%`;
    },
  };
}

/** What keeps it pending, or since when it fires and when it can resolve. */
function ruleNote(): Part<BurnRuleView> {
  const lead = element('span');
  const fired = timeElement();
  const middle = element('span');
  const resolves = timeElement();
  const tail = element('span');
  const held = element('span', { class: 'chip' });
  const node = element('p', { class: 'rule-note' }, lead, fired, middle, resolves, tail, ' ', held);
  return {
    element: node,
    update: (rule, now) => {
      show(node, rule.status !== 'inactive');
      const isFiring = rule.status === 'firing';
      const hasResolve = isFiring && rule.resolvesAt !== undefined;
      show(fired, isFiring && rule.firedAt !== undefined);
      show(resolves, hasResolve);
      if (rule.firedAt !== undefined) setTime(fired, rule.firedAt, now, true);
      if (rule.resolvesAt !== undefined) setTime(resolves, rule.resolvesAt, now);
      setText(lead, leadText(rule));
      setText(middle, hasResolve ? '; resolves at ' : '');
      setText(tail, hasResolve ? ' at the earliest, if nothing more fails' : '');
      setText(held, heldBackText(rule.heldBack));
      show(held, rule.heldBack !== undefined);
    },
  };
}

function leadText(rule: BurnRuleView): string {
  if (rule.status === 'firing') return 'Firing since ';
  if (rule.status === 'unknown') return 'Nothing in the short window could be judged';
  if (rule.status === 'inactive') return '';
  return `Above the threshold, with ${countText(rule.badEvents)} of the ${countText(rule.minBadEvents)} bad events it asks for`;
}
