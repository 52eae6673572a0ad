import type { SilenceView } from '../../../shared/app/overview/model.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { endSilence } from './requests.ts';
import { setTime, timeElement } from './time.ts';

/** What is silenced, by whom, until when; each can be ended. Hidden where there is nothing. */
export function silencesCard(): Part<readonly SilenceView[]> {
  const list = element('ul', { class: 'lines' });
  const node = element('div', { class: 'card silences', hidden: '' }, element('h3', {}, 'Silenced'), list);
  const update = keyedList<SilenceView>(list, ({ id }) => id, silenceLine);
  return {
    element: node,
    update: (silences, now) => {
      show(node, silences.length > 0);
      update(silences, now);
    },
  };
}

function silenceLine(): Part<SilenceView> {
  const what = element('span', { class: 'line-name' });
  const why = element('span');
  const until = timeElement();
  const said = element('span', { class: 'said', role: 'status' });
  const button = element('button', { type: 'button', class: 'button button-small' }, 'End it');
  let id = '';
  button.addEventListener('click', async () => {
    try {
      await endSilence(id);
    } catch (error) {
      setText(said, error instanceof Error ? error.message : 'That did not work.');
    }
  });
  const quiet = element('span', { class: 'quiet' }, why, until);
  return {
    element: element('li', { class: 'line' }, what, quiet, button, said),
    update: (silence, now) => {
      id = silence.id;
      setText(what, silence.titles.join(', '));
      setText(why, `by ${silence.by}: “${silence.reason}”, until `);
      setTime(until, silence.untilAt, now);
      setAttribute(button, 'aria-label', `End the silence of ${silence.titles.join(', ')}`);
    },
  };
}
