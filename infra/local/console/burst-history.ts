import type { BurstRunView } from '../../../shared/app/overview/model.ts';
import { rowNote, rowNumbers, runWords } from './burst-words.ts';
import { element, keyedList, type Part, setAttribute, setSlot, setText, show } from './dom.ts';
import { type IconName, icon } from './icons.ts';
import { setTime, timeElement } from './time.ts';

/** So many are shown before one asks for more. */
const shownRuns = 5;

type Row = { readonly run: BurstRunView; readonly greatest: number };

/** The last runs, the newest first: p99 as a bar and the rate, or what a search found; those that failed say why. */
export function burstHistory(): Part<readonly BurstRunView[]> {
  const title = element('h4', { class: 'run-title' });
  const list = element('ol', { class: 'runs' });
  const update = keyedList<Row>(list, ({ run }) => String(run.runAt), runRow);
  const more = element('button', { type: 'button', class: 'button button-small', 'aria-expanded': 'false' });
  const node = element('div', { class: 'run-history' }, title, list, more);
  const held: { runs: readonly BurstRunView[]; isOpen: boolean } = { runs: [], isOpen: false };
  const draw = (now: number) => {
    const { runs, isOpen } = held;
    const greatest = Math.max(0, ...runs.map(({ summary }) => (summary ? rowNumbers(summary).size : 0)));
    update(
      runs.slice(0, isOpen ? runs.length : shownRuns).map((run) => ({ run, greatest })),
      now,
    );
    setText(title, titleOf(runs));
    setText(more, isOpen ? 'Show fewer' : `Show all ${runs.length}`);
    setAttribute(more, 'aria-expanded', String(isOpen));
    show(more, runs.length > shownRuns);
    show(node, runs.length > 1);
  };
  more.addEventListener('click', () => {
    held.isOpen = !held.isOpen;
    draw(Date.now());
  });
  return {
    element: node,
    update: (runs, now) => {
      held.runs = runs;
      draw(now);
    },
  };
}

function titleOf(runs: readonly BurstRunView[]): string {
  const isSearch = runs.some(({ summary }) => summary?.breakingPoint !== undefined);
  return isSearch ? 'Rate sustained, run by run' : 'p99 and rate, run by run';
}

const icons: Readonly<Record<BurstRunView['outcome'], IconName>> = {
  passed: 'passed',
  failed: 'failed',
  void: 'unknown',
  refused: 'blocked',
};

function runRow(): Part<Row> {
  const mark = element('span', { class: 'runs-mark' });
  const word = element('span', { class: 'hidden-text' });
  const at = timeElement('runs-at');
  const fill = element('span', { class: 'runs-fill' });
  const track = element('span', { class: 'runs-track', 'aria-hidden': 'true' }, fill);
  const main = element('span', { class: 'runs-main' });
  const rest = element('span', { class: 'runs-rest' });
  const note = element('span', { class: 'runs-note' });
  const node = element('li', { class: 'runs-row' }, mark, word, at, track, main, rest, note);
  return {
    element: node,
    update: ({ run, greatest }, now) => {
      const numbers = run.summary && rowNumbers(run.summary);
      setAttribute(node, 'data-outcome', run.outcome);
      setSlot(mark, run.outcome, () => icon(icons[run.outcome]));
      setText(word, `${runWords[run.outcome]}: `);
      setTime(at, run.runAt, now);
      fill.style.width = `${numbers === undefined || greatest === 0 ? 0 : (numbers.size / greatest) * 100}%`;
      setText(main, numbers?.main ?? runWords[run.outcome]);
      setText(rest, numbers?.rest ?? '');
      setText(note, rowNote(run));
      show(note, rowNote(run) !== '');
    },
  };
}
