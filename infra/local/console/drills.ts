import { calmWithinMs, type DrillName, drillNamed, drillNames, expectedOf } from '../../cli/drill/named-drills.ts';
import { durationText } from '../../cli/numbers.ts';
import { badge } from './badge.ts';
import { byId, element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { drillOn } from './drill-model.ts';
import { mendShortener, startDrill } from './requests.ts';
import type { ConsoleState } from './state.ts';
import { countdownText } from './words.ts';

const spans = ['1m', '5m', '10m', '30m'] as const;
const usualSpan = '5m';

/** The named drills: what each does, what one will see and within what time, how long it is still on, and its end. */
export function drillsSection(): (state: ConsoleState, now: number) => void {
  const span = element('select', { id: 'drill-span' });
  for (const each of spans) span.append(element('option', { value: each }, each));
  span.value = usualSpan;
  const said = element('p', { class: 'said', role: 'status' });
  const list = element('ul', { class: 'lines' });
  const head = element(
    'div',
    { class: 'card-head drill-head' },
    element('p', { class: 'meta' }, 'Break the shortener in a known way. Each drill ends by itself.'),
    element('label', { class: 'quiet', for: 'drill-span' }, 'For ', span),
  );
  byId('drills').append(element('div', { class: 'card' }, head, list, said));
  const press = async (name: DrillName, isOn: boolean) => {
    try {
      if (isOn) await mendShortener();
      else await startDrill({ ...drillNamed(name).fault, for: span.value });
      setText(said, isOn ? `Mended: calm within ${durationText(calmWithinMs)}.` : `${drillNamed(name).title} is on.`);
    } catch (error) {
      setText(said, error instanceof Error ? error.message : 'That did not work.');
    }
  };
  const update = keyedList<DrillView>(
    list,
    ({ name }) => name,
    ({ name }) => drillLine(name, press),
  );
  return (state, now) => {
    const on = drillOn(state.faults, now);
    const leftMs = (state.faults?.until ?? now) - now;
    const intervalMs = Math.max(state.tickMs, ...state.monitors.map((monitor) => monitor.intervalMs));
    update(
      drillNames.map((name) => ({ name, leftMs: name === on ? leftMs : 0, intervalMs })),
      now,
    );
  };
}

/** `leftMs`: how long it is still on, 0 while it is not. */
type DrillView = { readonly name: DrillName; readonly leftMs: number; readonly intervalMs: number };

function drillLine(name: DrillName, press: (name: DrillName, isOn: boolean) => Promise<void>): Part<DrillView> {
  const drill = drillNamed(name);
  const state = badge('badge-small');
  const button = element('button', { type: 'button', class: 'button button-small' });
  const sights = element('ul', { class: 'drill-sights' });
  const updateSights = keyedList<string>(sights, (text) => text, sightLine);
  const seen = element('details', {}, element('summary', { class: 'quiet' }, 'What you will see'), sights);
  const words = element(
    'div',
    { class: 'line-name' },
    drill.title,
    element('p', { class: 'quiet' }, `${sentence(drill.does)}.`),
    seen,
  );
  const node = element('li', { class: 'line drill', 'data-drill': name }, words, state.element, button);
  let isOn = false;
  button.addEventListener('click', () => void press(name, isOn));
  return {
    element: node,
    update: ({ leftMs, intervalMs }, now) => {
      isOn = leftMs > 0;
      setAttribute(node, 'data-on', isOn ? 'true' : null);
      show(state.element, isOn);
      state.update({ icon: 'maintenance', tone: 'warn', word: `${countdownText(leftMs)} left` });
      setText(button, isOn ? 'Mend' : 'Start');
      setAttribute(button, 'aria-label', `${isOn ? 'Mend' : 'Start'}: ${drill.title}`);
      const expected = expectedOf(drill, intervalMs).map(
        ({ what, withinMs }) => `${sentence(what)}, within ${durationText(withinMs)}`,
      );
      updateSights([...expected, drill.note], now);
    },
  };
}

function sightLine(): Part<string> {
  const node = element('li', { class: 'quiet' });
  return { element: node, update: (text) => setText(node, text) };
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
