import type { BurstAlertView } from '../../../shared/app/overview/model.ts';
import { badge } from './badge.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { alertTones } from './monitor-alert.ts';
import { setTime, timeElement } from './time.ts';
import { alertWords, severityWords } from './words.ts';

/** One alert of a burst: it fires when the last run did not hold. */
export function burstAlert(): Part<BurstAlertView> {
  const state = badge('badge-small');
  const text = element('span');
  const fired = timeElement('quiet');
  const notify = element('span', { class: 'quiet' });
  const node = element('li', { class: 'alert' }, state.element, text, fired, notify);
  return {
    element: node,
    update: (alert, now) => {
      setAttribute(node, 'data-status', alert.status);
      state.update({ icon: alert.status, tone: alertTones[alert.status], word: alertWords[alert.status] });
      setText(
        text,
        `${severityWords[alert.severity]}${alert.firedAt === undefined ? ' when a run does not hold' : ' since'}`,
      );
      show(fired, alert.firedAt !== undefined);
      if (alert.firedAt !== undefined) setTime(fired, alert.firedAt, now, true);
      setText(notify, alert.notify.length === 0 ? '' : `tells ${alert.notify.join(', ')}`);
    },
  };
}
