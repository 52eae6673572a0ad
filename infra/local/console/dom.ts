/** A child of an element: text is always a text node, never markup. */
export type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | null>>;

/** Builds an element; attributes that are null are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** An element of the page's skeleton; throws where index.html has none of that id. */
export function byId(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`index.html has no element #${id}`);
  return node;
}

/** Changes an element's whole text, and touches nothing when it is the same: a reader's selection survives. */
export function setText(node: Element, text: string): void {
  const first = node.firstChild;
  if (!(first instanceof Text) || first !== node.lastChild) node.textContent = text;
  else if (first.data !== text) first.data = text;
}

/** Sets an attribute where it differs; null removes it. */
export function setAttribute(node: Element, name: string, value: string | null): void {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function show(node: HTMLElement, isVisible: boolean): void {
  if (node.hidden === isVisible) node.hidden = !isVisible;
}

/** Replaces the child of a slot when what it stands for has changed. */
export function setSlot(slot: Element, key: string, build: () => Node | null): void {
  if (slot.getAttribute('data-slot') === key) return;
  slot.setAttribute('data-slot', key);
  const child = build();
  slot.replaceChildren(...(child === null ? [] : [child]));
}

/** A piece of the page that can be brought up to date as often as one likes. `now` is epoch ms. */
export type Part<T> = { readonly element: HTMLElement; readonly update: (value: T, now: number) => void };

/**
 * Keeps the children of `parent` in step with a list: what is there already stays the same element, so that focus,
 * scroll positions and selections survive. Nothing else may put children into `parent`.
 */
export function keyedList<T>(
  parent: Element,
  keyOf: (value: T) => string,
  create: (value: T) => Part<T>,
): (values: readonly T[], now: number) => void {
  const parts = new Map<string, Part<T>>();
  return (values, now) => {
    const focused = document.activeElement;
    dropGone(parts, new Set(values.map(keyOf)));
    let next = parent.firstElementChild;
    for (const value of values) {
      const part = partFor(parts, keyOf(value), () => create(value));
      if (part.element === next) next = next.nextElementSibling;
      else parent.insertBefore(part.element, next);
      part.update(value, now);
    }
    restoreFocus(focused);
  };
}

function dropGone<T>(parts: Map<string, Part<T>>, keys: ReadonlySet<string>): void {
  for (const [key, part] of parts) {
    if (keys.has(key)) continue;
    part.element.remove();
    parts.delete(key);
  }
}

function partFor<T>(parts: Map<string, Part<T>>, key: string, create: () => Part<T>): Part<T> {
  const known = parts.get(key);
  if (known !== undefined) return known;
  const part = create();
  parts.set(key, part);
  return part;
}

/** Moving an element takes its focus away. */
function restoreFocus(focused: Element | null): void {
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}
