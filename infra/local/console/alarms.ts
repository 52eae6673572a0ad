import { type BadgeView, badge } from './badge.ts';
import { byId, element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import type { AlarmState, AlarmView, ConsoleState } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { alarmWords } from './words.ts';

/** How the state of an alarm looks. */
export const alarmBadges: Readonly<Record<AlarmState, Omit<BadgeView, 'word'>>> = {
  OK: { icon: 'passed', tone: 'good' },
  ALARM: { icon: 'failed', tone: 'bad' },
  INSUFFICIENT_DATA: { icon: 'waiting', tone: 'calm' },
};

const order: readonly AlarmState[] = ['ALARM', 'INSUFFICIENT_DATA', 'OK'];

/** Those that ring first, then the newest change. */
export const ringingFirst = (alarms: readonly AlarmView[]): readonly AlarmView[] =>
  alarms.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.since - a.since);

/** The CloudWatch alarms: those of monitors.yml, and the backstop that speaks when Burnwatch itself is silent. */
export function alarmsSection(): (state: ConsoleState, now: number) => void {
  const about = element(
    'p',
    { class: 'meta' },
    'CloudWatch’s own: those of monitors.yml, and the backstop that speaks up should Burnwatch itself fall silent.',
  );
  const list = element('ul', { class: 'lines' });
  const empty = element('p', { class: 'empty', hidden: '' }, 'This template has no alarms.');
  byId('alarms').append(element('div', { class: 'card' }, about, list, empty));
  const update = keyedList<AlarmView>(list, (alarm) => alarm.name, alarmLine);
  return (state, now) => {
    show(empty, state.alarms.length === 0);
    update(ringingFirst(state.alarms), now);
  };
}

function alarmLine(): Part<AlarmView> {
  const name = element('span', { class: 'line-name' });
  const state = badge('badge-small');
  const since = timeElement('quiet');
  const node = element(
    'li',
    { class: 'line' },
    name,
    state.element,
    element('span', { class: 'quiet' }, 'since ', since),
  );
  return {
    element: node,
    update: (alarm, now) => {
      setAttribute(node, 'data-alarm', alarm.name);
      setAttribute(node, 'data-state', alarm.state);
      setText(name, alarm.name);
      state.update({ ...alarmBadges[alarm.state], word: alarmWords[alarm.state] });
      setTime(since, alarm.since, now, true);
    },
  };
}
