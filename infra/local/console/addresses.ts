import { byId, element, keyedList, type Part, setAttribute, setText } from './dom.ts';
import { icon } from './icons.ts';
import type { ConsoleState } from './state.ts';

type Address = { readonly label: string; readonly value: string };

/** Where everything listens, each to be copied. */
export function addressesSection(): (state: ConsoleState, now: number) => void {
  const list = element('ul', { class: 'lines' });
  byId('addresses').append(element('div', { class: 'card' }, list));
  const update = keyedList<Address>(list, (address) => address.label, addressLine);
  return (state, now) => update(addressesOf(state), now);
}

function addressesOf({ addresses }: ConsoleState): readonly Address[] {
  return [
    { label: 'Console', value: addresses.console },
    { label: 'Shortener', value: addresses.shortener },
    { label: 'AWS endpoint', value: addresses.aws },
    { label: 'Data folder', value: addresses.data },
  ];
}

function addressLine(): Part<Address> {
  const label = element('span', { class: 'line-label' });
  const value = element('code', { class: 'line-name' });
  const said = element('span', { class: 'copied', role: 'status' });
  const button = element(
    'button',
    { type: 'button', class: 'button button-small button-icon' },
    icon('copy'),
    element('span', {}, 'Copy'),
  );
  button.addEventListener('click', () => void copy(value, said));
  return {
    element: element('li', { class: 'line line-address' }, label, value, said, button),
    update: (address) => {
      setText(label, address.label);
      setText(value, address.value);
      setAttribute(button, 'aria-label', `Copy: ${address.label}`);
    },
  };
}

/** Where the clipboard is closed to us, the text is selected instead, ready for Ctrl-C. */
async function copy(source: Element, said: Element): Promise<void> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    setText(said, 'Copied');
  } catch {
    getSelection()?.selectAllChildren(source);
    setText(said, 'Selected: press Ctrl-C');
  }
  setTimeout(() => setText(said, ''), 3000);
}
