import type { AlarmProperties } from '../../template/dashboards/model.ts';
import { alarmBadges, ringingFirst } from './alarms.ts';
import { badge } from './badge.ts';
import { element, keyedList, type Part, setText } from './dom.ts';
import type { AlarmView } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { alarmWords } from './words.ts';

/** The alarms that the widget names by their ARNs, those that ring first, then the newest change. */
export function alarmView({ alarms }: AlarmProperties): {
  readonly element: HTMLElement;
  readonly update: (known: readonly AlarmView[], now: number) => void;
} {
  const names = alarms.map((arn) => arn.split(':alarm:')[1] ?? arn);
  const list = element('ul', { class: 'lines widget-body' });
  const update = keyedList<AlarmView>(list, ({ name }) => name, alarmLine);
  return {
    element: list,
    update: (known, now) => {
      const shown = names.map((name) => known.find((alarm) => alarm.name === name) ?? unknown(name, now));
      update(ringingFirst(shown), now);
    },
  };
}

/** One that local mode does not evaluate. */
const unknown = (name: string, now: number): AlarmView => ({ name, state: 'INSUFFICIENT_DATA', since: now });

function alarmLine(): Part<AlarmView> {
  const name = element('span', { class: 'line-name' });
  const state = badge('badge-small');
  const since = timeElement('quiet');
  return {
    element: element(
      'li',
      { class: 'line' },
      name,
      state.element,
      element('span', { class: 'quiet' }, 'since ', since),
    ),
    update: (alarm, now) => {
      setText(name, alarm.name);
      state.update({ ...alarmBadges[alarm.state], word: alarmWords[alarm.state] });
      setTime(since, alarm.since, now);
    },
  };
}
