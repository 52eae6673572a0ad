import { element, type Part, setAttribute, setText } from './dom.ts';
import { icon } from './icons.ts';
import { breakShortener, mendShortener, probeNow } from './requests.ts';
import type { ConsoleState, ProbeAnswer } from './state.ts';

/** The three buttons, and one line that says how the last press went. */
export function actions(onProbed: (answer: ProbeAnswer) => void): Part<ConsoleState> {
  const said = element('p', { class: 'said', role: 'status' });
  const breaking = actionButton('Break the shortener', 'button-danger', said, async () => {
    await breakShortener();
    return 'Broken: every request is answered with an error now. The next probe sees it.';
  });
  const mending = actionButton('Mend it', 'button-good', said, async () => {
    await mendShortener();
    return 'Mended: the next probes pass again, and what fired resolves.';
  });
  const probing = actionButton('Probe now', '', said, async () => {
    onProbed(await probeNow());
    return 'Probed once, off the record.';
  });
  const row = element('div', { class: 'action-row' }, breaking, mending, probing);
  return {
    element: element('div', { class: 'actions' }, row, said),
    update: (state, now) => {
      const isBroken = state.faults !== null && state.faults.until > now;
      setOff(breaking, isBroken, 'It is broken already');
      setOff(mending, !isBroken, 'Nothing to mend');
    },
  };
}

/** A button that is off keeps its focus: a disabled one would lose the reader's place. */
function setOff(button: HTMLButtonElement, isOff: boolean, why: string): void {
  setAttribute(button, 'aria-disabled', isOff ? 'true' : null);
  setAttribute(button, 'title', isOff ? why : null);
}

function actionButton(
  label: string,
  className: string,
  said: HTMLElement,
  act: () => Promise<string>,
): HTMLButtonElement {
  const spinner = element('span', { class: 'spinner', hidden: '' }, icon('busy'));
  const button = element('button', { type: 'button', class: `button ${className}`.trim() }, spinner, label);
  const press = async () => {
    setBusy(button, spinner, true);
    setSaid(said, 'busy', `${label} …`);
    try {
      setSaid(said, 'done', await act());
    } catch (error) {
      setSaid(said, 'failed', error instanceof Error ? error.message : 'That did not work.');
    } finally {
      setBusy(button, spinner, false);
    }
  };
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true' && button.getAttribute('aria-busy') !== 'true') void press();
  });
  return button;
}

function setBusy(button: HTMLElement, spinner: HTMLElement, isBusy: boolean): void {
  setAttribute(button, 'aria-busy', isBusy ? 'true' : null);
  spinner.hidden = !isBusy;
}

function setSaid(said: HTMLElement, result: 'busy' | 'done' | 'failed', text: string): void {
  setAttribute(said, 'data-result', result);
  setText(said, text);
}
