type Attributes = Readonly<Record<string, string | boolean>>;

/** An element with attributes (true: without a value; false: left out) and children. Text never becomes markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  element.append(...children);
  return element;
}

/** A button; what its press starts may fail, and then says so by itself. */
export function button(text: string, label: string, press: () => Promise<void> | void): HTMLButtonElement {
  const element = make('button', { type: 'button', 'aria-label': label }, text);
  element.addEventListener('click', () => void press());
  return element;
}

/** An element of the page's own; it is there, or the page is not ours. */
export function find<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as Kind;
}

/** Says something to eyes and to screen readers. */
export function tell(...children: readonly (Node | string)[]): void {
  find('news').replaceChildren(...children);
}
