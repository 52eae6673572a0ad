import type { IncidentView } from '../../../shared/app/overview/model.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { atItText } from './incident-line.ts';
import { silenceNames } from './incident-model.ts';
import { recall, remember } from './memory.ts';
import { acknowledge, silence } from './requests.ts';

const spans = [
  ['30m', '30 minutes'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['1d', '1 day'],
] as const;

/** To say that one is at it, and to keep it quiet. Nothing of an incident that is over. */
export function incidentActions(): Part<IncidentView> {
  let view: IncidentView | null = null;
  const said = element('p', { class: 'said', role: 'status' });
  const by = textField('Who are you?', 'your name', recall('by') ?? '');
  const note = textField('A word to the others', 'rolling back');
  const reason = textField('Why?', 'known, fix is on its way');
  const span = element(
    'select',
    { class: 'field-input' },
    ...spans.map(([value, words]) => element('option', { value }, words)),
  );
  const named = () => (by.input.value.trim() === '' ? {} : { by: by.input.value.trim() });
  const acknowledging = form('Acknowledge', 'button-good', said, [by.element, note.element], async () => {
    if (view === null) return '';
    remember('by', by.input.value.trim());
    const words = note.input.value.trim();
    await acknowledge({ incident: view.id, ...named(), ...(words === '' ? {} : { note: words }) });
    return 'Acknowledged: reminders and escalation stop, and everyone who was told is told within a minute.';
  });
  const silencing = form('Silence', '', said, [reason.element, field('For how long?', span)], async () => {
    if (view === null) return '';
    if (reason.input.value.trim() === '') {
      reason.input.focus();
      throw new Error('Say why, in a few words: others will wonder.');
    }
    await silence({ names: silenceNames(view), for: span.value, reason: reason.input.value.trim(), ...named() });
    return 'Silenced: nothing more is told of it until then. What still fires is told at its end.';
  });
  const node = element(
    'section',
    { class: 'card page-card incident-actions' },
    acknowledging.element,
    silencing.element,
    said,
  );
  return {
    element: node,
    update: (incident) => {
      view = incident;
      show(node, incident.closedAt === null);
      acknowledging.setOff(incident.acknowledged === undefined ? '' : `${atItText(incident)} already`);
    },
  };
}

function field(label: string, input: HTMLElement): HTMLElement {
  return element('label', { class: 'field' }, element('span', { class: 'field-label' }, label), input);
}

function textField(
  label: string,
  placeholder: string,
  value = '',
): { readonly element: HTMLElement; readonly input: HTMLInputElement } {
  const input = element('input', {
    class: 'field-input',
    type: 'text',
    maxlength: '120',
    placeholder,
    autocomplete: 'off',
  });
  input.value = value;
  return { element: field(label, input), input };
}

/** Fields and their button; Enter presses it. A button that is off keeps its focus. */
function form(
  label: string,
  className: string,
  said: HTMLElement,
  fields: readonly HTMLElement[],
  act: () => Promise<string>,
): { readonly element: HTMLElement; readonly setOff: (why: string) => void } {
  const button = element('button', { type: 'submit', class: `button ${className}`.trim() }, label);
  const node = element('form', { class: 'action-form', 'aria-label': label }, ...fields, button);
  const press = async () => {
    setAttribute(button, 'aria-busy', 'true');
    try {
      tell(said, 'done', await act());
    } catch (error) {
      tell(said, 'failed', error instanceof Error ? error.message : 'That did not work.');
    } finally {
      setAttribute(button, 'aria-busy', null);
    }
  };
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    const isOff = button.getAttribute('aria-disabled') === 'true' || button.getAttribute('aria-busy') === 'true';
    if (!isOff) void press();
  });
  return {
    element: node,
    setOff: (why) => {
      setAttribute(button, 'aria-disabled', why === '' ? null : 'true');
      setAttribute(button, 'title', why === '' ? null : why);
    },
  };
}

function tell(said: HTMLElement, result: 'done' | 'failed', text: string): void {
  setAttribute(said, 'data-result', result);
  setText(said, text);
}
