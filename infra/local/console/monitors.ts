import type { MonitorView } from '../../../shared/app/overview/model.ts';
import { byId, element, keyedList, setText, show } from './dom.ts';
import { monitorCard } from './monitor-card.ts';
import type { ConsoleState } from './state.ts';

/** More monitors than this are shown as one line each, to be opened. */
const mostOpen = 6;

/** The monitors, in the order of monitors.yml: nothing changes its place when it fails. */
export function monitorsSection(): (state: ConsoleState, now: number) => void {
  const list = element('ul', { class: 'stack' });
  const empty = element('p', { class: 'empty', hidden: '' });
  setText(empty, 'No monitors yet: add one under “monitors:” in monitors.yml, and it appears here.');
  byId('monitors').append(list, empty);
  const layout = { isCompact: false };
  const update = keyedList<MonitorView>(
    list,
    (monitor) => `${monitor.id} ${layout.isCompact}`,
    () => monitorCard(layout.isCompact),
  );
  return (state, now) => {
    layout.isCompact = state.monitors.length > mostOpen;
    list.classList.toggle('stack-tight', layout.isCompact);
    show(empty, state.monitors.length === 0);
    update(state.monitors, now);
  };
}
