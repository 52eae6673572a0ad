import type { MonitorAlertView } from '../../../shared/app/overview/model.ts';
import { badge, type Tone } from './badge.ts';
import { element, type Part, setAttribute, setSlot, setText } from './dom.ts';
import { setTime, timeElement } from './time.ts';
import { alertWords, heldText, plural } from './words.ts';

export const alertTones: Readonly<Record<'inactive' | 'pending' | 'firing' | 'unknown', Tone>> = {
  inactive: 'calm',
  pending: 'warn',
  firing: 'bad',
  unknown: 'odd',
};

/** Pips beyond this many would be dust: the numbers tell. */
const mostPips = 10;

/** An alert, and what its failures are counted in. */
export type AlertLine = MonitorAlertView & { readonly counted: string };

/** One m-of-n alert: how many of the failures that it needs are there. */
export function monitorAlert(): Part<AlertLine> {
  const state = badge('badge-small');
  const pips = element('span', { class: 'pips', 'aria-hidden': 'true' });
  const text = element('span');
  const fired = timeElement();
  const held = element('span');
  const firedLine = element('span', { class: 'quiet' });
  const notify = element('span', { class: 'quiet' });
  const node = element('li', { class: 'alert' }, state.element, pips, text, held, firedLine, notify);
  return {
    element: node,
    update: (alert, now) => {
      setAttribute(node, 'data-status', alert.status);
      state.update({ icon: alert.status, tone: alertTones[alert.status], word: alertWords[alert.status] });
      setSlot(pips, `${alert.failures}/${alert.needed}`, () => pipRow(alert));
      setText(text, progressText(alert));
      setText(held, heldText(alert.heldBy ?? []));
      setSlot(firedLine, String(alert.firedAt ?? ''), () =>
        alert.firedAt === undefined ? null : withLead('since ', fired),
      );
      if (alert.firedAt !== undefined) setTime(fired, alert.firedAt, now, true);
      setText(notify, alert.notify.length === 0 ? '' : `tells ${alert.notify.join(', ')}`);
    },
  };
}

/** `2 of 3 failures`, and once there are more than it takes, `5 failures, 3 needed`. */
function progressText({ failures, needed, of, counted }: AlertLine): string {
  const progress = failures > needed ? `${failures} failures, ${needed} needed` : `${failures} of ${needed} failures`;
  return `${progress} in the last ${of === 1 ? counted : plural(of, counted)}`;
}

function pipRow(alert: MonitorAlertView): DocumentFragment {
  const row = document.createDocumentFragment();
  for (let pip = 0; pip < Math.min(alert.needed, mostPips); pip++)
    row.append(element('span', { class: pip < alert.failures ? 'pip pip-on' : 'pip' }));
  return row;
}

function withLead(lead: string, node: Node): DocumentFragment {
  const both = document.createDocumentFragment();
  both.append(lead, node);
  return both;
}
