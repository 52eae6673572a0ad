import type { BurstView } from '../../../shared/app/overview/model.ts';
import { burstChart } from './burst-chart.ts';
import { limitsOf, progressOf, secondsOfLive } from './burst-model.ts';
import { liveFigures } from './burst-words.ts';
import { element, type Part, setAttribute, setText } from './dom.ts';
import { figureRow } from './figures.ts';
import type { LiveRun } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { spanText } from './words.ts';

export type LiveView = { readonly burst: BurstView; readonly run: LiveRun };

/** A run that is under way: how far it is, its newest numbers, and its seconds as they come. */
export function burstLive(name: string): Part<LiveView> {
  const since = timeElement();
  const about = element('span');
  const title = element('h4', { class: 'run-title' }, 'Under way');
  const head = element(
    'div',
    { class: 'run-head' },
    title,
    element('p', { class: 'meta' }, element('span', {}, 'since ', since, about)),
  );
  const bar = progressBar();
  const figures = figureRow();
  const chart = burstChart(name);
  const node = element('div', { class: 'run run-live' }, head, bar.element, figures.element, chart.element);
  return {
    element: node,
    update: (view, now) => {
      const { burst, run } = view;
      setAttribute(node, 'data-run', run.id);
      setText(title, run.end === undefined ? 'Under way' : 'Sent, and kept in a moment');
      setTime(since, run.beganAt, now);
      setText(about, aboutText(view, now));
      bar.update(view, now);
      figures.update(liveFigures(run.points.at(-1)), now);
      const { plannedMs, rates, thresholds } = burst;
      chart.update({ seconds: secondsOfLive(run.points), plannedMs, rates, limits: limitsOf(thresholds) });
    },
  };
}

/** For how long, of how long; and what it waits for while nothing was sent. */
function aboutText({ burst, run }: LiveView, now: number): string {
  const elapsed = spanText((run.end?.at ?? now) - run.beganAt);
  const planned = burst.plannedMs === undefined ? '' : ` of ${spanText(burst.plannedMs)}`;
  const by = run.trigger === 'schedule' ? ', by its schedule' : run.isRecorded ? '' : ', by hand, not kept';
  const isLate = run.points.length === 0 && now - run.beganAt > 5_000;
  return `, ${isLate ? 'nothing sent yet' : `${elapsed}${planned}`}${by}`;
}

/** How much is done; where nobody can know, that it goes on. */
function progressBar(): Part<LiveView> {
  const fill = element('span', { class: 'progress-fill' });
  const node = element(
    'div',
    { class: 'progress', role: 'progressbar', 'aria-valuemin': '0', 'aria-valuemax': '100' },
    fill,
  );
  return {
    element: node,
    update: ({ burst, run }) => {
      const done = run.end === undefined ? progressOf(burst, run) : 1;
      const percent = done === undefined ? null : String(Math.round(done * 100));
      setAttribute(node, 'aria-label', `Progress of ${burst.id}`);
      setAttribute(node, 'aria-valuenow', percent);
      setAttribute(node, 'data-unknown', percent === null ? 'true' : null);
      fill.style.width = percent === null ? '100%' : `${percent}%`;
    },
  };
}
