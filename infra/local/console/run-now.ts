import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { icon } from './icons.ts';
import { runBurst } from './requests.ts';

export type RunNowView = { readonly burst: string; readonly isUnderWay: boolean };

/** The button that sends a burst now. `said` hears what went wrong with a press; the run itself is shown by others. */
export function runNowButton(said: HTMLElement): Part<RunNowView> {
  const spinner = element('span', { class: 'spinner', hidden: '' }, icon('busy'));
  const button = element('button', { type: 'button', class: 'button button-small' }, spinner, 'Run now');
  let view: RunNowView = { burst: '', isUnderWay: false };
  let isAsking = false;

  const draw = () => {
    setAttribute(button, 'aria-label', `Run ${view.burst} now`);
    setAttribute(button, 'aria-disabled', view.isUnderWay ? 'true' : null);
    setAttribute(button, 'aria-busy', isAsking ? 'true' : null);
    setAttribute(
      button,
      'title',
      view.isUnderWay ? 'It is under way' : 'Sends it once, off its schedule, and keeps the run',
    );
    show(spinner, isAsking);
  };
  const press = async () => {
    isAsking = true;
    setText(said, '');
    draw();
    try {
      await runBurst(view.burst);
    } catch (error) {
      setText(said, error instanceof Error ? error.message : 'That did not work.');
    } finally {
      isAsking = false;
      draw();
    }
  };
  button.addEventListener('click', () => {
    if (!view.isUnderWay && !isAsking) void press();
  });
  return {
    element: button,
    update: (next) => {
      view = next;
      draw();
    },
  };
}
